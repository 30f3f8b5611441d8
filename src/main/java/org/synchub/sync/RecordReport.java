package org.synchub.sync;

import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.RecordSearch;
import org.synchub.ledger.RecordSearch.Decision;
import org.synchub.ledger.RecordSearch.Row;
import org.synchub.ledger.State;

/** What is known of single records, for people who look for one. Keys, states and reasons, never what a record holds. */
public class RecordReport {

    private static final int MOST_DECISIONS = 200;

    private final TargetRegistry targets;
    private final RecordSearch search;

    public RecordReport(TargetRegistry targets, RecordSearch search) {
        this.targets = targets;
        this.search = search;
    }

    /**
     * One entity across all targets of its tenant.
     *
     * @param level LOCAL, SYNCED or EXTERNAL; null when the entity is gone
     * @param decisions what was decided about it, the newest first
     */
    public record Whole(
            String guid, String tenant, @Nullable String level, List<Row> targets, List<Decision> decisions) {}

    /**
     * An entity by its guid.
     *
     * @return one for each tenant that has it: guids are unique within a tenant only
     * @throws NoSuchThing when no target has ever been owed it
     */
    public List<Whole> of(String guid) {
        List<Whole> found = targets.tenants().stream()
                .map(tenant -> of(tenant, guid))
                .filter(whole -> !whole.targets().isEmpty())
                .toList();
        if (found.isEmpty()) {
            throw new NoSuchThing("No target of this hub has ever been owed a record " + guid);
        }
        return found;
    }

    private Whole of(String tenant, String guid) {
        List<String> names = targets.all().stream()
                .filter(target -> target.mapping().tenant().equals(tenant))
                .map(TargetRuntime::name)
                .toList();
        return new Whole(
                guid,
                tenant,
                search.level(tenant, guid).orElse(null),
                search.byGuid(names, guid),
                search.decisions(names, guid, MOST_DECISIONS));
    }

    /** The records that go by an id at a target, or at any of them when it is null. */
    public List<Row> byExternalId(@Nullable String target, String externalId) {
        return search.byExternalId(names(target), externalId);
    }

    /** The records of an entity at a target, or at all of them when it is null. */
    public List<Row> byGuid(@Nullable String target, String guid) {
        return search.byGuid(names(target), guid);
    }

    /**
     * A page of a target's records in the order of their guids.
     *
     * @param after guid of the last one of the page before; empty for the first
     */
    public List<Row> page(String target, @Nullable State state, @Nullable String kind, String after, int most) {
        targets.get(target);
        return search.page(target, state, kind, after, most);
    }

    private Collection<String> names(@Nullable String target) {
        return target == null
                ? targets.all().stream().map(TargetRuntime::name).toList()
                : List.of(targets.get(target).name());
    }
}
