package org.synchub.sync;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** What must be true when a history has come to rest. */
final class HistoryEnd {

    private final HistoryWorld world;
    private final List<String> wrong = new ArrayList<>();

    HistoryEnd(HistoryWorld world) {
        this.world = world;
    }

    void isWrong(String what) {
        wrong.add(what);
    }

    /** Fails naming everything that is wrong. */
    void check() {
        if (!wrong().isEmpty()) {
            throw new AssertionError(String.join("\n", wrong));
        }
    }

    /** Looks anew at everything; what was found before stays. */
    List<String> wrong() {
        world.records().forEach(this::sidesAgree);
        world.targets().forEach(this::nothingIsThereTwice);
        wrong.addAll(world.owed());
        nothingIsLost();
        return wrong;
    }

    private void sidesAgree(String guid) {
        ObjectNode data = world.data(guid);
        for (String target : world.targets()) {
            Integer partner = world.active(target, guid);
            if ((data != null) != (partner != null)) {
                wrong.add(guid + " is " + (data == null ? "gone from" : "in") + " the store and "
                        + (partner != null ? "in " : "gone from ") + target);
                wrong.addAll(decisions(guid));
            } else if (data != null && partner != null) {
                for (HistoryField field : HistoryFields.of(world.isHousehold(guid))) {
                    String here = field.inForm(data);
                    List<String> there = field.atRegistry(world, target, partner);
                    // Where the registry has room for several, the form has one of them.
                    // A form that does not ask for a field says nothing against what the registry has in it.
                    boolean silent = field.name().equals("profession")
                            && !data.has(field.name())
                            && world.storeOwnsProfession.contains(target);
                    if (!silent && (here.isEmpty() ? !there.isEmpty() : !there.contains(here))) {
                        wrong.add(guid + ": " + field.name() + " is '" + here + "' in the store and " + there + " in "
                                + target);
                        wrong.addAll(decisions(guid));
                    }
                }
            }
        }
    }

    private void nothingIsThereTwice(String target) {
        count(target, world.people, false);
        count(target, world.households, true);
    }

    private void count(String target, List<String> guids, boolean groups) {
        long active = world.registry(target).partners().stream()
                .filter(p -> p.flag("active") && p.flag("is_group") == groups && p.flag("is_registrant"))
                .count();
        long stored = guids.stream().filter(guid -> world.data(guid) != null).count();
        if (active != stored) {
            wrong.add(target + " has " + active + (groups ? " households" : " people") + ", the store " + stored);
        }
    }

    private void nothingIsLost() {
        for (Provenance.Entered entered : world.provenance.all()) {
            ObjectNode data = world.data(entered.record);
            if (entered.replaced || data == null || wentWithItsGroup(entered) || isNoHomeAnyMore(entered)) {
                continue;
            }
            Predicate<String> holds = target -> {
                Integer partner = world.active(target, entered.record);
                return partner != null
                        && entered.field.atRegistry(world, target, partner).contains(entered.value);
            };
            boolean held = entered.field.inForm(data).equals(entered.value)
                    || world.targets().stream().anyMatch(holds);
            if (!held && !isInADecision(entered)) {
                wrong.add(entered + " is held by nobody, and no decision says why");
                wrong.addAll(decisions(entered.record));
            }
        }
    }

    /** DataCollect deletes members with their group whatever they hold, and the hub does as it would. */
    private boolean wentWithItsGroup(Provenance.Entered entered) {
        return entered.side.equals(Provenance.STORE)
                && world.db()
                        .sql("SELECT EXISTS (SELECT FROM public.audit_log WHERE tenant_id = :tenant"
                                + " AND action = 'cascade-delete-entity' AND entity_guid = :guid)")
                        .param("tenant", world.tenant)
                        .param("guid", entered.record)
                        .query(Boolean.class)
                        .single();
    }

    private boolean isNoHomeAnyMore(Provenance.Entered entered) {
        return entered.field == HistoryFields.HOME && world.data(entered.value) == null;
    }

    /** For a failure's message: what was decided about a record, and the events that made it. */
    private List<String> decisions(String guid) {
        return world.db()
                .sql("""
                        SELECT concat_ws(' ', '  ', d.at, d.target, conflict_kind, path, rule, standing,
                                         'base', convert_from(substring(base FROM 2), 'UTF8'),
                                         'internal', convert_from(substring(internal FROM 2), 'UTF8'),
                                         'external', convert_from(substring(external FROM 2), 'UTF8'))
                        FROM hub.decision d JOIN hub.target t ON t.name = d.target
                        WHERE t.tenant = :tenant AND d.guid = :guid
                        UNION ALL
                        SELECT concat_ws(' ', '  event', v.timestamp, v.type, v.user_id, left(v.data::text, 700))
                        FROM public.events v WHERE v.tenant_id = :tenant AND v.entity_guid = :guid""")
                .param("tenant", world.tenant)
                .param("guid", guid)
                .query(String.class)
                .list();
    }

    private boolean isInADecision(Provenance.Entered entered) {
        return world.db()
                .sql("""
                        SELECT EXISTS (
                            SELECT FROM hub.decision d JOIN hub.target t ON t.name = d.target
                            WHERE t.tenant = :tenant AND d.guid = :guid
                              AND (strpos(convert_from(substring(d.internal FROM 2), 'UTF8'), :value) > 0
                                   OR strpos(convert_from(substring(d.external FROM 2), 'UTF8'), :value) > 0))""")
                .param("tenant", world.tenant)
                .param("guid", entered.record)
                .param("value", "\"" + entered.value + "\"")
                .query(Boolean.class)
                .single();
    }
}
