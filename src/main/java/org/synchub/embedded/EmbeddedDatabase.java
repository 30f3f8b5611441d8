package org.synchub.embedded;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real PostgreSQL whose data survives restarts, on loopback, from binaries that come with the hub. It runs in a session
 * of its own, so that a Ctrl-C meant for the hub does not reach it before the hub has settled what is in flight. A server
 * that still runs (another command of the hub, or a hub that was killed) is used as it is.
 */
public final class EmbeddedDatabase implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(EmbeddedDatabase.class);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path binaries;
    private final Path data;
    private final int port;
    private final boolean owned;

    private EmbeddedDatabase(Path binaries, Path data, int port, boolean owned) {
        this.binaries = binaries;
        this.data = data;
        this.port = port;
        this.owned = owned;
    }

    /**
     * Starts the server, or finds it running.
     *
     * @param folder where binaries and data live; created when absent
     * @throws IOException when it does not start; the message names its log
     */
    public static EmbeddedDatabase start(Path folder) throws IOException {
        Path root = folder.toAbsolutePath();
        Path data = root.resolve("pgdata");
        Optional<Integer> running = runningPort(data);
        if (running.isPresent()) {
            return new EmbeddedDatabase(binaries(root).orElse(root), data, running.get(), false);
        }
        if (binaries(root).isEmpty() || !Files.exists(data.resolve("PG_VERSION"))) {
            install(root, data);
        }
        Path bin =
                binaries(root).orElseThrow(() -> new IOException("No PostgreSQL binaries were unpacked below " + root));
        int port = freePort();
        EmbeddedDatabase database = new EmbeddedDatabase(bin, data, port, true);
        Path serverLog = root.resolve("postgresql.log");
        database.pgCtl(
                "start",
                "-w",
                "-t",
                "60",
                "-l",
                serverLog.toString(),
                "-o",
                "-p " + port + " -c listen_addresses=127.0.0.1 -c unix_socket_directories="
                        + " -c max_connections=200 -c log_min_messages=warning -c timezone=UTC");
        return database;
    }

    /** The embedded distribution's own start unpacks the binaries and makes the data folder. */
    private static void install(Path root, Path data) throws IOException {
        Files.createDirectories(data);
        EmbeddedPostgres.builder()
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(false)
                .setOverrideWorkingDirectory(root.resolve("binaries").toFile())
                .setDataDirectory(data)
                .setLocaleConfig("locale", "C.UTF-8")
                .setPGStartupWait(PATIENCE)
                .start()
                .close();
    }

    private static Optional<Path> binaries(Path root) throws IOException {
        Path unpacked = root.resolve("binaries");
        if (!Files.isDirectory(unpacked)) {
            return Optional.empty();
        }
        try (Stream<Path> children = Files.list(unpacked)) {
            return children.map(child -> child.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("pg_ctl")))
                    .findFirst();
        }
    }

    private static Optional<Integer> runningPort(Path data) throws IOException {
        Path pidFile = data.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(pidFile);
        if (lines.size() < 4) {
            return Optional.empty();
        }
        boolean alive = ProcessHandle.of(Long.parseLong(lines.get(0).strip()))
                .flatMap(process -> process.info().command())
                .map(command -> command.contains("postgres"))
                .orElse(false);
        return alive ? Optional.of(Integer.parseInt(lines.get(3).strip())) : Optional.empty();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    public String jdbcUrl() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres";
    }

    public int port() {
        return port;
    }

    /** Whether this process started the server, and will stop it. */
    public boolean owned() {
        return owned;
    }

    @Override
    public void close() {
        if (owned) {
            try {
                pgCtl("stop", "-m", "fast", "-w", "-t", "30");
            } catch (IOException e) {
                log.warn("The embedded PostgreSQL did not stop in time; its data is safe. {}", e.getMessage());
            }
        }
    }

    private void pgCtl(String action, String... options) throws IOException {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            // PostgreSQL refuses to run as root; in a user namespace of its own it does not see that it is.
            command.addAll(List.of("unshare", "-U"));
        }
        command.add(binaries.resolve("pg_ctl").toString());
        command.addAll(List.of("-D", data.toString(), action));
        command.addAll(List.of(options));
        Path output = Files.createTempFile("pg_ctl", ".log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            boolean ended = process.waitFor(PATIENCE.toSeconds() + 10, TimeUnit.SECONDS);
            if (!ended || process.exitValue() != 0) {
                throw new IOException("pg_ctl " + action + " failed: "
                        + Files.readString(output).strip() + "; see "
                        + data.resolveSibling("postgresql.log"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while waiting for pg_ctl " + action, e);
        } finally {
            Files.deleteIfExists(output);
        }
    }

    private static boolean isRoot() {
        @Nullable String user = System.getProperty("user.name");
        return "root".equals(user);
    }
}
