package org.synchub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.synchub.testing.ApiClient;

/** Listens to a hub's live events, many times at once. */
final class ListenerRole {

    private static final int PATIENCE_SECONDS = 60;

    private final List<Ear> ears = new ArrayList<>();

    private ListenerRole() {}

    public static void main(String[] arguments) throws IOException {
        Child.serve(System.out, new ListenerRole()::handle);
    }

    private ObjectNode handle(String command, JsonNode arguments) throws Exception {
        return switch (command) {
            case "listen" -> listen(arguments);
            case "leave" -> leave();
            default -> throw new IllegalArgumentException("A listener knows no command " + command);
        };
    }

    private ObjectNode listen(JsonNode arguments) throws InterruptedException {
        ApiClient hub = new ApiClient(
                arguments.path("port").asInt(), arguments.path("token").asText());
        for (int i = 0; i < arguments.path("listeners").asInt(); i++) {
            ears.add(new Ear(hub.listen("/api/v1/events")));
        }
        for (Ear ear : ears) {
            if (!ear.letIn.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("A listener was not let in within " + PATIENCE_SECONDS + " s");
            }
        }
        return JsonNodeFactory.instance.objectNode();
    }

    /** Once each has heard something, or has had a minute to. */
    private ObjectNode leave() throws IOException, InterruptedException {
        long fewest = Long.MAX_VALUE;
        long events = 0;
        for (Ear ear : ears) {
            if (!ear.heardSome.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("A listener heard nothing of a push in " + PATIENCE_SECONDS + " s");
            }
            fewest = Math.min(fewest, ear.heard.get());
            events += ear.heard.get();
        }
        for (Ear ear : ears) {
            ear.close();
        }
        ears.clear();
        return JsonNodeFactory.instance.objectNode().put("fewest", fewest).put("events", events);
    }

    /** One listener, with a thread. */
    private static final class Ear {

        private final InputStream stream;
        private final Thread thread;
        private final CountDownLatch letIn = new CountDownLatch(1);
        private final CountDownLatch heardSome = new CountDownLatch(1);
        private final AtomicLong heard = new AtomicLong();

        Ear(InputStream stream) {
            this.stream = stream;
            this.thread = new Thread(this::listen, "listener");
            thread.setDaemon(true);
            thread.start();
        }

        private void listen() {
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    letIn.countDown();
                    if (line.startsWith("event:")) {
                        heard.incrementAndGet();
                        heardSome.countDown();
                    }
                }
            } catch (IOException e) {
                // It has left, or the hub is gone, which whoever counts will notice.
                heardSome.countDown();
            }
        }

        void close() throws IOException, InterruptedException {
            stream.close();
            thread.join();
        }
    }
}
