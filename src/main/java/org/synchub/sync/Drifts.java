package org.synchub.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionTemplate;
import org.synchub.ledger.Changes;
import org.synchub.ledger.Changes.Change;
import org.synchub.ledger.Deliveries;
import org.synchub.ledger.DriftLedger;
import org.synchub.ledger.DriftLedger.Drift;
import org.synchub.ledger.Links;
import org.synchub.mapping.Entity;
import org.synchub.mapping.Kind;
import org.synchub.mapping.Mapping;
import org.synchub.store.Entities;
import org.synchub.store.StoredEvents;
import org.synchub.store.StoredEvents.Said;

/**
 * Notices entities that do not hold what their events say. DataCollect's conflict rule stores events that it does not
 * apply, and resets entities to an older state. An entity is suspected when an event arrives that it does not hold; as
 * DataCollect saves the entity some time after the event, it is compared again later before anybody hears of it.
 */
public class Drifts {

    private static final Logger log = LoggerFactory.getLogger(Drifts.class);
    private static final int MOST = 500;

    /** DataCollect reads and hashes all events of a tenant between storing an event and saving the entity. */
    private static final Duration UNTIL_SAVED = Duration.ofMinutes(1);

    private final DriftLedger ledger;
    private final StoredEvents events;
    private final Entities entities;
    private final Deliveries deliveries;
    private final TargetRegistry targets;
    private final TransactionTemplate transaction;

    public Drifts(
            DriftLedger ledger,
            StoredEvents events,
            Entities entities,
            Deliveries deliveries,
            TargetRegistry targets,
            TransactionTemplate transaction) {
        this.ledger = ledger;
        this.events = events;
        this.entities = entities;
        this.deliveries = deliveries;
        this.targets = targets;
        this.transaction = transaction;
    }

    /** Suspects entities for which events arrived that they do not hold; part of the drain's transaction. */
    void suspect(String tenant, List<Change> changes) {
        Map<String, List<String>> arrived = new LinkedHashMap<>();
        List<String> toCompare = new ArrayList<>();
        for (Change change : changes) {
            if (!change.events().isEmpty()) {
                List<String> guids =
                        change.events().stream().map(Changes.Event::guid).toList();
                arrived.put(change.guid(), guids);
                if (!change.isOnlyPulled()) {
                    toCompare.addAll(guids);
                }
            }
        }
        Set<String> known = ledger.known(tenant, arrived.keySet());
        Set<String> unheld = events.unheld(tenant, toCompare);
        arrived.forEach((guid, stored) -> {
            if (known.contains(guid) || unheld.contains(guid)) {
                ledger.suspect(tenant, guid, stored);
            }
        });
    }

    OldForms oldForms(Links links) {
        return new OldForms(events, links);
    }

    /**
     * Compares what is suspected, and what was found before, with what the events say; run as housekeeping.
     *
     * @return how many entities differ
     */
    public int check() {
        Integer found = transaction.execute(status -> {
            Map<String, List<Drift>> byTenant = new LinkedHashMap<>();
            ledger.due(UNTIL_SAVED, MOST)
                    .forEach(drift -> byTenant.computeIfAbsent(drift.tenant(), t -> new ArrayList<>())
                            .add(drift));
            int differ = 0;
            for (Map.Entry<String, List<Drift>> tenant : byTenant.entrySet()) {
                differ += check(tenant.getKey(), tenant.getValue());
            }
            return differ;
        });
        return found == null ? 0 : found;
    }

    private int check(String tenant, List<Drift> suspected) {
        Map<String, Entity> held =
                entities.read(tenant, suspected.stream().map(Drift::guid).toList());
        Map<String, Said> said = events.read(
                tenant, suspected.stream().flatMap(d -> d.events().stream()).toList());
        int differ = 0;
        for (Drift before : suspected) {
            Entity entity = held.get(before.guid());
            Drift now = entity == null ? null : compare(before, entity, said);
            if (now == null) {
                ledger.forget(tenant, before.guid());
                continue;
            }
            differ++;
            ledger.found(now);
            if (before.said() == null) {
                log.info("Entity {} of tenant {} does not hold what its events say", before.guid(), tenant);
            }
            if (entity != null && now.said() != null && !now.said().equals(before.said())) {
                oweWhatEventsSay(tenant, entity);
            }
        }
        return differ;
    }

    private static @Nullable Drift compare(Drift suspected, Entity entity, Map<String, Said> said) {
        ObjectNode fold = JsonNodeFactory.instance.objectNode();
        boolean deleted = false;
        for (String event : suspected.events()) {
            Said one = said.get(event);
            if (one != null) {
                deleted = one.deletes();
                if (one.fields() != null) {
                    fold.setAll(one.fields());
                }
            }
        }
        ObjectNode wanted = JsonNodeFactory.instance.objectNode();
        ObjectNode held = JsonNodeFactory.instance.objectNode();
        JsonNode data = entity.doc().path("data");
        for (Map.Entry<String, JsonNode> field : fold.properties()) {
            JsonNode value = data.get(field.getKey());
            if (!field.getKey().equals(Incoming.STAMPS) && !field.getValue().equals(value)) {
                wanted.set(field.getKey(), field.getValue());
                if (value != null) {
                    held.set(field.getKey(), value);
                }
            }
        }
        return wanted.isEmpty() && !deleted
                ? null
                : new Drift(
                        suspected.tenant(),
                        suspected.guid(),
                        suspected.events(),
                        deleted,
                        wanted,
                        held,
                        entity.version(),
                        suspected.noticedAt());
    }

    private void oweWhatEventsSay(String tenant, Entity entity) {
        for (TargetRuntime target : targets.ofTenant(tenant)) {
            Optional<Kind> kind = target.mapping().kindOf(entity.doc());
            if (kind.isPresent() && kind.get().followsEvents()) {
                String lane = LaneKey.of(kind.get().laneOf(entity.guid(), entity.doc()));
                deliveries.owe(target.name(), List.of(Conclusion.owe(entity.guid(), kind.get(), lane)), false);
            }
        }
    }

    /** The entities as a target's mapping wants them: as they stand, or as their events say where it says so. */
    Map<String, Entity> asWanted(Mapping mapping, Map<String, Entity> standing) {
        List<String> followed = new ArrayList<>();
        if (mapping.kinds().stream().anyMatch(Kind::followsEvents)) {
            standing.forEach((guid, entity) -> {
                if (mapping.kindOf(entity.doc()).filter(Kind::followsEvents).isPresent()) {
                    followed.add(guid);
                }
            });
        }
        Map<String, Entity> wanted = new HashMap<>(standing);
        ledger.said(mapping.tenant(), followed).forEach((guid, fields) -> {
            Entity entity = standing.get(guid);
            if (entity != null) {
                ObjectNode doc = entity.doc().deepCopy();
                doc.withObjectProperty("data").setAll(fields);
                wanted.put(guid, new Entity(entity.tenant(), guid, entity.version(), entity.lastUpdated(), doc));
            }
        });
        return wanted;
    }

    /** As {@link #asWanted}, for entities with their rows' versions. */
    Map<String, Entities.Row> rowsAsWanted(Mapping mapping, Map<String, Entities.Row> rows) {
        Map<String, Entity> standing = new HashMap<>();
        rows.forEach((guid, row) -> standing.put(guid, row.entity()));
        Map<String, Entity> counts = asWanted(mapping, standing);
        Map<String, Entities.Row> wanted = new HashMap<>();
        rows.forEach((guid, row) ->
                wanted.put(guid, new Entities.Row(counts.getOrDefault(guid, row.entity()), row.xmin())));
        return wanted;
    }

    /** What was found, the oldest first; of one tenant when one is named. */
    public List<Drift> list(@Nullable String tenant, int most) {
        return ledger.list(tenant, most);
    }

    /**
     * One that was found.
     *
     * @throws NoSuchThing when it is not on the list
     */
    public Drift of(String tenant, String guid) {
        return ledger.find(tenant, guid)
                .orElseThrow(() -> new NoSuchThing(
                        "Entity " + guid + " of tenant " + tenant + " is not on the list; see 'drift list'"));
    }

    /**
     * Takes an entity off the list until another event of it is dropped: a person has seen it.
     *
     * @throws NoSuchThing when it is not on the list
     */
    public void dismiss(String tenant, String guid) {
        of(tenant, guid);
        ledger.forget(tenant, guid);
    }
}
