package org.synchub.sync;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.ConflictQueue.Unsettled;
import org.synchub.ledger.Deliveries;
import org.synchub.ledger.Links;
import org.synchub.ledger.State;
import org.synchub.ledger.StoredLink;
import org.synchub.mapping.KeySource;
import org.synchub.mapping.Kind;
import org.synchub.mapping.Mapping;
import org.synchub.store.Entities;
import org.synchub.store.KeyValues.Place;
import org.synchub.target.RemoteChange;

/**
 * Matches records that were born at a target to entities: by the hub's own key, then by the mapping's keys. One match
 * links, several go to the queue, none makes a new entity where the mapping says so. What a record refers to comes first.
 */
final class Newcomers {

    /** Looks entities up by what they hold at a place; it may find others too. */
    @FunctionalInterface
    interface Holders {
        List<Entities.Row> of(Place place, Collection<String> texts);
    }

    /** Why a record is parked that carries the hub's key of an entity that is not there. */
    static final String KEY_UNKNOWN = "key-unknown";

    private final Links links;
    private final Entities entities;
    private final Deliveries deliveries;

    Newcomers(Links links, Entities entities, Deliveries deliveries) {
        this.links = links;
        this.entities = entities;
        this.deliveries = deliveries;
    }

    /** One page's newcomers while they are being decided. */
    private final class Page {

        private final Mapping mapping;
        private final Holders holders;
        private final PullDecider decider;
        private final Map<String, String> guids;
        private final Map<String, Set<String>> matches = new HashMap<>();
        private final Map<String, Entities.Row> rows = new HashMap<>();
        private final Map<String, StoredLink> taken;
        private final Map<String, State> states;
        private final Set<String> claimed = new HashSet<>();

        private Page(
                TargetRuntime target,
                Holders holders,
                PullDecider decider,
                Map<String, String> guids,
                Collection<RemoteChange> born) {
            this.mapping = target.mapping();
            this.holders = holders;
            this.decider = decider;
            this.guids = guids;
            matchByKeys(born);
            Set<String> all = new LinkedHashSet<>();
            for (RemoteChange change : born) {
                if (change.key() != null) {
                    all.add(change.key());
                }
                all.add(Incoming.newGuid(mapping, change.externalId()));
            }
            rows.putAll(entities.rows(mapping.tenant(), all));
            all.addAll(rows.keySet());
            taken = links.byGuid(target.name(), all);
            states = deliveries.states(target.name(), all);
        }

        private void matchByKeys(Collection<RemoteChange> born) {
            for (Kind kind : mapping.kinds()) {
                for (List<String> key : kind.keys()) {
                    matchByKey(kind, key, born);
                }
            }
        }

        private void matchByKey(Kind kind, List<String> key, Collection<RemoteChange> born) {
            Map<String, Set<String>> wanted = new HashMap<>();
            Map<String, Set<String>> texts = new TreeMap<>();
            boolean prefix = false;
            for (RemoteChange change : born) {
                ObjectNode record = change.record();
                if (change.key() != null || record == null || !change.kind().equals(kind.name())) {
                    continue;
                }
                String value = kind.keyOf(key, record);
                KeySource source = kind.keySource(key, record);
                if (value != null && source != null) {
                    wanted.computeIfAbsent(value, v -> new LinkedHashSet<>()).add(change.externalId());
                    texts.computeIfAbsent(source.jsonPath(), p -> new TreeSet<>())
                            .add(source.value());
                    prefix = source.isPrefix();
                }
            }
            int length = prefix ? "2000-01-01".length() : Integer.MAX_VALUE;
            for (Map.Entry<String, Set<String>> place : texts.entrySet()) {
                for (Entities.Row row : holders.of(new Place(place.getKey(), length), place.getValue())) {
                    note(kind, key, row, wanted);
                }
            }
        }

        private void note(Kind kind, List<String> key, Entities.Row row, Map<String, Set<String>> wanted) {
            boolean sameKind =
                    mapping.kindOf(row.entity().doc()).filter(kind::equals).isPresent();
            String value = sameKind ? kind.keyOf(key, kind.outward(row.entity()).record()) : null;
            for (String externalId : wanted.getOrDefault(String.valueOf(value), Set.of())) {
                matches.computeIfAbsent(externalId, id -> new TreeSet<>())
                        .add(row.entity().guid());
                rows.put(row.entity().guid(), row);
            }
        }

        /** Null while it refers to another newcomer that is still to be decided. */
        private @Nullable PullPlan decide(RemoteChange change, Set<String> undecided) {
            Optional<Kind> found = mapping.kindNamed(change.kind());
            if (found.isEmpty() || change.record() == null) {
                return PullPlan.echo(change);
            }
            Set<String> refers = new HashSet<>();
            References.externalIds(change.record(), refers);
            refers.removeAll(guids.keySet());
            if (!refers.isEmpty()) {
                refers.remove(change.externalId());
                refers.retainAll(undecided);
                return refers.isEmpty() ? PullDecider.refersOutside(change, change.key()) : null;
            }
            PullPlan plan = matched(change, found.get());
            if (plan.agreed() != null) {
                guids.put(change.externalId(), plan.agreed().guid());
                claimed.add(plan.agreed().guid());
            }
            return plan;
        }

        private PullPlan matched(RemoteChange change, Kind kind) {
            String key = change.key();
            if (key != null) {
                return rows.containsKey(key)
                        ? link(change, kind, key)
                        : PullPlan.park(
                                change,
                                key,
                                KEY_UNKNOWN,
                                "Carries the hub's key of entity " + key + ", which is not in the store");
            }
            Set<String> matching = matches.getOrDefault(change.externalId(), Set.of());
            if (matching.size() > 1) {
                return ambiguous(change, kind, matching, "Several entities have the same key");
            }
            if (matching.size() == 1) {
                return link(change, kind, matching.iterator().next());
            }
            String guid = Incoming.newGuid(mapping, change.externalId());
            if (rows.containsKey(guid)) {
                return link(change, kind, guid);
            }
            return kind.createFromOutside()
                    ? decider.create(change, unlinked(change, kind, guid, guid), kind)
                    : PullPlan.park(
                            change,
                            null,
                            "born-outside",
                            "Not linked to any entity of the store, and kind " + kind.name()
                                    + " does not say createFromOutside; linked when a key of it matches");
        }

        private PullPlan link(RemoteChange change, Kind kind, String guid) {
            StoredLink other = taken.get(guid);
            if (other != null || claimed.contains(guid)) {
                return ambiguous(
                        change,
                        kind,
                        Set.of(guid),
                        "The entity that matches is linked to another record of the target");
            }
            State state = states.get(guid);
            if (state == State.IN_FLIGHT || state == State.UNKNOWN) {
                return PullPlan.park(
                        change, guid, PullPlan.BUSY, "A push of this entity is under way; tried again after it");
            }
            Entities.Row row = rows.get(guid);
            String lane = row == null ? guid : kind.laneOf(guid, row.entity().doc());
            return decider.decide(change, unlinked(change, kind, guid, lane), row);
        }

        private PullPlan ambiguous(RemoteChange change, Kind kind, Set<String> candidates, String reason) {
            Unsettled unsettled = new Unsettled(
                    change.externalId(),
                    null,
                    kind.name(),
                    "create-create",
                    "CREATE_CREATE " + reason,
                    reason,
                    List.of("*"),
                    List.copyOf(new TreeSet<>(candidates)),
                    null,
                    null,
                    change.record(),
                    null,
                    null,
                    new TreeSet<>(candidates) + " " + change.version(),
                    false);
            return PullPlan.unsettled(change, unsettled, List.of(), null);
        }
    }

    /** A link that is still to be made. */
    static StoredLink unlinked(RemoteChange change, Kind kind, String guid, String lane) {
        return new StoredLink(guid, kind.name(), change.externalId(), null, null, kind.hash(), lane, 0, false);
    }

    /**
     * Decides about records that have no link, each after what it refers to.
     *
     * @param guids the store's guids by the target's ids; what is linked here is added
     */
    List<PullPlan> decide(
            TargetRuntime target,
            Holders holders,
            PullDecider decider,
            Map<String, String> guids,
            List<RemoteChange> born) {
        if (born.isEmpty()) {
            return List.of();
        }
        Page page = new Page(target, holders, decider, guids, born);
        Map<String, RemoteChange> left = new LinkedHashMap<>();
        born.forEach(change -> left.put(change.externalId(), change));
        List<PullPlan> plans = new ArrayList<>();
        boolean moved = true;
        while (moved && !left.isEmpty()) {
            moved = false;
            for (RemoteChange change : List.copyOf(left.values())) {
                PullPlan plan = page.decide(change, left.keySet());
                if (plan != null) {
                    plans.add(plan);
                    left.remove(change.externalId());
                    moved = true;
                }
            }
        }
        left.values().forEach(change -> plans.add(PullDecider.refersOutside(change, change.key())));
        return plans;
    }
}
