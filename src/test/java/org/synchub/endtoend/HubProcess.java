package org.synchub.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.synchub.SyncHub;

/** A hub in a process of its own, which the operating system can kill or stop at any moment. */
public final class HubProcess implements AutoCloseable {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    /** Up quickly rather than fast for long. */
    private static final List<String> JVM = List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xshare:auto",
            "-XX:+UnlockDiagnosticVMOptions",
            "-XX:-BytecodeVerificationRemote",
            "-Xmx160m");

    private final String sessionName;
    private final Process process;
    private final BufferedWriter in;
    private final Thread reader;
    private final List<String> said = new ArrayList<>();
    private int ready;
    private int done;
    private int told;

    private HubProcess(String sessionName, String main, List<String> arguments, Map<String, String> environment)
            throws IOException {
        this.sessionName = sessionName;
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        process = builder.start();
        in = process.outputWriter(StandardCharsets.UTF_8);
        reader = new Thread(this::read, "output of " + sessionName);
        reader.setDaemon(true);
        reader.start();
    }

    /** The hub's parts and routes without Spring, waiting for what it is {@link #tell told}. */
    static HubProcess quick(String url, Path mappings, Duration lease) throws IOException {
        String name = "hub-" + NUMBER.incrementAndGet();
        String named = url + (url.contains("?") ? "&" : "?") + "ApplicationName=" + name;
        return new HubProcess(
                name,
                HubChild.class.getName(),
                List.of(named, mappings.toString(), Long.toString(lease.toMillis())),
                Map.of());
    }

    /** The hub as its users start it, with a command such as {@code push TARGET}. */
    static HubProcess real(String url, Path mappings, Duration lease, String... command) throws IOException {
        return real(url, mappings, lease, Map.of(), command);
    }

    /** The same with variables for its mappings. */
    public static HubProcess real(
            String url, Path mappings, Duration lease, Map<String, String> environment, String... command)
            throws IOException {
        List<String> arguments = new ArrayList<>(List.of(command));
        arguments.addAll(List.of(
                "--spring.datasource.url=" + url,
                "--spring.datasource.username=postgres",
                "--synchub.mappings=" + mappings,
                "--synchub.lease=" + lease.toMillis() + "ms",
                "--synchub.first-retry=50ms",
                "--spring.jmx.enabled=false"));
        return new HubProcess("sync-hub", SyncHub.class.getName(), arguments, environment);
    }

    private void read() {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                synchronized (this) {
                    switch (line) {
                        case HubChild.READY -> ready++;
                        case HubChild.DONE -> done++;
                        default -> said.add(line);
                    }
                }
            }
        } catch (IOException e) {
            synchronized (this) {
                said.add(e.toString());
            }
        }
    }

    /** How its sessions are called in {@code pg_stat_activity}. */
    String sessionName() {
        return sessionName;
    }

    /** Everything it has printed. */
    public synchronized String said() {
        return String.join("\n", said);
    }

    /** Whether it has nothing more to do: everything it was told is done, or it has ended by itself. */
    synchronized boolean passed() {
        return !process.isAlive() || (told > 0 && done == told);
    }

    void awaitReady() {
        await().atMost(Duration.ofSeconds(60))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .failFast(() -> assertThat(process.isAlive())
                        .as("the hub ended: %s", said())
                        .isTrue())
                .until(() -> {
                    synchronized (this) {
                        return ready > 0;
                    }
                });
    }

    /** Gives it a command and does not wait. */
    void tell(String command) throws IOException {
        synchronized (this) {
            told++;
        }
        in.write(command);
        in.newLine();
        in.flush();
    }

    void awaitDone() {
        await().atMost(Duration.ofSeconds(60))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .failFast(() -> assertThat(process.isAlive())
                        .as("the hub ended: %s", said())
                        .isTrue())
                .until(this::passed);
    }

    /** SIGKILL: the process has no say in it. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("killed").isTrue();
        assertThat(process.exitValue())
                .as("ended by SIGKILL, not by itself: %s", said())
                .isEqualTo(128 + 9);
        reader.join(TimeUnit.SECONDS.toMillis(30));
    }

    /** SIGSTOP: every thread of the process stands still until {@link #goOn}. */
    public void stop() throws IOException, InterruptedException {
        signal("STOP");
        await().atMost(Duration.ofSeconds(10))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> state() == 'T');
    }

    /** SIGCONT. */
    public void goOn() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid()).start();
        assertThat(kill.waitFor()).as("kill -%s", name).isZero();
    }

    /** The third field of {@code /proc/<pid>/stat}; the second is in parentheses. */
    private char state() throws IOException {
        String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
        return stat.charAt(stat.lastIndexOf(')') + 2);
    }

    /** Its exit code, once it has ended by itself. */
    int awaitExit() throws InterruptedException {
        assertThat(process.waitFor(60, TimeUnit.SECONDS))
                .as("ends by itself: %s", said())
                .isTrue();
        reader.join(TimeUnit.SECONDS.toMillis(30));
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
