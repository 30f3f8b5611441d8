package org.synchub.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.synchub.SyncHub;

/** The hub's command line in a process of its own, in a folder of the test's, as people start and stop it. */
public final class HubCommand implements AutoCloseable {

    private final Process process;
    private final Path output;

    private HubCommand(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Starts {@code java … org.synchub.SyncHub <arguments>} with nothing of this machine's settings in its environment. */
    public static HubCommand start(Path folder, String... arguments) throws IOException {
        return start(folder, Map.of(), arguments);
    }

    public static HubCommand start(Path folder, Map<String, String> environment, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        if (ignoresInterrupts()) {
            command.addAll(List.of("env", "--default-signal=INT"));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"));
        String classPath = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
        command.addAll(List.of("-cp", classPath, SyncHub.class.getName()));
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile("hub-command", ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().keySet().removeIf(name -> name.matches("(SPRING|SYNCHUB|SERVER|OPENSPP)_.*"));
        builder.environment().putAll(environment);
        return new HubCommand(builder.start(), output);
    }

    /** A shell that starts something in the background lets it, and all that it starts, ignore Ctrl-C. */
    private static boolean ignoresInterrupts() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return false;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 2) != 0);
    }

    /** Everything it has printed. */
    public String said() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            return "unreadable: " + e;
        }
    }

    public long pid() {
        return process.pid();
    }

    /** Waits until it has printed this. */
    public HubCommand awaitSaid(String words) {
        await().atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofMillis(50))
                .failFast(() -> assertThat(process.isAlive() || said().contains(words))
                        .as("it ended: %s", said())
                        .isTrue())
                .until(() -> said().contains(words));
        return this;
    }

    /** Ctrl-C. */
    public HubCommand interrupt() throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start();
        assertThat(kill.waitFor()).as("kill -INT").isZero();
        return this;
    }

    /** SIGKILL: it has no time for anything any more. */
    public HubCommand kill() throws InterruptedException {
        assertThat(process.isAlive()).as("it still ran: %s", said()).isTrue();
        assertThat(process.destroyForcibly().waitFor()).as("kill -KILL").isEqualTo(128 + 9);
        return this;
    }

    /** Its exit code; it must end by itself within this time. */
    public int awaitExit(Duration atMost) throws InterruptedException {
        assertThat(process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS))
                .as("it ends within %s: %s", atMost, said())
                .isTrue();
        return process.exitValue();
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        Files.deleteIfExists(output);
    }
}
