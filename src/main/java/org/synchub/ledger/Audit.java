package org.synchub.ledger;

import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What people did with the hub and what was refused them; only ever appended to. Keys and counts, never values. What
 * somebody is about to do is noted first, so that nothing is done that left no row: who dies in between leaves a row that
 * nothing concludes. Runs are noted by {@link Runs} as they end, the rows are chained by {@link AuditChain}.
 */
public class Audit {

    private final JdbcClient db;

    public Audit(JdbcClient db) {
        this.db = db;
    }

    /** By which way somebody reached the hub. */
    public enum Via {
        HTTP,
        JMX,
        COMMAND;

        String column() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** What became of it. */
    public enum Outcome {
        DONE,
        REFUSED,
        FAILED;

        /** What became of something that ended so: who asked for what cannot be is refused. */
        public static Outcome of(RuntimeException failure) {
            return failure instanceof IllegalArgumentException ? REFUSED : FAILED;
        }

        String column() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * One thing that somebody did or tried.
     *
     * @param operation such as {@code resync}
     * @param who name of the token, of the login, or of the way when that knows no names
     * @param address where it came from; null on the hub's own machine
     * @param detail keys and counts
     * @param records how many records it concerned; null where that is not known
     * @param took how long it took; null where that says nothing
     */
    public record Entry(
            String operation,
            String who,
            Via via,
            @Nullable String address,
            @Nullable String target,
            Outcome outcome,
            @Nullable String detail,
            @Nullable Long records,
            @Nullable Duration took) {

        public Entry(
                String operation,
                String who,
                Via via,
                @Nullable String address,
                @Nullable String target,
                Outcome outcome,
                @Nullable String detail) {
            this(operation, who, via, address, target, outcome, detail, null, null);
        }

        /** What became of something that was not noted before it was done. */
        public static Entry of(
                Intent intent,
                Outcome outcome,
                @Nullable String detail,
                @Nullable Long records,
                @Nullable Duration took) {
            return new Entry(
                    intent.operation(),
                    intent.who(),
                    intent.via(),
                    intent.address(),
                    intent.target(),
                    outcome,
                    detail,
                    records,
                    took);
        }

        /** The same with another detail. */
        public Entry withDetail(String other) {
            return new Entry(operation, who, via, address, target, outcome, other, records, took);
        }
    }

    /**
     * What somebody is about to do.
     *
     * @param operation such as {@code resync}
     * @param who name of the token, of the login, or of the way when that knows no names
     * @param address where it comes from; null on the hub's own machine
     * @param detail keys and counts
     */
    public record Intent(
            String operation,
            String who,
            Via via,
            @Nullable String address,
            @Nullable String target,
            @Nullable String detail) {}

    /**
     * Notes that something is about to be done. Call it outside of any transaction: the row has to be there whatever becomes
     * of the deed.
     *
     * @return what {@link #conclude} wants to know
     */
    public long begin(Intent intent) {
        return db.sql("""
                        INSERT INTO hub.audit (operation, who, via, address, target, outcome, detail)
                        VALUES (:operation, :who, :via, :address, :target, 'begun', :detail) RETURNING id""")
                .param("operation", intent.operation())
                .param("who", Text.clean(intent.who()))
                .param("via", intent.via().column())
                .param("address", Text.clean(intent.address()))
                .param("target", Text.clean(intent.target()))
                .param("detail", Text.clean(intent.detail()))
                .query(Long.class)
                .single();
    }

    /**
     * What became of something.
     *
     * @param detail keys and counts; null for those that it began with
     * @param records how many records it concerned; null where that is not known
     */
    public record Became(
            Outcome outcome,
            @Nullable String detail,
            @Nullable Long records) {}

    /** Notes that something is about to be done, does it, and notes what became of it; a failure too. */
    public <T> T during(Intent intent, Supplier<T> deed, Function<T, Became> became) {
        return during(intent, deed, became, failure -> null);
    }

    /**
     * The same.
     *
     * @param failed what is noted of a failure beside its {@link Outcome#of}
     */
    public <T> T during(
            Intent intent,
            Supplier<T> deed,
            Function<T, Became> became,
            Function<RuntimeException, @Nullable String> failed) {
        long start = System.nanoTime();
        long begun = begin(intent);
        T result;
        try {
            result = deed.get();
        } catch (RuntimeException e) {
            conclude(begun, new Became(Outcome.of(e), failed.apply(e), null), start);
            throw e;
        }
        conclude(begun, became.apply(result), start);
        return result;
    }

    private void conclude(long begun, Became became, long start) {
        conclude(
                begun,
                became.outcome(),
                became.detail(),
                became.records(),
                Duration.ofNanos(System.nanoTime() - start));
    }

    /**
     * Notes what became of something that was begun, once.
     *
     * @param begun what {@link #begin} returned
     * @param detail keys and counts; null for those that it began with
     * @param records how many records it concerned; null where that is not known
     */
    public void conclude(long begun, Outcome outcome, @Nullable String detail, @Nullable Long records, Duration took) {
        db.sql("""
                        INSERT INTO hub.audit
                            (operation, who, via, address, target, outcome, detail, records, duration_ms, begun)
                        SELECT operation, who, via, address, target, :outcome, coalesce(:detail, detail), :records, :took, id
                        FROM hub.audit WHERE id = :begun""")
                .param("begun", begun)
                .param("outcome", outcome.column())
                .param("detail", Text.clean(detail))
                .param("records", records)
                .param("took", took.toMillis())
                .update();
    }

    /** Appends a row for something that is over: what was refused, or says nothing before it is done. */
    public void note(Entry entry) {
        db.sql("""
                        INSERT INTO hub.audit (operation, who, via, address, target, outcome, detail, records, duration_ms)
                        VALUES (:operation, :who, :via, :address, :target, :outcome, :detail, :records, :took)""")
                .param("operation", entry.operation())
                .param("who", Text.clean(entry.who()))
                .param("via", entry.via().column())
                .param("address", Text.clean(entry.address()))
                .param("target", Text.clean(entry.target()))
                .param("outcome", entry.outcome().column())
                .param("detail", Text.clean(entry.detail()))
                .param("records", entry.records())
                .param("took", entry.took() == null ? null : entry.took().toMillis())
                .update();
    }
}
