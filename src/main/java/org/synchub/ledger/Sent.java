package org.synchub.ledger;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.synchub.ledger.Settlement.Tally;

/**
 * {@code hub.sent}: what may have left the hub and is not settled yet. With it a read back can tell the hub's own write
 * that arrived from one that did not, and both from an edit at the target.
 */
final class Sent {

    private final JdbcClient db;
    private final Vault vault;

    Sent(JdbcClient db, Vault vault) {
        this.db = db;
        this.vault = vault;
    }

    /** Notes what is about to be sent under a token. */
    void note(String target, UUID token, Map<String, Leaving> records) {
        if (records.isEmpty()) {
            return;
        }
        List<Map.Entry<String, Leaving>> inOrder = new ArrayList<>(records.entrySet());
        inOrder.sort(Map.Entry.comparingByKey());
        db.sql("""
                        INSERT INTO hub.sent (target, guid, token, record, changed_at, sent_at)
                        SELECT :target, s.guid, :token, s.record, s.changed_at, at.now
                        FROM unnest(:guids::text[], :records::bytea[], :times::timestamptz[]) AS s (guid, record, changed_at),
                             (SELECT hub.now() AS now) AS at
                        ON CONFLICT (target, guid, token) DO UPDATE
                        SET record = excluded.record, changed_at = excluded.changed_at""")
                .param("target", target)
                .param("token", token)
                .param("guids", inOrder.stream().map(Map.Entry::getKey).toArray(String[]::new))
                .param(
                        "records",
                        inOrder.stream()
                                .map(e -> vault.seal(e.getValue().record(), target, e.getKey()))
                                .toArray(byte[][]::new))
                .param(
                        "times",
                        inOrder.stream()
                                .map(e -> e.getValue().changedAt())
                                .map(at -> at == null ? null : at.toString())
                                .toArray(String[]::new))
                .update();
    }

    /** What earlier claims sent of these entities without an outcome that anybody knows. */
    Map<String, Earlier> of(String target, Collection<String> guids) {
        if (guids.isEmpty()) {
            return Map.of();
        }
        Map<String, List<Leaving>> rows = new HashMap<>();
        db.sql("SELECT guid, record, changed_at FROM hub.sent WHERE target = :target AND guid = ANY (:guids::text[])"
                        + " ORDER BY sent_at")
                .param("target", target)
                .param("guids", guids.toArray(String[]::new))
                .query(row -> {
                    ObjectNode record = vault.open(row.getBytes(2), "sent", target, row.getString(1));
                    List<Leaving> left = rows.computeIfAbsent(row.getString(1), guid -> new ArrayList<>());
                    if (record != null) {
                        left.add(new Leaving(record, Timestamps.instant(row.getTimestamp(3))));
                    }
                });
        Map<String, Earlier> sent = new HashMap<>();
        rows.forEach((guid, left) -> sent.put(guid, new Earlier(left)));
        return sent;
    }

    /**
     * Forgets what is settled: what left under this token unless its outcome is unknown, and what left before as long as
     * nothing about the delivery is uncertain any more. Joins the caller's transaction, after the deliveries' update.
     *
     * @param mine settlements of deliveries that were still held
     * @param others settlements of deliveries that another hub has taken over
     */
    void forget(String target, UUID token, Collection<Settlement> mine, Collection<Settlement> others) {
        List<String> known = new ArrayList<>();
        mine.stream().filter(s -> !s.uncertain()).map(Settlement::guid).forEach(known::add);
        others.stream()
                .filter(s -> s.tally() == Tally.NONE)
                .map(Settlement::guid)
                .forEach(known::add);
        if (known.isEmpty()) {
            return;
        }
        db.sql("""
                        DELETE FROM hub.sent s
                        WHERE s.target = :target AND s.guid = ANY (:known::text[])
                          AND (s.token = :token
                               OR EXISTS (SELECT FROM hub.delivery d WHERE d.target = s.target AND d.guid = s.guid
                                          AND d.uncertain_since IS NULL))""")
                .param("target", target)
                .param("token", token)
                .param("known", known.toArray(String[]::new))
                .update();
    }
}
