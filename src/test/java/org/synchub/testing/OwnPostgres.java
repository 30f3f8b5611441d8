package org.synchub.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.util.FileSystemUtils;
import org.synchub.demo.DataCollectSchema;
import org.synchub.embedded.EmbeddedDatabase;

/** A real PostgreSQL of a test's own, which it can take away and bring back on the same port. */
public final class OwnPostgres implements AutoCloseable {

    private final Path folder;
    private final EmbeddedDatabase server;
    private final Path pgCtl;
    private boolean down;

    private OwnPostgres(Path folder, EmbeddedDatabase server) throws IOException {
        this.folder = folder;
        this.server = server;
        try (Stream<Path> unpacked = Files.list(folder.resolve("binaries"))) {
            this.pgCtl = unpacked.map(each -> each.resolve("bin/pg_ctl"))
                    .filter(Files::isExecutable)
                    .findFirst()
                    .orElseThrow();
        }
    }

    public static OwnPostgres start() throws IOException {
        Path folder = Files.createTempDirectory("own-postgres");
        shareBinaries(folder);
        return new OwnPostgres(folder, EmbeddedDatabase.start(folder));
    }

    /** Uses the binaries that the other tests' server has unpacked, or unpacks them for all. */
    public static void shareBinaries(Path folder) throws IOException {
        Path shared = Path.of(System.getProperty("java.io.tmpdir"), "embedded-pg");
        Files.createDirectories(shared);
        Files.createSymbolicLink(folder.resolve("binaries"), shared);
    }

    /** A new database on it, with nothing in it. */
    public DataSource database(String name) throws SQLException {
        TestDatabase.run(in("postgres"), "CREATE DATABASE " + name);
        return in(name);
    }

    /** A new database with DataCollect's empty tables. */
    public DataSource dataCollect(String name) throws SQLException {
        DataSource store = database(name);
        DataCollectSchema.create(store);
        return store;
    }

    private DataSource in(String database) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url(database));
        source.setUser("postgres");
        return source;
    }

    public String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + server.port() + "/" + database;
    }

    /** Lets a user in by this password only; everyone else is let in without. */
    public void user(String name, String password) throws SQLException, IOException {
        TestDatabase.run(in("postgres"), "CREATE ROLE " + name + " LOGIN PASSWORD '" + password + "'");
        Path rules = folder.resolve("pgdata/pg_hba.conf");
        Files.writeString(rules, "host all " + name + " 127.0.0.1/32 scram-sha-256\n" + Files.readString(rules));
        TestDatabase.rows(in("postgres"), "SELECT pg_reload_conf()");
    }

    /** As a power cut: every session is cut, nothing is written down first. */
    public void down() throws IOException, InterruptedException {
        run("stop", "-m", "immediate", "-w");
        down = true;
    }

    /** On the same port with the same data; nothing when it is up. */
    public void up() throws IOException, InterruptedException {
        if (down) {
            // It remembers the options of its last start.
            run("restart", "-w", "-l", folder.resolve("postgresql.log").toString());
            down = false;
        }
    }

    private void run(String action, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("unshare", "-U"));
        }
        command.addAll(List.of(pgCtl.toString(), "-D", folder.resolve("pgdata").toString(), action));
        command.addAll(List.of(options));
        Path output = folder.resolve("pg_ctl.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS))
                .as("pg_ctl %s ends", action)
                .isTrue();
        assertThat(process.exitValue())
                .as("pg_ctl %s: %s", action, Files.readString(output))
                .isZero();
    }

    @Override
    public void close() throws IOException {
        server.close();
        // Of the shared binaries it takes the link away, not what that leads to.
        FileSystemUtils.deleteRecursively(folder);
    }
}
