package org.synchub.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The sync log: one row per push, pull, resync or reconcile of one target. */
public class Runs {

    /** Of a row of {@code hub.run}, the records that went through, either way. */
    static final String WENT_THROUGH = "created + updated + adopted + deleted + unchanged + pulled";

    private final JdbcClient db;

    public Runs(JdbcClient db) {
        this.db = db;
    }

    /**
     * A row of {@code hub.run}. Counts are records, bytes are of bodies before compression.
     *
     * @param lagMs of what it delivered, the longest from becoming owed to being acknowledged; null when it delivered nothing
     * @param client the X-Client-ID of the request that asked for it
     * @param correlation what its log lines and its requests to the target are known by; null for runs of earlier versions
     */
    public record Run(
            long id,
            String target,
            String direction,
            String cause,
            String startedBy,
            Instant startedAt,
            @Nullable Instant endedAt,
            String status,
            @Nullable String message,
            long created,
            long updated,
            long adopted,
            long deleted,
            long unchanged,
            long rejected,
            long retried,
            long blocked,
            long conflicts,
            long unknown,
            long pulled,
            long echoes,
            long parked,
            long requests,
            long bytesOut,
            long bytesIn,
            @Nullable Long lagMs,
            @Nullable String client,
            @Nullable String correlation) {

        /** Records that the target has acknowledged in this run. */
        public long delivered() {
            return created + updated + adopted + deleted + unchanged;
        }
    }

    /**
     * Opens a run.
     *
     * @param cause why: schedule, change, command, http, jmx
     * @param client of the request that asked for it; null when there is none
     * @param correlation what its log lines and its requests to the target are known by
     */
    public long start(
            String target,
            String direction,
            String cause,
            String startedBy,
            @Nullable String client,
            String correlation) {
        return db.sql("""
                        INSERT INTO hub.run (target, direction, cause, started_by, client, correlation)
                        VALUES (:target, :direction, :cause, :by, :client, :correlation) RETURNING id""")
                .param("target", target)
                .param("direction", direction)
                .param("cause", cause)
                .param("by", startedBy)
                .param("client", client)
                .param("correlation", correlation)
                .query(Long.class)
                .single();
    }

    /** Follows the common table expression {@code ended}: an ended run and its row in the audit trail are one statement. */
    private static final String AUDIT = """
            INSERT INTO hub.audit (operation, who, via, target, outcome, detail, run, records, errors, duration_ms)
            SELECT direction, started_by, 'hub', target,
                   CASE status WHEN 'success' THEN 'done' ELSE status END,
                   concat_ws(': ', cause, message), id,
                   created + updated + adopted + deleted + unchanged + rejected + conflicts + pulled + parked,
                   rejected + parked,
                   (extract(epoch FROM ended_at - started_at) * 1000)::bigint
            FROM ended""";

    /** Closes a run, and notes it in the audit trail. */
    public void end(long run, String status, @Nullable String message, long requests, long bytesOut, long bytesIn) {
        db.sql("""
                        WITH ended AS (
                            UPDATE hub.run SET ended_at = hub.now(), status = :status, message = :message,
                                   requests = requests + :requests, bytes_out = bytes_out + :out, bytes_in = bytes_in + :in
                            WHERE id = :run RETURNING *)
                        """ + AUDIT)
                .param("run", run)
                .param("status", status)
                .param("message", Text.clean(message))
                .param("requests", requests)
                .param("out", bytesOut)
                .param("in", bytesIn)
                .update();
    }

    /** Forgets a run that found nothing to do. */
    public void forget(long run) {
        db.sql("DELETE FROM hub.run WHERE id = :run").param("run", run).update();
    }

    /** Adds to the traffic of a run that goes on. */
    public void addTraffic(long run, long requests, long bytesOut, long bytesIn) {
        db.sql("""
                        UPDATE hub.run SET requests = requests + :requests, bytes_out = bytes_out + :out,
                               bytes_in = bytes_in + :in
                        WHERE id = :run""")
                .param("run", run)
                .param("requests", requests)
                .param("out", bytesOut)
                .param("in", bytesIn)
                .update();
    }

    /** Adds to the counts of a pull. */
    public void countPull(long run, int pulled, int echoes, int parked, int conflicts) {
        db.sql("""
                        UPDATE hub.run SET pulled = pulled + :pulled, echoes = echoes + :echoes, parked = parked + :parked,
                               conflicts = conflicts + :conflicts
                        WHERE id = :run""")
                .param("run", run)
                .param("pulled", pulled)
                .param("echoes", echoes)
                .param("parked", parked)
                .param("conflicts", conflicts)
                .update();
    }

    /**
     * Closes the runs of hubs that died.
     *
     * @param quiet how long nothing must have been heard of a run
     * @return how many
     */
    public int closeAbandoned(Duration quiet) {
        return db.sql("""
                        WITH ended AS (
                            UPDATE hub.run SET ended_at = active_at, status = 'failed',
                                   message = 'The hub that ran it stopped before it could close it'
                            WHERE status = 'running' AND active_at < hub.now() - make_interval(secs => :quiet)
                            RETURNING *)
                        """ + AUDIT).param("quiet", quiet.toSeconds()).update();
    }

    public Optional<Run> find(long run) {
        return db.sql("SELECT * FROM hub.run WHERE id = :run")
                .param("run", run)
                .query(Runs::read)
                .optional();
    }

    public Run get(long run) {
        return db.sql("SELECT * FROM hub.run WHERE id = :run")
                .param("run", run)
                .query(Runs::read)
                .single();
    }

    /** The newest run of a target in one direction, or of any direction when null. */
    public Optional<Run> newest(String target, @Nullable String direction) {
        return db.sql("""
                        SELECT * FROM hub.run
                        WHERE target = :target AND (:direction::text IS NULL OR direction = :direction)
                        ORDER BY id DESC LIMIT 1""")
                .param("target", target)
                .param("direction", direction)
                .query(Runs::read)
                .optional();
    }

    /**
     * What one pull brought, or has brought so far.
     *
     * @param ago since it began
     * @param found whether it met anything that the hub had not sent itself
     */
    public record Look(Duration ago, boolean failed, boolean found) {}

    /** The newest pulls of a target by whatever hub, newest first. */
    public List<Look> looks(String target, int most) {
        return db.sql("""
                        SELECT (extract(epoch FROM hub.now() - started_at) * 1000)::bigint, status = 'failed',
                               pulled + parked + conflicts > 0
                        FROM hub.run WHERE target = :target AND direction = 'pull' ORDER BY id DESC LIMIT :most""")
                .param("target", target)
                .param("most", most)
                .query((row, n) -> new Look(Duration.ofMillis(row.getLong(1)), row.getBoolean(2), row.getBoolean(3)))
                .list();
    }

    /** The runs that go on now, at whichever hub. */
    public List<Run> running() {
        return db.sql("SELECT * FROM hub.run WHERE status = 'running' ORDER BY id")
                .query(Runs::read)
                .list();
    }

    /** The newest run of a target that went through without anything rejected or in conflict. */
    public Optional<Run> newestSuccess(String target) {
        return db.sql("SELECT * FROM hub.run WHERE target = :target AND status = 'success' ORDER BY id DESC LIMIT 1")
                .param("target", target)
                .query(Runs::read)
                .optional();
    }

    /** The newest run of a target that delivered something. */
    public Optional<Run> newestDelivery(String target) {
        return db.sql("SELECT * FROM hub.run WHERE target = :target AND lag_ms IS NOT NULL ORDER BY id DESC LIMIT 1")
                .param("target", target)
                .query(Runs::read)
                .optional();
    }

    /**
     * Runs, the newest first.
     *
     * @param target only this one's; null for all
     * @param before id of the last run of the page before; null for the first page
     */
    public List<Run> page(@Nullable String target, @Nullable Long before, int most) {
        return db.sql("""
                        SELECT * FROM hub.run
                        WHERE (:target::text IS NULL OR target = :target) AND (:before::bigint IS NULL OR id < :before)
                        ORDER BY id DESC LIMIT :most""")
                .param("target", target)
                .param("before", before)
                .param("most", most)
                .query(Runs::read)
                .list();
    }

    /**
     * What the runs of a target that ended in some time had to do with.
     *
     * @param records that went through, either way
     * @param failed rejected, or not applied
     * @param conflicts in conflict
     * @param worst the most that failed in one run
     */
    public record Moved(long records, long failed, long conflicts, long worst) {

        /** With what did not go through. */
        public long all() {
            return records + failed + conflicts;
        }
    }

    /** What moved from a time on. */
    public Moved moved(String target, Instant from) {
        return db.sql("""
                        SELECT coalesce(sum(%1$s), 0),
                               coalesce(sum(rejected + parked), 0), coalesce(sum(conflicts), 0),
                               coalesce(max(rejected + parked), 0)
                        FROM hub.run WHERE target = :target AND ended_at >= :from""".formatted(WENT_THROUGH))
                .param("target", target)
                .param("from", Timestamp.from(from))
                .query((row, n) -> new Moved(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4)))
                .single();
    }

    /**
     * What is usual for a target.
     *
     * @param since when the first of these runs ended
     * @param busiest the most records that went through in an hour of the clock
     * @param hours of the day in UTC, 0 to 23, in which any did
     */
    public record Usual(Instant since, long busiest, Set<Integer> hours) {}

    /** What was usual in some time; empty when nothing moved in it. */
    public Optional<Usual> usual(String target, Instant from, Instant to) {
        return db.sql("""
                        SELECT min(first) AS since, max(moved) AS busiest, array_agg(DISTINCT extract(hour FROM hour)::int) AS hours
                        FROM (SELECT date_trunc('hour', ended_at AT TIME ZONE 'UTC') AS hour, min(ended_at) AS first,
                                     sum(%1$s) AS moved
                              FROM hub.run WHERE target = :target AND ended_at >= :from AND ended_at < :to
                                AND %1$s > 0
                              GROUP BY 1) AS hours HAVING count(*) > 0""".formatted(WENT_THROUGH))
                .param("target", target)
                .param("from", Timestamp.from(from))
                .param("to", Timestamp.from(to))
                .query((row, n) ->
                        new Usual(row.getTimestamp("since").toInstant(), row.getLong("busiest"), Set.of((Integer[])
                                row.getArray("hours").getArray())))
                .optional();
    }

    static Run read(ResultSet row, int n) throws SQLException {
        Timestamp ended = row.getTimestamp("ended_at");
        return new Run(
                row.getLong("id"),
                row.getString("target"),
                row.getString("direction"),
                row.getString("cause"),
                row.getString("started_by"),
                row.getTimestamp("started_at").toInstant(),
                ended == null ? null : ended.toInstant(),
                row.getString("status"),
                row.getString("message"),
                row.getLong("created"),
                row.getLong("updated"),
                row.getLong("adopted"),
                row.getLong("deleted"),
                row.getLong("unchanged"),
                row.getLong("rejected"),
                row.getLong("retried"),
                row.getLong("blocked"),
                row.getLong("conflicts"),
                row.getLong("unknown"),
                row.getLong("pulled"),
                row.getLong("echoes"),
                row.getLong("parked"),
                row.getLong("requests"),
                row.getLong("bytes_out"),
                row.getLong("bytes_in"),
                row.getObject("lag_ms", Long.class),
                row.getString("client"),
                row.getString("correlation"));
    }
}
