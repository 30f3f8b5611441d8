package org.synchub.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synchub.ledger.Claim;
import org.synchub.ledger.Claim.Claimed;
import org.synchub.ledger.Copy;
import org.synchub.ledger.Deliveries;
import org.synchub.ledger.Earlier;
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
import org.synchub.mapping.Problem;
import org.synchub.store.Entities;
import org.synchub.sync.PushWriter.Prepared;
import org.synchub.target.Link;
import org.synchub.target.Write;

/** Makes of a claim what is to be sent, and settles at once what needs no request. */
final class Preparing {

    private static final Logger log = LoggerFactory.getLogger(Preparing.class);
    private static final Duration LANE_WAIT = Duration.ofMillis(500);

    private final Leases leases;
    private final Deliveries deliveries;
    private final Links links;
    private final Entities entities;
    private final Drain drain;
    private final Drifts drifts;
    private final Retries retries;
    private final Dependencies dependencies;

    Preparing(
            Leases leases,
            Deliveries deliveries,
            Links links,
            Entities entities,
            Drain drain,
            Drifts drifts,
            Retries retries) {
        this.drain = drain;
        this.drifts = drifts;
        this.leases = leases;
        this.deliveries = deliveries;
        this.links = links;
        this.entities = entities;
        this.retries = retries;
        this.dependencies = new Dependencies(deliveries, links, drain);
    }

    /**
     * A claimed delivery with all that is known of it.
     *
     * @param entity as the store has it; null when it is gone
     * @param earlier what left before with an outcome that nobody knows; null when nothing did
     * @param copy whether DataCollect may have written it back from a copy made before the last pull
     */
    record Case(
            Claimed claimed,
            @Nullable Entity entity,
            @Nullable StoredLink link,
            @Nullable Earlier earlier,
            @Nullable Copy copy) {}

    /** Fills the writer's batches, and what it can settle without a request. */
    void prepare(PushWriter writer) {
        Claim claim = writer.held();
        Mapping mapping = writer.run().target().mapping();
        List<String> guids = claim.deliveries().stream().map(Claimed::guid).toList();
        Map<String, Entities.Row> rows = drifts.rowsAsWanted(mapping, entities.rows(mapping.tenant(), guids));
        Set<String> ahead = drain.ahead(mapping, rows);
        Map<String, Entity> found = new HashMap<>();
        rows.forEach((guid, row) -> found.put(guid, row.entity()));
        Map<String, StoredLink> linked = links.byGuid(mapping.target(), guids);
        linked.forEach((guid, link) -> {
            if (!link.deleted()) {
                writer.externalIds().put(guid, link.externalId());
            }
        });
        Map<String, Copy> copies = copies(mapping, found, linked);
        Map<String, Earlier> sent = deliveries.sent(
                mapping.target(),
                claim.deliveries().stream()
                        .filter(c -> c.uncertainSince() != null)
                        .map(Claimed::guid)
                        .toList());
        Map<String, Set<String>> needed = lanesNeeded(mapping, claim, found, linked);
        Set<String> lanes = lanesToo(claim, needed);

        Map<String, Prepared> prepared = new LinkedHashMap<>();
        for (Claimed claimed : claim.deliveries()) {
            if (!lanes.containsAll(needed.getOrDefault(claimed.guid(), Set.of()))) {
                writer.ready().add(later(claimed, "Waits for the household that it is leaving or joining"));
                continue;
            }
            String guid = claimed.guid();
            if (ahead.contains(guid)) {
                writer.ready().add(later(claimed, "Waits until what came in for it just now is taken in"));
                continue;
            }
            Case matter = new Case(claimed, found.get(guid), linked.get(guid), sent.get(guid), copies.get(guid));
            Prepared next = prepare(writer, mapping, matter);
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

    private Settlement later(Claimed claimed, String reason) {
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
                reason,
                null,
                null);
    }

    /** One record that cannot be mapped for a fault of the hub's stops only itself. */
    private @Nullable Prepared prepare(PushWriter writer, Mapping mapping, Case matter) {
        try {
            Entity entity = matter.entity();
            return entity == null
                    ? Departed.prepare(writer, mapping, matter)
                    : prepareUpsert(writer, mapping, matter, entity);
        } catch (RuntimeException e) {
            Claimed claimed = matter.claimed();
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

    private @Nullable Prepared prepareUpsert(PushWriter writer, Mapping mapping, Case matter, Entity entity) {
        Claimed claimed = matter.claimed();
        StoredLink link = matter.link();
        Optional<Kind> matched = mapping.kindOf(entity.doc());
        if (matched.isEmpty()) {
            writer.ready()
                    .add(Settlement.notSent(
                            claimed.guid(),
                            claimed.revision(),
                            State.EXCLUDED,
                            "no-kind",
                            "No record kind of the mapping matches it"));
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
        boolean look = matter.earlier() != null || claimed.reread() || mayBeStale(kind, link);
        if (link != null && !link.deleted() && !look && Records.same(record, link.base())) {
            writer.ready().add(unchanged(claimed, kind, lane, link));
            return null;
        }
        ObjectNode base = link == null ? null : link.base();
        if (OldForms.copy(matter.copy(), kind, mapped.record(), base) != null) {
            writer.ready().add(isCopy(claimed));
            return null;
        }
        return new Prepared(
                claimed,
                kind,
                lane,
                Write.Operation.UPSERT,
                record,
                mapped.references(),
                link,
                matter.earlier(),
                claimedId(mapping.target(), entity),
                entity.lastUpdated(),
                kind.single(entity.doc()));
    }

    /** Whether the target may hold values in clear, or under another key, that are to leave in envelopes of this mapping. */
    static boolean mayBeStale(Kind kind, @Nullable StoredLink link) {
        return link != null
                && (link.mappingHash().isEmpty()
                        || (!kind.encrypted().isEmpty() && !link.mappingHash().equals(kind.hash())));
    }

    /**
     * Entities that may have been overwritten from a copy made before the last pull. What such a copy undoes is not the
     * store's will, so it must not be sent: the next pull merges it against what was agreed on when it was made.
     */
    private Map<String, Copy> copies(Mapping mapping, Map<String, Entity> found, Map<String, StoredLink> linked) {
        Map<String, Long> stamps = new HashMap<>();
        linked.forEach((guid, link) -> {
            Entity entity = found.get(guid);
            if (entity != null && !link.deleted()) {
                stamps.put(guid, Incoming.stamp(mapping.target(), entity.doc()));
            }
        });
        return links.copies(mapping.target(), stamps);
    }

    private static Settlement isCopy(Claimed claimed) {
        return Settlement.attention(
                claimed.guid(),
                claimed.revision(),
                State.CONFLICT,
                PullPlan.STALE_COPY,
                "DataCollect wrote it back from a copy made before the last pull; the next pull merges the two",
                null);
    }

    private static Settlement unchanged(Claimed claimed, Kind kind, String lane, StoredLink link) {
        Agreement moved = link.lane().equals(lane) && link.mappingHash().equals(kind.hash())
                ? null
                : new Agreement(kind.name(), link.externalId(), link.version(), link.base(), kind.hash(), lane, false);
        return Settlement.delivered(claimed.guid(), claimed.revision(), Tally.UNCHANGED, moved);
    }

    /** What an adapter is told of a link: nothing was agreed on about a record that was taken away. */
    static @Nullable Link link(@Nullable StoredLink stored) {
        return stored == null
                ? null
                : new Link(stored.externalId(), stored.version(), stored.deleted() ? null : stored.base());
    }

    /** The target's id that the entity itself carries; null where it carries none of this target. */
    static @Nullable String claimedId(String target, Entity entity) {
        JsonNode externalId = entity.doc().path("externalId");
        return externalId.isValueNode() && !externalId.isNull() ? own(target, externalId.asText()) : null;
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
        return Settlement.attention(
                claimed.guid(),
                claimed.revision(),
                State.REJECTED,
                "mapping",
                problems.stream().map(Problem::what).collect(Collectors.joining("; ")),
                first.file() + ":" + first.line());
    }
}
