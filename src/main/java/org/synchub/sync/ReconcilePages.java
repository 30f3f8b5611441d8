package org.synchub.sync;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.synchub.conflict.Merge;
import org.synchub.conflict.Policy;
import org.synchub.conflict.Shape;
import org.synchub.ledger.Deliveries;
import org.synchub.ledger.Links;
import org.synchub.ledger.PullLedger;
import org.synchub.ledger.State;
import org.synchub.ledger.StoredLink;
import org.synchub.ledger.Targets.Restored;
import org.synchub.mapping.Kind;
import org.synchub.mapping.Mapping;
import org.synchub.store.Entities;
import org.synchub.target.RemoteChange;
import org.synchub.target.RemoteState;

/**
 * Decides about linked records one by one after the store or the target was restored, and writes it down.
 *
 * <p>A store that went back: what it had delivered before is at the target, so what the target holds otherwise is what the
 * store has lost. What the store was still owing, or has got since, is left to a person where it differs. A target that went
 * back: what is gone or older there is owed again; what was edited there since is left to a person where the two differ.
 */
public class ReconcilePages {

    private static final int PAGE = 200;

    /** Whoever changed alone is right, whatever the mapping's policy; people decide the rest. */
    private static final PullDecider.Answer CAREFUL = (situation, policy) -> Merge.resolve(situation, Policy.careful());

    private final Links links;
    private final Entities entities;
    private final Drifts drifts;
    private final Deliveries deliveries;
    private final PullLedger ledger;
    private final PullWriter writer;

    public ReconcilePages(
            Links links,
            Entities entities,
            Drifts drifts,
            Deliveries deliveries,
            PullLedger ledger,
            PullWriter writer) {
        this.links = links;
        this.entities = entities;
        this.drifts = drifts;
        this.deliveries = deliveries;
        this.ledger = ledger;
        this.writer = writer;
    }

    /**
     * What is to be done about some linked records.
     *
     * @param gone entities whose record the target has no more, to be made again there
     */
    record Page(List<PullPlan> plans, List<String> gone, int unchanged) {

        void count(Reconciliation.Count count) {
            count.add(plans);
            count.owed(gone.size());
            count.unchanged(unchanged);
        }
    }

    /** Decides and writes; what somebody changes meanwhile is decided again. */
    void settle(
            TargetRuntime target,
            Restored what,
            @Nullable Instant to,
            long run,
            List<String> guids,
            Reconciliation.Count count) {
        Page page = of(target, what, to, guids);
        if (writer.write(target, run, PullWriter.Author.HUB, page.plans(), () -> makeAgain(target, page.gone()))) {
            page.count(count);
            return;
        }
        if (guids.size() > 1) {
            guids.forEach(guid -> settle(target, what, to, run, List.of(guid), count));
            return;
        }
        // Each time somebody wrote it in the milliseconds between: it goes on like any change.
        count.unchanged(guids.size());
    }

    private void makeAgain(TargetRuntime target, List<String> gone) {
        if (!gone.isEmpty()) {
            deliveries.oweAgain(target.name(), new Resync.Scope(List.of(), gone, false).reach());
            links.forget(target.name(), gone);
        }
    }

    /** @param to what was agreed on before is not concerned; null when that is not known */
    Page of(TargetRuntime target, Restored what, @Nullable Instant to, List<String> guids) {
        Mapping mapping = target.mapping();
        Map<String, StoredLink> all = links.byGuid(target.name(), guids);
        Map<String, StoredLink> linked = concerned(target, all, to);
        List<StoredLink> live =
                linked.values().stream().filter(link -> !link.deleted()).toList();
        Restores.Witnesses held = new Restores.Witnesses(target, live);
        Map<String, Entities.Row> rows = drifts.rowsAsWanted(mapping, entities.rows(mapping.tenant(), guids));
        Map<String, State> states = deliveries.states(target.name(), guids);
        Map<String, String> referred =
                referred(target, live.stream().map(held::of).toList());
        PullDecider decider = decider(target, referred);
        Map<String, ObjectNode> before =
                what == Restored.STORE ? Map.of() : links.previousBases(target.name(), linked.keySet());
        Sides sides = new Sides(target);
        List<PullPlan> plans = new ArrayList<>();
        List<String> gone = new ArrayList<>();
        int unchanged = all.size() - linked.size();
        for (StoredLink link : linked.values()) {
            Entities.Row row = rows.get(link.guid());
            Kind kind = mapping.kindNamed(link.kind()).orElse(null);
            PullPlan plan = null;
            if (kind != null && what == Restored.STORE) {
                plan = afterStore(decider, link, kind, row, held.of(link), states.get(link.guid()));
            } else if (kind != null && row != null && !link.deleted() && held.isGone(link)) {
                gone.add(link.guid());
                continue;
            } else if (kind != null && row != null && !link.deleted()) {
                plan = afterTarget(sides, link, before.get(link.guid()), kind, row, held, referred);
            }
            if (plan == null) {
                unchanged++;
            } else {
                plans.add(plan);
            }
        }
        return new Page(plans, gone, unchanged);
    }

    private Map<String, StoredLink> concerned(
            TargetRuntime target, Map<String, StoredLink> linked, @Nullable Instant to) {
        if (to == null) {
            return linked;
        }
        Set<String> since = links.agreedSince(
                target.name(),
                linked.values().stream().map(StoredLink::externalId).toList(),
                to);
        Map<String, StoredLink> concerned = new LinkedHashMap<>(linked);
        concerned.values().removeIf(link -> !since.contains(link.externalId()));
        return concerned;
    }

    private Map<String, String> referred(TargetRuntime target, Collection<@Nullable RemoteChange> records) {
        Set<String> ids = new HashSet<>();
        for (RemoteChange record : records) {
            if (record != null && record.record() != null) {
                References.externalIds(record.record(), ids);
            }
        }
        Map<String, String> guids = new HashMap<>();
        links.byExternalId(target.name(), ids).forEach((id, link) -> guids.put(id, link.guid()));
        return guids;
    }

    private static PullDecider decider(TargetRuntime target, Map<String, String> referred) {
        return new PullDecider(target, referred, Map.of(), Map.of(), Set.of(), Map.of(), CAREFUL, Foresight.NONE);
    }

    /** @param state of the delivery; null also when its deletion is done with */
    private static @Nullable PullPlan afterStore(
            PullDecider decider,
            StoredLink link,
            Kind kind,
            Entities.@Nullable Row row,
            @Nullable RemoteChange remote,
            @Nullable State state) {
        if (link.deleted()) {
            return row == null || state != null ? null : backAgain(decider, link, kind, row);
        }
        if (remote == null || remote.state() != RemoteState.PRESENT) {
            return null;
        }
        if (row == null) {
            return state == State.DELIVERED ? decider.create(remote, link, kind) : null;
        }
        ObjectNode here = Records.normal(kind.outward(row.entity()).record());
        return decider.decide(remote, with(link, state == State.DELIVERED ? here : null), row);
    }

    /** Deleted here and there, and the backup has the entity again: somebody is asked, as of a record gone at the target. */
    private static PullPlan backAgain(PullDecider decider, StoredLink link, Kind kind, Entities.Row row) {
        ObjectNode here = Records.normal(kind.outward(row.entity()).record());
        RemoteChange gone = new RemoteChange(
                kind.name(), link.externalId(), link.version(), null, RemoteState.GONE, null, null, null);
        PullPlan asked = decider.decide(gone, with(link, here), row);
        return new PullPlan(
                gone,
                Conclusion.agreed(gone, link, kind, link.lane(), here, false),
                null,
                null,
                asked.parked(),
                asked.unsettled(),
                asked.decisions());
    }

    private static @Nullable PullPlan afterTarget(
            Sides sides,
            StoredLink link,
            @Nullable ObjectNode previous,
            Kind kind,
            Entities.Row row,
            Restores.Witnesses held,
            Map<String, String> referred) {
        RemoteChange remote = held.of(link);
        ObjectNode resolved =
                remote == null || remote.record() == null ? null : References.toGuids(remote.record(), referred);
        ObjectNode base = link.base();
        if (remote == null || resolved == null || base == null || remote.state() != RemoteState.PRESENT) {
            return null;
        }
        ObjectNode there = sides.told(kind, resolved, row.entity().doc(), base);
        Shape shape = sides.shape(kind);
        boolean same = shape.same(there, Agreements.sameFields(base, there));
        String lane = kind.laneOf(link.guid(), row.entity().doc());
        boolean before = !same && previous != null && shape.same(there, Agreements.sameFields(previous, there));
        boolean older = before || held.isOlder(link);
        if (older) {
            return new PullPlan(
                    remote,
                    Conclusion.agreed(remote, link, kind, lane, same ? base : there, false),
                    null,
                    same ? null : Conclusion.owe(link.guid(), kind, lane),
                    null,
                    null,
                    List.of());
        }
        if (same || previous == null) {
            return null;
        }
        // Edited since: which of its older values are the backup's and which somebody's cannot be told apart.
        ObjectNode common = JsonNodeFactory.instance.objectNode();
        base.properties().forEach(field -> {
            if (field.getValue().equals(there.get(field.getKey()))) {
                common.set(field.getKey(), field.getValue());
            }
        });
        return new PullPlan(
                remote, Conclusion.agreed(remote, link, kind, lane, common, false), null, null, null, null, List.of());
    }

    private static StoredLink with(StoredLink link, @Nullable ObjectNode base) {
        return new StoredLink(
                link.guid(),
                link.kind(),
                link.externalId(),
                link.version(),
                base,
                link.mappingHash(),
                link.lane(),
                link.revision(),
                false);
    }

    /** The plans, with entities made anew of the records that carry the hub's key and have no entity any more. */
    List<PullPlan> revived(TargetRuntime target, List<PullPlan> plans) {
        List<RemoteChange> lost = plans.stream()
                .filter(Reconcile::isKeyUnknown)
                .map(PullPlan::remote)
                .toList();
        PullDecider decider = decider(target, referred(target, List.copyOf(lost)));
        return plans.stream()
                .map(plan -> Reconcile.isKeyUnknown(plan) ? revived(target, decider, plan.remote()) : plan)
                .toList();
    }

    private static PullPlan revived(TargetRuntime target, PullDecider decider, RemoteChange remote) {
        Kind kind = target.mapping().kindNamed(remote.kind()).orElse(null);
        String guid = String.valueOf(remote.key());
        return kind == null
                ? PullPlan.echo(remote)
                : decider.create(remote, Newcomers.unlinked(remote, kind, guid, guid), kind);
    }

    /** Makes entities anew of records that carry the hub's key; what they refer to comes first. */
    void reviveParked(TargetRuntime target, long run, Reconciliation.Count count) {
        boolean moved = true;
        while (moved) {
            moved = false;
            List<String> parked = ledger.parked(target.name(), List.of(Newcomers.KEY_UNKNOWN, "refers-outside"), PAGE);
            List<RemoteChange> records = target.adapter().read(parked).stream()
                    .filter(record -> record.key() != null)
                    .toList();
            PullDecider decider = decider(target, referred(target, List.copyOf(records)));
            for (RemoteChange record : records) {
                PullPlan plan = revived(target, decider, record);
                if (plan.change() != null
                        && writer.write(target, run, PullWriter.Author.HUB, List.of(plan), () -> {})) {
                    count.add(List.of(plan));
                    moved = true;
                }
            }
        }
    }
}
