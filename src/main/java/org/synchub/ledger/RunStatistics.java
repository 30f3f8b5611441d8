package org.synchub.ledger;

import java.sql.Timestamp;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.synchub.ledger.Runs.Run;

/** Sums over the runs that ended in some time. What ended before or after it is not read: {@code run_ended} leads past it. */
public class RunStatistics {

    private static final String THEM = """
            FROM hub.run
            WHERE target = ANY (:targets::text[]) AND ended_at >= :from AND ended_at < :to
              AND (:direction::text IS NULL OR direction = :direction)
            """;

    /** One row per period in which a run ended, numbered from 1. */
    static final String SUMS = """
            SELECT width_bucket((extract(epoch FROM ended_at) * 1000000)::bigint, :starts::bigint[]) AS period,
                   count(*) AS runs,
                   count(*) FILTER (WHERE status = 'success') AS succeeded,
                   count(*) FILTER (WHERE status = 'partial') AS partial,
                   count(*) FILTER (WHERE status = 'failed') AS failed,
                   count(*) FILTER (WHERE status = 'cancelled') AS cancelled,
                   sum(%s)::bigint AS moved, sum(rejected)::bigint AS rejected, sum(parked)::bigint AS parked,
                   sum(conflicts)::bigint AS conflicts, sum(retried)::bigint AS retried, sum(requests)::bigint AS requests,
                   sum(bytes_out)::bigint AS bytes_out, sum(bytes_in)::bigint AS bytes_in,
                   (extract(epoch FROM sum(ended_at - started_at)) * 1000)::bigint AS took,
                   (extract(epoch FROM max(ended_at - started_at)) * 1000)::bigint AS longest,
                   max(lag_ms) AS lag
            """.formatted(Runs.WENT_THROUGH) + THEM + "GROUP BY 1 ORDER BY 1";

    static final String SLOWEST = "SELECT * " + THEM + "ORDER BY ended_at - started_at DESC, id LIMIT :most";

    private final JdbcClient db;

    public RunStatistics(JdbcClient db) {
        this.db = db;
    }

    /**
     * Which runs.
     *
     * @param targets theirs only
     * @param direction as in {@link Run#direction}; null for every one
     * @param from the first moment in which they ended
     * @param to the first moment that is too late
     */
    public record Range(List<String> targets, @Nullable String direction, Instant from, Instant to) {}

    /**
     * Sums over runs. Times are in milliseconds, bytes are of bodies before compression.
     *
     * @param moved records that went through, either way
     * @param rejected by the target
     * @param parked came in and could not be applied
     * @param conflicts as often as a run met one
     * @param tookMs all of the runs together
     * @param lagMs the longest from a change becoming owed to being acknowledged; null when nothing was delivered
     */
    public record Sums(
            long runs,
            long succeeded,
            long partial,
            long failed,
            long cancelled,
            long moved,
            long rejected,
            long parked,
            long conflicts,
            long retried,
            long requests,
            long bytesOut,
            long bytesIn,
            long tookMs,
            long longestMs,
            @Nullable Long lagMs) {

        public static final Sums NONE = new Sums(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, null);

        /** Both together. */
        public Sums and(Sums other) {
            Long longer = lagMs == null || (other.lagMs != null && other.lagMs > lagMs) ? other.lagMs : lagMs;
            return new Sums(
                    runs + other.runs,
                    succeeded + other.succeeded,
                    partial + other.partial,
                    failed + other.failed,
                    cancelled + other.cancelled,
                    moved + other.moved,
                    rejected + other.rejected,
                    parked + other.parked,
                    conflicts + other.conflicts,
                    retried + other.retried,
                    requests + other.requests,
                    bytesOut + other.bytesOut,
                    bytesIn + other.bytesIn,
                    tookMs + other.tookMs,
                    Math.max(longestMs, other.longestMs),
                    longer);
        }
    }

    /**
     * Sums the runs of a range up, each in the period in which it ended.
     *
     * @param starts of the periods, in order, the first not after the range's begin; each lasts until the next
     * @return one for each start
     */
    public List<Sums> sums(Range range, List<Instant> starts) {
        List<Sums> sums = new ArrayList<>();
        starts.forEach(start -> sums.add(Sums.NONE));
        bind(db.sql(SUMS), range).param("starts", micros(starts)).query(row -> {
            sums.set(
                    row.getInt("period") - 1,
                    new Sums(
                            row.getLong("runs"),
                            row.getLong("succeeded"),
                            row.getLong("partial"),
                            row.getLong("failed"),
                            row.getLong("cancelled"),
                            row.getLong("moved"),
                            row.getLong("rejected"),
                            row.getLong("parked"),
                            row.getLong("conflicts"),
                            row.getLong("retried"),
                            row.getLong("requests"),
                            row.getLong("bytes_out"),
                            row.getLong("bytes_in"),
                            row.getLong("took"),
                            row.getLong("longest"),
                            row.getObject("lag", Long.class)));
        });
        return sums;
    }

    /** The runs of a range that took longest, the longest first. */
    public List<Run> slowest(Range range, int most) {
        return bind(db.sql(SLOWEST), range)
                .param("most", most)
                .query(Runs::read)
                .list();
    }

    static StatementSpec bind(StatementSpec statement, Range range) {
        return statement
                .param("targets", range.targets().toArray(String[]::new))
                .param("direction", range.direction())
                .param("from", Timestamp.from(range.from()))
                .param("to", Timestamp.from(range.to()));
    }

    /** Since 1970: PostgreSQL compares numbers as they are, texts it would read again for each row. */
    static Long[] micros(List<Instant> starts) {
        return starts.stream()
                .map(start -> ChronoUnit.MICROS.between(Instant.EPOCH, start))
                .toArray(Long[]::new);
    }
}
