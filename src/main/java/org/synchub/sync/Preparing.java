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
import org.synchub.store.Entities;
import org.synchub.sync.PushWriter.Prepared;
import org.synchub.target.Write;

/** Makes of a claim what is to be sent, and settles at once what needs no request. */
final class Preparing {

    private static final Logger log = LoggerFactory.getLogger(Preparing.class);
    private static final Duration LANE_WAIT = Duration.ofMillis(500);

    private final Leases leases;
    private final Links links;
    private final Entities entities;
    private final Retries retries;
    private final Dependencies dependencies;

    Preparing(Leases leases, Deliveries deliveries, Links links, Entities entities, Retries retries) {
        this.leases = leases;
        this.links = links;
        this.entities = entities;
        this.retries = retries;
        this.dependencies = new Dependencies(deliveries, links);
    }

    /** Fills the writer's batches, and what it can settle without a request. */
    void prepare(PushWriter writer) {
        Claim claim = writer.held();
        Mapping mapping = writer.run().target().mapping();
        List<String> guids = claim.deliveries().stream().map(Claimed::guid).toList();
        Map<String, Entity> found = entities.read(mapping.tenant(), guids);
        Map<String, StoredLink> linked = links.byGuid(mapping.target(), guids);
        linked.forEach((guid, link) -> {
            if (!link.deleted()) {
                writer.externalIds().put(guid, link.externalId());
            }
        });
        Set<String> copies = copies(mapping, found, linked);
        Map<String, Set<String>> needed = lanesNeeded(mapping, claim, found, linked);
        Set<String> lanes = lanesToo(claim, needed);

        Map<String, Prepared> prepared = new LinkedHashMap<>();
        for (Claimed claimed : claim.deliveries()) {
            if (!lanes.containsAll(needed.getOrDefault(claimed.guid(), Set.of()))) {
                writer.ready().add(later(claimed));
                continue;
            }
            StoredLink link = linked.get(claimed.guid());
            boolean copy = copies.contains(claimed.guid());
            Prepared next = prepare(writer, mapping, claimed, found.get(claimed.guid()), link, copy);
            if (next != null) {
                prepared.put(claimed.guid(), next);
            }
        }
        dependencies.order(writer, prepared);
    }

    /**
     * A record that moved between households needs both lanes: its old membership ends in the one it left. Where it goes
     * is read from the entity, which may have moved on since it was owed.
     */
    private static Map<String, Set<String>> lanesNeeded(
            Mapping mapping, Claim claim, Map<String, Entity> found, Map<String, StoredLink> linked) {
        Map<String, Set<String>> needed = new HashMap<>();
        for (Claimed claimed : claim.deliveries()) {
            Set<String> lanes = new HashSet<>();
            StoredLink link = linked.get(claimed.guid());
            if (link != null) {
                lanes.add(link.lane());
            }
            Entity entity = found.get(claimed.guid());
            if (entity != null) {
                mapping.kindOf(entity.doc()).ifPresent(kind -> lanes.add(lane(kind, entity)));
            }
            needed.put(claimed.guid(), lanes);
        }
        return needed;
    }

    private static String lane(Kind kind, Entity entity) {
        return LaneKey.of(kind.laneOf(entity.guid(), entity.doc()));
    }

    private Set<String> lanesToo(Claim claim, Map<String, Set<String>> needed) {
        Set<String> lanes = new HashSet<>(claim.lanes());
        Set<String> more = new HashSet<>();
        needed.values().forEach(more::addAll);
        more.removeAll(lanes);
        lanes.addAll(leases.leaseAlso(claim, more));
        return lanes;
    }

    private Settlement later(Claimed claimed) {
        return new Settlement(
                claimed.guid(),
                claimed.revision(),
                State.PENDING,
                retries.jitter(LANE_WAIT),
                null,
                false,
                false,
                Tally.NONE,
                null,
                "Waits for the household that it is leaving or joining",
                null,
                null);
    }

    /** One record that cannot be mapped for a fault of the hub's stops only itself. */
    private @Nullable Prepared prepare(
            PushWriter writer,
            Mapping mapping,
            Claimed claimed,
            @Nullable Entity entity,
            @Nullable StoredLink link,
            boolean copy) {
        try {
            return entity == null
                    ? prepareGone(writer, mapping, claimed, link)
                    : prepareUpsert(writer, mapping, claimed, entity, link, copy);
        } catch (RuntimeException e) {
            log.error("{}: {} could not be mapped", mapping.target(), claimed.guid(), e);
            writer.ready()
                    .add(Settlement.attention(
                            claimed.guid(),
                            claimed.revision(),
                            State.REJECTED,
                            "mapping-failed",
                            "The hub failed to map it (" + e.getClass().getSimpleName() + "); see the hub's log",
                            null));
            return null;
        }
    }

    private @Nullable Prepared prepareGone(
            PushWriter writer, Mapping mapping, Claimed claimed, @Nullable StoredLink link) {
        if (!claimed.delete()) {
            // The deletion itself has not been drained yet: whether it may go out is decided there.
            writer.ready().add(notSent(claimed, State.EXCLUDED, "gone", "No longer in the store"));
            return null;
        }
        boolean uncertain = claimed.uncertainSince() != null;
        if (!uncertain && (link == null || link.deleted())) {
            writer.ready()
                    .add(
                            link == null
                                    ? notSent(claimed, State.EXCLUDED, "deleted", "Deleted before it was delivered")
                                    : Settlement.delivered(claimed.guid(), claimed.revision(), Tally.UNCHANGED, null));
            return null;
        }
        Optional<Kind> kind = kind(mapping, link == null ? claimed.kind() : link.kind());
        if (kind.isEmpty() || kind.get().onDelete() == OnDelete.IGNORE) {
            writer.ready().add(ignored(claimed, link, kind.isEmpty()));
            return null;
        }
        if (kind.get().onDelete() == OnDelete.ASK && !claimed.confirmed()) {
            writer.ready().add(notSent(claimed, State.HELD, Drain.ASKS, Drain.ASKS_REASON));
            return null;
        }
        return new Prepared(
                claimed,
                kind.get(),
                link == null ? claimed.lane() : link.lane(),
                Write.Operation.DELETE,
                JsonNodeFactory.instance.objectNode(),
                List.of(),
                link,
                null);
    }

    private static Settlement notSent(Claimed claimed, State state, String code, String reason) {
        return Settlement.notSent(claimed.guid(), claimed.revision(), state, code, reason);
    }

    private static Settlement ignored(Claimed claimed, @Nullable StoredLink link, boolean noKind) {
        String reason = noKind
                ? "Deleted in DataCollect; the mapping has no such record kind any more, so the target's record stays"
                : "Deleted in DataCollect; the mapping's onDelete leaves the target's record as it is";
        return new Settlement(
                claimed.guid(),
                claimed.revision(),
                State.DELIVERED,
                null,
                null,
                false,
                false,
                Tally.UNCHANGED,
                "delete-ignored",
                reason,
                null,
                link == null
                        ? null
                        : new Agreement(
                                link.kind(), link.externalId(), null, null, link.mappingHash(), link.lane(), true));
    }

    private static Optional<Kind> kind(Mapping mapping, String name) {
        return mapping.kinds().stream().filter(k -> k.name().equals(name)).findFirst();
    }

    private @Nullable Prepared prepareUpsert(
            PushWriter writer,
            Mapping mapping,
            Claimed claimed,
            Entity entity,
            @Nullable StoredLink link,
            boolean copy) {
        Optional<Kind> matched = mapping.kindOf(entity.doc());
        if (matched.isEmpty()) {
            writer.ready().add(notSent(claimed, State.EXCLUDED, "no-kind", "No record kind of the mapping matches it"));
            return null;
        }
        Kind kind = matched.get();
        Mapped mapped = kind.outward(entity);
        if (!mapped.ok()) {
            writer.ready().add(refusal(claimed, mapped.problems()));
            return null;
        }
        ObjectNode record = Records.normal(mapped.record());
        String lane = lane(kind, entity);
        if (link != null && !link.deleted() && claimed.uncertainSince() == null && Records.same(record, link.base())) {
            writer.ready().add(unchanged(claimed, kind, lane, link));
            return null;
        }
        if (copy) {
            writer.ready().add(isCopy(claimed));
            return null;
        }
        JsonNode externalId = entity.doc().path("externalId");
        return new Prepared(
                claimed,
                kind,
                lane,
                Write.Operation.UPSERT,
                record,
                mapped.references(),
                link,
                externalId.isValueNode() && !externalId.isNull() ? own(mapping.target(), externalId.asText()) : null);
    }

    /**
     * Entities that DataCollect overwrote from a copy made before the last pull. What such a copy undoes is not the
     * store's will, so it must not be sent: the next pull merges it against what was agreed on when it was made.
     */
    private Set<String> copies(Mapping mapping, Map<String, Entity> found, Map<String, StoredLink> linked) {
        Map<String, Long> stamps = new HashMap<>();
        linked.forEach((guid, link) -> {
            Entity entity = found.get(guid);
            if (entity != null && !link.deleted()) {
                stamps.put(guid, Incoming.stamp(mapping.target(), entity.doc()));
            }
        });
        return links.overwritten(mapping.target(), stamps).keySet();
    }

    private static Settlement isCopy(Claimed claimed) {
        return Settlement.attention(
                claimed.guid(),
                claimed.revision(),
                State.CONFLICT,
                "stale-copy",
                "DataCollect wrote it back from a copy made before the last pull; the next pull merges the two",
                null);
    }

    private static Settlement unchanged(Claimed claimed, Kind kind, String lane, StoredLink link) {
        Agreement moved = link.lane().equals(lane) && link.mappingHash().equals(kind.hash())
                ? null
                : new Agreement(kind.name(), link.externalId(), link.version(), link.base(), kind.hash(), lane, false);
        return Settlement.delivered(claimed.guid(), claimed.revision(), Tally.UNCHANGED, moved);
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
}
