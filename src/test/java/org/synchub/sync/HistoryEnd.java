package org.synchub.sync;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.synchub.simulator.openspp.RegistryRecord;

/** What must be true when a history has come to rest. */
final class HistoryEnd {

    private final History history;
    private final List<String> wrong = new ArrayList<>();

    HistoryEnd(History history) {
        this.history = history;
    }

    /** Fails naming everything that is wrong. */
    void check() {
        history.people().forEach(this::sidesAgree);
        history.forEachRegistry(this::nothingIsThereTwice);
        nothingIsOwed();
        nothingIsLost();
        if (!wrong.isEmpty()) {
            throw new AssertionError(String.join("\n", wrong));
        }
    }

    private void sidesAgree(String guid) {
        ObjectNode data = history.data(guid);
        history.forEachRegistry(target -> {
            Integer partner = history.partner(target, guid);
            boolean there = partner != null && history.isActive(target, partner);
            if ((data != null) != there) {
                wrong.addAll(decisions(guid));
                wrong.add(guid + " is " + (data == null ? "gone from" : "in") + " the store and "
                        + (there ? "in " : "gone from ") + target);
            } else if (data != null && partner != null) {
                RegistryRecord record = history.record(target, partner);
                for (Map.Entry<String, String> field : History.fields().entrySet()) {
                    String here = data.path(field.getKey()).asText();
                    String other = record.text(field.getValue());
                    if (!here.equals(other)) {
                        wrong.add(guid + ": " + field.getKey() + " is " + here + " in the store and " + other + " in "
                                + target);
                    }
                }
            }
        });
    }

    private void nothingIsThereTwice(String target) {
        long active = history.registry(target).registry().partners().stream()
                .filter(p -> p.flag("active") && !p.flag("is_group") && p.flag("is_registrant"))
                .count();
        long stored = history.people().stream()
                .filter(guid -> history.data(guid) != null)
                .count();
        if (active != stored) {
            wrong.add(target + " has " + active + " people, the store " + stored);
        }
    }

    private void nothingIsOwed() {
        wrong.addAll(history.db()
                .sql(
                        "SELECT d.target || ': delivery of ' || d.guid || ' is ' || d.state || coalesce(' ' || d.reason_code, '')"
                                + " FROM hub.delivery d JOIN hub.target t ON t.name = d.target WHERE t.tenant = :tenant"
                                + " AND d.state NOT IN ('delivered', 'excluded', 'discarded')"
                                + " UNION ALL SELECT p.target || ': ' || p.external_id || ' is parked, ' || p.reason_code"
                                + " FROM hub.parked p JOIN hub.target t ON t.name = p.target WHERE t.tenant = :tenant")
                .param("tenant", history.tenant())
                .query(String.class)
                .list());
    }

    private void nothingIsLost() {
        for (Provenance.Entered entered : history.provenance().all()) {
            ObjectNode data = history.data(entered.record);
            if (entered.replaced || data == null) {
                continue;
            }
            boolean held = data.path(entered.field).asText().equals(entered.value);
            if (!held && !isInADecision(entered)) {
                wrong.add(entered + " is held by nobody, and no decision says why");
                wrong.addAll(decisions(entered.record));
            }
        }
    }

    /** For a failure's message: what was decided about a record, and the events that made it. */
    private List<String> decisions(String guid) {
        return history.db()
                .sql("""
                        SELECT concat_ws(' ', '  ', d.at, d.target, conflict_kind, path, rule, standing,
                                         'base', convert_from(substring(base FROM 2), 'UTF8'),
                                         'internal', convert_from(substring(internal FROM 2), 'UTF8'),
                                         'external', convert_from(substring(external FROM 2), 'UTF8'))
                        FROM hub.decision d JOIN hub.target t ON t.name = d.target
                        WHERE t.tenant = :tenant AND d.guid = :guid
                        UNION ALL
                        SELECT concat_ws(' ', '  event', v.timestamp, v.type, v.user_id, left(v.data::text, 600))
                        FROM public.events v WHERE v.tenant_id = :tenant AND v.entity_guid = :guid""")
                .param("tenant", history.tenant())
                .param("guid", guid)
                .query(String.class)
                .list();
    }

    private boolean isInADecision(Provenance.Entered entered) {
        return history.db()
                .sql("""
                        SELECT EXISTS (
                            SELECT FROM hub.decision d JOIN hub.target t ON t.name = d.target
                            WHERE t.tenant = :tenant AND d.guid = :guid
                              AND (strpos(convert_from(substring(d.internal FROM 2), 'UTF8'), :value) > 0
                                   OR strpos(convert_from(substring(d.external FROM 2), 'UTF8'), :value) > 0))""")
                .param("tenant", history.tenant())
                .param("guid", entered.record)
                .param("value", "\"" + entered.value + "\"")
                .query(Boolean.class)
                .single();
    }
}
