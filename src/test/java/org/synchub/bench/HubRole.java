package org.synchub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.zaxxer.hikari.HikariDataSource;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.RouteController;
import org.synchub.admin.security.Role;
import org.synchub.admin.security.Tokens;
import org.synchub.conflict.Choice;
import org.synchub.ledger.ConflictQueue;
import org.synchub.ledger.Runs;
import org.synchub.ledger.Targets;
import org.synchub.store.Capture;
import org.synchub.sync.Captures;
import org.synchub.sync.Cause;
import org.synchub.sync.Conflicts;
import org.synchub.sync.Drain;
import org.synchub.sync.PushRequest;
import org.synchub.sync.PushRun;
import org.synchub.sync.Pushes;
import org.synchub.sync.TargetRegistry;
import org.synchub.sync.TargetRuntime;
import org.synchub.testing.OpenSppTarget;
import org.synchub.testing.TestHub;

/**
 * A whole hub with the project's own routes. Its schedules are off unless a setting says otherwise, so that what is
 * measured happens when it is asked for. Arguments: the database's URL, then {@code target=tenant=url} for each target,
 * {@code --name=value} for a setting of the hub, {@code adapter:line} for a further line below every mapping's adapter.
 */
final class HubRole {

    private static final int MOST_CONFLICTS = 100;
    private static final String ADAPTER = "adapter:";
    private static final Duration LONGEST_RUN = Duration.ofMinutes(10);
    private static final long BETWEEN_LOOKS_NANOS = 50_000_000;

    private final TestHub hub;

    private HubRole(TestHub hub) {
        this.hub = hub;
    }

    public static void main(String[] arguments) throws Exception {
        PrintStream answers = System.out;
        TestHub.Builder builder = TestHub.on(Databases.source(arguments[0]));
        List<String> more = List.of(arguments).subList(1, arguments.length);
        String adapter = more.stream()
                .filter(argument -> argument.startsWith(ADAPTER))
                .map(argument -> "\n  " + argument.substring(ADAPTER.length()))
                .collect(Collectors.joining());
        for (String argument : more) {
            if (argument.startsWith("--")) {
                String[] setting = argument.substring(2).split("=", 2);
                builder.set(setting[0], setting[1]);
            } else if (!argument.startsWith(ADAPTER)) {
                String[] target = argument.split("=", 3);
                String mapping = OpenSppTarget.mapping(target[0], target[1], target[2]);
                builder.mapping(target[0], mapping.replace("batchSize: 100", "batchSize: 100" + adapter));
            }
        }
        try (TestHub hub = builder.start()) {
            Child.serve(answers, new HubRole(hub)::handle);
        }
    }

    private ObjectNode handle(String command, JsonNode arguments) throws Exception {
        String target = arguments.path("target").asText();
        return switch (command) {
            case "owe" -> owe(target, !arguments.path("unasked").asBoolean());
            case "pause" -> pause(target, arguments.path("pause").asBoolean());
            case "route" ->
                route(arguments.path("id").asText(), arguments.path("running").asBoolean());
            case "ran" -> ran(target);
            case "answer" -> answerConflicts(target);
            case "sample" -> sample();
            case "quiet" -> quiet();
            case "push" ->
                push(
                        target,
                        arguments.path("size").asInt(),
                        arguments.path("looks").asInt());
            case "idle" -> idle(target, arguments.path("times").asInt());
            case "sweep" -> sweep(arguments.path("tenant").asText());
            case "door" -> door();
            case "triggers" -> triggers(arguments.path("install").asBoolean());
            default -> throw new IllegalArgumentException("The hub knows no command " + command);
        };
    }

    /**
     * Makes deliveries of the records that are there.
     *
     * @param ask whether the server is asked before what the hub asks each server once
     */
    private ObjectNode owe(String target, boolean ask) {
        TargetRuntime runtime = hub.bean(TargetRegistry.class).get(target);
        if (ask) {
            runtime.prepare();
        }
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
                return JsonNodeFactory.instance
                        .objectNode()
                        .put("seconds", seconds)
                        .put("cpuSeconds", usage.cpuSeconds())
                        .put("created", pushed.map(Runs.Run::created).orElse(0L))
                        .put("status", pushed.map(Runs.Run::status).orElse("nothing was owed"))
                        .put("heapAfterCollection", usage.mostAfterAnyCollection())
                        .put("heapInUse", usage.mostAfterFullCollection());
            } finally {
                looker.shutdownNow();
            }
        }
    }

    private ObjectNode pause(String target, boolean pause) {
        hub.bean(Targets.class).pause(target, pause, "bench");
        return JsonNodeFactory.instance.objectNode();
    }

    /** Lets a schedule's route run that is off, or stops it. */
    private ObjectNode route(String id, boolean running) throws Exception {
        RouteController routes = hub.bean(CamelContext.class).getRouteController();
        if (running) {
            routes.startRoute(id);
        } else {
            routes.stopRoute(id);
        }
        return JsonNodeFactory.instance.objectNode();
    }

    /** Waits for the end of the first run of a target that the hub pushes by itself. */
    private ObjectNode ran(String target) {
        Runs runs = hub.bean(Runs.class);
        long until = System.nanoTime() + LONGEST_RUN.toNanos();
        while (System.nanoTime() - until < 0) {
            Runs.Run run = runs.newest(target, null).orElse(null);
            Instant end = run == null ? null : run.endedAt();
            if (run != null && end != null) {
                return JsonNodeFactory.instance
                        .objectNode()
                        .put("seconds", Duration.between(run.startedAt(), end).toNanos() / 1e9)
                        .put("created", run.created());
            }
            LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
        }
        throw new IllegalStateException(target + " was not pushed to an end within " + LONGEST_RUN);
    }

    /** What both sides changed differently is a person's to decide: whoever does it here takes the target's word. */
    private ObjectNode answerConflicts(String target) {
        Conflicts conflicts = hub.bean(Conflicts.class);
        List<ConflictQueue.Case> open = conflicts.list(target, MOST_CONFLICTS);
        open.forEach(each ->
                conflicts.resolve(each.id(), Choice.external(), each.what().fingerprint(), "bench"));
        return JsonNodeFactory.instance.objectNode().put("answered", open.size());
    }

    /** What the process takes up once everything is collected that is not in use. */
    private ObjectNode sample() throws Exception {
        try (Usage usage = new Usage()) {
            usage.lookClosely();
            return JsonNodeFactory.instance
                    .objectNode()
                    .put("heapMb", usage.mostAfterFullCollection() / 1e6)
                    .put("otherMemoryMb", Usage.otherMemory() / 1e6)
                    .put("threads", Usage.threads())
                    .put(
                            "connections",
                            hub.bean(HikariDataSource.class)
                                    .getHikariPoolMXBean()
                                    .getTotalConnections())
                    .put("fileDescriptors", Usage.fileDescriptors());
        }
    }

    /** Waits until the hub is at no target. */
    private ObjectNode quiet() {
        Pushes pushes = hub.bean(Pushes.class);
        long until = System.nanoTime() + LONGEST_RUN.toNanos();
        while (pushes.isAnyRunning()) {
            if (System.nanoTime() - until > 0) {
                throw new IllegalStateException("A target is still pushed after " + LONGEST_RUN);
            }
            LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
        }
        return JsonNodeFactory.instance.objectNode();
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

    /** Where the API of a hub with a port listens, and a token for it. */
    private ObjectNode door() {
        String token = hub.bean(Tokens.class)
                .create("bench", Role.VIEWER, Duration.ofDays(1), "bench")
                .text();
        return JsonNodeFactory.instance.objectNode().put("port", hub.port()).put("token", token);
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
