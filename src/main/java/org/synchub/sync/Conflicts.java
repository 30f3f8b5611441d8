package org.synchub.sync;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.synchub.conflict.Choice;
import org.synchub.conflict.MovedOnException;
import org.synchub.conflict.Resolve;
import org.synchub.ledger.ClientMark;
import org.synchub.ledger.ConflictQueue;
import org.synchub.ledger.ConflictQueue.Case;
import org.synchub.ledger.ConflictQueue.Unsettled;
import org.synchub.ledger.Debt;
import org.synchub.ledger.Deliveries;
import org.synchub.ledger.PullLedger;
import org.synchub.ledger.Runs;
import org.synchub.ledger.State;
import org.synchub.target.RemoteChange;

/**
 * What waits for people: conflicts and parked records. A choice is applied to both sides by the same steps as a pull and
 * the push that follows it, on the record as it is now: if it has moved on since it was shown, nothing is written.
 */
public class Conflicts {

    private static final int TRIES = 4;

    private final TargetRegistry targets;
    private final ConflictQueue queue;
    private final PullLedger ledger;
    private final Deliveries deliveries;
    private final Runs runs;
    private final Pull pull;
    private final Pulls pulls;
    private final PullWriter writer;

    public Conflicts(
            TargetRegistry targets,
            ConflictQueue queue,
            PullLedger ledger,
            Deliveries deliveries,
            Runs runs,
            Pull pull,
            Pulls pulls,
            PullWriter writer) {
        this.targets = targets;
        this.queue = queue;
        this.ledger = ledger;
        this.deliveries = deliveries;
        this.runs = runs;
        this.pull = pull;
        this.pulls = pulls;
        this.writer = writer;
    }

    /** What became of an answer. */
    public enum Effect {
        /** Settled; the target is owed what it lacks. */
        SETTLED,
        /** The record has moved on since it was shown: look again. */
        MOVED_ON,
        /** Others are at work on the record, or have to merge it first: answer again. */
        BUSY
    }

    /**
     * What became of an answer.
     *
     * @param now the conflict as it stands, null when there is none any more
     */
    public record Answered(Effect effect, @Nullable Case now) {}

    /** The open conflicts, the oldest first; of one target when one is named. */
    public List<Case> list(@Nullable String target, int most) {
        return list(target, 0, most);
    }

    /**
     * A page of them.
     *
     * @param after number of the last one of the page before; 0 for the first
     */
    public List<Case> list(@Nullable String target, long after, int most) {
        if (target != null) {
            targets.get(target);
        }
        return queue.open(target, after, most);
    }

    /**
     * One conflict, open or not.
     *
     * @throws NoSuchThing when there is none with this number
     */
    public Case show(long id) {
        return queue.find(id).orElseThrow(() -> new NoSuchThing("There is no conflict " + id + "; list them first"));
    }

    /**
     * Settles a conflict by a person's choice.
     *
     * @param shown the fingerprint that was shown with it; null stands for the one in the queue
     * @throws org.synchub.conflict.ChoiceException naming every field that cannot be taken
     * @throws IllegalArgumentException when the conflict is not open or asks for another answer
     * @throws org.synchub.target.TargetTrouble when the target cannot be asked how the record is now
     */
    public Answered resolve(long id, Choice choice, @Nullable String shown, String by) {
        Case open = requireOpen(id);
        TargetRuntime target = targets.get(open.target());
        if (open.what().externalId().startsWith(ConflictQueue.OF_PUSH)) {
            return resolvePush(open, choice, by);
        }
        if (open.what().guid() == null) {
            throw new IllegalArgumentException("Conflict " + id
                    + " asks which entity the target's record is: answer with 'conflicts link " + id
                    + " GUID'; candidates are " + String.join(", ", open.what().candidates()));
        }
        String fingerprint = shown == null ? open.what().fingerprint() : shown;
        target.prepare();
        String word = word(choice);
        for (int attempt = 0; attempt < TRIES; attempt++) {
            List<RemoteChange> now = pull.asTheyAre(target, List.of(open.what().externalId()));
            if (now.isEmpty()) {
                throw new NotNow("Target " + target.name() + " does not say how record "
                        + open.what().externalId() + " is now; nothing was written. Try again later");
            }
            AtomicBoolean asked = new AtomicBoolean();
            List<PullPlan> plans;
            try {
                plans = pull.decide(target, now, (situation, policy) -> {
                    asked.set(true);
                    return Resolve.apply(situation, fingerprint, policy, choice);
                });
            } catch (MovedOnException moved) {
                return showAgain(target, open, now, by);
            }
            if (plans.stream().anyMatch(PullPlan::isBusy)) {
                continue;
            }
            if (!asked.get()) {
                // The two sides do not contradict each other any more.
                return showAgain(target, open, now, by);
            }
            if (write(target, by, word, plans)) {
                return new Answered(Effect.SETTLED, null);
            }
        }
        return new Answered(Effect.BUSY, open);
    }

    /**
     * Says which entity a record of the target is.
     *
     * @throws IllegalArgumentException when the conflict does not ask that, or the tenant has no such entity
     */
    public Answered link(long id, String guid, String by) {
        Case open = requireOpen(id);
        if (open.what().guid() != null) {
            throw new IllegalArgumentException("Conflict " + id + " does not ask which entity is meant");
        }
        TargetRuntime target = targets.get(open.target());
        target.prepare();
        for (int attempt = 0; attempt < TRIES; attempt++) {
            List<RemoteChange> now = target.adapter().read(List.of(open.what().externalId()));
            if (now.isEmpty()) {
                queue.close(target.name(), List.of(open.what().externalId()), by, "gone");
                return new Answered(Effect.MOVED_ON, null);
            }
            if (write(target, by, "link " + guid, List.of(pull.decideAs(target, now.get(0), guid)))) {
                return new Answered(Effect.SETTLED, null);
            }
        }
        return new Answered(Effect.BUSY, open);
    }

    private Case requireOpen(long id) {
        Case found = show(id);
        if (!found.state().equals("open")) {
            throw new NotNow("Conflict " + id + " is not open any more: it is " + found.state());
        }
        return found;
    }

    private Answered showAgain(TargetRuntime target, Case open, List<RemoteChange> now, String by) {
        write(target, by, "rule", pull.decide(target, now, PullDecider.Answer.POLICY));
        Optional<Case> stands = queue.find(open.id()).filter(c -> c.state().equals("open"));
        return new Answered(Effect.MOVED_ON, stands.orElse(null));
    }

    private boolean write(TargetRuntime target, String by, String choice, List<PullPlan> plans) {
        long run = runs.start(
                target.name(), "pull", Cause.COMMAND.column(), by, ClientMark.current(), Correlation.currentOrNew());
        boolean written = writer.write(target, run, new PullWriter.Author(by, choice), plans, () -> {});
        pulls.renewMerkleRoot(target);
        runs.end(run, written ? "success" : "failed", "conflict: " + choice, 0, 0, 0);
        return written;
    }

    /** A push that the target refused for a reason that only people can mend, outside the hub. */
    static Unsettled ofPush(PullLedger.Unasked push) {
        return new Unsettled(
                ConflictQueue.OF_PUSH + push.guid(),
                push.guid(),
                push.kind(),
                push.code(),
                push.code(),
                push.reason(),
                List.of("*"),
                List.of(),
                null,
                null,
                null,
                null,
                null,
                push.code() + " " + push.reason(),
                false);
    }

    private Answered resolvePush(Case open, Choice choice, String by) {
        String guid = String.valueOf(open.what().guid());
        if (choice.equals(Choice.internal())) {
            deliveries.oweAgain(open.target(), new Deliveries.Reach(List.of(), List.of(guid), false, null));
        } else if (choice.equals(Choice.ignore())) {
            deliveries.owe(
                    open.target(),
                    List.of(new Debt(
                            guid,
                            open.what().kind(),
                            guid,
                            false,
                            State.DISCARDED,
                            Debt.LIVE,
                            "left",
                            "Given up by " + by)),
                    false);
        } else {
            throw new IllegalArgumentException("Conflict " + open.id()
                    + " is of a push that the target refused: 'internal' tries it again, 'ignore' gives it up");
        }
        queue.close(open.target(), List.of(open.what().externalId()), by, word(choice));
        return new Answered(Effect.SETTLED, null);
    }

    private static String word(Choice choice) {
        return choice instanceof Choice.Take take
                ? take.side().word()
                : choice.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    /** What could not be applied, those first that wait longest. */
    public List<PullLedger.ParkedRow> parked(String target, int most) {
        targets.get(target);
        return ledger.parkedRows(target, most);
    }

    /**
     * Tries parked records again, whatever they wait for.
     *
     * @param externalIds empty means all
     * @return how many are still parked afterwards
     */
    public int retry(String target, List<String> externalIds, String by) {
        TargetRuntime runtime = targets.get(target);
        runtime.prepare();
        List<String> ids = new ArrayList<>(externalIds);
        if (ids.isEmpty()) {
            parked(target, Pull.PAGE).forEach(row -> ids.add(row.what().externalId()));
        }
        ids.remove(Vanished.ALL);
        for (String id : ids) {
            List<RemoteChange> now = pull.asTheyAre(runtime, List.of(id));
            write(runtime, by, "retry", pull.decide(runtime, now, PullDecider.Answer.POLICY));
        }
        return parked(target, Integer.MAX_VALUE).size();
    }

    /**
     * Gives parked records up until the target changes them again. Each leaves a decision.
     *
     * @param reason who gave them up and why
     */
    public void discard(String target, List<String> externalIds, String reason, String by) {
        targets.get(target);
        long run = runs.start(
                target, "pull", Cause.COMMAND.column(), by, ClientMark.current(), Correlation.currentOrNew());
        ledger.discard(target, externalIds, reason, run, by);
        // The reason stays with the decisions: it may name people, and the audit trail keeps what a run says for ever.
        runs.end(run, "success", externalIds.size() + " parked records were given up", 0, 0, 0);
    }
}
