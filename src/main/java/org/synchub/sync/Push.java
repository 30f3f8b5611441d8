package org.synchub.sync;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synchub.ledger.Claim;
import org.synchub.ledger.Claim.Claimed;
import org.synchub.ledger.Deliveries;
import org.synchub.ledger.Earlier;
import org.synchub.ledger.Exchanges;
import org.synchub.ledger.Links;
import org.synchub.ledger.Obstacle;
import org.synchub.ledger.Settled;
import org.synchub.ledger.Settlement;
import org.synchub.ledger.Settlement.Agreement;
import org.synchub.ledger.Settlement.Tally;
import org.synchub.ledger.State;
import org.synchub.ledger.StoredLink;
import org.synchub.mapping.Reference;
import org.synchub.store.Entities;
import org.synchub.sync.PushWriter.Prepared;
import org.synchub.target.Outcome;
import org.synchub.target.TargetTrouble;
import org.synchub.target.Write;

/**
 * The steps of a push, as the route {@code push-writer} calls them: claim, map, send, settle. Each takes and leaves the
 * writer as the exchange's body.
 */
public class Push {

    private static final Logger log = LoggerFactory.getLogger(Push.class);

    /** How many batches one claim holds. */
    private static final int BATCHES = 5;

    private final Leases leases;
    private final Deliveries deliveries;
    private final Retries retries;
    private final Preparing preparing;
    private final Noting noting;
    private final Transcripts transcripts;
    private final List<Happenings> watchers = new CopyOnWriteArrayList<>();

    public Push(
            Leases leases,
            Deliveries deliveries,
            Links links,
            Entities entities,
            Drain drain,
            Drifts drifts,
            Retries retries,
            Exchanges exchanges,
            Clock clock) {
        this.transcripts = new Transcripts(exchanges.isKept(), clock);
        this.leases = leases;
        this.deliveries = deliveries;
        this.retries = retries;
        this.preparing = new Preparing(leases, deliveries, links, entities, drain, drifts, retries);
        this.noting = new Noting(deliveries, clock);
    }

    /**
     * Gives back the lanes of the last claim and leases the next. While another writer of the run is at work one that
     * finds nothing looks again: lanes become free, changes arrive. So does one that finds the target busy with as many
     * batches as it is given at once, of this hub's or of others.
     */
    public void claim(PushWriter writer) {
        PushRun run = writer.run();
        run.during(run.traced(), () -> claimNext(writer));
    }

    private void claimNext(PushWriter writer) {
        giveUp(writer);
        PushRun run = writer.run();
        TargetRuntime target = run.target();
        boolean first = true;
        while (run.enter()) {
            boolean found = false;
            boolean full;
            try {
                Claim claim = leases.claim(
                        target.name(),
                        target.load().batchSize() * BATCHES,
                        target.limits().concurrency(),
                        target.settleWait(),
                        run.deletes(),
                        run.only());
                found = !claim.isEmpty();
                full = claim.full();
                if (found) {
                    run.begins();
                    writer.take(claim);
                    return;
                }
            } finally {
                if (!found) {
                    run.leave();
                }
            }
            if (!run.awaitOthers(PushRun.LOOK_AGAIN, full, first)) {
                return;
            }
            first = false;
        }
    }

    /** Ends a claim: the lanes it holds are free again. */
    private void giveUp(PushWriter writer) {
        Claim claim = writer.claim();
        if (claim != null) {
            writer.drop();
            try {
                leases.release(claim);
            } finally {
                writer.run().pauses();
            }
        }
    }

    /** Ends a claim that could not be brought to its end; says of each of its deliveries what can be said. */
    void abandon(PushWriter writer) {
        Claim claim = writer.claim();
        if (claim == null) {
            return;
        }
        try {
            List<Settlement> leftovers =
                    writer.leftovers(writer.run().contract().longestWrite(), retries.after(0));
            tell(
                    claim.target(),
                    deliveries.settle(
                            claim.target(), claim.token(), writer.run().id(), leftovers, writer.leaving()));
        } finally {
            giveUp(writer);
        }
    }

    /**
     * Reads the claimed entities (after the claim: a revision and its content must not be torn apart) and maps them.
     * What needs no request is settled at once; the rest is put in batches, parents before those that refer to them, and
     * noted before anything of it leaves.
     */
    public void map(PushWriter writer) {
        writer.during(() -> {
            preparing.prepare(writer);
            noting.note(writer);
        });
    }

    /** Sends the next batch, unless the lease ran out meanwhile: then nothing leaves. */
    public void send(PushWriter writer) {
        writer.during(() -> sendNext(writer));
    }

    private void sendNext(PushWriter writer) {
        List<Prepared> batch = writer.next(writer.run().target().load().batchSize());
        if (batch == null) {
            writer.sending(List.of(), List.of());
            return;
        }
        List<Prepared> sending = new ArrayList<>();
        List<Write> writes = new ArrayList<>();
        if (writer.hasSent()
                && writer.isBackfill(batch)
                && deliveries.anythingLive(writer.held().target())) {
            // A change of today goes before the rest of a backfill: claimed again, it comes first.
            writer.giveWay();
        } else if (writer.run().isCrowded()) {
            writer.giveWay();
        }
        for (Prepared p : batch) {
            Settlement instead = insteadOfSending(writer, p);
            if (instead == null) {
                sending.add(p);
                writes.add(write(writer, p));
            } else {
                writer.ready().add(instead);
            }
        }
        writer.sending(sending, writes);
        if (writes.isEmpty()) {
            return;
        }
        Traced traced = writer.traced()
                .part("batch")
                .with("records", writes.size())
                .kinds(sending.stream().map(p -> p.kind().name()).toList());
        try {
            traced.during(() -> exchange(writer, writes));
        } finally {
            traced.tally(writer.outcomes()).end();
        }
    }

    private void exchange(PushWriter writer, List<Write> writes) {
        Load load = writer.run().target().load();
        Load.Sending sent = load.begins(writes.size());
        try {
            List<Outcome> outcomes = leases.under(
                    writer.held(), () -> writer.run().target().adapter().send(writes));
            if (outcomes.size() != writes.size()) {
                throw new IllegalStateException(
                        "The adapter returned " + outcomes.size() + " outcomes for " + writes.size() + " writes");
            }
            writer.answered(outcomes);
            weigh(load, sent, outcomes);
        } catch (TargetTrouble trouble) {
            writer.answered(writes.stream()
                    .map(w -> trouble.maybeApplied()
                            ? (Outcome) new Outcome.Unknown(trouble)
                            : new Outcome.Unsent(trouble))
                    .toList());
            writer.run().meet(trouble);
        } catch (Leases.RanOut e) {
            log.warn("{}: {}; the rest of it is not sent", writer.held().target(), e.getMessage());
            writer.answered(writes.stream()
                    .map(w -> (Outcome) new Outcome.Unknown(String.valueOf(e.getMessage())))
                    .toList());
        } catch (RuntimeException e) {
            // A fault of the adapter: what it had sent by then is not known.
            log.error("{}: the adapter failed on a batch of {}", writer.held().target(), writes.size(), e);
            writer.failed("The adapter failed with " + e.getClass().getSimpleName() + "; see the hub's log");
        }
    }

    /** What a target in trouble could not take is weighed where the run notes the trouble. */
    private static void weigh(Load load, Load.Sending sent, List<Outcome> outcomes) {
        if (outcomes.stream().noneMatch(Push::isTrouble)) {
            load.answered(sent, outcomes.stream().allMatch(Outcome.Accepted.class::isInstance));
        }
    }

    private static boolean isTrouble(Outcome outcome) {
        return outcome instanceof Outcome.Unsent
                || (outcome instanceof Outcome.Unknown unknown && unknown.trouble() != null);
    }

    private @Nullable Settlement insteadOfSending(PushWriter writer, Prepared p) {
        Claimed claimed = p.claimed();
        if (writer.givesWay() || !writer.run().goesOn() || !leases.holds(writer.held())) {
            return Settlement.givenBack(claimed.guid(), claimed.revision(), Duration.ZERO);
        }
        for (Reference reference : p.references()) {
            if (!writer.externalIds().containsKey(reference.guid())) {
                Settlement parent = writer.refused().get(reference.guid());
                return parent != null && parent.state().needsAttention()
                        ? Dependencies.cannotCome(p, reference, Obstacle.REJECTED)
                        : Dependencies.waits(p, reference);
            }
        }
        return null;
    }

    private static Write write(PushWriter writer, Prepared p) {
        Map<String, String> references = new HashMap<>();
        for (Reference reference : p.references()) {
            String externalId = writer.externalIds().get(reference.guid());
            if (externalId != null) {
                references.put(reference.guid(), externalId);
            }
        }
        StoredLink link = p.link();
        Earlier earlier = p.earlier();
        boolean takenAway = link != null && link.deleted();
        return new Write(
                writer.run().target().mapping().tenant(),
                p.claimed().guid(),
                p.kind(),
                p.operation(),
                p.record(),
                Preparing.link(link),
                earlier != null || takenAway,
                earlier == null ? List.of() : earlier.records(),
                p.claimed().reread()
                        || p.claimed().uncertainSince() != null
                        || Preparing.mayBeStale(p.kind(), p.link()),
                references,
                p.claimedExternalId(),
                writer.number(p.claimed().guid()),
                writer.changedAt(p.claimed().guid()),
                p.single());
    }

    /** Writes down what became of the batch, in one transaction, together with what needed no request. */
    public void settle(PushWriter writer) {
        writer.during(() -> settleBatch(writer));
    }

    private void settleBatch(PushWriter writer) {
        Claim claim = writer.held();
        List<Settlement> known = new ArrayList<>(writer.ready());
        for (int i = 0; i < writer.sending().size(); i++) {
            known.add(inParts(writer.sending().get(i), settlement(writer, i)));
        }
        writer.toSettle(known);
        List<Settlement> settlements = writer.settleNow();
        tell(
                claim.target(),
                deliveries.settle(claim.target(), claim.token(), writer.run().id(), settlements, writer.leaving()));
        if (!settlements.isEmpty()) {
            writer.settled();
            writer.run().settled((int)
                    settlements.stream().filter(s -> s.tally() != Tally.NONE).count());
        }
        writer.run().keepLoad();
    }

    /** Tells somebody from now on what was settled. */
    void watch(Happenings watcher) {
        watchers.add(watcher);
    }

    private void tell(String target, List<Settled> settled) {
        watchers.forEach(watcher -> watcher.settled(target, settled));
    }

    /** A deletion may take a target several requests: where it came to no end, some of them may have been applied. */
    private static Settlement inParts(Prepared p, Settlement settlement) {
        boolean ended = settlement.state() == State.DELIVERED || settlement.state() == State.CONFLICT;
        return p.operation() == Write.Operation.DELETE && !ended ? settlement.maybeArrived() : settlement;
    }

    /** What the target said, without what it quoted of the record or of what let the hub in. */
    private static String said(PushWriter writer, Prepared p, String words) {
        Veil veil = new Veil(false, writer.run().target().mapping().adapter().secrets(), Set.of());
        return Masking.mask(veil.withoutSecrets(words), p.record(), p.kind());
    }

    private Settlement settlement(PushWriter writer, int place) {
        Prepared p = writer.sending().get(place);
        String guid = p.claimed().guid();
        long revision = p.claimed().revision();
        Duration longestWrite = writer.run().contract().longestWrite();
        String fault = writer.fault();
        if (fault != null) {
            return retries.afterFault(guid, revision, p.claimed().attempts(), longestWrite, fault);
        }
        Outcome outcome = writer.outcomes().get(place);
        if (outcome instanceof Outcome.Accepted accepted) {
            return accepted(p, accepted, writer.run().contract().deltaPull());
        }
        if (outcome instanceof Outcome.Conflict conflict) {
            return Settlement.attention(
                    guid, revision, State.CONFLICT, conflict.kind(), said(writer, p, conflict.message()), null);
        }
        if (outcome instanceof Outcome.Rejected rejected) {
            Settlement refused = Settlement.attention(
                    guid,
                    revision,
                    State.REJECTED,
                    rejected.code(),
                    said(writer, p, rejected.message()),
                    lineOf(writer, p, rejected));
            return transcripts.tell(writer, p, refused, rejected.code(), rejected.exchanged());
        }
        if (outcome instanceof Outcome.Retry retry) {
            Settlement again = retries.again(
                    guid,
                    revision,
                    p.claimed().attempts(),
                    new Outcome.Retry(retry.code(), said(writer, p, retry.message()), retry.after()));
            return transcripts.tell(writer, p, again, retry.code(), retry.exchanged());
        }
        if (outcome instanceof Outcome.Gone gone) {
            return p.operation() == Write.Operation.DELETE
                    ? Settlement.delivered(guid, revision, Tally.DELETED, takenAway(p, ""))
                    : Settlement.attention(guid, revision, State.CONFLICT, "update-delete", gone.message(), null);
        }
        if (outcome instanceof Outcome.Unknown unknown) {
            TargetTrouble trouble = unknown.trouble();
            if (trouble != null) {
                writer.run().meet(trouble);
            }
            return Settlement.unknown(guid, revision, longestWrite, unknown.message());
        }
        Outcome.Unsent unsent = (Outcome.Unsent) outcome;
        writer.run().meet(unsent.trouble());
        return Settlement.givenBack(guid, revision, Duration.ZERO);
    }

    /** What a resync or an adoption finds edited at the target is handed to the next pull: its feed may never tell of it. */
    private static Settlement accepted(Prepared p, Outcome.Accepted accepted, boolean canPull) {
        Agreement agreement = p.operation() == Write.Operation.DELETE
                ? takenAway(p, accepted.externalId())
                : new Agreement(
                        p.kind().name(),
                        accepted.externalId(),
                        accepted.version(),
                        Records.normal(accepted.agreed()),
                        accepted.agreed().equals(p.record()),
                        p.kind().hash(),
                        p.lane(),
                        false,
                        canPull && accepted.differs() && (p.claimed().reread() || p.link() == null));
        return Settlement.delivered(
                p.claimed().guid(),
                p.claimed().revision(),
                Tally.valueOf(accepted.effect().name()),
                agreement);
    }

    /**
     * A record that arrived unseen before its entity was deleted has no link yet, and needs one as much: should the entity
     * come back, it is the same record. Null when there is none.
     */
    private static @Nullable Agreement takenAway(Prepared p, String externalId) {
        StoredLink link = p.link();
        if (link != null) {
            return new Agreement(link.kind(), link.externalId(), null, null, link.mappingHash(), link.lane(), true);
        }
        return externalId.isEmpty()
                ? null
                : new Agreement(
                        p.kind().name(), externalId, null, null, p.kind().hash(), p.lane(), true);
    }

    private static @Nullable String lineOf(PushWriter writer, Prepared p, Outcome.Rejected rejected) {
        String field = rejected.field();
        if (field == null) {
            return null;
        }
        return p.kind().fields().stream()
                .filter(f -> f.name().equals(field))
                .findFirst()
                .map(f -> writer.run().target().mapping().file() + ":" + f.line())
                .orElse(null);
    }
}
