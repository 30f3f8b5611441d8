package org.synchub.target.openspp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.synchub.target.Exchanged;
import org.synchub.target.Outcome;
import org.synchub.target.Outcome.Effect;
import org.synchub.target.TargetTrouble;
import org.synchub.target.openspp.odoo.OdooFault;
import org.synchub.target.openspp.odoo.OdooField;
import org.synchub.target.openspp.record.UnknownName;

/** Creates the records of a round that the server does not have. */
final class Creates extends Halving<Task> {

    private final Session session;
    private final Outbox outbox;
    private final List<Task> again;
    private final boolean last;
    /** By the task itself: its content would be hashed whole. */
    private final IdentityHashMap<Task, ObjectNode> rows = new IdentityHashMap<>();

    /**
     * @param again takes what has to be surveyed anew
     * @param last whether there will be no further survey
     */
    Creates(Session session, Outbox outbox, List<Task> again, boolean last) {
        this.session = session;
        this.outbox = outbox;
        this.again = again;
        this.last = last;
    }

    void send(List<Task> tasks) {
        NewRecord records = new NewRecord(session.prepared());
        List<Task> ready = new ArrayList<>();
        for (Task task : tasks) {
            try {
                rows.put(task, records.values(task));
                ready.add(task);
            } catch (UnknownName unknown) {
                outbox.rejected(task, unknown);
            }
        }
        send(ready, session.batchSize());
    }

    @Override
    void request(List<Task> part) {
        long[] ids = session.client()
                .create(OdooField.PARTNER, part.stream().map(rows::get).toList());
        for (int i = 0; i < ids.length; i++) {
            outbox.settle(part.get(i), created(part.get(i), ids[i]));
        }
    }

    private Outcome created(Task task, long id) {
        ObjectNode record = task.write().record();
        ObjectNode agreed = session.diff(task.plan()).agreed(record, null);
        return new Outcome.Accepted(Effect.CREATED, Long.toString(id), null, agreed, NewRecord.sent(record));
    }

    /**
     * Somebody made one of these records since the survey: an earlier request of ours that came through late, or another
     * hub. Which one is found by looking, not by halving.
     */
    @Override
    boolean takesBack(List<Task> part, OdooFault fault) {
        if (last || !fault.saysKeyTaken()) {
            return false;
        }
        again.addAll(part);
        return true;
    }

    @Override
    void refused(Task task, OdooFault fault) {
        outbox.rejected(task, fault);
    }

    @Override
    void contended(List<Task> part, OdooFault fault) {
        Exchanged whole = fault.exchanged();
        // The values of the others in the request are not for whoever looks at this one.
        part.forEach(task ->
                outbox.contended(task, fault, whole == null ? null : whole.part(rows.get(task), null, part.size())));
    }

    @Override
    void cut(List<Task> part, TargetTrouble trouble) {
        outbox.cut(part, trouble);
    }
}
