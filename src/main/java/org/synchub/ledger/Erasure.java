package org.synchub.ledger;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Takes what the hub keeps of one entity out of schema hub. Keys stay where they keep harm away: the link with its external
 * id, so that no second record is made; numbers that were given away; runs, counters and the audit trail.
 */
public class Erasure {

    private final JdbcClient db;
    private final TransactionTemplate transaction;

    public Erasure(JdbcClient db, TransactionTemplate transaction) {
        this.db = db;
        this.transaction = transaction;
    }

    /**
     * What there is of an entity at a target.
     *
     * @param externalId of its link; null when it has none
     * @param gone whether the record was taken away at the target
     * @param owed state of its delivery that is not settled; null when nothing is owed and nothing may be on its way
     */
    public record Standing(
            String target,
            @Nullable String externalId,
            boolean gone,
            @Nullable String owed) {}

    /**
     * How the entity stands, target by target.
     *
     * @param target null for all
     */
    public List<Standing> standing(String guid, @Nullable String target) {
        return db.sql("""
                        SELECT t.name, l.external_id, l.deleted_at IS NOT NULL,
                               CASE WHEN d.state IN ('pending', 'in_flight', 'retry', 'blocked', 'unknown', 'held') THEN d.state
                                    WHEN EXISTS (SELECT FROM hub.sent s WHERE s.target = t.name AND s.guid = :guid)
                                    THEN 'unknown' END
                        FROM hub.target t
                        LEFT JOIN hub.link l ON l.target = t.name AND l.guid = :guid
                        LEFT JOIN hub.delivery d ON d.target = t.name AND d.guid = :guid
                        WHERE :target::text IS NULL OR t.name = :target ORDER BY t.name""")
                .param("guid", guid)
                .param("target", target)
                .query((row, n) ->
                        new Standing(row.getString(1), row.getString(2), row.getBoolean(3), row.getString(4)))
                .list();
    }

    /** The tenants of a target, or of all. */
    public List<String> tenants(@Nullable String target) {
        return db.sql("SELECT DISTINCT tenant FROM hub.target WHERE :target::text IS NULL OR name = :target ORDER BY 1")
                .param("target", target)
                .query(String.class)
                .list();
    }

    /** By table, how many rows {@link #erase} would touch; nothing is changed. */
    public Map<String, Integer> preview(String guid, @Nullable String target) {
        return transaction.execute(status -> {
            status.setRollbackOnly();
            return run(guid, target);
        });
    }

    /**
     * Erases it, in one transaction.
     *
     * @param owedToo whether to go on although a target is still owed something of it
     * @return by table, how many rows were touched; null when something is owed, and nothing was done
     */
    public @Nullable Map<String, Integer> erase(String guid, @Nullable String target, boolean owedToo) {
        return transaction.execute(status -> {
            // From here on nobody claims or settles it.
            db.sql("SELECT guid FROM hub.delivery WHERE guid = :guid AND (:target::text IS NULL OR target = :target)"
                            + " ORDER BY target FOR UPDATE")
                    .param("guid", guid)
                    .param("target", target)
                    .query(String.class)
                    .list();
            if (!owedToo && standing(guid, target).stream().anyMatch(s -> s.owed() != null)) {
                return null;
            }
            return run(guid, target);
        });
    }

    /** Rows of the entity at the targets that are meant, where a column names them. */
    private static final String HERE = " guid = :guid AND (:target::text IS NULL OR target = :target)";

    /** The ids under which targets know the entity; also those of which only a conflict, a decision or a parked row tells. */
    private static final String IDS = """
            WITH ids AS MATERIALIZED (
                SELECT target, external_id FROM hub.link WHERE guid = :guid
                UNION SELECT target, external_id FROM hub.conflict WHERE guid = :guid
                UNION SELECT target, external_id FROM hub.decision WHERE guid = :guid AND external_id <> ''
                UNION SELECT target, external_id FROM hub.parked WHERE guid = :guid)
            """;

    private static final String OF_IDS =
            " (target, external_id) IN (SELECT * FROM ids) AND (:target::text IS NULL OR target = :target)";

    /** A statement and the table that it changes. */
    private record Step(String table, String sql) {}

    /** What is done, in an order in which the ids are still known where they are needed. */
    private static final List<Step> STEPS = List.of(
            new Step("exchange", IDS + """
                    DELETE FROM hub.exchange WHERE (:target::text IS NULL OR target = :target)
                      AND (direction = 'push' AND key = :guid
                           OR direction = 'pull' AND (target, key) IN (SELECT * FROM ids))"""),
            new Step("parked", IDS + "UPDATE hub.parked SET given_up = true, reason = 'Erased' WHERE" + OF_IDS),
            new Step("decision", IDS + """
                    UPDATE hub.decision SET base = NULL, internal = NULL, external = NULL, result = NULL, reason = 'Erased'
                    WHERE (guid = :guid OR (target, external_id) IN (SELECT * FROM ids))
                      AND (:target::text IS NULL OR target = :target)"""),
            new Step("conflict", IDS + """
                    UPDATE hub.conflict SET base = NULL, internal = NULL, external = NULL, proposed = NULL, fingerprint = '',
                           reason = 'Erased', candidates = '{}',
                           settled_at = CASE WHEN state = 'settled' THEN settled_at ELSE hub.now() END,
                           settled_by = CASE WHEN state = 'settled' THEN settled_by ELSE 'hub' END,
                           choice = CASE WHEN state = 'settled' THEN choice ELSE 'erased' END,
                           state = 'settled'
                    WHERE""" + OF_IDS),
            new Step("sent", "UPDATE hub.sent SET record = NULL WHERE" + HERE),
            new Step("pulled_state", "DELETE FROM hub.pulled_state WHERE" + HERE),
            new Step("old_form", "DELETE FROM hub.old_form WHERE" + HERE),
            new Step("delivery", """
                    UPDATE hub.delivery SET reason = NULL,
                           reason_code = CASE WHEN state IN ('rejected', 'conflict') THEN 'erased' ELSE reason_code END,
                           state = CASE WHEN state IN ('rejected', 'conflict') THEN 'discarded' ELSE state END
                    WHERE (reason IS NOT NULL OR state IN ('rejected', 'conflict')) AND
                    """ + HERE),
            new Step(
                    "link",
                    "UPDATE hub.link SET base = NULL, previous_base = NULL, previous_version = NULL,"
                            + " revision = revision + 1 WHERE" + HERE),
            new Step("drift", """
                    DELETE FROM hub.drift d WHERE d.guid = :guid AND (:target::text IS NULL
                        OR d.tenant = (SELECT t.tenant FROM hub.target t WHERE t.name = :target)
                           AND NOT EXISTS (SELECT FROM hub.target o WHERE o.tenant = d.tenant AND o.name <> :target))"""),
            new Step("key_value", "DELETE FROM hub.key_value WHERE guid = :guid AND :target::text IS NULL"));

    private Map<String, Integer> run(String guid, @Nullable String target) {
        Map<String, Integer> touched = new TreeMap<>();
        for (Step step : STEPS) {
            int rows = db.sql(step.sql())
                    .param("guid", guid)
                    .param("target", target)
                    .update();
            if (rows > 0) {
                touched.put(step.table(), rows);
            }
        }
        return touched;
    }
}
