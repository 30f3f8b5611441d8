package org.synchub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.synchub.ledger.Runs;
import org.synchub.sync.Captures;
import org.synchub.sync.Cause;
import org.synchub.sync.PullRequest;
import org.synchub.sync.Pulls;
import org.synchub.sync.SweepRequest;
import org.synchub.sync.TargetRegistry;
import org.synchub.testing.OpenSppTarget;
import org.synchub.testing.TestHub;

/**
 * A whole hub that pulls when it is asked to, from OpenSPPs whose registrants become entities. Arguments as
 * {@link HubRole}'s.
 */
final class PullRole {

    private static final long BETWEEN_LOOKS_NANOS = 50_000_000;

    private final TestHub hub;

    private PullRole(TestHub hub) {
        this.hub = hub;
    }

    public static void main(String[] arguments) throws Exception {
        PrintStream answers = System.out;
        TestHub.Builder builder = TestHub.on(Databases.source(arguments[0]));
        for (int i = 1; i < arguments.length; i++) {
            String[] target = arguments[i].split("=", 3);
            String mapping = OpenSppTarget.mapping(target[0], target[1], target[2])
                    .replace("    match: {data.entityName", "    createFromOutside: true\n    match: {data.entityName");
            builder.mapping(target[0], mapping);
        }
        try (TestHub hub = builder.start()) {
            Child.serve(answers, new PullRole(hub)::handle);
        }
    }

    private ObjectNode handle(String command, JsonNode arguments) throws Exception {
        String target = arguments.path("target").asText();
        boolean look = arguments.path("look").asBoolean();
        Pulls pulls = hub.bean(Pulls.class);
        return switch (command) {
            case "pull" -> run(target, look, () -> pulls.pull(PullRequest.of(target, Cause.COMMAND, "bench")));
            case "sweep" ->
                run(target, look, () -> pulls.sweep(new SweepRequest(target, Cause.COMMAND, "bench", false)));
            default -> throw new IllegalArgumentException("The pulling hub knows no command " + command);
        };
    }

    /**
     * One run, to its end.
     *
     * @param look whether the heap is collected in full and looked at, twenty times a second at most; that takes time,
     *     so a run that is looked at is not a measure of speed
     */
    private ObjectNode run(String target, boolean look, Supplier<Optional<Runs.Run>> work) throws Exception {
        // What the hub asks each server once is no part of it.
        hub.bean(TargetRegistry.class).get(target).prepare();
        ExecutorService looker = Executors.newSingleThreadExecutor();
        ScheduledExecutorService drains = Executors.newSingleThreadScheduledExecutor();
        // As the route capture does, which is off here like all schedules.
        var unused =
                drains.scheduleWithFixedDelay(() -> hub.bean(Captures.class).drain(), 1, 1, TimeUnit.SECONDS);
        try (Usage usage = new Usage()) {
            long start = System.nanoTime();
            Future<?> looking = look ? looker.submit(() -> look(usage)) : null;
            Runs.Run run = work.get().orElseThrow(() -> new IllegalStateException(target + " was not pulled"));
            double seconds = (System.nanoTime() - start) / 1e9;
            double cpuSeconds = usage.cpuSeconds();
            if (looking != null) {
                looker.shutdownNow();
                looking.get();
            }
            drains.shutdown();
            drains.awaitTermination(1, TimeUnit.MINUTES);
            hub.bean(Captures.class).drain();
            return JsonNodeFactory.instance
                    .objectNode()
                    .put("seconds", seconds)
                    .put("cpuSeconds", cpuSeconds)
                    .put("status", run.status())
                    .put("pulled", run.pulled())
                    .put("parked", run.parked())
                    .put("conflicts", run.conflicts())
                    .put("echoes", run.echoes())
                    .put("requests", run.requests())
                    .put("heapInUse", usage.mostAfterFullCollection());
        } finally {
            looker.shutdownNow();
            drains.shutdownNow();
        }
    }

    private static void look(Usage usage) {
        while (!Thread.currentThread().isInterrupted()) {
            usage.lookClosely();
            LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
        }
    }
}
