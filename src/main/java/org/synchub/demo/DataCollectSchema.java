package org.synchub.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/**
 * Turns an empty PostgreSQL into the store of a DataCollect server: the same tables, columns, types, defaults,
 * constraints and indexes as that server creates when it starts (idpass/idpass-data-collect v1.0.0,
 * {@code packages/datacollect/src/storage} and {@code packages/backend/src/stores}).
 */
public final class DataCollectSchema {

    private static final String SCRIPT = "datacollect-tables.sql";

    /** Any number that nobody else uses; two hubs starting at once would else trip over each other's CREATE. */
    private static final long LOCK = 0x44617461436f6cL;

    private DataCollectSchema() {}

    /**
     * Creates what is missing and leaves what is there. One transaction, safe to run from several hubs at once.
     *
     * @throws SQLException when the database refuses, for example because the user may not create tables in
     *     {@code public}
     */
    public static void create(DataSource store) throws SQLException {
        Transactions.inTransaction(store, connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SELECT pg_advisory_xact_lock(" + LOCK + ")");
                // "already exists, skipping" for every table would drown the demo's log.
                statement.execute("SET LOCAL client_min_messages = warning");
                return statement.execute(script());
            }
        });
    }

    private static String script() {
        try (InputStream in = DataCollectSchema.class.getResourceAsStream(SCRIPT)) {
            if (in == null) {
                throw new IllegalStateException(
                        "The resource org/synchub/demo/" + SCRIPT + " is missing from the class path; build again.");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the resource org/synchub/demo/" + SCRIPT, e);
        }
    }
}
