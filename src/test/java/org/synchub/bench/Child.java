package org.synchub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A process that takes commands: one JSON object per line on its standard input, one answer per line. Roles are measured
 * in processes of their own so that heap and processor time are theirs alone.
 */
final class Child implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ANSWER = "@@";

    private final String role;
    private final Process process;
    private final BufferedWriter in;
    private final BufferedReader out;
    private final BufferedWriter log;
    private final Path logFile;

    private Child(String role, Process process, Path logFile) throws IOException {
        this.role = role;
        this.process = process;
        this.in = process.outputWriter(StandardCharsets.UTF_8);
        this.out = process.inputReader(StandardCharsets.UTF_8);
        this.logFile = logFile;
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly, "end-" + role));
        this.log = Files.newBufferedWriter(logFile);
    }

    /** Starts {@code main} with this class path; what it prints besides answers goes to {@code <role>.log}. */
    static Child start(String role, Class<?> main, Path folder, List<String> jvmOptions, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(new File("."))
                .redirectErrorStream(true)
                .start();
        Child child = new Child(role, process, folder.resolve(role + ".log"));
        child.answer("start");
        return child;
    }

    long pid() {
        return process.pid();
    }

    /** Sends a command and waits for its answer. */
    JsonNode ask(String command, Map<String, ?> arguments) throws IOException {
        ObjectNode line = JSON.valueToTree(arguments);
        line.put("command", command);
        in.write(JSON.writeValueAsString(line));
        in.newLine();
        in.flush();
        return answer(command);
    }

    private JsonNode answer(String command) throws IOException {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith(ANSWER)) {
                JsonNode answer = JSON.readTree(line.substring(ANSWER.length()));
                if (answer.has("failure")) {
                    throw new IllegalStateException("The " + role + " failed at '" + command + "': "
                            + answer.path("failure").asText() + "; see " + logFile);
                }
                return answer;
            }
            log.write(line);
            log.newLine();
            log.flush();
        }
        throw new IllegalStateException("The " + role + " ended at '" + command + "'; see " + logFile);
    }

    /** SIGKILL: the process has no say in it, and whoever waits for an answer learns that it ended. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Ends the process by closing its input, and by force when that does not do. */
    @Override
    public void close() throws IOException {
        try {
            in.close();
        } catch (IOException e) {
            // Nobody reads any more where the process was killed.
            if (process.isAlive()) {
                throw e;
            }
        }
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        log.close();
    }

    /** What a role does with one command. */
    interface Handler {
        ObjectNode handle(String command, JsonNode arguments) throws Exception;
    }

    /** The child's side: says that it is there, then answers commands until its input ends. */
    static void serve(PrintStream answers, Handler handler) throws IOException {
        print(answers, JsonNodeFactory.instance.objectNode());
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            JsonNode arguments = JSON.readTree(line);
            print(answers, answer(handler, arguments));
        }
    }

    private static ObjectNode answer(Handler handler, JsonNode arguments) {
        try {
            return handler.handle(arguments.path("command").asText(), arguments);
        } catch (Exception e) {
            e.printStackTrace();
            return JsonNodeFactory.instance.objectNode().put("failure", e.toString());
        }
    }

    private static void print(PrintStream answers, ObjectNode answer) {
        answers.println(ANSWER + answer);
        answers.flush();
    }
}
