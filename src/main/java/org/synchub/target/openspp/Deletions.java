package org.synchub.target.openspp;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.synchub.mapping.OnDelete;
import org.synchub.target.Link;
import org.synchub.target.Outcome;
import org.synchub.target.Outcome.Effect;
import org.synchub.target.TargetTrouble;
import org.synchub.target.openspp.odoo.Domains;
import org.synchub.target.openspp.odoo.OdooFault;
import org.synchub.target.openspp.odoo.OdooField;
import org.synchub.target.openspp.record.ListPlan;
import org.synchub.target.openspp.record.RemoteRecord;
import org.synchub.target.openspp.record.Retirement;

/** Carries deletions out as the mapping says: memberships end, records are put away, nothing is ever unlinked. */
final class Deletions {

    static final String DISABLED_REASON = "disabled_reason";
    private static final String REASON = "Deleted in DataCollect";
    private static final String GROUP = "group";
    private static final String INDIVIDUAL = "individual";

    private final Session session;
    private final Outbox outbox;

    Deletions(Session session, Outbox outbox) {
        this.session = session;
        this.outbox = outbox;
    }

    /** A record that is still there. */
    private record Deletion(Task task, RemoteRecord partner) {}

    /** A membership to end, of one record to delete or of two. */
    private record Ending(long membership, List<Deletion> deletions) {}

    private static OnDelete policy(Task task) {
        OnDelete policy = task.plan().kind().onDelete();
        return policy == null ? OnDelete.ARCHIVE : policy;
    }

    void delete(List<Task> tasks) {
        List<Task> asked = new ArrayList<>();
        for (Task task : tasks) {
            if (policy(task) == OnDelete.IGNORE) {
                accepted(task, Effect.UNCHANGED, idOf(task));
            } else {
                asked.add(task);
            }
        }
        if (asked.isEmpty()) {
            return;
        }
        Survey survey = session.surveyor().survey(asked, false);
        List<Deletion> there = new ArrayList<>();
        asked.forEach(task -> find(task, survey, there));
        Set<Task> touched = new LinkedHashSet<>();
        endMemberships(there, touched);
        putAway(there, touched);
    }

    private void find(Task task, Survey survey, List<Deletion> there) {
        Match match = new Matcher(survey, session).matchOwn(task);
        if (match instanceof Match.Found found) {
            RemoteRecord partner = found.partner();
            if (isChanged(task, partner, survey)) {
                String what = "was deleted in the store and changed at the server since it was last agreed on";
                outbox.settle(task, session.conflict(task, "delete-update", partner, what));
            } else {
                there.add(new Deletion(task, partner));
            }
        } else if (match instanceof Match.Settled settled && !(settled.outcome() instanceof Outcome.Gone)) {
            outbox.settle(task, settled.outcome());
        } else {
            // What is not there any more needs no deletion.
            accepted(task, Effect.UNCHANGED, idOf(task));
        }
    }

    private boolean isChanged(Task task, RemoteRecord partner, Survey survey) {
        return !partner.isArchived()
                && session.diff(task.plan())
                        .isChanged(task.base(), task.write().sent(), partner, survey.externalIds(task), task.trust());
    }

    private void endMemberships(List<Deletion> there, Set<Task> touched) {
        Map<Long, Deletion> byId = new LinkedHashMap<>();
        there.forEach(deletion -> byId.put(deletion.partner().id(), deletion));
        if (byId.isEmpty()) {
            return;
        }
        ArrayNode open = Domains.condition("ended_date", "=", BooleanNode.FALSE);
        ArrayNode domain = Domains.any(List.of(
                List.of(Domains.idsIn(INDIVIDUAL, byId.keySet()), open),
                List.of(Domains.idsIn(GROUP, byId.keySet()), open)));
        Map<ObjectNode, List<Ending>> byValues = new LinkedHashMap<>();
        for (ObjectNode row :
                session.client().searchRead(ListPlan.MEMBERSHIP, domain, List.of(INDIVIDUAL, GROUP, "start_date"))) {
            List<Deletion> deletions = new ArrayList<>();
            for (String side : List.of(INDIVIDUAL, GROUP)) {
                Deletion deletion = byId.get(Surveyor.id(row.path(side)));
                if (deletion != null) {
                    deletions.add(deletion);
                }
            }
            ObjectNode values = JsonNodeFactory.instance.objectNode();
            Retirement.ENDED.retire(values, session.now(), row);
            byValues.computeIfAbsent(values, any -> new ArrayList<>())
                    .add(new Ending(row.path("id").longValue(), deletions));
            deletions.forEach(deletion -> touched.add(deletion.task()));
        }
        byValues.forEach((values, endings) -> new Ends(values).send(endings, session.batchSize()));
    }

    private void putAway(List<Deletion> there, Set<Task> touched) {
        Map<ObjectNode, List<Deletion>> byValues = new LinkedHashMap<>();
        for (Deletion deletion : there) {
            Task task = deletion.task();
            ObjectNode values = values(task, deletion.partner());
            if (outbox.isSettled(task)) {
                continue;
            }
            if (values.isEmpty()) {
                Effect effect = touched.contains(task) ? Effect.DELETED : Effect.UNCHANGED;
                accepted(task, effect, deletion.partner().externalId());
            } else {
                byValues.computeIfAbsent(values, any -> new ArrayList<>()).add(deletion);
            }
        }
        byValues.forEach((values, deletions) -> new Putting(values).send(deletions, session.batchSize()));
    }

    private ObjectNode values(Task task, RemoteRecord partner) {
        ObjectNode values = JsonNodeFactory.instance.objectNode();
        boolean canDisable = session.prepared().schema().partner().containsKey("disabled");
        if (policy(task) == OnDelete.DISABLE && canDisable) {
            if (!partner.isDisabled()) {
                values.put("disabled", session.now());
                if (session.prepared().schema().partner().containsKey(DISABLED_REASON)) {
                    values.put(DISABLED_REASON, REASON);
                }
            }
        } else if (policy(task) != OnDelete.END_MEMBERSHIPS && !partner.isArchived()) {
            values.put("active", false);
        }
        return values;
    }

    /** Whether somebody has undone at the server what a deletion of the hub's left there; a record that it left in place tells nothing. */
    static boolean isUndone(Task task, RemoteRecord partner) {
        return switch (policy(task)) {
            case IGNORE, END_MEMBERSHIPS -> false;
            case DISABLE -> !partner.isDisabled() && !partner.isArchived();
            case ARCHIVE, ASK -> !partner.isArchived();
        };
    }

    /** What brings a record back that a deletion put away; what a registrar disabled stays so. */
    static void takeBack(RemoteRecord partner, ObjectNode values) {
        if (partner.isArchived()) {
            values.put("active", true);
        }
        if (partner.isDisabled()
                && partner.row().path(DISABLED_REASON).asText("").equals(REASON)) {
            values.put("disabled", false).put(DISABLED_REASON, false);
        }
    }

    private static String idOf(Task task) {
        Link link = task.write().link();
        return link == null ? "" : link.externalId();
    }

    private void accepted(Task task, Effect effect, String id) {
        outbox.settle(task, new Outcome.Accepted(effect, id, null, JsonNodeFactory.instance.objectNode(), Set.of()));
    }

    /** Writes one end to many memberships. */
    private final class Ends extends Halving<Ending> {

        private final ObjectNode values;

        Ends(ObjectNode values) {
            this.values = values;
        }

        @Override
        void request(List<Ending> part) {
            session.client()
                    .write(
                            ListPlan.MEMBERSHIP,
                            part.stream().map(Ending::membership).toList(),
                            values);
        }

        @Override
        void refused(Ending ending, OdooFault fault) {
            if (fault.kind() != OdooFault.Kind.MISSING) {
                ending.deletions().forEach(deletion -> outbox.rejected(deletion.task(), fault));
            }
        }

        @Override
        void contended(List<Ending> part, OdooFault fault) {
            tasks(part).forEach(task -> outbox.contended(task, fault));
        }

        @Override
        void cut(List<Ending> part, TargetTrouble trouble) {
            outbox.cut(tasks(part), trouble);
        }

        private List<Task> tasks(List<Ending> part) {
            return part.stream()
                    .flatMap(ending -> ending.deletions().stream())
                    .map(Deletion::task)
                    .toList();
        }
    }

    /** Writes one state to many partners. */
    private final class Putting extends Halving<Deletion> {

        private final ObjectNode values;

        Putting(ObjectNode values) {
            this.values = values;
        }

        @Override
        void request(List<Deletion> part) {
            session.client()
                    .write(
                            OdooField.PARTNER,
                            part.stream()
                                    .map(deletion -> deletion.partner().id())
                                    .toList(),
                            values);
            part.forEach(deletion ->
                    accepted(deletion.task(), Effect.DELETED, deletion.partner().externalId()));
        }

        @Override
        void refused(Deletion deletion, OdooFault fault) {
            if (fault.kind() == OdooFault.Kind.MISSING) {
                accepted(deletion.task(), Effect.UNCHANGED, deletion.partner().externalId());
            } else {
                outbox.rejected(deletion.task(), fault);
            }
        }

        @Override
        void contended(List<Deletion> part, OdooFault fault) {
            part.forEach(deletion -> outbox.contended(deletion.task(), fault));
        }

        @Override
        void cut(List<Deletion> part, TargetTrouble trouble) {
            outbox.cut(part.stream().map(Deletion::task).toList(), trouble);
        }
    }
}
