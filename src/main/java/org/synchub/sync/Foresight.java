package org.synchub.sync;

import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.Links;
import org.synchub.ledger.StoredLink;
import org.synchub.mapping.Kind;
import org.synchub.mapping.Mapping;
import org.synchub.store.Entities;
import org.synchub.target.RemoteChange;
import org.synchub.target.RemoteState;

/**
 * What will be decided about the records of a page if nothing comes between: worked out while the page before is being
 * written, because deciding is pure. It counts only for a record whose link, entity and references turn out to be the
 * ones it was worked out from; any other is decided when its turn comes.
 */
final class Foresight {

    /** Nothing was worked out. */
    static final Foresight NONE = new Foresight(Map.of(), Map.of());

    /**
     * @param xmin the version of the entity's row; null when there was none
     * @param guids what the record refers to, by the target's ids
     */
    private record Guess(StoredLink link, @Nullable String xmin, Map<String, String> guids, PullPlan plan) {}

    private final IdentityHashMap<RemoteChange, Guess> guesses = new IdentityHashMap<>();

    private final Map<String, StoredLink> links;
    private final Map<String, Entities.Row> rows;

    private Foresight(Map<String, StoredLink> links, Map<String, Entities.Row> rows) {
        this.links = links;
        this.rows = rows;
    }

    /** Expects that newcomers become entities where the mapping says so, and that the page before is taken in. */
    static Foresight of(TargetRuntime target, Collection<RemoteChange> changes, Links links, Entities entities) {
        Mapping mapping = target.mapping();
        if (mapping.kinds().stream().anyMatch(Kind::followsEvents)) {
            // Their entities do not count as they stand.
            return NONE;
        }
        IdentityHashMap<RemoteChange, Set<String>> refers = new IdentityHashMap<>();
        Set<String> ids = new LinkedHashSet<>();
        for (RemoteChange change : changes) {
            Set<String> mine = new LinkedHashSet<>();
            if (change.record() != null) {
                References.externalIds(change.record(), mine);
            }
            refers.put(change, mine);
            ids.add(change.externalId());
            ids.addAll(mine);
        }
        Map<String, StoredLink> linked = links.byExternalId(target.name(), ids);
        Map<String, String> guids = new HashMap<>();
        for (String id : ids) {
            StoredLink link = linked.get(id);
            guids.put(id, link == null ? Incoming.newGuid(mapping, id) : link.guid());
        }
        List<String> own = changes.stream()
                .map(change -> linked.get(change.externalId()))
                .filter(Objects::nonNull)
                .map(StoredLink::guid)
                .toList();
        Map<String, Entities.Row> rows = entities.rows(mapping.tenant(), own);
        PullDecider decider =
                new PullDecider(target, guids, Map.of(), Map.of(), Set.of(), Map.of(), PullDecider.Answer.POLICY, NONE);
        Foresight foresight = new Foresight(linked, rows);
        for (RemoteChange change : changes) {
            StoredLink link = linked.get(change.externalId());
            Entities.Row row = link == null ? null : rows.get(link.guid());
            Map<String, String> mine = new HashMap<>();
            for (String id : refers.getOrDefault(change, Set.of())) {
                mine.put(id, String.valueOf(guids.get(id)));
            }
            if (link != null) {
                foresight.note(change, link, row, mine, decider.decide(change, link, row));
            } else if (change.state() == RemoteState.PRESENT && change.key() == null) {
                foresight.expectNewborn(mapping, decider, change, mine);
            }
        }
        return foresight;
    }

    private void expectNewborn(Mapping mapping, PullDecider decider, RemoteChange change, Map<String, String> guids) {
        mapping.kindNamed(change.kind()).filter(Kind::createFromOutside).ifPresent(kind -> {
            String guid = Incoming.newGuid(mapping, change.externalId());
            StoredLink link = Newcomers.unlinked(change, kind, guid, guid);
            note(change, link, null, guids, decider.create(change, link, kind));
        });
    }

    private void note(
            RemoteChange change,
            StoredLink link,
            Entities.@Nullable Row row,
            Map<String, String> guids,
            PullPlan plan) {
        guesses.put(change, new Guess(link, row == null ? null : row.xmin(), guids, plan));
    }

    /** The links as they were, by external id. */
    Map<String, StoredLink> links() {
        return links;
    }

    /** The linked entities as they were, by guid. */
    Map<String, Entities.Row> rows() {
        return rows;
    }

    /**
     * The plan that was worked out for this very record from all this.
     *
     * @param guids the store's guids by the target's ids
     * @return null when there is none, or when it was worked out from something else
     */
    @Nullable
    PullPlan plan(RemoteChange change, StoredLink link, Entities.@Nullable Row row, Map<String, String> guids) {
        Guess guess = guesses.get(change);
        if (guess == null) {
            return null;
        }
        boolean holds = Objects.equals(guess.xmin(), row == null ? null : row.xmin())
                && guids.entrySet().containsAll(guess.guids().entrySet())
                && guess.link().equals(link);
        return holds ? guess.plan() : null;
    }
}
