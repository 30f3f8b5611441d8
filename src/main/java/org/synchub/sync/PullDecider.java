package org.synchub.sync;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.synchub.conflict.ConflictKind;
import org.synchub.conflict.Merge;
import org.synchub.conflict.Policy;
import org.synchub.conflict.Resolution;
import org.synchub.conflict.Shape;
import org.synchub.conflict.Situation;
import org.synchub.conflict.Stamp;
import org.synchub.conflict.Verdict;
import org.synchub.ledger.ConflictQueue.Standing;
import org.synchub.ledger.ConflictQueue.Unsettled;
import org.synchub.ledger.Debt;
import org.synchub.ledger.PullLedger.Agreed;
import org.synchub.ledger.PullLedger.Decision;
import org.synchub.ledger.PullLedger.Parked;
import org.synchub.ledger.State;
import org.synchub.ledger.StoredLink;
import org.synchub.mapping.Entity;
import org.synchub.mapping.Inward;
import org.synchub.mapping.Kind;
import org.synchub.mapping.Mapping;
import org.synchub.mapping.Problem;
import org.synchub.store.Entities;
import org.synchub.store.Expected;
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

    private final TargetRuntime target;
    private final Mapping mapping;
    private final Map<String, String> guids;
    private final Map<String, Standing> standing;
    private final Answer answer;

    /**
     * @param guids the store's guids by the target's external ids, for references
     * @param standing what the queue says about records, by external id
     */
    PullDecider(TargetRuntime target, Map<String, String> guids, Map<String, Standing> standing, Answer answer) {
        this.target = target;
        this.mapping = target.mapping();
        this.guids = guids;
        this.standing = standing;
        this.answer = answer;
    }

    /** One record as it is being decided. */
    private record Matter(
            RemoteChange remote,
            StoredLink link,
            Kind kind,
            Entities.@Nullable Row row,
            Shape shape,
            @Nullable ObjectNode external,
            Set<String> silent,
            Situation situation,
            Resolution resolution) {

        Entities.Row entityRow() {
            Entities.Row known = row;
            if (known == null) {
                throw new IllegalStateException("Entity " + link.guid() + " is not in the store");
            }
            return known;
        }
    }

    PullPlan decide(RemoteChange remote, StoredLink link, Entities.@Nullable Row row) {
        Optional<Kind> found = mapping.kinds().stream()
                .filter(k -> k.name().equals(link.kind()))
                .findFirst();
        if (found.isEmpty()) {
            return PullPlan.park(
                    remote, link.guid(), "no-kind", "The mapping has no record kind " + link.kind() + " any more");
        }
        Kind kind = found.get();
        if (link.deleted()) {
            return PullPlan.echo(remote);
        }
        boolean present = remote.state() == RemoteState.PRESENT;
        if (row == null) {
            return present ? deletedHere(remote, link, kind) : goneOnBothSides(remote, link, kind);
        }
        return present ? present(remote, link, kind, row) : gone(remote, link, kind, row);
    }

    private PullPlan present(RemoteChange remote, StoredLink link, Kind kind, Entities.Row row) {
        if (remote.record() == null) {
            return PullPlan.echo(remote);
        }
        ObjectNode resolved = References.toGuids(remote.record(), guids);
        if (resolved == null) {
            return refersOutside(remote, link.guid());
        }
        Shape shape = Policies.shape(kind);
        Entity entity = row.entity();
        ObjectNode base = link.base();
        ObjectNode external = external(kind, resolved, entity.doc(), base);
        if (base != null && shape.same(external, sameFields(base, external))) {
            return PullPlan.echo(remote);
        }
        ObjectNode internal = kind.outward(entity).record();
        Set<String> silent = new TreeSet<>();
        if (base != null) {
            // A field that the entity's form says nothing about is no change of it.
            base.properties().forEach(field -> {
                if (!internal.has(field.getKey())) {
                    internal.set(field.getKey(), field.getValue());
                    silent.add(field.getKey());
                }
            });
        }
        Situation.Builder situation = Situation.of(shape)
                .internal(internal, stamp(entity))
                .external(external, new Stamp(remote.changedAt(), remote.version()));
        if (base != null) {
            situation.base(base);
        }
        Matter matter = settle(remote, link, kind, row, shape, external, silent, situation.build());
        return conclude(matter);
    }

    /** Makes an entity of a record that was born at the target. */
    PullPlan create(RemoteChange remote, StoredLink link, Kind kind) {
        ObjectNode resolved = remote.record() == null ? null : References.toGuids(remote.record(), guids);
        if (resolved == null) {
            return refersOutside(remote, null);
        }
        Shape shape = Policies.shape(kind);
        ObjectNode external = kind.canonical(resolved, Newborn.blank(mapping, kind, link.guid()));
        Situation situation = Situation.of(shape)
                .external(external, new Stamp(remote.changedAt(), remote.version()))
                .build();
        return conclude(settle(remote, link, kind, null, shape, external, Set.of(), situation));
    }

    static PullPlan refersOutside(RemoteChange remote, @Nullable String guid) {
        return PullPlan.park(remote, guid, "refers-outside", "Refers to a record of the target that is not linked yet");
    }

    private PullPlan gone(RemoteChange remote, StoredLink link, Kind kind, Entities.Row row) {
        Shape shape = Policies.shape(kind);
        ObjectNode internal = kind.outward(row.entity()).record();
        ObjectNode base = link.base();
        Situation.Builder situation = Situation.of(shape)
                .internal(internal, stamp(row.entity()))
                .external(org.synchub.conflict.State.gone(
                        departure(remote.state()), new Stamp(remote.changedAt(), remote.version())));
        situation.base(base == null ? internal.deepCopy() : base);
        return conclude(settle(remote, link, kind, row, shape, null, Set.of(), situation.build()));
    }

    /** The entity was deleted in the store, and the target has not heard of it yet. */
    private PullPlan deletedHere(RemoteChange remote, StoredLink link, Kind kind) {
        ObjectNode base = link.base();
        ObjectNode resolved = remote.record() == null ? null : References.toGuids(remote.record(), guids);
        if (base == null || resolved == null) {
            return PullPlan.echo(remote);
        }
        Shape shape = Policies.shape(kind);
        ObjectNode blank = Newborn.blank(mapping, kind, link.guid());
        ObjectNode external = external(kind, resolved, blank, base);
        if (shape.same(external, sameFields(base, external))) {
            return PullPlan.echo(remote);
        }
        Situation situation = Situation.of(shape)
                .base(base)
                .internal(org.synchub.conflict.State.gone(org.synchub.conflict.State.Departure.DELETED, Stamp.UNKNOWN))
                .external(external, new Stamp(remote.changedAt(), remote.version()))
                .build();
        return conclude(settle(remote, link, kind, null, shape, external, Set.of(), situation));
    }

    private static PullPlan goneOnBothSides(RemoteChange remote, StoredLink link, Kind kind) {
        return new PullPlan(
                remote, agreed(remote, link, kind, link.lane(), null, true), null, null, null, null, List.of(), false);
    }

    private Matter settle(
            RemoteChange remote,
            StoredLink link,
            Kind kind,
            Entities.@Nullable Row row,
            Shape shape,
            @Nullable ObjectNode external,
            Set<String> silent,
            Situation situation) {
        Resolution resolution = answer.to(situation, Policies.policy(mapping, kind, target.rules()));
        return new Matter(remote, link, kind, row, shape, external, silent, situation, resolution);
    }

    private PullPlan conclude(Matter m) {
        return switch (m.resolution().verdict()) {
            case MANUAL -> unsettled(m, false);
            case KEEP -> unsettled(m, true);
            case DELETE -> delete(m);
            case AGREED, TAKE_INTERNAL, TAKE_EXTERNAL, MERGED -> keep(m);
        };
    }

    private PullPlan unsettled(Matter m, boolean leave) {
        String fingerprint = m.situation().fingerprint();
        Standing known = standing.get(m.remote().externalId());
        boolean same = known != null && known.fingerprint().equals(fingerprint);
        if (known != null && same && known.left()) {
            return PullPlan.known(m.remote());
        }
        List<String> paths =
                m.resolution().unresolved().stream().map(Object::toString).toList();
        boolean isGone = m.external() == null;
        String reason = leave
                ? "Each side is left as it is"
                : isGone
                        ? "The target's record is " + word(m.remote().state())
                                + "; somebody has to decide whether the entity goes too"
                        : m.row() == null
                                ? "Deleted in DataCollect and changed at the target"
                                : "Both sides changed " + String.join(", ", paths);
        ObjectNode base = m.link().base();
        Unsettled unsettled = new Unsettled(
                m.remote().externalId(),
                m.link().guid(),
                m.kind().name(),
                word(m.resolution().kind()),
                m.resolution().likeness(),
                reason,
                paths,
                List.of(),
                base,
                m.situation().internal().record(),
                m.external(),
                m.resolution().merged(),
                isGone ? word(m.remote().state()) : null,
                fingerprint,
                leave);
        Debt hold = m.row() == null && !leave
                ? debt(m, true, State.HELD, "delete-update", "Deleted in DataCollect and changed at the target")
                : null;
        return PullPlan.unsettled(m.remote(), unsettled, same ? List.of() : decisions(m), hold);
    }

    private PullPlan delete(Matter m) {
        if (m.row() == null) {
            // The target's change loses: its record goes.
            return new PullPlan(
                    m.remote(),
                    agreed(m.remote(), m.link(), m.kind(), m.link().lane(), m.external(), false),
                    null,
                    debt(m, true, State.PENDING, null, null),
                    null,
                    null,
                    decisions(m),
                    false);
        }
        PulledChange event = Incoming.delete(
                mapping,
                m.remote(),
                m.link().guid(),
                m.link().revision() + 1,
                Expected.row(m.row().xmin()));
        Agreed agreed = agreed(m.remote(), m.link(), m.kind(), m.link().lane(), null, true);
        return new PullPlan(m.remote(), agreed, event, null, null, null, decisions(m), false);
    }

    private PullPlan keep(Matter m) {
        if (m.external() == null) {
            // Gone at the target, wanted in the store: made again there.
            return new PullPlan(
                    m.remote(),
                    agreed(m.remote(), m.link(), m.kind(), m.link().lane(), null, true),
                    null,
                    debt(m, false, State.PENDING, null, null),
                    null,
                    null,
                    decisions(m),
                    false);
        }
        boolean born = m.row() == null;
        Entity before = born
                ? new Entity(
                        mapping.tenant(),
                        m.link().guid(),
                        0,
                        null,
                        Newborn.blank(mapping, m.kind(), m.link().guid()))
                : m.entityRow().entity();
        ObjectNode merged = merged(m);
        Inward inward = m.kind().inward(merged, before.doc());
        if (born) {
            List<Problem> unfit = m.kind()
                    .outward(new Entity(mapping.tenant(), before.guid(), 1, null, inward.doc()))
                    .problems();
            if (!unfit.isEmpty()) {
                return PullPlan.park(
                        m.remote(), null, "not-mappable", unfit.get(0).toString());
            }
        }
        ObjectNode base = m.link().base();
        ObjectNode agreedBase = agreedBase(m, before, inward, base);
        Parked parked = inward.ok()
                ? null
                : PullPlan.parked(
                        m.remote(),
                        m.link().guid(),
                        "not-mappable",
                        inward.problems().get(0).toString());
        boolean nothing =
                inward.changedPaths().isEmpty() && base != null && m.shape().same(base, agreedBase);
        if (parked != null && (nothing || born)) {
            return new PullPlan(m.remote(), null, null, null, parked, null, List.of(), false);
        }
        Verdict verdict = m.resolution().verdict();
        boolean targetDiffers = verdict == Verdict.TAKE_INTERNAL || verdict == Verdict.MERGED;
        String lane = m.kind().laneOf(m.link().guid(), inward.doc());
        PulledChange event = inward.changedPaths().isEmpty() && !born
                ? null
                : Incoming.upsert(
                        mapping,
                        m.remote(),
                        m.link().guid(),
                        inward.doc(),
                        m.link().revision() + 1,
                        before.version(),
                        born ? Expected.absent() : Expected.row(m.entityRow().xmin()));
        Debt owe = targetDiffers ? debt(m, false, State.PENDING, null, null) : null;
        return new PullPlan(
                m.remote(),
                agreed(m.remote(), m.link(), m.kind(), lane, agreedBase, false),
                event,
                owe == null && born ? owe(m.link().guid(), m.kind().name(), lane) : owe,
                parked,
                null,
                decisions(m),
                false);
    }

    /** Without the fields that the entity says nothing about and the target did not change. */
    private static ObjectNode merged(Matter m) {
        ObjectNode merged = m.resolution().merged() == null
                ? JsonNodeFactory.instance.objectNode()
                : m.resolution().merged().deepCopy();
        ObjectNode base = m.link().base();
        for (String field : m.silent()) {
            if (base != null
                    && m.shape().same(merged.path(field).isMissingNode() ? null : merged.get(field), base.get(field))) {
                merged.remove(field);
            }
        }
        return merged;
    }

    /**
     * What the target holds, spelt as the entity's record spells it. What the entity could not take stays as it was
     * agreed before, so that it is not mistaken for the store's later.
     */
    private static ObjectNode agreedBase(Matter m, Entity before, Inward inward, @Nullable ObjectNode base) {
        ObjectNode external = m.external() == null ? JsonNodeFactory.instance.objectNode() : m.external();
        Entity after = new Entity(before.tenant(), before.guid(), before.version(), before.lastUpdated(), inward.doc());
        ObjectNode ours = m.kind().outward(after).record();
        ObjectNode agreed = external.deepCopy();
        for (Map.Entry<String, com.fasterxml.jackson.databind.JsonNode> field : external.properties()) {
            String name = field.getKey();
            if (m.shape().same(one(name, field.getValue()), one(name, ours.get(name)))) {
                agreed.remove(name);
                if (ours.has(name)) {
                    agreed.set(name, ours.get(name));
                }
            }
        }
        for (Problem problem : inward.problems()) {
            String field = String.valueOf(problem.field()).split("[.\\[]", 2)[0];
            agreed.remove(field);
            if (base != null && base.has(field)) {
                agreed.set(field, base.get(field));
            }
        }
        if (base != null) {
            base.properties().forEach(field -> {
                if (!external.has(field.getKey()) && !agreed.has(field.getKey())) {
                    agreed.set(field.getKey(), field.getValue());
                }
            });
        }
        return agreed;
    }

    private static ObjectNode one(String name, com.fasterxml.jackson.databind.@Nullable JsonNode value) {
        ObjectNode record = JsonNodeFactory.instance.objectNode();
        if (value != null) {
            record.set(name, value);
        }
        return record;
    }

    /** The target's record as the mapping sees it. A field that the target emptied and the entity lacks too is told. */
    private static ObjectNode external(Kind kind, ObjectNode resolved, ObjectNode doc, @Nullable ObjectNode base) {
        ObjectNode external = kind.canonical(resolved, doc);
        if (base != null) {
            base.fieldNames().forEachRemaining(name -> {
                if (resolved.path(name).isNull() && !external.has(name)) {
                    external.putNull(name);
                }
            });
        }
        return external;
    }

    /** What the target does not tell of is compared by what is told. */
    private static ObjectNode sameFields(ObjectNode base, ObjectNode external) {
        ObjectNode told = JsonNodeFactory.instance.objectNode();
        external.fieldNames().forEachRemaining(name -> {
            if (base.has(name)) {
                told.set(name, base.get(name));
            }
        });
        return told;
    }

    private static Agreed agreed(
            RemoteChange remote, StoredLink link, Kind kind, String lane, @Nullable ObjectNode base, boolean deleted) {
        return new Agreed(
                link.guid(),
                kind.name(),
                link.externalId(),
                remote.version(),
                base,
                kind.hash(),
                lane,
                link.revision(),
                deleted);
    }

    static Debt owe(String guid, String kind, String lane) {
        return new Debt(guid, kind, lane, false, State.PENDING, Debt.LIVE, null, null);
    }

    private static Debt debt(Matter m, boolean delete, State state, @Nullable String code, @Nullable String reason) {
        String lane = m.row() == null
                ? m.link().lane()
                : m.kind().laneOf(m.link().guid(), m.row().entity().doc());
        return new Debt(m.link().guid(), m.kind().name(), lane, delete, state, Debt.LIVE, code, reason);
    }

    private static List<Decision> decisions(Matter m) {
        List<Decision> rows = new ArrayList<>();
        Resolution resolution = m.resolution();
        if (resolution.kind() == ConflictKind.NONE) {
            return rows;
        }
        resolution
                .decisions()
                .forEach(d -> rows.add(new Decision(
                        m.link().guid(),
                        m.remote().externalId(),
                        word(resolution.kind()),
                        d.path().toString(),
                        d.rule(),
                        d.reason(),
                        d.state().name().toLowerCase(Locale.ROOT),
                        d.base(),
                        d.internal(),
                        d.external(),
                        d.result())));
        return rows;
    }

    private static Stamp stamp(Entity entity) {
        return new Stamp(entity.lastUpdated(), Long.toString(entity.version()));
    }

    private static org.synchub.conflict.State.Departure departure(RemoteState state) {
        return switch (state) {
            case ARCHIVED -> org.synchub.conflict.State.Departure.ARCHIVED;
            case DISABLED -> org.synchub.conflict.State.Departure.DISABLED;
            case GONE, PRESENT -> org.synchub.conflict.State.Departure.VANISHED;
        };
    }

    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
