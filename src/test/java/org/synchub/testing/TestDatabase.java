package org.synchub.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.synchub.demo.DataCollectSchema;

/** Empty databases on one real PostgreSQL that all tests of this JVM share and that ends with it. */
public final class TestDatabase {

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static @Nullable EmbeddedPostgres postgres;

    private TestDatabase() {}

    /** A database of its own for the caller, with nothing in it. */
    public static DataSource empty() throws SQLException {
        String name = "test_" + NUMBER.incrementAndGet();
        EmbeddedPostgres server = postgres();
        run(server.getPostgresDatabase(), "CREATE DATABASE " + name + " TEMPLATE template0 ENCODING 'UTF8'");
        return server.getDatabase("postgres", name);
    }

    /** A database with DataCollect's empty tables. */
    public static DataSource dataCollect() throws SQLException {
        DataSource store = empty();
        DataCollectSchema.create(store);
        return store;
    }

    /** Empties DataCollect's tables, so that the tests of one class can share a database. */
    public static void clear(DataSource dataCollect) throws SQLException {
        run(
                dataCollect,
                "TRUNCATE public.entities, public.events, public.audit_log, public.merkle_root,"
                        + " public.potential_duplicates, public.app_configs, public.users,"
                        + " public.last_remote_sync_timestamp, public.last_local_sync_timestamp,"
                        + " public.last_push_external_sync_timestamp, public.last_pull_external_sync_timestamp"
                        + " RESTART IDENTITY");
    }

    /** Runs a test resource as one script, in a session of its own. */
    public static void runScript(DataSource database, String resource) throws SQLException {
        try (InputStream in = TestDatabase.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalArgumentException("No test resource " + resource);
            }
            run(database, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void run(DataSource database, String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Every row of a query, its columns as text with a bar between them. */
    public static List<String> rows(DataSource database, String sql) throws SQLException {
        try (Connection connection = database.getConnection()) {
            return rows(connection, sql);
        }
    }

    public static List<String> rows(Connection connection, String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            int columns = row.getMetaData().getColumnCount();
            while (row.next()) {
                List<String> values = new ArrayList<>();
                for (int i = 1; i <= columns; i++) {
                    values.add(String.valueOf(row.getString(i)));
                }
                rows.add(String.join("|", values));
            }
        }
        return rows;
    }

    /** The one value that a query gives. */
    public static String value(DataSource database, String sql) throws SQLException {
        List<String> rows = rows(database, sql);
        if (rows.size() != 1) {
            throw new IllegalStateException("Expected one row but got " + rows.size() + " from: " + sql);
        }
        return rows.get(0);
    }

    private static synchronized EmbeddedPostgres postgres() {
        EmbeddedPostgres running = postgres;
        if (running == null) {
            try {
                // What a test writes need not survive the machine.
                running = EmbeddedPostgres.builder()
                        .setServerConfig("fsync", "off")
                        .setServerConfig("full_page_writes", "off")
                        .setServerConfig("max_connections", "200")
                        .setPGStartupWait(Duration.ofMinutes(1))
                        .start();
            } catch (IOException e) {
                throw new UncheckedIOException("The tests' PostgreSQL does not start", e);
            }
            postgres = running;
        }
        return running;
    }
}
