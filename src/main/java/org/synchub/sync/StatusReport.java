package org.synchub.sync;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.Overview;
import org.synchub.ledger.Runs;
import org.synchub.ledger.State;
import org.synchub.ledger.Targets;
import org.synchub.target.EffectContract;

/** What is owed, stuck or wrong, per target. One source for the command line, HTTP and JMX. */
public class StatusReport {

    private final TargetRegistry targets;
    private final Targets ledgerTargets;
    private final Overview overview;
    private final Runs runs;
    private final PushTimes pushTimes;
    private final PullTimes pullTimes;

    public StatusReport(
            TargetRegistry targets,
            Targets ledgerTargets,
            Overview overview,
            Runs runs,
            PushTimes pushTimes,
            PullTimes pullTimes) {
        this.pullTimes = pullTimes;
        this.pushTimes = pushTimes;
        this.targets = targets;
        this.ledgerTargets = ledgerTargets;
        this.overview = overview;
        this.runs = runs;
    }

    /**
     * One target's state. Counts are by record kind and state; records of no kind stand under "".
     *
     * @param oldestOwed since when the oldest record on its way is owed
     * @param nextDue when the next record is due, or since when it has been
     * @param gathersUntil when what it is owed goes out, as its mapping's {@code pushing} says; null where that is at once
     * @param nextPush when the safety push is, before which what is due goes out; where {@code pushing} says when, that time
     * @param nextPull when the target is asked for changes next
     * @param lastRun the newest run; one that found nothing to do leaves no row
     * @param lastSuccess when the newest run ended that went through without anything rejected or in conflict
     * @param lag in seconds, the longest from becoming owed to being acknowledged in the newest run that delivered something
     * @param attention causes among the first few thousand records that wait or need attention; {@code counts} has all
     * @param capacity how much it is sent at a time and in a second
     * @param drifted how many entities of the tenant do not hold what their events say
     */
    public record TargetStatus(
            String name,
            String tenant,
            String condition,
            @Nullable String reason,
            @Nullable Instant nextTry,
            int mappingVersion,
            boolean backfilled,
            @Nullable String guarantee,
            Capacity capacity,
            Map<String, Map<State, Long>> counts,
            @Nullable Instant oldestOwed,
            @Nullable Instant nextDue,
            @Nullable Instant gathersUntil,
            @Nullable Instant nextPush,
            @Nullable Instant nextPull,
            Runs.@Nullable Run lastRun,
            @Nullable Instant lastSuccess,
            @Nullable Double lag,
            long drifted,
            List<Overview.Cause> attention) {

        /** How many deliveries are in a state, over all kinds. */
        public long in(State state) {
            return counts.values().stream()
                    .mapToLong(byState -> byState.getOrDefault(state, 0L))
                    .sum();
        }

        /** Since when the oldest record on its way should have gone out; null when none is. */
        public @Nullable Instant late() {
            return gathersUntil == null ? oldestOwed : gathersUntil;
        }

        /** How many are on their way. */
        public long owed() {
            return in(State.PENDING) + in(State.IN_FLIGHT) + in(State.RETRY) + in(State.UNKNOWN) + in(State.BLOCKED);
        }

        /** How many a person has to look at. */
        public long needAttention() {
            return in(State.REJECTED) + in(State.CONFLICT) + in(State.HELD);
        }
    }

    /**
     * How much a target is sent.
     *
     * @param writers requests of one hub that write at the same time
     * @param batchSize records in a batch at most
     * @param concurrency batches that are sent at the same time by all hubs together; null for no limit
     * @param requestsPerSecond of all hubs together; null for no limit
     * @param recordsPerSecond of all hubs together; null for no limit
     * @param lowered what it is given for now, because it slowed or refused; null while it is all of that
     */
    public record Capacity(
            int writers,
            int batchSize,
            @Nullable Integer concurrency,
            @Nullable BigDecimal requestsPerSecond,
            @Nullable BigDecimal recordsPerSecond,
            Targets.@Nullable Lowered lowered) {

        static Capacity of(TargetRuntime target, Optional<Targets.Target> row) {
            return new Capacity(
                    target.writers(),
                    target.adapter().batchSize(),
                    target.limits().concurrency(),
                    target.limits().requestsPerSecond(),
                    target.limits().recordsPerSecond(),
                    row.map(Targets.Target::lowered).orElse(null));
        }
    }

    /**
     * The whole in six numbers, under the names of the founding documents. What is never sent is not counted.
     *
     * @param pending on its way, or waiting for something that comes by itself or for a person's yes
     * @param failed rejected or given up
     * @param syncRate the share that is synced, as in {@code 93.33%}; 100.00% when there is nothing
     */
    public record Stats(long total, long pending, long synced, long failed, long conflicts, String syncRate) {

        static Stats of(long pending, long synced, long failed, long conflicts) {
            long total = pending + synced + failed + conflicts;
            double rate = total == 0 ? 100 : 100.0 * synced / total;
            return new Stats(total, pending, synced, failed, conflicts, String.format(Locale.ROOT, "%.2f%%", rate));
        }
    }

    /** The six numbers of one target, or of all when it is null. */
    public Stats stats(@Nullable String target) {
        List<String> names = target == null
                ? targets.all().stream().map(TargetRuntime::name).toList()
                : List.of(targets.get(target).name());
        Map<State, Long> sums = new EnumMap<>(State.class);
        for (String name : names) {
            overview.counts(name)
                    .values()
                    .forEach(counts -> counts.forEach((state, n) -> sums.merge(state, n, Long::sum)));
        }
        return Stats.of(
                sum(sums, State.PENDING, State.IN_FLIGHT, State.RETRY, State.BLOCKED, State.UNKNOWN, State.HELD),
                sum(sums, State.DELIVERED),
                sum(sums, State.REJECTED, State.DISCARDED),
                sum(sums, State.CONFLICT));
    }

    private static long sum(Map<State, Long> counts, State... states) {
        return Stream.of(states).mapToLong(s -> counts.getOrDefault(s, 0L)).sum();
    }

    /** How many entities of each tenant are LOCAL, SYNCED and EXTERNAL; counted, not kept. */
    public Map<String, Map<String, Long>> levels() {
        Map<String, Map<String, Long>> levels = new TreeMap<>();
        targets.tenants().forEach(tenant -> levels.put(tenant, overview.levels(tenant)));
        return levels;
    }

    /** Every target of this hub. */
    public List<TargetStatus> all() {
        List<TargetStatus> statuses = new ArrayList<>();
        for (TargetRuntime target : targets.all()) {
            statuses.add(of(target.name()));
        }
        return statuses;
    }

    /**
     * One target.
     *
     * @throws UnknownTarget when no mapping describes it
     */
    public TargetStatus of(String name) {
        TargetRuntime target = targets.get(name);
        Optional<Targets.Target> row = ledgerTargets.find(name);
        EffectContract contract = target.contract();
        Instant oldestOwed = overview.oldestOwed(name);
        Instant gathersUntil = pushTimes.gathersUntil(target, oldestOwed);
        return new TargetStatus(
                name,
                target.mapping().tenant(),
                row.map(t -> t.condition().name().toLowerCase(Locale.ROOT)).orElse("not registered"),
                row.map(Targets.Target::reason).orElse(null),
                row.map(Targets.Target::nextTryAt).orElse(null),
                target.mapping().mappingVersion(),
                row.map(t -> t.backfilledAt() != null).orElse(false),
                contract == null ? null : contract.guarantee(),
                Capacity.of(target, row),
                overview.counts(name),
                oldestOwed,
                overview.nextDue(name),
                gathersUntil,
                pushTimes.next(target, gathersUntil),
                pullTimes.next(target),
                runs.newest(name, null).orElse(null),
                runs.newestSuccess(name).map(Runs.Run::endedAt).orElse(null),
                runs.newestDelivery(name)
                        .map(Runs.Run::lagMs)
                        .map(ms -> ms / 1000.0)
                        .orElse(null),
                overview.drifted(target.mapping().tenant()),
                overview.causes(name, 50));
    }
}
