package org.synchub.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synchub.ledger.Claim;
import org.synchub.ledger.Claim.Claimed;
import org.synchub.ledger.Deliveries;
import org.synchub.ledger.Links;
import org.synchub.ledger.Settlement;
import org.synchub.ledger.Settlement.Agreement;
import org.synchub.ledger.Settlement.Tally;
import org.synchub.ledger.State;
import org.synchub.ledger.StoredLink;
import org.synchub.mapping.Entity;
import org.synchub.mapping.Kind;
import org.synchub.mapping.Mapped;
import org.synchub.mapping.Mapping;
import org.synchub.mapping.OnDelete;
import org.synchub.mapping.Problem;
import org.synchub.mapping.Reference;
import org.synchub.store.Entities;
import org.synchub.sync.PushWriter.Prepared;
import org.synchub.target.Link;
import org.synchub.target.Outcome;
import org.synchub.target.TargetTrouble;
import org.synchub.target.Write;

/**
 * The steps of a push, as the route {@code push-writer} calls them: claim, map, send, settle. Each takes and leaves the
 * writer as the exchange's body.
 */
public class Push {

    private static final Logger log = LoggerFactory.getLogger(Push.class);

    /** How often, and how soon, a writer looks again for what others hold just now. */
    private static final int LOOKS = 20;

    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

    private final Leases leases;
    private final Deliveries deliveries;
    private final Links links;
    private final Entities entities;
    private final Retries retries;

    public Push(Leases leases, Deliveries deliveries, Links links, Entities entities, Retries retries) {
        this.leases = leases;
        this.deliveries = deliveries;
        this.links = links;
        this.entities = entities;
        this.retries = retries;
    }

    /** Gives back the lanes of the last claim and leases the next. */
    public void claim(PushWriter writer) {
        giveUp(writer);
        PushRun run = writer.run();
        TargetRuntime target = run.target();
        for (int empty = 0; run.goesOn() && empty < LOOKS; empty++) {
            Claim claim = leases.claim(target.name(), target.adapter().batchSize() * 5, target.settleWait());
            if (!claim.isEmpty()) {
                writer.take(claim);
                return;
            }
            leases.release(claim);
            if (!claim.contended() && claim.lanes().isEmpty()) {
                return;
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    /** Ends a writer: whatever it still holds is free again. */
    public void giveUp(PushWriter writer) {
        Claim claim = writer.claim();
        if (claim != null) {
            leases.release(claim);
            writer.drop();
        }
    }

    /**
     * Reads the claimed entities (after the claim: a revision and its content must not be torn apart) and maps them.
     * What needs no request is settled at once; the rest is put in batches, parents before those that refer to them.
     */
    public void map(PushWriter writer) {
        Claim claim = writer.held();
        Mapping mapping = writer.run().target().mapping();
        List<String> guids = claim.deliveries().stream().map(Claimed::guid).toList();
        Map<String, Entity> found = entities.read(mapping.tenant(), guids);
        Map<String, StoredLink> linked = links.byGuid(mapping.target(), guids);
        Set<String> lanes = lanesToo(claim, linked);

        Map<String, Prepared> prepared = new LinkedHashMap<>();
        for (Claimed claimed : claim.deliveries()) {
            StoredLink link = linked.get(claimed.guid());
            if (link != null && !lanes.contains(link.lane())) {
                writer.ready().add(later(claimed));
                continue;
            }
            Entity entity = found.get(claimed.guid());
            Prepared next = entity == null
                    ? prepareDelete(writer, mapping, claimed, link)
                    : prepareUpsert(writer, mapping, claimed, entity, link);
            if (next != null) {
                prepared.put(claimed.guid(), next);
            }
        }
        waitForParents(writer, prepared);
        intoBatches(writer, prepared);
    }

    /** A record that moved between households needs both lanes: its old membership ends in the one it left. */
    private Set<String> lanesToo(Claim claim, Map<String, StoredLink> linked) {
        Set<String> lanes = new HashSet<>(claim.lanes());
        Set<String> more = new HashSet<>();
        for (Claimed claimed : claim.deliveries()) {
            StoredLink link = linked.get(claimed.guid());
            if (link != null && !lanes.contains(link.lane())) {
                more.add(link.lane());
            }
        }
        lanes.addAll(leases.leaseAlso(claim, more));
        return lanes;
    }

    private Settlement later(Claimed claimed) {
        return new Settlement(
                claimed.guid(),
                claimed.revision(),
                State.PENDING,
                retries.jitter(Duration.ofMillis(500)),
                null,
                claimed.uncertainSince() != null,
                false,
                Tally.NONE,
                null,
                "Waits for the household that it is leaving",
                null,
                null);
    }

    private @Nullable Prepared prepareDelete(
            PushWriter writer, Mapping mapping, Claimed claimed, @Nullable StoredLink link) {
        if (link == null || link.deleted()) {
            writer.ready().add(Settlement.delivered(claimed.guid(), claimed.revision(), Tally.UNCHANGED, null));
            return null;
        }
        Optional<Kind> kind = kind(mapping, link.kind());
        if (kind.isEmpty() || kind.get().onDelete() == OnDelete.IGNORE) {
            writer.ready()
                    .add(Settlement.delivered(
                            claimed.guid(), claimed.revision(), Tally.UNCHANGED, agreement(link, null, true)));
            return null;
        }
        return new Prepared(
                claimed,
                kind.get(),
                Write.Operation.DELETE,
                JsonNodeFactory.instance.objectNode(),
                List.of(),
                link,
                null);
    }

    private static Agreement agreement(StoredLink link, @Nullable String version, boolean deleted) {
        return new Agreement(link.kind(), link.externalId(), version, null, link.mappingHash(), link.lane(), deleted);
    }

    private static Optional<Kind> kind(Mapping mapping, String name) {
        return mapping.kinds().stream().filter(k -> k.name().equals(name)).findFirst();
    }

    private @Nullable Prepared prepareUpsert(
            PushWriter writer, Mapping mapping, Claimed claimed, Entity entity, @Nullable StoredLink link) {
        Optional<Kind> kind = mapping.kindOf(entity.doc());
        if (kind.isEmpty()) {
            writer.ready()
                    .add(Settlement.attention(
                            claimed.guid(),
                            claimed.revision(),
                            State.EXCLUDED,
                            "no-kind",
                            "No record kind of the mapping matches it",
                            null));
            return null;
        }
        Mapped mapped = kind.get().outward(entity);
        if (!mapped.ok()) {
            writer.ready().add(refusal(claimed, mapped.problems()));
            return null;
        }
        ObjectNode record = Records.normal(mapped.record());
        boolean known = link != null
                && !link.deleted()
                && claimed.uncertainSince() == null
                && Records.same(record, link.base());
        if (link != null && known) {
            Agreement moved = link.lane().equals(claimed.lane())
                            && link.mappingHash().equals(kind.get().hash())
                    ? null
                    : new Agreement(
                            kind.get().name(),
                            link.externalId(),
                            link.version(),
                            link.base(),
                            kind.get().hash(),
                            claimed.lane(),
                            false);
            writer.externalIds().put(claimed.guid(), link.externalId());
            writer.ready().add(Settlement.delivered(claimed.guid(), claimed.revision(), Tally.UNCHANGED, moved));
            return null;
        }
        JsonNode externalId = entity.doc().path("externalId");
        return new Prepared(
                claimed,
                kind.get(),
                Write.Operation.UPSERT,
                record,
                mapped.references(),
                link,
                externalId.isValueNode() && !externalId.isNull() ? own(mapping.target(), externalId.asText()) : null);
    }

    /** The hub writes external ids as {@code target:id}; another target's id is no hint for this one. */
    private static @Nullable String own(String target, String externalId) {
        int colon = externalId.indexOf(':');
        if (colon < 0) {
            return externalId;
        }
        return externalId.substring(0, colon).equals(target) ? externalId.substring(colon + 1) : null;
    }

    private static Settlement refusal(Claimed claimed, List<Problem> problems) {
        Problem first = problems.get(0);
        List<String> reasons = new ArrayList<>();
        for (Problem problem : problems) {
            reasons.add((problem.field() == null ? "" : "field '" + problem.field() + "': ") + problem.message());
        }
        return Settlement.attention(
                claimed.guid(),
                claimed.revision(),
                State.REJECTED,
                "mapping",
                String.join("; ", reasons),
                first.file() + ":" + first.line());
    }

    private void waitForParents(PushWriter writer, Map<String, Prepared> prepared) {
        String target = writer.held().target();
        Set<String> parents = new HashSet<>();
        for (Prepared p : prepared.values()) {
            for (Reference reference : p.references()) {
                if (!prepared.containsKey(reference.guid())) {
                    parents.add(reference.guid());
                }
            }
        }
        parents.removeAll(writer.externalIds().keySet());
        links.byGuid(target, parents).forEach((guid, link) -> {
            if (!link.deleted()) {
                writer.externalIds().put(guid, link.externalId());
            }
        });
        parents.removeAll(writer.externalIds().keySet());
        Map<String, State> states = deliveries.states(target, parents);
        List<String> waiting = new ArrayList<>();
        prepared.forEach((guid, p) -> {
            for (Reference reference : p.references()) {
                if (parents.contains(reference.guid())) {
                    writer.ready().add(waitFor(target, p, reference, states.get(reference.guid())));
                    waiting.add(guid);
                    break;
                }
            }
        });
        waiting.forEach(prepared::remove);
    }

    private Settlement waitFor(String target, Prepared p, Reference reference, @Nullable State parent) {
        String guid = p.claimed().guid();
        String what = reference.kind() + " " + reference.guid();
        if (parent == null) {
            return cannotCome(
                    p,
                    reference,
                    "parent-absent",
                    "Refers to " + what
                            + ", which is not in the store; it goes out by itself when that record arrives");
        }
        if (parent == State.EXCLUDED || parent == State.DISCARDED) {
            return cannotCome(
                    p,
                    reference,
                    "parent-excluded",
                    "Refers to " + what
                            + ", which is not sent to this target; it goes out by itself when that record does");
        }
        if (parent.needsAttention()) {
            return cannotCome(p, reference, "parent-rejected", "Waits for " + what + ", which needs attention itself");
        }
        if (parent == State.BLOCKED && deliveries.waitsForItself(target, guid, reference.guid())) {
            return cannotCome(p, reference, "parent-cyclic", "Waits for " + what + ", which waits for it in turn");
        }
        return Settlement.blocked(
                guid, p.claimed().revision(), reference.guid(), "Waits for " + what + " to be delivered");
    }

    /** Needs attention, and still goes out by itself once the record it waits for is delivered. */
    private static Settlement cannotCome(Prepared p, Reference reference, String code, String reason) {
        return new Settlement(
                p.claimed().guid(),
                p.claimed().revision(),
                State.REJECTED,
                null,
                reference.guid(),
                p.claimed().uncertainSince() != null,
                false,
                Tally.REJECTED,
                code,
                reason,
                null,
                null);
    }

    private void intoBatches(PushWriter writer, Map<String, Prepared> prepared) {
        Map<String, Integer> levels = new HashMap<>();
        TreeMap<Integer, List<Prepared>> byLevel = new TreeMap<>();
        for (Prepared p : prepared.values()) {
            int level = level(p, prepared, levels, new HashSet<>());
            if (level < 0) {
                Reference first = p.references().get(0);
                writer.ready().add(cannotCome(p, first, "parent-cyclic", "Refers, through others, to itself"));
            } else {
                byLevel.computeIfAbsent(level, l -> new ArrayList<>()).add(p);
            }
        }
        int size = writer.run().target().adapter().batchSize();
        for (List<Prepared> sameLevel : byLevel.values()) {
            for (int from = 0; from < sameLevel.size(); from += size) {
                writer.batches().add(List.copyOf(sameLevel.subList(from, Math.min(from + size, sameLevel.size()))));
            }
        }
    }

    private static int level(
            Prepared p, Map<String, Prepared> prepared, Map<String, Integer> levels, Set<String> path) {
        String guid = p.claimed().guid();
        Integer known = levels.get(guid);
        if (known != null) {
            return known;
        }
        if (!path.add(guid)) {
            return -1;
        }
        int level = 0;
        for (Reference reference : p.references()) {
            Prepared parent = prepared.get(reference.guid());
            if (parent != null) {
                int above = level(parent, prepared, levels, path);
                if (above < 0) {
                    level = -1;
                    break;
                }
                level = Math.max(level, above + 1);
            }
        }
        path.remove(guid);
        levels.put(guid, level);
        return level;
    }

    /** Sends the next batch, unless the lease ran out meanwhile: then nothing leaves. */
    public void send(PushWriter writer) {
        List<Prepared> batch = writer.batches().poll();
        if (batch == null) {
            writer.sending(List.of(), List.of());
            return;
        }
        List<Prepared> sending = new ArrayList<>();
        List<Write> writes = new ArrayList<>();
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
        try {
            List<Outcome> outcomes = writer.run().target().adapter().send(writes);
            if (outcomes.size() != writes.size()) {
                throw new IllegalStateException(
                        "The adapter returned " + outcomes.size() + " outcomes for " + writes.size() + " writes");
            }
            writer.answered(outcomes);
        } catch (TargetTrouble trouble) {
            writer.answered(writes.stream()
                    .map(w -> trouble.maybeApplied()
                            ? (Outcome) new Outcome.Unknown(String.valueOf(trouble.getMessage()))
                            : new Outcome.Unsent(trouble))
                    .toList());
            writer.run().meet(trouble);
        } catch (RuntimeException e) {
            // A fault of the adapter: what it had sent by then is not known.
            log.error("{}: the adapter failed on a batch of {}", writer.held().target(), writes.size(), e);
            writer.answered(writes.stream()
                    .map(w -> (Outcome) new Outcome.Unknown(
                            "The adapter failed with " + e.getClass().getSimpleName() + "; see the hub's log"))
                    .toList());
        }
    }

    private @Nullable Settlement insteadOfSending(PushWriter writer, Prepared p) {
        Claimed claimed = p.claimed();
        if (!writer.run().goesOn() || !leases.holds(writer.held())) {
            return Settlement.givenBack(claimed.guid(), claimed.revision(), claimed.uncertainSince() != null);
        }
        for (Reference reference : p.references()) {
            if (!writer.externalIds().containsKey(reference.guid())) {
                Settlement parent = writer.refused().get(reference.guid());
                return parent != null && parent.state().needsAttention()
                        ? cannotCome(
                                p,
                                reference,
                                "parent-rejected",
                                "Waits for " + reference.kind() + " " + reference.guid()
                                        + ", which needs attention itself")
                        : Settlement.blocked(
                                claimed.guid(),
                                claimed.revision(),
                                reference.guid(),
                                "Waits for " + reference.kind() + " " + reference.guid() + " to be delivered");
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
        return new Write(
                writer.run().target().mapping().tenant(),
                p.claimed().guid(),
                p.kind(),
                p.operation(),
                p.record(),
                link == null ? null : new Link(link.externalId(), link.version(), link.deleted() ? null : link.base()),
                p.claimed().uncertainSince() != null || (link != null && link.deleted()),
                references,
                p.claimedExternalId());
    }

    /** Writes down what became of the batch, in one transaction, together with what needed no request. */
    public void settle(PushWriter writer) {
        Claim claim = writer.held();
        List<Settlement> settlements = new ArrayList<>(writer.ready());
        writer.ready().clear();
        for (int i = 0; i < writer.outcomes().size(); i++) {
            settlements.add(settlement(
                    writer, writer.sending().get(i), writer.outcomes().get(i)));
        }
        writer.sending(List.of(), List.of());
        deliveries.settle(claim.target(), claim.token(), writer.run().id(), settlements);
        for (Settlement settlement : settlements) {
            if (settlement.link() != null && !settlement.link().deleted()) {
                writer.externalIds().put(settlement.guid(), settlement.link().externalId());
            } else if (settlement.state() != State.DELIVERED) {
                writer.refused().put(settlement.guid(), settlement);
            }
        }
        writer.run().settled((int)
                settlements.stream().filter(s -> s.tally() != Tally.NONE).count());
    }

    private Settlement settlement(PushWriter writer, Prepared p, Outcome outcome) {
        String guid = p.claimed().guid();
        long revision = p.claimed().revision();
        if (outcome instanceof Outcome.Accepted accepted) {
            boolean deleted = p.operation() == Write.Operation.DELETE;
            return Settlement.delivered(
                    guid,
                    revision,
                    Tally.valueOf(accepted.effect().name()),
                    new Agreement(
                            p.kind().name(),
                            accepted.externalId(),
                            accepted.version(),
                            deleted ? null : Records.normal(accepted.agreed()),
                            p.kind().hash(),
                            p.claimed().lane(),
                            deleted));
        }
        if (outcome instanceof Outcome.Conflict conflict) {
            return Settlement.attention(
                    guid,
                    revision,
                    State.CONFLICT,
                    conflict.kind(),
                    Masking.mask(conflict.message(), p.record()),
                    null);
        }
        if (outcome instanceof Outcome.Rejected rejected) {
            return Settlement.attention(
                    guid,
                    revision,
                    State.REJECTED,
                    rejected.code(),
                    Masking.mask(rejected.message(), p.record()),
                    lineOf(writer, p, rejected));
        }
        if (outcome instanceof Outcome.Retry retry) {
            return retries.again(
                    guid,
                    revision,
                    p.claimed().attempts(),
                    new Outcome.Retry(retry.code(), Masking.mask(retry.message(), p.record()), retry.after()));
        }
        if (outcome instanceof Outcome.Gone gone) {
            StoredLink link = p.link();
            return p.operation() == Write.Operation.DELETE && link != null
                    ? Settlement.delivered(guid, revision, Tally.DELETED, agreement(link, null, true))
                    : Settlement.attention(guid, revision, State.CONFLICT, "update-delete", gone.message(), null);
        }
        if (outcome instanceof Outcome.Unknown unknown) {
            return Settlement.unknown(guid, revision, writer.run().contract().longestWrite(), unknown.message());
        }
        Outcome.Unsent unsent = (Outcome.Unsent) outcome;
        writer.run().meet(unsent.trouble());
        return Settlement.givenBack(guid, revision, p.claimed().uncertainSince() != null);
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
