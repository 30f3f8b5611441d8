package org.synchub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.synchub.ledger.Runs;
import org.synchub.store.Capture;
import org.synchub.sync.Captures;
import org.synchub.sync.Cause;
import org.synchub.sync.Drain;
import org.synchub.sync.PushRequest;
import org.synchub.sync.PushRun;
import org.synchub.sync.Pushes;
import org.synchub.sync.TargetRegistry;
import org.synchub.sync.TargetRuntime;
import org.synchub.testing.OpenSppTarget;
import org.synchub.testing.TestHub;

/**
 * A whole hub with the project's own routes. Its schedules are off, so that what is measured happens when it is asked
 * for. Arguments: the database's URL, then {@code target=tenant=url} for each target.
 */
final class HubRole {

    private final TestHub hub;

    private HubRole(TestHub hub) {
        this.hub = hub;
    }

    public static void main(String[] arguments) throws Exception {
        PrintStream answers = System.out;
        TestHub.Builder builder = TestHub.on(Databases.source(arguments[0]));
        for (int i = 1; i < arguments.length; i++) {
            String[] target = arguments[i].split("=", 3);
            builder.mapping(target[0], OpenSppTarget.mapping(target[0], target[1], target[2]));
        }
        try (TestHub hub = builder.start()) {
            Child.serve(answers, new HubRole(hub)::handle);
        }
    }

    private ObjectNode handle(String command, JsonNode arguments) throws Exception {
        String target = arguments.path("target").asText();
        return switch (command) {
            case "owe" -> owe(target);
            case "push" ->
                push(
                        target,
                        arguments.path("size").asInt(),
                        arguments.path("looks").asInt());
            case "idle" -> idle(target, arguments.path("times").asInt());
            case "sweep" -> sweep(arguments.path("tenant").asText());
            case "triggers" -> triggers(arguments.path("install").asBoolean());
            default -> throw new IllegalArgumentException("The hub knows no command " + command);
        };
    }

    /** Makes deliveries of the records that are there, and asks the server what the hub asks each server once. */
    private ObjectNode owe(String target) {
        TargetRuntime runtime = hub.bean(TargetRegistry.class).get(target);
        runtime.prepare();
        long start = System.nanoTime();
        hub.bean(Captures.class).drain();
        hub.bean(Drain.class).backfill(runtime);
        return JsonNodeFactory.instance.objectNode().put("seconds", seconds(start));
    }

    /**
     * One push of all that is owed.
     *
     * @param looks how often, evenly over the run, the heap is collected in full and looked at; that takes time, so a
     *     run that is looked at is not a measure of speed
     */
    private ObjectNode push(String target, int size, int looks) throws Exception {
        try (Usage usage = new Usage()) {
            long start = System.nanoTime();
            ExecutorService looker = Executors.newSingleThreadExecutor();
            try {
                Future<?> looking = looks == 0 ? null : looker.submit(() -> look(target, size, looks, usage));
                Optional<Runs.Run> pushed = pushOnce(target);
                double seconds = seconds(start);
                if (looking != null) {
                    looker.shutdownNow();
                    looking.get();
                }
                Runs.Run run = pushed.orElseThrow(() -> new IllegalStateException("Nothing was owed to " + target));
                return JsonNodeFactory.instance
                        .objectNode()
                        .put("seconds", seconds)
                        .put("cpuSeconds", usage.cpuSeconds())
                        .put("created", run.created())
                        .put("status", run.status())
                        .put("heapAfterCollection", usage.mostAfterAnyCollection())
                        .put("heapInUse", usage.mostAfterFullCollection());
            } finally {
                looker.shutdownNow();
            }
        }
    }

    private Optional<Runs.Run> pushOnce(String target) {
        return hub.bean(Pushes.class).push(PushRequest.of(target, Cause.COMMAND, "bench"));
    }

    private void look(String target, int size, int looks, Usage usage) {
        long step = Math.max(1, size / looks);
        long next = step;
        while (!Thread.currentThread().isInterrupted()) {
            long settled = hub.bean(Pushes.class)
                    .running(target)
                    .map(PushRun::settledSoFar)
                    .orElse(0L);
            if (settled >= next) {
                usage.lookClosely();
                next = settled - settled % step + step;
            }
            LockSupport.parkNanos(2_000_000);
        }
    }

    /** What it costs to find out that there is nothing to do, as often as the routes ask. */
    private ObjectNode idle(String target, int times) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode millis = answer.putArray("millis");
        boolean worked = false;
        for (int i = 0; i < times; i++) {
            long start = System.nanoTime();
            worked |= hub.bean(Captures.class).drain() > 0;
            worked |= pushOnce(target).isPresent();
            millis.add(seconds(start) * 1000);
        }
        return answer.put("worked", worked);
    }

    private ObjectNode sweep(String tenant) {
        long start = System.nanoTime();
        int found = hub.bean(Capture.class).sweep(tenant);
        return JsonNodeFactory.instance
                .objectNode()
                .put("seconds", seconds(start))
                .put("found", found);
    }

    private ObjectNode triggers(boolean install) throws ExecutionException {
        Capture capture = hub.bean(Capture.class);
        if (install) {
            capture.install();
        } else {
            hub.bean(Captures.class).drain();
            capture.remove();
        }
        return JsonNodeFactory.instance.objectNode();
    }

    private static double seconds(long startNanos) {
        return (System.nanoTime() - startNanos) / 1e9;
    }
}
