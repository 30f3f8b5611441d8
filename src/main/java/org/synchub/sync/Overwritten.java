package org.synchub.sync;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.Deliveries;
import org.synchub.ledger.Links;
import org.synchub.store.Entities;

/**
 * Keeps a target from deleting an entity that was written back from a copy made before the last pull of another target: what
 * that one had changed is not in the store, so it would go unseen, and no decision could weigh it or name it. The deletion
 * waits until the other target's push has found the copy out and its pull has merged it, and no longer: where that is not
 * to be expected, or the other one waits for this one in the same way, it goes on.
 */
final class Overwritten {

    private final TargetRegistry targets;
    private final Links links;
    private final Deliveries deliveries;
    private final Drain drain;

    Overwritten(TargetRegistry targets, Links links, Deliveries deliveries, Drain drain) {
        this.targets = targets;
        this.links = links;
        this.deliveries = deliveries;
        this.drain = drain;
    }

    /**
     * Parks those plans that would delete such an entity.
     *
     * @param rows the entities as they were decided about, by guid
     */
    List<PullPlan> holdBack(TargetRuntime target, List<PullPlan> plans, Map<String, Entities.Row> rows) {
        Map<String, Entities.Row> going = new HashMap<>();
        for (PullPlan plan : plans) {
            String guid = deleted(plan);
            Entities.Row row = guid == null ? null : rows.get(guid);
            if (guid != null && row != null) {
                going.put(guid, row);
            }
        }
        if (going.isEmpty()) {
            return plans;
        }
        Set<String> busy = new HashSet<>();
        Map<String, String> copies = new HashMap<>();
        for (TargetRuntime other : targets.ofTenant(target.mapping().tenant())) {
            if (!other.name().equals(target.name())) {
                busy.addAll(ahead(other, going));
                copies(other, going).forEach(guid -> copies.put(guid, other.name()));
            }
        }
        List<PullPlan> all = new ArrayList<>();
        for (PullPlan plan : plans) {
            String guid = deleted(plan);
            String copied = guid == null ? null : copies.get(guid);
            if (guid != null && copied != null) {
                all.add(PullPlan.staleCopy(plan.remote(), guid, copied));
            } else {
                all.add(guid != null && busy.contains(guid) ? PullPlan.busy(plan.remote(), guid) : plan);
            }
        }
        return all;
    }

    /** The entity that a plan takes out of the store; null when it takes none. */
    private static @Nullable String deleted(PullPlan plan) {
        return plan.change() != null && plan.isDelete() ? plan.change().entityGuid() : null;
    }

    /** Whether it is a copy is known of what is drained only. */
    private Set<String> ahead(TargetRuntime other, Map<String, Entities.Row> going) {
        Set<String> ahead = drain.ahead(other.mapping(), going);
        if (!ahead.isEmpty()) {
            drain.drain();
            ahead = drain.ahead(other.mapping(), going);
        }
        return ahead;
    }

    private Set<String> copies(TargetRuntime other, Map<String, Entities.Row> going) {
        Map<String, Long> stamps = new HashMap<>();
        for (String guid : deliveries.toBeMerged(other.name(), going.keySet(), PullPlan.STALE_COPY)) {
            Entities.Row row = going.get(guid);
            if (row != null) {
                stamps.put(guid, Incoming.stamp(other.name(), row.entity().doc()));
            }
        }
        return links.copies(other.name(), stamps).keySet();
    }
}
