package org.synchub.sync;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
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
import org.synchub.ledger.Changes.Seen;
import org.synchub.ledger.Changes.Taken;
import org.synchub.ledger.Changes.Version;
import org.synchub.ledger.Debt;
import org.synchub.ledger.Deliveries;
import org.synchub.ledger.Links;
import org.synchub.ledger.State;
import org.synchub.ledger.StoredLink;
import org.synchub.ledger.Targets;
import org.synchub.mapping.Kind;
import org.synchub.mapping.Mapping;
import org.synchub.mapping.OnDelete;
import org.synchub.store.Entities;
import org.synchub.store.Entities.Routing;
import org.synchub.store.Entities.Standing;

/** Turns captured changes into deliveries, and owes a new target what is already there. */
public class Drain {

    private static final Logger log = LoggerFactory.getLogger(Drain.class);
    private static final int PAGE = 2_000;
    static final String ASKS = "delete-asks";
    static final String ASKS_REASON =
            "Deleted in DataCollect; the mapping's onDelete asks before the target's record goes";

    private final Changes changes;
    private final Deliveries deliveries;
    private final Links links;
    private final Targets ledgerTargets;
    private final Entities entities;
    private final TargetRegistry targets;
    private final Drifts drifts;
    private final OldForms oldForms;
    private final TransactionTemplate transaction;

    public Drain(
            Changes changes,
            Deliveries deliveries,
            Links links,
            Targets ledgerTargets,
            Entities entities,
            TargetRegistry targets,
            Drifts drifts,
            TransactionTemplate transaction) {
        this.drifts = drifts;
        this.oldForms = drifts.oldForms(links);
        this.changes = changes;
        this.deliveries = deliveries;
        this.links = links;
        this.ledgerTargets = ledgerTargets;
        this.entities = entities;
        this.targets = targets;
        this.transaction = transaction;
    }

    /**
     * Takes everything that capture has appended, page by page, each page in a transaction of its own.
     *
     * @return how many entities changed
     */
    public int drain() {
        int total = 0;
        Taken page;
        do {
            page = transaction.execute(status -> drainPage());
            total += page.changes().size();
            deliveries.grown(
                    targets.all().stream().map(TargetRuntime::name).toList(),
                    page.changes().size());
        } while (page.rows() > 0);
        return total;
    }

    /**
     * Of these entities, those that a pull from the target has changed and that something has come in for since, which is
     * not drained yet: whether it was a form from before the pull is not known, so nothing may be concluded from what they
     * hold.
     */
    Set<String> ahead(Mapping mapping, Map<String, Entities.Row> rows) {
        Set<String> pulled = links.pulled(mapping.target(), rows.keySet());
        List<Version> versions = new ArrayList<>();
        rows.forEach((guid, row) -> {
            if (pulled.contains(guid)) {
                versions.add(new Version(guid, row.xmin(), false, false, false));
            }
        });
        return changes.ahead(mapping.tenant(), versions);
    }

    /** Whether something was restored, so that what is missing or older in the store or the ledger tells nothing. */
    boolean isHeld(String tenant) {
        return ledgerTargets.anyRestored(tenant);
    }

    private Taken drainPage() {
        if (!changes.waiting()) {
            return new Taken(0, List.of());
        }
        changes.alone();
        Taken taken = changes.take(PAGE);
        Map<String, List<Change>> byTenant = new LinkedHashMap<>();
        for (Change change : taken.changes()) {
            byTenant.computeIfAbsent(change.tenant(), t -> new ArrayList<>()).add(change);
        }
        byTenant.forEach(this::drainTenant);
        return taken;
    }

    private void drainTenant(String tenant, List<Change> taken) {
        List<TargetRuntime> receivers = targets.ofTenant(tenant);
        Set<String> released = changes.keptBack(
                tenant,
                taken.stream()
                        .filter(c -> c.syncedEvent() && !c.touched())
                        .map(Change::guid)
                        .toList());
        Map<String, Change> toOwe = new LinkedHashMap<>();
        for (Change change : taken) {
            if (change.touched() || released.contains(change.guid())) {
                toOwe.put(change.guid(), change);
            }
        }
        Map<String, Routing> found = entities.routing(tenant, toOwe.keySet(), pathsOf(receivers));
        List<Version> versions = new ArrayList<>();
        for (Change change : taken) {
            Routing routing = found.get(change.guid());
            boolean lookedFor = toOwe.containsKey(change.guid());
            versions.add(new Version(
                    change.guid(),
                    routing == null ? null : routing.xmin(),
                    lookedFor && routing == null,
                    change.localEvent(),
                    change.syncedEvent()));
        }
        Map<String, Seen> seen = changes.note(tenant, versions);
        drifts.suspect(tenant, taken);
        for (String name : ledgerTargets.ofTenant(tenant)) {
            owe(name, targets.find(name), toOwe.values(), found, seen);
            oldForms.note(tenant, name, taken);
        }
    }

    /**
     * Owes what changed to one target.
     *
     * @param target null when its mapping is not here but at another hub, or away for a while: it is owed without a kind,
     *     and whoever has the mapping finds that out when it maps
     */
    private void owe(
            String name,
            @Nullable TargetRuntime target,
            Collection<Change> owed,
            Map<String, Routing> found,
            Map<String, Seen> seen) {
        Mapping mapping = target == null ? null : target.mapping();
        List<String> gone = new ArrayList<>();
        List<Debt> debts = new ArrayList<>();
        for (Change change : owed) {
            if (change.origins().equals(Set.of(name))) {
                // The pull that wrote it knows what this target holds and has settled what it is owed.
                continue;
            }
            Routing routing = found.get(change.guid());
            if (routing == null) {
                gone.add(change.guid());
            } else {
                debts.add(debt(mapping, routing, seen.get(change.guid()), Debt.LIVE));
            }
        }
        debts.addAll(deletions(name, mapping, gone));
        deliveries.owe(name, debts, false);
    }

    /** What is gone from the store is owed to a target only where it was delivered, or may be just now. */
    private List<Debt> deletions(String target, @Nullable Mapping mapping, List<String> gone) {
        List<Debt> debts = new ArrayList<>();
        Map<String, StoredLink> linked = links.byGuid(target, gone);
        for (String guid : gone) {
            StoredLink link = linked.get(guid);
            if (link == null || link.deleted()) {
                String reason = link == null ? "Deleted before it was delivered" : "Deleted here and there";
                debts.add(new Debt(guid, "", guid, true, State.EXCLUDED, Debt.LIVE, "deleted", reason));
            } else {
                boolean ask = mapping != null && onDelete(mapping, link.kind()) == OnDelete.ASK;
                debts.add(new Debt(
                        guid,
                        link.kind(),
                        link.lane(),
                        true,
                        ask ? State.HELD : State.PENDING,
                        Priorities.live(mapping, link.kind()),
                        ask ? ASKS : null,
                        ask ? ASKS_REASON : null));
            }
        }
        return debts;
    }

    private static @Nullable OnDelete onDelete(Mapping mapping, String kind) {
        return mapping.kindNamed(kind).map(Kind::onDelete).orElse(null);
    }

    private static Debt debt(@Nullable Mapping mapping, Routing routing, @Nullable Seen seen, int priority) {
        String guid = routing.guid();
        if (seen != null && !seen.mayLeave()) {
            return new Debt(
                    guid,
                    "",
                    guid,
                    false,
                    State.EXCLUDED,
                    priority,
                    "local",
                    "Every event of it is LOCAL: it has not been synced by a device");
        }
        if (mapping == null) {
            return new Debt(guid, "", guid, false, State.PENDING, priority, null, null);
        }
        Optional<Kind> kind = mapping.kindOf(path -> routing.values().get(path));
        if (kind.isEmpty()) {
            return new Debt(
                    guid,
                    "",
                    guid,
                    false,
                    State.EXCLUDED,
                    priority,
                    "no-kind",
                    "No record kind of the mapping matches it");
        }
        String lane =
                LaneKey.of(kind.get().laneOf(guid, path -> routing.values().get(path)));
        return new Debt(
                guid,
                kind.get().name(),
                lane,
                false,
                State.PENDING,
                Debt.priority(priority, kind.get().priority()),
                null,
                null);
    }

    /**
     * Owes a target the records that were there before it, page by page; goes on where the last attempt stopped.
     *
     * @return how many entities were looked at
     */
    public synchronized int backfill(TargetRuntime target) {
        Optional<Targets.Target> known = notBackfilled(target);
        if (known.isEmpty()) {
            return 0;
        }
        String after = known.get().backfillAfter() == null ? "" : known.get().backfillAfter();
        int total = 0;
        List<Standing> page;
        do {
            String from = after;
            page = transaction.execute(status -> oweExisting(target, from));
            if (!page.isEmpty()) {
                after = page.get(page.size() - 1).routing().guid();
            }
            total += page.size();
            deliveries.grown(List.of(target.name()), page.size());
        } while (page.size() == PAGE);
        log.info("{}: {} records that were already there are owed", target.name(), total);
        return total;
    }

    /**
     * A row version that nobody has turned into debts yet is owed to every target, not only to the new one: marking it
     * as seen would else hide it from the others. No drain comes between reading the page and noting it, else an entity
     * that was deleted meanwhile would rise again. What is so young that its events may not be known yet is left to the
     * capture, which finds it with them.
     */
    private List<Standing> oweExisting(TargetRuntime target, String after) {
        String tenant = target.mapping().tenant();
        changes.alone();
        List<Standing> page = entities.page(tenant, after, PAGE, pathsOf(targets.ofTenant(tenant)));
        oweExisting(target, page);
        String last =
                page.isEmpty() ? null : page.get(page.size() - 1).routing().guid();
        ledgerTargets.backfilled(target.name(), last, page.size() < PAGE);
        return page;
    }

    /** Owes records that others wait for and that the backfill has not come to yet; nothing once it is through. */
    void oweAhead(TargetRuntime target, Set<String> guids) {
        if (notBackfilled(target).isEmpty()) {
            return;
        }
        String tenant = target.mapping().tenant();
        transaction.executeWithoutResult(status -> {
            changes.alone();
            oweExisting(target, entities.standing(tenant, guids, pathsOf(targets.ofTenant(tenant))));
        });
    }

    /** The target's row while its backfill is not through. */
    private Optional<Targets.Target> notBackfilled(TargetRuntime target) {
        return ledgerTargets.find(target.name()).filter(row -> row.backfilledAt() == null);
    }

    private void oweExisting(TargetRuntime target, List<Standing> standing) {
        String tenant = target.mapping().tenant();
        Set<String> unseen = changes.unseen(
                tenant,
                standing.stream().map(Standing::routing).map(Drain::version).toList());
        List<Routing> known = standing.stream()
                .filter(row -> row.old() || !unseen.contains(row.routing().guid()))
                .map(Standing::routing)
                .toList();
        changes.note(
                tenant,
                known.stream()
                        .filter(routing -> unseen.contains(routing.guid()))
                        .map(Drain::version)
                        .toList());
        Map<String, Seen> seen =
                changes.seen(tenant, known.stream().map(Routing::guid).toList());
        for (String name : ledgerTargets.ofTenant(tenant)) {
            boolean isNew = name.equals(target.name());
            TargetRuntime receiver = targets.find(name);
            List<Debt> debts = new ArrayList<>();
            for (Routing routing : known) {
                if (isNew || unseen.contains(routing.guid())) {
                    debts.add(debt(
                            receiver == null ? null : receiver.mapping(),
                            routing,
                            seen.get(routing.guid()),
                            Debt.BACKFILL));
                }
            }
            deliveries.owe(name, debts, isNew);
        }
    }

    private static Version version(Routing routing) {
        return new Version(routing.guid(), routing.xmin(), false, false, false);
    }

    private static Set<String> pathsOf(Collection<TargetRuntime> targets) {
        Set<String> paths = new LinkedHashSet<>();
        targets.forEach(t -> paths.addAll(t.mapping().routingPaths()));
        if (paths.isEmpty()) {
            paths.add("type");
        }
        return paths;
    }
}
