package org.synchub.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synchub.conflict.Diff;
import org.synchub.conflict.Merge;
import org.synchub.conflict.Resolution;
import org.synchub.conflict.Situation;
import org.synchub.conflict.Stamp;
import org.synchub.conflict.State;
import org.synchub.ledger.Deliveries;
import org.synchub.ledger.Links;
import org.synchub.ledger.StoredLink;
import org.synchub.mapping.Entity;
import org.synchub.mapping.Kind;
import org.synchub.mapping.Mapped;
import org.synchub.mapping.Mapping;
import org.synchub.mapping.OnDelete;
import org.synchub.mapping.Reference;
import org.synchub.store.Entities;
import org.synchub.sync.ResyncPlan.Difference;
import org.synchub.sync.ResyncPlan.Example;
import org.synchub.sync.ResyncPlan.Fate;
import org.synchub.target.Adapter;
import org.synchub.target.RemoteChange;
import org.synchub.target.RemoteState;
import org.synchub.target.TargetTrouble;

/**
 * Says what a resync would do without doing it, and stops one that would take away or empty suspiciously much. Reads from
 * the store, the ledger and, for a plan, from the target.
 */
public class ResyncPlans {

    private static final Logger log = LoggerFactory.getLogger(ResyncPlans.class);

    private static final String NO_KIND = "No record kind of the mapping matches it";

    private static final int PAGE = 100;
    private static final int EXAMPLES = 5;

    private final TargetRegistry targets;
    private final Deliveries deliveries;
    private final Links links;
    private final Entities entities;
    private final Drifts drifts;
    private final Resync resync;

    public ResyncPlans(
            TargetRegistry targets,
            Deliveries deliveries,
            Links links,
            Entities entities,
            Drifts drifts,
            Resync resync) {
        this.targets = targets;
        this.deliveries = deliveries;
        this.links = links;
        this.entities = entities;
        this.drifts = drifts;
        this.resync = resync;
    }

    /**
     * Compares every record in scope with what the target holds.
     *
     * @param values whether examples show people's values
     * @throws TargetTrouble when the target cannot be read
     */
    public ResyncPlan of(String name, Resync.Scope scope, boolean values) {
        resync.check(name, scope);
        targets.get(name).prepare();
        return new Look(targets.get(name), values, true).all(scope);
    }

    /**
     * Refuses a resync that would take away or empty more than the mapping's {@code maxDeletes}. Asks the target nothing:
     * records are compared with what was agreed on last.
     *
     * @param confirmed whether a person has said yes to it
     * @throws NotNow saying how much it would be
     */
    public void check(String name, Resync.Scope scope, boolean confirmed) {
        resync.check(name, scope);
        if (confirmed) {
            return;
        }
        String refusal = new Look(targets.get(name), false, false).all(scope).refusal();
        if (refusal != null) {
            throw new NotNow(refusal);
        }
    }

    /**
     * Owes again what is in scope, as {@link Resync#start} does. Where only what differs is wanted, every record is compared
     * with what the target holds first, and owed again page by page when the two are not the same.
     *
     * @return how many records are owed again
     * @throws TargetTrouble when they are to be compared and the target cannot be read; what was compared before is owed
     */
    public int start(String name, Resync.Scope scope, String by) {
        if (!scope.onlyDiffering()) {
            return resync.start(name, scope, by);
        }
        resync.check(name, scope);
        targets.get(name).prepare();
        int owed = new Look(targets.get(name), false, true).oweDiffering(scope);
        log.info("{}: resync asked by {}: {} records that differ are owed again", name, by, owed);
        return owed;
    }

    /** One walk through all records in scope. */
    private final class Look {

        private final TargetRuntime target;
        private final Mapping mapping;
        private final Adapter adapter;
        private final boolean values;
        private final boolean askTarget;
        private final Map<Fate, Long> counts = new EnumMap<>(Fate.class);
        private final Map<Fate, List<Example>> examples = new EnumMap<>(Fate.class);
        private final Map<String, Long> emptied = new TreeMap<>();
        private final List<String> differing = new ArrayList<>();
        /** Of the records that a page refers to: why they cannot be, empty when they can. */
        private final Map<String, String> obstacles = new HashMap<>();

        private final Sides sides;
        private long empties;

        private Look(TargetRuntime target, boolean values, boolean askTarget) {
            this.target = target;
            this.mapping = target.mapping();
            this.adapter = target.adapter();
            this.sides = new Sides(target);
            this.values = values;
            this.askTarget = askTarget;
        }

        private int oweDiffering(Resync.Scope scope) {
            AtomicInteger owed = new AtomicInteger();
            walk(scope, () -> {
                if (!differing.isEmpty()) {
                    owed.addAndGet(deliveries.oweAgain(
                            target.name(), new Deliveries.Reach(List.of(), List.copyOf(differing), false, null)));
                    differing.clear();
                }
            });
            return owed.get();
        }

        private void walk(Resync.Scope scope, Runnable afterEachPage) {
            String after = "";
            while (true) {
                List<Deliveries.InScope> page = deliveries.inScope(target.name(), scope.reach(), after, PAGE);
                if (page.isEmpty()) {
                    return;
                }
                page(page);
                afterEachPage.run();
                after = page.get(page.size() - 1).guid();
            }
        }

        private ResyncPlan all(Resync.Scope scope) {
            walk(scope, differing::clear);
            List<Example> some = new ArrayList<>();
            examples.values().forEach(some::addAll);
            return new ResyncPlan(
                    target.name(),
                    counts.values().stream().mapToLong(Long::longValue).sum(),
                    count(Fate.CREATE),
                    count(Fate.UPDATE),
                    count(Fate.DELETE),
                    count(Fate.TAKE_HERE),
                    count(Fate.CONFLICT),
                    count(Fate.UNCHANGED),
                    count(Fate.NOT_SENT),
                    empties,
                    emptied,
                    refusal(),
                    some);
        }

        private long count(Fate fate) {
            return counts.getOrDefault(fate, 0L);
        }

        private @Nullable String refusal() {
            long deletes = count(Fate.DELETE);
            long linked = links.count(target.name());
            int few = mapping.maxDeletes().among(linked);
            if (deletes <= few && empties <= few) {
                return null;
            }
            return "This resync of " + target.name() + " would take away " + deletes + " records and empty fields of "
                    + empties + emptied + " of " + linked + " that are linked; maxDeletes of " + mapping.file()
                    + " lets " + few + " of each go without asking. Look at them with a dry run; if they are meant to"
                    + " go, confirm the resync";
        }

        private void page(List<Deliveries.InScope> page) {
            List<String> guids = page.stream().map(Deliveries.InScope::guid).toList();
            Map<String, Entity> wanted = drifts.asWanted(mapping, entities.read(mapping.tenant(), guids));
            Map<String, StoredLink> linked = links.byGuid(target.name(), guids);
            Map<String, RemoteChange> remotes = new HashMap<>();
            Map<String, RemoteState> states = new HashMap<>();
            Map<String, String> referred = new HashMap<>();
            if (askTarget) {
                read(linked.values(), remotes, states, referred);
            }
            Map<String, Mapped> mapped = new HashMap<>();
            wanted.forEach((guid, entity) ->
                    mapping.kindOf(entity.doc()).ifPresent(kind -> mapped.put(guid, kind.outward(entity))));
            lookUpParents(mapped.values());
            for (Deliveries.InScope one : page) {
                StoredLink link = linked.get(one.guid());
                StoredLink live = link == null || link.deleted() ? null : link;
                Entity entity = wanted.get(one.guid());
                if (one.delete() || entity == null) {
                    departed(one, live);
                } else {
                    standing(one, entity, mapped.get(one.guid()), live, remotes, states, referred);
                }
            }
        }

        private void read(
                Collection<StoredLink> linked,
                Map<String, RemoteChange> remotes,
                Map<String, RemoteState> states,
                Map<String, String> referred) {
            List<String> ids = linked.stream()
                    .filter(link -> !link.deleted())
                    .map(StoredLink::externalId)
                    .toList();
            if (ids.isEmpty()) {
                return;
            }
            adapter.read(ids).forEach(remote -> remotes.put(remote.externalId(), remote));
            List<String> unread =
                    ids.stream().filter(id -> !remotes.containsKey(id)).toList();
            if (!unread.isEmpty()) {
                states.putAll(adapter.present(unread));
            }
            Set<String> refers = new HashSet<>();
            remotes.values().forEach(remote -> {
                if (remote.record() != null) {
                    References.externalIds(remote.record(), refers);
                }
            });
            links.byExternalId(target.name(), refers).forEach((id, link) -> referred.put(id, link.guid()));
        }

        private void departed(Deliveries.InScope one, @Nullable StoredLink link) {
            OnDelete onDelete = link == null || !one.delete()
                    ? OnDelete.IGNORE
                    : mapping.kindNamed(link.kind()).map(Kind::onDelete).orElse(OnDelete.IGNORE);
            Fate fate = switch (onDelete) {
                case IGNORE -> Fate.UNCHANGED;
                case ASK -> Fate.CONFLICT;
                default -> Fate.DELETE;
            };
            note(fate, one, link, List.of());
        }

        private void standing(
                Deliveries.InScope one,
                Entity entity,
                @Nullable Mapped mapped,
                @Nullable StoredLink link,
                Map<String, RemoteChange> remotes,
                Map<String, RemoteState> states,
                Map<String, String> referred) {
            Kind kind = mapping.kindOf(entity.doc()).orElse(null);
            if (kind == null || mapped == null) {
                notSent(one, link, NO_KIND);
                return;
            }
            if (!mapped.ok()) {
                notSent(one, link, what(mapped));
                return;
            }
            String obstacle = obstacle(mapped);
            if (obstacle != null) {
                notSent(one, link, obstacle);
                return;
            }
            ObjectNode record = Records.normal(mapped.record());
            if (link == null) {
                note(Fate.CREATE, one, null, differences(null, record, kind, entity, null));
                return;
            }
            RemoteChange remote = remotes.get(link.externalId());
            RemoteState state = remote == null ? states.get(link.externalId()) : remote.state();
            if (state != null && state != RemoteState.PRESENT) {
                decide(one, link, kind, entity, record, gone(kind, entity, record, link, state));
                return;
            }
            ObjectNode resolved =
                    remote == null || remote.record() == null ? null : References.toGuids(remote.record(), referred);
            if (remote == null || resolved == null) {
                againstBase(one, link, kind, entity, record);
                return;
            }
            ObjectNode base = link.base();
            ObjectNode external = sides.told(kind, resolved, entity.doc(), base);
            if (base != null && sides.shape(kind).same(external, Agreements.sameFields(base, external))) {
                againstBase(one, link, kind, entity, record);
            } else {
                ObjectNode internal = record.deepCopy();
                Sides.keepSilent(internal, base);
                Situation situation = sides.both(kind, remote, link, entity, internal, external, base);
                decide(one, link, kind, entity, record, situation);
            }
        }

        /** The target holds what was agreed on, or is not asked. */
        private void againstBase(Deliveries.InScope one, StoredLink link, Kind kind, Entity entity, ObjectNode record) {
            ObjectNode base = link.base();
            if (Records.same(record, base)) {
                note(Fate.UNCHANGED, one, link, List.of());
            } else {
                empties(base, record);
                note(Fate.UPDATE, one, link, differences(base, record, kind, entity, link));
            }
        }

        /** Why a record cannot go because of one that it refers to; null when all of those can, or are there. */
        private @Nullable String obstacle(Mapped mapped) {
            for (Reference reference : mapped.references()) {
                String why = obstacles.getOrDefault(reference.guid(), "");
                if (!why.isEmpty()) {
                    return "Refers to " + reference.kind() + " " + reference.guid() + ", which " + why;
                }
            }
            return null;
        }

        /** Notes of every record that these refer to whether it can be referred to: most are linked, at one look. */
        private void lookUpParents(Collection<Mapped> page) {
            obstacles.clear();
            Set<String> parents = new HashSet<>();
            page.forEach(mapped -> mapped.references().forEach(reference -> parents.add(reference.guid())));
            links.byGuid(target.name(), parents).forEach((guid, link) -> {
                if (!link.deleted()) {
                    obstacles.put(guid, "");
                }
            });
            parents.removeAll(obstacles.keySet());
            Map<String, Entity> found = drifts.asWanted(mapping, entities.read(mapping.tenant(), parents));
            parents.forEach(guid -> obstacles.put(guid, whyNot(found.get(guid))));
        }

        /** Why an entity that others refer to will not come to the target; empty when it will. */
        private String whyNot(@Nullable Entity entity) {
            if (entity == null) {
                return "DataCollect does not hold";
            }
            Kind kind = mapping.kindOf(entity.doc()).orElse(null);
            if (kind == null) {
                return "no record kind of the mapping matches";
            }
            Mapped mapped = kind.outward(entity);
            return mapped.ok() ? "" : "cannot be sent: " + what(mapped);
        }

        private static String what(Mapped mapped) {
            return mapped.problems().stream()
                    .map(problem -> problem.file() + ":" + problem.line() + ": " + problem.what())
                    .collect(Collectors.joining("; "));
        }

        private Situation gone(Kind kind, Entity entity, ObjectNode record, StoredLink link, RemoteState state) {
            ObjectNode base = link.base() == null ? record.deepCopy() : link.base();
            return sides.situation(sides.shape(kind))
                    .base(base)
                    .internal(record, Sides.stamp(entity))
                    .external(State.gone(Sides.departure(state), Stamp.UNKNOWN))
                    .build();
        }

        private void decide(
                Deliveries.InScope one,
                StoredLink link,
                Kind kind,
                Entity entity,
                ObjectNode record,
                Situation situation) {
            Resolution resolution = Merge.resolve(situation, sides.policy(kind));
            ObjectNode external = situation.external().record();
            Fate fate = switch (resolution.verdict()) {
                case AGREED, KEEP -> Fate.UNCHANGED;
                case TAKE_EXTERNAL, DELETE -> Fate.TAKE_HERE;
                case TAKE_INTERNAL, MERGED -> external == null ? Fate.CREATE : Fate.UPDATE;
                case MANUAL -> Fate.CONFLICT;
            };
            ObjectNode merged = resolution.merged();
            ObjectNode becomes = fate == Fate.UPDATE && merged != null ? merged : record;
            if (fate == Fate.UPDATE && external != null) {
                empties(external, becomes);
            }
            note(
                    fate,
                    one,
                    link,
                    fate == Fate.UNCHANGED || external == null
                            ? List.of()
                            : differences(external, becomes, kind, entity, link));
        }

        private void empties(@Nullable ObjectNode held, ObjectNode becomes) {
            if (held == null) {
                return;
            }
            boolean any = false;
            for (Map.Entry<String, JsonNode> field : becomes.properties()) {
                if (isEmpty(field.getValue()) && !isEmpty(held.get(field.getKey()))) {
                    emptied.merge(field.getKey(), 1L, Long::sum);
                    any = true;
                }
            }
            if (any) {
                empties++;
            }
        }

        private static boolean isEmpty(@Nullable JsonNode value) {
            return value == null
                    || value.isNull()
                    || (value.isContainerNode() && value.isEmpty())
                    || (value.isTextual() && value.textValue().isBlank());
        }

        private void note(Fate fate, Deliveries.InScope one, @Nullable StoredLink link, List<Difference> differences) {
            note(fate, one, link, differences, null);
        }

        private void notSent(Deliveries.InScope one, @Nullable StoredLink link, String reason) {
            note(Fate.NOT_SENT, one, link, List.of(), reason);
        }

        private void note(
                Fate fate,
                Deliveries.InScope one,
                @Nullable StoredLink link,
                List<Difference> differences,
                @Nullable String reason) {
            counts.merge(fate, 1L, Long::sum);
            if (fate != Fate.UNCHANGED && fate != Fate.NOT_SENT) {
                differing.add(one.guid());
            }
            List<Example> some = examples.computeIfAbsent(fate, f -> new ArrayList<>());
            if (some.size() < EXAMPLES) {
                some.add(new Example(
                        fate, one.kind(), one.guid(), link == null ? null : link.externalId(), differences, reason));
            }
        }

        private List<Difference> differences(
                @Nullable ObjectNode there, ObjectNode here, Kind kind, Entity entity, @Nullable StoredLink link) {
            Veil veil = Previews.veil(target, entity, link, values);
            return Diff.between(there, here, sides.shape(kind)).changes().stream()
                    .map(change -> new Difference(
                            change.path().toString(), shown(veil, change.from()), shown(veil, change.to())))
                    .toList();
        }

        private static @Nullable JsonNode shown(Veil veil, @Nullable JsonNode value) {
            return value == null ? null : veil.all(value);
        }
    }
}
