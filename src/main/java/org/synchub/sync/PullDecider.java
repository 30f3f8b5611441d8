package org.synchub.sync;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.synchub.conflict.Merge;
import org.synchub.conflict.Policy;
import org.synchub.conflict.Resolution;
import org.synchub.conflict.Shape;
import org.synchub.conflict.Situation;
import org.synchub.conflict.Stamp;
import org.synchub.conflict.State;
import org.synchub.ledger.ConflictQueue.Standing;
import org.synchub.ledger.Copy;
import org.synchub.ledger.Earlier;
import org.synchub.ledger.StoredLink;
import org.synchub.mapping.Entity;
import org.synchub.mapping.Kind;
import org.synchub.mapping.Mapping;
import org.synchub.mapping.OnDelete;
import org.synchub.mapping.Problem;
import org.synchub.store.Entities;
import org.synchub.store.PulledChange;
import org.synchub.target.RemoteChange;
import org.synchub.target.RemoteState;

/** Decides what becomes of one linked record that a target reports: pure, so that it can be decided again at any time. */
final class PullDecider {

    /** Who answers: the policy, or a person. */
    @FunctionalInterface
    interface Answer {
        Answer POLICY = Merge::resolve;

        Resolution to(Situation situation, Policy policy);
    }

    /** Why a record is parked that was deleted on both sides and is back at the target. */
    static final String RESTORED = "restored";

    /** Why a record is parked whose entity could not hold what came in. */
    static final String NOT_STORABLE = "not-storable";

    /** Why a record is parked that holds an envelope which cannot be opened. */
    static final String SEALED = "sealed";

    private final Mapping mapping;
    private final Map<String, String> guids;
    private final Map<String, Copy> copies;
    private final Map<String, Earlier> sent;
    private final Set<String> seenBefore;
    private final Map<String, Standing> standing;
    private final Foresight foresight;
    private final Conclusion conclusion;
    private final Answer answer;
    private final Sides sides;

    /**
     * @param guids the store's guids by the target's external ids, for references
     * @param copies entities that may have been written from a copy made before the last pull
     * @param sent what may have left for an entity and is not settled
     * @param seenBefore external ids of records whose entity was deleted and that were seen back at the target before
     * @param standing what the queue says about records, by external id
     * @param foresight what was worked out before
     */
    PullDecider(
            TargetRuntime target,
            Map<String, String> guids,
            Map<String, Copy> copies,
            Map<String, Earlier> sent,
            Set<String> seenBefore,
            Map<String, Standing> standing,
            Answer answer,
            Foresight foresight) {
        this.standing = standing;
        this.foresight = foresight;
        this.seenBefore = seenBefore;
        this.copies = copies;
        this.sent = sent;
        this.sides = new Sides(target);
        this.mapping = target.mapping();
        this.guids = guids;
        this.conclusion = new Conclusion(mapping, standing);
        this.answer = answer;
    }

    /** What is to be done about a record that is linked; parked when its entity could not hold the result. */
    PullPlan decide(RemoteChange remote, StoredLink link, Entities.@Nullable Row row) {
        return storable(remote, link.guid(), () -> decideLinked(remote, link, row));
    }

    /** Makes an entity of a record that was born at the target; parked when there cannot be one. */
    PullPlan create(RemoteChange remote, StoredLink link, Kind kind) {
        return storable(remote, null, () -> createNew(remote, link, kind));
    }

    private static PullPlan storable(RemoteChange remote, @Nullable String guid, Supplier<PullPlan> decision) {
        try {
            return decision.get();
        } catch (PulledChange.Refused refused) {
            return PullPlan.park(remote, guid, NOT_STORABLE, String.valueOf(refused.getMessage()));
        }
    }

    private PullPlan decideLinked(RemoteChange remote, StoredLink stored, Entities.@Nullable Row row) {
        PullPlan foreseen = foreseen(remote, stored, row);
        if (foreseen != null) {
            return foreseen;
        }
        StoredLink link = stored;
        Optional<Kind> found = mapping.kindNamed(stored.kind());
        if (found.isEmpty()) {
            return PullPlan.park(
                    remote, link.guid(), "no-kind", "The mapping has no record kind " + link.kind() + " any more");
        }
        Kind kind = found.get();
        PullPlan shut = shut(remote, link.guid(), kind);
        if (shut != null) {
            return shut;
        }
        boolean present = remote.state() == RemoteState.PRESENT;
        if (link.deleted() && (row == null || !present)) {
            if (present && staysAway(kind)) {
                return restored(remote, link, kind);
            }
            return row == null ? conclusion.unopposed(remote, link) : PullPlan.echo(remote);
        }
        Earlier earlier = sent.get(link.guid());
        if (earlier != null && row != null && !present && earlier.hasDeletion()) {
            return Conclusion.tookAwayItself(remote, link, kind, row);
        }
        if (earlier != null) {
            link = withArrived(remote, link, kind, row, earlier);
        }
        if (row == null) {
            return present ? deletedHere(remote, link, kind) : Conclusion.goneOnBothSides(remote, link, kind);
        }
        return present ? present(remote, link, kind, row) : gone(remote, link, kind, row);
    }

    private @Nullable PullPlan foreseen(RemoteChange remote, StoredLink link, Entities.@Nullable Row row) {
        boolean plain = !copies.containsKey(link.guid())
                && !sent.containsKey(link.guid())
                && !seenBefore.contains(remote.externalId())
                && !standing.containsKey(remote.externalId());
        return plain ? foresight.plan(remote, link, row, guids) : null;
    }

    private PullPlan present(RemoteChange remote, StoredLink link, Kind kind, Entities.Row row) {
        if (remote.record() == null) {
            return PullPlan.echo(remote);
        }
        ObjectNode resolved = References.toGuids(remote.record(), guids);
        if (resolved == null) {
            return refersOutside(remote, link.guid());
        }
        Shape shape = sides.shape(kind);
        Entity entity = row.entity();
        ObjectNode internal = kind.outward(entity).record();
        Copy old = OldForms.copy(copies.get(link.guid()), kind, internal, link.base());
        boolean copy = old != null;
        // What came back after it was taken away is met anew: what was agreed on before went with it.
        ObjectNode base = old != null ? old.then() : link.deleted() ? null : link.base();
        ObjectNode external = sides.told(kind, resolved, entity.doc(), link.base());
        if (!copy && base != null && shape.same(external, Agreements.sameFields(base, external))) {
            return remote.stale() ? Conclusion.staleEcho(remote, link, kind, base) : PullPlan.echo(remote);
        }
        Set<String> silent = Sides.keepSilent(internal, base);
        Situation situation = sides.both(kind, remote, link, entity, internal, external, base);
        return conclusion.of(settle(remote, link, kind, row, copy, external, silent, situation));
    }

    /** What the hub itself sent and has not heard of since is no change of the target's. */
    private StoredLink withArrived(
            RemoteChange remote, StoredLink link, Kind kind, Entities.@Nullable Row row, Earlier earlier) {
        ObjectNode base = link.base();
        ObjectNode resolved = remote.record() == null ? null : References.toGuids(remote.record(), guids);
        if (base == null || resolved == null) {
            return link;
        }
        ObjectNode doc = row == null
                ? Newborn.blank(mapping, kind, link.guid())
                : row.entity().doc();
        ObjectNode external = sides.told(kind, resolved, doc, base);
        return link.withBase(Agreements.arrived(sides.shape(kind), base, earlier.records(), external));
    }

    private PullPlan createNew(RemoteChange remote, StoredLink link, Kind kind) {
        PullPlan foreseen = foreseen(remote, link, null);
        if (foreseen != null) {
            return foreseen;
        }
        PullPlan shut = shut(remote, null, kind);
        if (shut != null) {
            return shut;
        }
        ObjectNode resolved = remote.record() == null ? null : References.toGuids(remote.record(), guids);
        if (resolved == null) {
            return refersOutside(remote, null);
        }
        Shape shape = sides.shape(kind);
        ObjectNode external = kind.canonical(resolved, Newborn.blank(mapping, kind, link.guid()));
        Situation situation =
                sides.situation(shape).external(external, Sides.stamp(remote)).build();
        return conclusion.of(settle(remote, link, kind, null, false, external, Set.of(), situation));
    }

    /** Nothing can be decided about a record as long as an envelope in it cannot be opened. */
    private static @Nullable PullPlan shut(RemoteChange remote, @Nullable String guid, Kind kind) {
        List<Problem> problems = remote.record() == null ? List.of() : kind.shut(remote.record());
        return problems.isEmpty()
                ? null
                : PullPlan.park(remote, guid, SEALED, problems.get(0).toString());
    }

    static PullPlan refersOutside(RemoteChange remote, @Nullable String guid) {
        return PullPlan.park(remote, guid, "refers-outside", "Refers to a record of the target that is not linked yet");
    }

    private PullPlan gone(RemoteChange remote, StoredLink link, Kind kind, Entities.Row row) {
        Shape shape = sides.shape(kind);
        ObjectNode internal = kind.outward(row.entity()).record();
        Copy old = OldForms.copy(copies.get(link.guid()), kind, internal, link.base());
        ObjectNode base = old == null ? link.base() : old.then();
        Situation.Builder situation = sides.situation(shape)
                .internal(internal, Sides.stamp(row.entity()))
                .external(State.gone(Sides.departure(remote.state()), Sides.stamp(remote)));
        situation.base(base == null ? internal.deepCopy() : base, Stamp.UNKNOWN, Sides.agreed(link));
        return conclusion.of(settle(remote, link, kind, row, false, null, Set.of(), situation.build()));
    }

    /** The entity was deleted in the store, and the target has not heard of it yet. */
    private PullPlan deletedHere(RemoteChange remote, StoredLink link, Kind kind) {
        ObjectNode base = link.base();
        ObjectNode resolved = remote.record() == null ? null : References.toGuids(remote.record(), guids);
        if (base == null || resolved == null) {
            return PullPlan.echo(remote);
        }
        Shape shape = sides.shape(kind);
        ObjectNode blank = Newborn.blank(mapping, kind, link.guid());
        ObjectNode external = sides.told(kind, resolved, blank, base);
        if (shape.same(external, Agreements.sameFields(base, external))) {
            return conclusion.unopposed(remote, link);
        }
        Situation situation = sides.situation(shape)
                .base(base, Stamp.UNKNOWN, Sides.agreed(link))
                .internal(State.gone(State.Departure.DELETED, Stamp.UNKNOWN))
                .external(external, Sides.stamp(remote))
                .build();
        return conclusion.of(settle(remote, link, kind, null, false, external, Set.of(), situation));
    }

    /** Whether a record whose entity was deleted is out of sight at the target, so that one in sight was brought back. */
    private static boolean staysAway(Kind kind) {
        return kind.onDelete() != OnDelete.IGNORE && kind.onDelete() != OnDelete.END_MEMBERSHIPS;
    }

    /** Deleted here, taken away there, and brought back there. A page that was read before it was taken away shows it too. */
    private PullPlan restored(RemoteChange remote, StoredLink link, Kind kind) {
        ObjectNode resolved = remote.record() == null ? null : References.toGuids(remote.record(), guids);
        if (resolved == null) {
            return PullPlan.echo(remote);
        }
        if (!seenBefore.contains(remote.externalId())) {
            return PullPlan.park(
                    remote,
                    link.guid(),
                    RESTORED,
                    "Taken away with its entity and back at the target; looked at once more before it is believed");
        }
        Shape shape = sides.shape(kind);
        ObjectNode external = kind.canonical(resolved, Newborn.blank(mapping, kind, link.guid()));
        Situation situation = sides.situation(shape)
                .internal(State.gone(State.Departure.DELETED, Stamp.UNKNOWN))
                .external(external, Sides.stamp(remote))
                .build();
        return conclusion.of(settle(remote, link, kind, null, false, external, Set.of(), situation));
    }

    private Matter settle(
            RemoteChange remote,
            StoredLink link,
            Kind kind,
            Entities.@Nullable Row row,
            boolean copy,
            @Nullable ObjectNode external,
            Set<String> silent,
            Situation situation) {
        Resolution resolution = answer.to(situation, sides.policy(kind));
        return new Matter(remote, link, kind, row, copy, situation.shape(), external, silent, situation, resolution);
    }
}
