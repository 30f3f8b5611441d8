package org.synchub.sync;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.synchub.target.Adapter;
import org.synchub.target.Link;
import org.synchub.target.Outcome;
import org.synchub.target.TargetTrouble;
import org.synchub.target.Write;

/** Updates count as delivered before they leave: whatever goes wrong afterwards is nobody's debt any more. */
final class SettleBeforeSend implements Planted {

    private final List<Runnable> toSend = new ArrayList<>();

    @Override
    public Adapter around(String target, Adapter adapter, Clock clock) {
        return new DecoratedAdapter(adapter) {
            @Override
            public List<Outcome> send(List<Write> batch) {
                List<Write> updates = new ArrayList<>();
                List<Write> others = new ArrayList<>();
                batch.forEach(write -> (isUpdate(write) ? updates : others).add(write));
                if (!others.isEmpty()) {
                    return real.send(batch);
                }
                toSend.add(() -> real.send(updates));
                return updates.stream().map(SettleBeforeSend::accepted).toList();
            }
        };
    }

    private static boolean isUpdate(Write write) {
        Link link = write.link();
        return write.operation() == Write.Operation.UPSERT && link != null && !write.uncertain();
    }

    private static Outcome accepted(Write write) {
        Link link = write.link();
        if (link == null) {
            throw new IllegalArgumentException("Only what is linked can be updated");
        }
        return new Outcome.Accepted(
                Outcome.Effect.UPDATED, link.externalId(), link.version(), write.record(), Set.of());
    }

    @Override
    public void pushed() {
        List<Runnable> now = List.copyOf(toSend);
        toSend.clear();
        for (Runnable sending : now) {
            try {
                sending.run();
            } catch (TargetTrouble tooLate) {
                // That is the bug: nobody owes it any more.
                return;
            }
        }
    }
}
