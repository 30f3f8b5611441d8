package org.synchub.target.openspp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.synchub.target.Outcome;
import org.synchub.target.TargetTrouble;
import org.synchub.target.Write;
import org.synchub.target.openspp.record.ListPlan;
import org.synchub.target.openspp.record.NaturalKey;

/** Sends one batch: reads what the server holds of it, updates what is there, creates what is not. Used once. */
final class BatchSender {

    /** The first round trusts that no {@code spp_id} is taken; each later one finds out about one more. */
    private static final int ROUNDS = 1 + HubKey.ATTEMPTS;

    private final Session session;
    private final Outbox outbox;
    private final List<Task> deletes = new ArrayList<>();
    private List<Task> upserts = new ArrayList<>();

    BatchSender(Session session, List<Write> batch) {
        this.session = session;
        this.outbox = new Outbox(batch.size());
        for (int place = 0; place < batch.size(); place++) {
            Write write = batch.get(place);
            Task task = Task.of(place, write, session.prepared().plan(write.kind()));
            (write.operation() == Write.Operation.DELETE ? deletes : upserts).add(task);
        }
    }

    List<Outcome> send() {
        try {
            new Deletions(session, outbox).delete(deletes);
            refreshVocabularies();
            for (int round = 1; round <= ROUNDS && !upserts.isEmpty(); round++) {
                upserts = round(upserts, round);
            }
            upserts.forEach(task -> outbox.settle(
                    task,
                    new Outcome.Rejected(
                            "synchub.key",
                            "all " + HubKey.ATTEMPTS + " ids that follow from this record's key are taken",
                            null)));
        } catch (TargetTrouble trouble) {
            outbox.unsent(trouble);
        }
        return outbox.outcomes();
    }

    /** A registry may have got new areas or kinds since the start: a word that is not known is looked up once more. */
    private void refreshVocabularies() {
        Set<String> models = new LinkedHashSet<>();
        for (Task task : upserts) {
            ObjectNode record = task.write().record();
            session.values().missing(task.plan().columns(), record, models);
            for (ListPlan list : task.plan().lists()) {
                for (JsonNode item : record.path(list.name())) {
                    session.values().missing(list.columns(), item, models);
                }
            }
        }
        models.forEach(session.vocabularies()::refresh);
    }

    /** One survey and what follows from it; returns what has to be surveyed again. */
    private List<Task> round(List<Task> open, int round) {
        boolean last = round == ROUNDS;
        Survey survey = session.surveyor().survey(open, round > 1);
        Matcher matcher = new Matcher(survey, session);
        List<Task> again = new ArrayList<>();
        List<Task> fresh = new ArrayList<>();
        Updates updates = new Updates(session, outbox);
        Set<Long> partners = new HashSet<>();
        Set<String> keys = new HashSet<>();
        for (Task task : open) {
            Match match = matcher.match(task);
            if (match instanceof Match.Settled settled) {
                outbox.settle(task, settled.outcome());
            } else if (match instanceof Match.IdTaken) {
                again.add(task.next());
            } else if (match instanceof Match.Found found) {
                if (partners.add(found.partner().id())) {
                    updates.add(task, found, survey);
                } else {
                    String what = "is this record and another record of the store as well";
                    outbox.settle(task, session.conflict(task, "constraint", found.partner(), what));
                }
            } else if (last || claimsNewKeys(task, keys)) {
                fresh.add(task);
            } else {
                again.add(task);
            }
        }
        updates.send();
        new Creates(session, outbox, again, last).send(fresh);
        return again;
    }

    /** Two new records with one natural key in one batch: the first is made, the second finds it in the next round. */
    private static boolean claimsNewKeys(Task task, Set<String> keys) {
        boolean all = true;
        for (NaturalKey key : NaturalKey.of(task.plan(), task.write().record())) {
            all &= keys.add(task.plan().group() + "/" + key.text());
        }
        return all;
    }
}
