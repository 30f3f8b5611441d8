package org.synchub.admin.monitoring;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.synchub.admin.alerts.Alerts;
import org.synchub.ledger.AlertLedger;
import org.synchub.ledger.Overview;
import org.synchub.ledger.Runs;
import org.synchub.ledger.Settled;
import org.synchub.ledger.Settlement.Tally;
import org.synchub.ledger.State;
import org.synchub.ledger.Targets;
import org.synchub.sync.Happenings;
import org.synchub.sync.TargetRegistry;
import org.synchub.sync.TargetRuntime;
import org.synchub.target.TargetTrouble;

/**
 * {@code synchub.*}: what is owed and stuck as gauges over the ledger, the same on every hub of a database; what this hub
 * did as timers and counters. Labels are targets, record kinds, states, outcomes and what decided.
 */
final class HubMetrics implements MeterBinder, Happenings {

    /** What the hub refuses before the target sees it. */
    private static final Set<String> MAPPING = Set.of("mapping", "mapping-failed", "no-kind");

    private final TargetRegistry targets;
    private final Snapshots<How> how;
    private final Snapshots<Map<String, Long>> alerts;
    private final InstantSource clock;
    private final List<MeterRegistry> registries = new CopyOnWriteArrayList<>();

    /** How a target is at one time. */
    private record How(
            Map<String, Map<State, Long>> counts,
            double oldestOwedSeconds,
            boolean running,
            Targets.@Nullable Lowered lowered) {}

    HubMetrics(
            TargetRegistry targets, Targets ledgerTargets, Overview overview, AlertLedger alerts, InstantSource clock) {
        this.targets = targets;
        this.clock = clock;
        this.how = new Snapshots<>(target -> how(target, ledgerTargets, overview), clock);
        this.alerts = new Snapshots<>(all -> alerts.lasting(), clock);
    }

    private How how(String target, Targets ledgerTargets, Overview overview) {
        Optional<Targets.Target> row = ledgerTargets.find(target);
        return new How(
                overview.counts(target),
                age(overview.oldestOwed(target)),
                row.filter(t -> t.condition() == Targets.Condition.RUNNING).isPresent(),
                row.map(Targets.Target::lowered).orElse(null));
    }

    private double age(@Nullable Instant since) {
        return since == null
                ? 0
                : Math.max(0, Duration.between(since, clock.instant()).toMillis() / 1000.0);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        registries.add(registry);
        for (String rule : Alerts.RULES) {
            Gauge.builder("synchub.alerts", alerts, a -> a.of("").getOrDefault(rule, 0L))
                    .description("Incidents that last now; what they are about is at /api/v1/alerts")
                    .tag("rule", rule)
                    .register(registry);
        }
        for (TargetRuntime target : targets.all()) {
            String name = target.name();
            fromZero(registry, name);
            target.mapping().kinds().forEach(kind -> deliveries(registry, name, kind.name()));
            TimeGauge.builder(
                            "synchub.oldest.owed",
                            how,
                            TimeUnit.SECONDS,
                            h -> h.of(name).oldestOwedSeconds())
                    .description("How long the oldest record on its way has been owed; 0 when none is")
                    .tag("target", name)
                    .register(registry);
            Gauge.builder("synchub.target.running", how, h -> h.of(name).running() ? 1 : 0)
                    .description("1 while the target is running; 0 while it is backing off, stopped or paused")
                    .tag("target", name)
                    .register(registry);
            Gauge.builder("synchub.target.batch.size", how, h -> batchSize(target, h.of(name)))
                    .description("Records in a batch at most, less than configured after the target slowed or refused")
                    .tag("target", name)
                    .register(registry);
            Gauge.builder("synchub.target.writers", how, h -> writers(target, h.of(name)))
                    .description("Writers of one hub at once, less than configured after the target slowed or refused")
                    .tag("target", name)
                    .register(registry);
        }
    }

    private static int batchSize(TargetRuntime target, How so) {
        int most = target.adapter().batchSize();
        return so.lowered() == null ? most : Math.min(most, so.lowered().batchSize());
    }

    private static int writers(TargetRuntime target, How so) {
        int most = target.writers();
        return so.lowered() == null ? most : Math.min(most, so.lowered().writers());
    }

    private void deliveries(MeterRegistry registry, String target, String kind) {
        for (State state : State.values()) {
            Gauge.builder(
                            "synchub.deliveries",
                            how,
                            h -> h.of(target)
                                    .counts()
                                    .getOrDefault(kind, Map.of())
                                    .getOrDefault(state, 0L))
                    .description("Records by their state at the target")
                    .tags("target", target, "kind", kind, "state", word(state))
                    .register(registry);
        }
    }

    @Override
    public void runEnded(Runs.Run run) {
        Tags tags = Tags.of("target", run.target(), "direction", run.direction());
        Instant ended = run.endedAt();
        registries.forEach(registry -> {
            if (ended != null) {
                runs(registry, tags, run.status()).record(Duration.between(run.startedAt(), ended));
            }
            count(registry, "synchub.requests", "Requests to the target", tags, run.requests());
            count(registry, "synchub.sent", "Bytes sent to the target, before compression", tags, run.bytesOut());
            count(registry, "synchub.received", "Bytes read from the target, after decompression", tags, run.bytesIn());
        });
    }

    private static void count(MeterRegistry registry, String name, String what, Tags tags, long n) {
        Counter.builder(name).description(what).tags(tags).register(registry).increment((double) n);
    }

    @Override
    public void settled(String target, List<Settled> settled) {
        Map<Tags, Integer> records = new HashMap<>();
        Map<Tags, Integer> errors = new HashMap<>();
        for (Settled one : settled) {
            Tags tags = Tags.of("target", target, "kind", one.kind());
            if (one.tally() != Tally.NONE) {
                records.merge(tags.and("direction", "push", "outcome", outcome(one.tally())), 1, Integer::sum);
            }
            String error = errorOf(one);
            if (error != null) {
                errors.merge(tags.and("class", error), 1, Integer::sum);
            }
        }
        registries.forEach(registry -> {
            records.forEach((tags, n) -> records(registry, tags, n));
            errors.forEach((tags, n) -> errors(registry, tags, n));
            settled.forEach(one -> lag(registry, target, one));
        });
    }

    @Override
    public void pulled(String target, String kind, String outcome, int records) {
        if (records > 0) {
            Tags tags = Tags.of("target", target, "kind", kind);
            registries.forEach(registry -> {
                records(registry, tags.and("direction", "pull", "outcome", outcome), records);
                if (outcome.equals("parked")) {
                    errors(registry, tags.and("class", "not_applied"), records);
                }
            });
        }
    }

    @Override
    public void failed(String target, TargetTrouble.Kind trouble) {
        Tags tags =
                Tags.of("target", target, "kind", "", "class", trouble.name().toLowerCase(Locale.ROOT));
        registries.forEach(registry -> errors(registry, tags, 1));
    }

    private static void records(MeterRegistry registry, Tags tags, int n) {
        count(registry, "synchub.records", "Records by what became of them", tags, n);
    }

    private static void errors(MeterRegistry registry, Tags tags, int n) {
        count(registry, "synchub.errors", "What went wrong: of records, and without a kind of the target", tags, n);
    }

    private static void lag(MeterRegistry registry, String target, Settled one) {
        Long lag = one.lagMs();
        if (lag != null) {
            Timer.builder("synchub.lag")
                    .description(
                            "From a change becoming owed to its acknowledgement, of each record that was delivered")
                    .tags("target", target, "kind", one.kind())
                    .register(registry)
                    .record(Duration.ofMillis(Math.max(0, lag)));
        }
    }

    private static String outcome(Tally tally) {
        return tally == Tally.CONFLICTS ? "conflict" : tally.name().toLowerCase(Locale.ROOT);
    }

    private static @Nullable String errorOf(Settled one) {
        return switch (one.tally()) {
            case REJECTED -> {
                String code = one.code() == null ? "" : one.code();
                yield MAPPING.contains(code) ? "mapping" : code.equals("not-storable") ? "database" : "refused";
            }
            case RETRIED -> "temporary";
            case UNKNOWN -> "unanswered";
            default -> null;
        };
    }

    @Override
    public void troubled(String target, Targets.Condition now, String reason) {
        registries.forEach(registry -> troubles(registry, target, now).increment());
    }

    /** Those that alerts look at are there from the start: the first step of a counter that was not there is none to Prometheus. */
    private static void fromZero(MeterRegistry registry, String target) {
        for (String direction : List.of("push", "pull")) {
            for (String status : List.of("success", "partial", "failed")) {
                runs(registry, Tags.of("target", target, "direction", direction), status);
            }
        }
        troubles(registry, target, Targets.Condition.BACKING_OFF);
        troubles(registry, target, Targets.Condition.STOPPED);
    }

    private static Timer runs(MeterRegistry registry, Tags tags, String status) {
        return Timer.builder("synchub.runs")
                .description("Runs of this hub that had something to do")
                .tags(tags.and("status", status))
                .register(registry);
    }

    private static Counter troubles(MeterRegistry registry, String target, Targets.Condition now) {
        return Counter.builder("synchub.troubles")
                .description("How often the target got into trouble, once for each")
                .tags("target", target, "condition", now.name().toLowerCase(Locale.ROOT))
                .register(registry);
    }

    @Override
    public void decided(String target, String kind, String conflictKind, String resolution) {
        registries.forEach(registry -> Counter.builder("synchub.decisions")
                .description("Places of records about which this hub weighed both sides, by what decided")
                .tags("target", target, "kind", kind, "conflict_kind", conflictKind, "resolution", resolution)
                .register(registry)
                .increment());
    }

    private static String word(State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
