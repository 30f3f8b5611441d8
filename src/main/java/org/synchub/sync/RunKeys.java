package org.synchub.sync;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.synchub.store.Entities;
import org.synchub.store.KeyValues;
import org.synchub.store.KeyValues.Place;
import org.synchub.store.KeyValues.Written;

/**
 * Finds entities by the values of keys, for one run. A few times by reading the tenant's entities; a run that goes on
 * asking notes once what they hold and then looks there. Before each look it adds what was written since the last one:
 * what it wrote itself is added with the page, and whether others wrote is told by the capture trigger's count. Where
 * nothing counts, the rows' versions tell.
 */
final class RunKeys {

    /** So many times the entities are read; most runs meet few newcomers. */
    private static final int READS = 4;

    private final Entities entities;
    private final KeyValues values;
    private final String tenant;
    private final long run;
    private final Set<Place> noted = new LinkedHashSet<>();
    private int reads;
    private String horizon = "";
    private @Nullable Written seen;

    RunKeys(Entities entities, KeyValues values, String tenant, long run) {
        this.entities = entities;
        this.values = values;
        this.tenant = tenant;
        this.run = run;
    }

    /** Entities that hold one of these texts at a place; there may be others among them. */
    List<Entities.Row> withValue(Place place, Collection<String> texts) {
        if (!noted.contains(place) && reads < READS) {
            reads++;
            return entities.withValue(tenant, place.jsonPath(), texts, place.length());
        }
        catchUp(place);
        return List.copyOf(
                entities.rows(tenant, values.guids(run, place, texts)).values());
    }

    private void catchUp(Place place) {
        Written now = values.written();
        if (now == null || !now.equals(seen)) {
            // Who writes now is counted already, but seen only once they commit.
            Written known = values.isBeingWritten() ? null : now;
            String next = values.horizon();
            for (Place before : noted) {
                values.addSince(run, tenant, before, horizon);
            }
            horizon = next;
            seen = known;
        }
        if (!noted.contains(place)) {
            values.addAll(run, tenant, place);
            noted.add(place);
        }
    }

    /** Notes what a page of this run has written; it is committed. */
    void wrote(List<PullPlan> plans) {
        if (noted.isEmpty()) {
            return;
        }
        List<String> guids = new ArrayList<>();
        boolean deletes = false;
        for (PullPlan plan : plans) {
            deletes |= plan.isDelete();
            if (plan.change() != null && !plan.isDelete()) {
                guids.add(plan.change().entityGuid());
            }
        }
        if (guids.isEmpty() && !deletes) {
            return;
        }
        for (Place place : noted) {
            values.add(run, tenant, place, guids);
        }
        Written before = seen;
        // What goes with a deletion is not known here.
        seen = before == null || deletes ? null : new Written(before.counter(), before.rows() + guids.size());
    }

    void end() {
        if (!noted.isEmpty()) {
            values.forget(run);
            noted.clear();
        }
    }
}
