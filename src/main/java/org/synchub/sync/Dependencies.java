package org.synchub.sync;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.Deliveries;
import org.synchub.ledger.Links;
import org.synchub.ledger.Obstacle;
import org.synchub.ledger.Settlement;
import org.synchub.ledger.Settlement.Tally;
import org.synchub.ledger.State;
import org.synchub.mapping.Reference;
import org.synchub.sync.PushWriter.Prepared;

/**
 * Puts records in the order in which they refer to each other, and settles those that must wait for a record without a
 * link yet or that refer to one that cannot come. A record that is linked can be referred to whatever becomes of it now.
 */
final class Dependencies {

    private final Deliveries deliveries;
    private final Links links;
    private final Drain drain;

    Dependencies(Deliveries deliveries, Links links, Drain drain) {
        this.deliveries = deliveries;
        this.links = links;
        this.drain = drain;
    }

    /** Fills the writer's batches with these records, parents first. */
    void order(PushWriter writer, Map<String, Prepared> prepared) {
        Search search = new Search(writer, prepared);
        search.lookUpParents();
        TreeMap<Integer, List<Prepared>> byLevel = new TreeMap<>();
        List<Prepared> alone = new ArrayList<>();
        for (Prepared p : prepared.values()) {
            int level = search.level(p);
            if (level < 0) {
                continue;
            }
            if (p.claimed().uncertainSince() != null && p.claimed().attempts() > 0) {
                alone.add(p);
            } else {
                byLevel.computeIfAbsent(level, l -> new ArrayList<>()).add(p);
            }
        }
        int size = writer.run().target().adapter().batchSize();
        for (List<Prepared> sameLevel : byLevel.values()) {
            for (int from = 0; from < sameLevel.size(); from += size) {
                writer.batches().add(List.copyOf(sameLevel.subList(from, Math.min(from + size, sameLevel.size()))));
            }
        }
        // What has made the adapter fail before is sent by itself, so that it fails by itself.
        alone.forEach(p -> writer.batches().add(List.of(p)));
    }

    /** Waits for another record, and needs attention where that cannot come; see {@link Obstacle}. */
    static Settlement cannotCome(Prepared p, Reference reference, Obstacle obstacle) {
        return new Settlement(
                p.claimed().guid(),
                p.claimed().revision(),
                State.REJECTED,
                null,
                reference.guid(),
                false,
                false,
                Tally.REJECTED,
                obstacle.code(),
                obstacle.reason(what(reference)),
                null,
                null);
    }

    static Settlement waits(Prepared p, Reference reference) {
        return Settlement.blocked(
                p.claimed().guid(),
                p.claimed().revision(),
                reference.guid(),
                "Waits for " + what(reference) + " to be delivered");
    }

    private static String what(Reference reference) {
        return reference.kind() + " " + reference.guid();
    }

    /** Walks from each record to those it refers to. */
    private final class Search {

        private static final int CANNOT_GO = -1;

        private final PushWriter writer;
        private final Map<String, Prepared> prepared;
        private final Map<String, Settlement> settled = new HashMap<>();
        private final Map<String, State> outside = new HashMap<>();
        private final Map<String, Integer> levels = new HashMap<>();
        private final List<String> path = new ArrayList<>();
        private final Set<String> cyclic = new HashSet<>();

        private Search(PushWriter writer, Map<String, Prepared> prepared) {
            this.writer = writer;
            this.prepared = prepared;
            writer.ready().forEach(s -> settled.put(s.guid(), s));
        }

        private void lookUpParents() {
            String target = writer.held().target();
            Set<String> parents = new HashSet<>();
            for (Prepared p : prepared.values()) {
                p.references().forEach(reference -> parents.add(reference.guid()));
            }
            parents.removeAll(prepared.keySet());
            parents.removeAll(settled.keySet());
            links.byGuid(target, parents).forEach((guid, link) -> {
                if (!link.deleted()) {
                    writer.externalIds().put(guid, link.externalId());
                }
            });
            parents.removeAll(writer.externalIds().keySet());
            outside.putAll(deliveries.states(target, parents));
            parents.removeAll(outside.keySet());
            if (!parents.isEmpty()) {
                // What was there before the target may be what its backfill still has to come to.
                drain.oweAhead(writer.run().target(), parents);
                outside.putAll(deliveries.states(target, parents));
            }
        }

        /** In which round a record can go; negative when it cannot and is settled. */
        private int level(Prepared p) {
            String guid = p.claimed().guid();
            Integer known = levels.get(guid);
            if (known != null) {
                return known;
            }
            path.add(guid);
            int level = 0;
            for (Reference reference : p.references()) {
                if (writer.externalIds().containsKey(reference.guid())) {
                    continue;
                }
                Prepared parent = prepared.get(reference.guid());
                Settlement instead = parent == null ? withoutParent(p, reference) : null;
                if (parent != null) {
                    int at = path.indexOf(reference.guid());
                    if (at >= 0) {
                        cyclic.addAll(path.subList(at, path.size()));
                    }
                    int above = at >= 0 ? CANNOT_GO : level(parent);
                    level = Math.max(level, above + 1);
                    if (above == CANNOT_GO) {
                        instead = withUnsentParent(p, reference);
                    }
                }
                if (instead != null) {
                    settled.put(guid, instead);
                    writer.ready().add(instead);
                    level = CANNOT_GO;
                    break;
                }
            }
            path.remove(path.size() - 1);
            levels.put(guid, level);
            return level;
        }

        private Settlement withUnsentParent(Prepared p, Reference reference) {
            if (cyclic.contains(p.claimed().guid())) {
                return cannotCome(p, reference, Obstacle.CYCLIC);
            }
            Settlement parent = settled.get(reference.guid());
            return parent != null && parent.state().needsAttention()
                    ? cannotCome(p, reference, Obstacle.REJECTED)
                    : waits(p, reference);
        }

        /** The record referred to is not to be sent by this claim and has no link. */
        private Settlement withoutParent(Prepared p, Reference reference) {
            Settlement parent = settled.get(reference.guid());
            State state = parent == null ? outside.get(reference.guid()) : parent.state();
            Obstacle obstacle = obstacle(state);
            if (obstacle == null && state == State.BLOCKED && waitsForItself(p, reference)) {
                obstacle = Obstacle.CYCLIC;
            }
            return obstacle == null ? waits(p, reference) : cannotCome(p, reference, obstacle);
        }

        private boolean waitsForItself(Prepared p, Reference reference) {
            return deliveries.waitsForItself(writer.held().target(), p.claimed().guid(), reference.guid());
        }

        /** Whether it may just have been delivered is found out when this is settled. */
        private @Nullable Obstacle obstacle(@Nullable State parent) {
            if (parent == null) {
                return Obstacle.ABSENT;
            }
            if (parent == State.EXCLUDED || parent == State.DISCARDED) {
                return Obstacle.EXCLUDED;
            }
            return parent.needsAttention() ? Obstacle.REJECTED : null;
        }
    }
}
