package org.synchub.target.openspp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.synchub.target.Outcome;
import org.synchub.target.Outcome.Effect;
import org.synchub.target.TargetTrouble;
import org.synchub.target.openspp.odoo.OdooFault;
import org.synchub.target.openspp.odoo.OdooField;
import org.synchub.target.openspp.record.Decision;
import org.synchub.target.openspp.record.ExternalId;
import org.synchub.target.openspp.record.KindPlan;
import org.synchub.target.openspp.record.ListPlan;
import org.synchub.target.openspp.record.RecordDiff;
import org.synchub.target.openspp.record.RemoteRecord;
import org.synchub.target.openspp.record.UnknownName;

/** Brings the records that the server has to what the store wants, each with what changed only. */
final class Updates extends Halving<Update> {

    private final Session session;
    private final Outbox outbox;
    private final Map<ObjectNode, List<Update>> shared = new LinkedHashMap<>();
    private final List<Update> single = new ArrayList<>();
    private final Map<Update, OdooFault> membersRefused = new LinkedHashMap<>();
    private final Set<Long> householdsWritten = new HashSet<>();

    Updates(Session session, Outbox outbox) {
        this.session = session;
        this.outbox = outbox;
    }

    /** Compares, and settles at once what needs no request. */
    void add(Task task, Match.Found found, Survey survey) {
        RemoteRecord partner = found.partner();
        // Only what the hub itself took away comes back; what a registrar archived is for a person to decide.
        boolean restore = (found.linked() && task.base() == null) || task.maybeTakenAway();
        if (partner.isArchived() && !restore) {
            outbox.settle(task, session.conflict(task, "update-delete", partner, "is archived"));
            return;
        }
        try {
            Decision decision = session.diff(task.plan())
                    .decide(
                            task.write().record(),
                            task.base(),
                            task.write().sent(),
                            partner,
                            survey.externalIds(task),
                            trust(task, partner),
                            task.write().single());
            boolean broughtBack = found.linked() && task.base() == null && Deletions.isUndone(task, partner);
            if (broughtBack && !decision.values().isEmpty()) {
                // The hub took it away and somebody else brought it back: what it holds is theirs.
                outbox.settle(task, session.conflict(task, "stale-push", partner, "was brought back at the server"));
            } else if (decision.conflicts().isEmpty()) {
                plan(task, found, decision, restore);
            } else {
                String fields = String.join(", ", decision.conflicts());
                outbox.settle(
                        task,
                        session.conflict(
                                task,
                                "stale-push",
                                partner,
                                "changed at the server since it was last agreed on: " + fields));
            }
        } catch (UnknownName unknown) {
            outbox.rejected(task, unknown);
        }
    }

    /** Without the hub's key on the record, no write of the hub's has ever arrived there. */
    private static RecordDiff.Trust trust(Task task, RemoteRecord partner) {
        return !task.isLinked() && partner.key() == null ? RecordDiff.Trust.FOUND : task.trust();
    }

    private void plan(Task task, Match.Found found, Decision decision, boolean restore) {
        RemoteRecord partner = found.partner();
        ObjectNode values = decision.values();
        if (partner.key() == null) {
            values.withArray(KindPlan.REG_IDS).add(new NewRecord(session.prepared()).keyCommand(task.key()));
        }
        if (restore) {
            Deletions.takeBack(partner, values);
        }
        Effect effect = found.linked() ? Effect.UPDATED : Effect.ADOPTED;
        if (values.isEmpty() && found.linked()) {
            effect = Effect.UNCHANGED;
        }
        // With the hub's key a record shows in the feed.
        boolean differs = decision.left() && partner.key() != null;
        Update update = new Update(task, partner, effect, values, decision.sent(), decision.agreed(), differs);
        if (values.isEmpty()) {
            outbox.settle(task, update.accepted(partner.version(task.plan(), session.values())));
        } else if (canBeShared(task.plan(), values)) {
            shared.computeIfAbsent(values, any -> new ArrayList<>()).add(update);
        } else {
            single.add(update);
        }
    }

    /** Commands name one record's items, and the server cannot take parts of names for several people at once. */
    private static boolean canBeShared(KindPlan plan, ObjectNode values) {
        return !values.has(KindPlan.REG_IDS)
                && plan.lists().stream().noneMatch(list -> values.has(list.name()))
                && (plan.group() || KindPlan.NAME_PARTS.stream().noneMatch(values::has));
    }

    void send() {
        send(single, 1);
        shared.values().forEach(updates -> send(updates, session.batchSize()));
        Map<Update, OdooFault> refusedOnce = new LinkedHashMap<>(membersRefused);
        List<Update> again = new ArrayList<>();
        refusedOnce.forEach((update, fault) -> {
            if (Collections.disjoint(households(update), householdsWritten)) {
                reject(update, fault);
            } else {
                again.add(update);
            }
        });
        send(again, 1);
        membersRefused.forEach((update, fault) -> {
            if (!outbox.isSettled(update.task())) {
                reject(update, fault);
            }
        });
    }

    /** The households whose memberships an update writes. */
    private static Set<Long> households(Update update) {
        Set<Long> households = new HashSet<>();
        for (ListPlan list : update.task().plan().lists()) {
            if (list.model().equals(ListPlan.MEMBERSHIP) && update.values().has(list.name())) {
                update.partner().rows(list).forEach(row -> households.add(Surveyor.id(row.path("group"))));
                update.task().write().references().values().forEach(id -> {
                    Long household = ExternalId.parse(id);
                    if (household != null) {
                        households.add(household);
                    }
                });
            }
        }
        return households;
    }

    @Override
    void request(List<Update> part) {
        List<Long> ids = part.stream().map(update -> update.partner().id()).toList();
        session.client().write(OdooField.PARTNER, ids, part.get(0).values());
        for (Update update : part) {
            outbox.settle(update.task(), update.accepted(null));
            householdsWritten.addAll(households(update));
        }
    }

    /** A role that only one may have is refused while another still has it, who may give it up later in the batch. */
    @Override
    void refused(Update update, OdooFault fault) {
        if (households(update).isEmpty()) {
            reject(update, fault);
        } else {
            membersRefused.put(update, fault);
        }
    }

    private void reject(Update update, OdooFault fault) {
        String id = update.partner().externalId();
        boolean gone = fault.kind() == OdooFault.Kind.MISSING && fault.words().contains("res.partner(" + id + ",)");
        if (gone) {
            outbox.settle(update.task(), new Outcome.Gone(id, fault.words()));
        } else {
            outbox.rejected(update.task(), fault);
        }
    }

    @Override
    void contended(List<Update> part, OdooFault fault) {
        part.forEach(update -> outbox.contended(update.task(), fault));
    }

    @Override
    void cut(List<Update> part, TargetTrouble trouble) {
        outbox.cut(part.stream().map(Update::task).toList(), trouble);
    }
}
