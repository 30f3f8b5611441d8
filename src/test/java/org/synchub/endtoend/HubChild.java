package org.synchub.endtoend;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.slf4j.LoggerFactory;

/**
 * A hub in a process of its own that does what it is told on its standard input, one command per line, and says when it
 * is ready and when it is done. Arguments: the database's URL, the folder of mappings, the lease in milliseconds.
 */
final class HubChild {

    static final String READY = "@ready";
    static final String DONE = "@done";

    private HubChild() {}

    public static void main(String[] arguments) throws IOException {
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
        Duration lease = Duration.ofMillis(Long.parseLong(arguments[2]));
        try (QuickHub hub = new QuickHub(arguments[0], Path.of(arguments[1]), lease)) {
            System.out.println(READY);
            BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                String[] words = line.split(" ", 2);
                switch (words[0]) {
                    case "push" -> hub.push(words[1]);
                    case "sweep" -> hub.captures().sweep();
                    case "backfill" -> hub.backfill(words[1]);
                    case "housekeeping" -> hub.captures().housekeeping();
                    default -> throw new IllegalArgumentException("No command " + line);
                }
                System.out.println(DONE);
            }
        }
    }
}
