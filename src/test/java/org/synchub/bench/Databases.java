package org.synchub.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.synchub.demo.DataCollectSchema;
import org.synchub.embedded.EmbeddedDatabase;

/** The hub's own embedded PostgreSQL with its own settings (it waits for the disk), and databases on it. */
final class Databases implements AutoCloseable {

    private final Path folder;
    private final EmbeddedDatabase server;
    private final long postmaster;

    Databases(Path folder) throws IOException {
        this.folder = folder;
        this.server = EmbeddedDatabase.start(folder);
        this.postmaster = Long.parseLong(Files.readAllLines(folder.resolve("pgdata/postmaster.pid"))
                .get(0)
                .strip());
    }

    /** Creates a database with DataCollect's empty tables; one of this name is dropped before. */
    String create(String name) throws SQLException {
        drop(name);
        run(url("postgres"), "CREATE DATABASE " + name);
        DataCollectSchema.create(source(url(name)));
        return url(name);
    }

    void drop(String name) throws SQLException {
        run(url("postgres"), "DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + server.port() + "/" + database + "?user=postgres";
    }

    static DataSource source(String url) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url);
        return source;
    }

    static void run(String url, String sql) throws SQLException {
        try (Connection connection = source(url).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    static String value(String url, String sql) throws SQLException {
        return values(url, sql).get(0);
    }

    /** The first column of each row. */
    static List<String> values(String url, String sql) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Connection connection = source(url).getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                values.add(row.getString(1));
            }
        }
        return values;
    }

    String version() throws SQLException {
        return "PostgreSQL " + value(url("postgres"), "SHOW server_version");
    }

    /** Processor time of the server and of the connections that are open; 0 where the system does not tell. */
    double cpuSeconds() {
        return ProcessHandle.of(postmaster).stream()
                .flatMap(process -> Stream.concat(Stream.of(process), process.descendants()))
                .map(process -> process.info().totalCpuDuration().orElse(Duration.ZERO))
                .mapToDouble(time -> time.toNanos() / 1e9)
                .sum();
    }

    /** Leaves alone what was running before. */
    @Override
    public void close() throws IOException {
        if (!server.owned()) {
            return;
        }
        server.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
