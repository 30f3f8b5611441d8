package org.synchub.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.Overview;
import org.synchub.ledger.Runs;
import org.synchub.ledger.State;
import org.synchub.ledger.Targets;
import org.synchub.sync.ResyncPlan;
import org.synchub.sync.StatusReport.Capacity;
import org.synchub.sync.StatusReport.TargetStatus;
import org.synchub.target.EffectContract;

/** Prints what people read in a terminal. Names, keys and counts, never a person's values. */
public final class Console {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

    private final PrintStream out;

    public Console(PrintStream out) {
        this.out = out;
    }

    /** For programs. */
    static String json(ObjectMapper json, Object value) {
        try {
            return json.writerWithDefaultPrettyPrinter().writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The answer could not be written as JSON", e);
        }
    }

    public void line(String format, Object... args) {
        out.println(args.length == 0 ? format : String.format(Locale.ROOT, format, args));
    }

    /** One target: condition, a table of counts by kind, and why what is stuck is stuck. */
    public void target(TargetStatus status) {
        line("");
        line("%s (tenant %s): %s%s", status.name(), status.tenant(), status.condition(), since(status));
        if (status.reason() != null) {
            line("  %s", status.reason());
        }
        if (status.guarantee() != null) {
            line("  %s", EffectContract.sentence(status.guarantee()));
        }
        line("  %s", capacity(status.capacity()));
        Targets.Lowered lowered = status.capacity().lowered();
        if (lowered != null) {
            line(
                    "  For now batches of up to %d, %d at once, since %s because %s; it comes back by itself",
                    lowered.batchSize(), lowered.writers(), time(lowered.since()), lowered.because());
        }
        counts(status.counts());
        if (status.oldestOwed() != null) {
            line("  Oldest owed since %s", time(status.oldestOwed()));
        }
        if (status.lastSuccess() != null) {
            line("  Last success %s", time(status.lastSuccess()));
        }
        if (status.lag() != null) {
            line("  Slowest of the newest delivery: %.1f s from change to acknowledgement", status.lag());
        }
        if (!status.attention().isEmpty()) {
            line("  Waiting or needing attention:");
            for (Overview.Cause cause : status.attention()) {
                line(
                        "    %,6d %s %s: %s%s",
                        cause.n(),
                        cause.kind().isEmpty() ? "record" : cause.kind(),
                        cause.state().column(),
                        cause.reason().isEmpty() ? cause.code() : cause.reason(),
                        cause.at() == null ? "" : " (" + cause.at() + ")");
                line("           for instance %s", cause.exampleGuid());
            }
        }
        if (status.drifted() > 0) {
            line(
                    "  %,6d entities of tenant %s do not hold what their events say; see 'drift list %s'",
                    status.drifted(), status.tenant(), status.tenant());
        }
        if (status.lastRun() != null) {
            run(status.lastRun());
        }
    }

    /** What a resync would do, with examples; where the sides differ, not what they hold. */
    void plan(ResyncPlan plan) {
        line("%,9d compared", plan.compared());
        line("%,9d created", plan.creates());
        line("%,9d updated", plan.updates());
        line("%,9d deleted", plan.deletes());
        line("%,9d taken over from the target", plan.takenHere());
        line("%,9d in conflict", plan.conflicts());
        line("%,9d unchanged", plan.unchanged());
        line("%,9d not sent", plan.notSent());
        plan.emptied().forEach((field, n) -> line("%,9d lose their %s at the target", n, field));
        for (ResyncPlan.Example example : plan.examples()) {
            if (example.fate() != ResyncPlan.Fate.UNCHANGED) {
                line(
                        "  %s %s %s%s%s%s",
                        example.fate().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                        example.kind(),
                        example.guid(),
                        example.externalId() == null ? "" : ", record " + example.externalId(),
                        example.fields().isEmpty()
                                ? ""
                                : ": "
                                        + String.join(
                                                ", ",
                                                example.fields().stream()
                                                        .map(ResyncPlan.Difference::path)
                                                        .distinct()
                                                        .toList()),
                        example.reason() == null ? "" : ": " + example.reason());
            }
        }
        line(plan.refusal() == null ? "Nothing has been done; without --dry-run it is" : plan.refusal());
    }

    private static String since(TargetStatus status) {
        return status.nextTry() == null ? "" : ", next try " + time(status.nextTry());
    }

    private static String capacity(Capacity so) {
        StringBuilder line = new StringBuilder("Batches of up to " + so.batchSize() + ", " + so.writers()
                + (so.writers() == 1 ? " writer" : " writers"));
        if (so.concurrency() != null) {
            line.append(", at most ").append(so.concurrency()).append(" at once");
        }
        if (so.requestsPerSecond() != null) {
            line.append(", at most ")
                    .append(so.requestsPerSecond().toPlainString())
                    .append(" requests/s");
        }
        if (so.recordsPerSecond() != null) {
            line.append(", at most ")
                    .append(so.recordsPerSecond().toPlainString())
                    .append(" records/s");
        }
        boolean limited = so.concurrency() != null || so.requestsPerSecond() != null || so.recordsPerSecond() != null;
        return line.append(limited ? " from all hubs together" : "").toString();
    }

    private void counts(Map<String, Map<State, Long>> counts) {
        line(
                "  %-14s %9s %9s %9s %9s %9s %9s",
                "record kind", "delivered", "owed", "waiting", "rejected", "conflict", "not sent");
        counts.forEach((kind, n) -> line(
                "  %-14s %,9d %,9d %,9d %,9d %,9d %,9d",
                kind.isEmpty() ? "(no kind)" : kind,
                of(n, State.DELIVERED),
                of(n, State.PENDING, State.IN_FLIGHT, State.RETRY),
                of(n, State.BLOCKED, State.UNKNOWN, State.HELD),
                of(n, State.REJECTED),
                of(n, State.CONFLICT),
                of(n, State.EXCLUDED, State.DISCARDED)));
    }

    private static long of(Map<State, Long> counts, State... states) {
        return List.of(states).stream()
                .mapToLong(s -> counts.getOrDefault(s, 0L))
                .sum();
    }

    /** One line about a run. */
    public void run(Runs.Run run) {
        line(
                "  Last run %d: %s %s, started %s%s%s",
                run.id(),
                run.direction(),
                run.status(),
                time(run.startedAt()),
                run.endedAt() == null
                        ? ", still running"
                        : String.format(
                                Locale.ROOT,
                                ", %.1f s, %d requests",
                                (run.endedAt().toEpochMilli() - run.startedAt().toEpochMilli()) / 1000.0,
                                run.requests()),
                run.message() == null ? "" : ": " + run.message());
    }

    static String time(@Nullable Instant instant) {
        return instant == null ? "" : TIME.format(instant);
    }
}
