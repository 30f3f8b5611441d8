package org.synchub.sync;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.ConflictQueue;
import org.synchub.ledger.ConflictQueue.Standing;
import org.synchub.ledger.Deliveries;
import org.synchub.ledger.Links;
import org.synchub.ledger.PullLedger;
import org.synchub.ledger.PullLedger.Unasked;
import org.synchub.ledger.StoredLink;
import org.synchub.mapping.Kind;
import org.synchub.mapping.Mapping;
import org.synchub.store.Entities;
import org.synchub.store.KeyValues;
import org.synchub.target.ChangePage;
import org.synchub.target.RemoteChange;
import org.synchub.target.RemoteState;
import org.synchub.target.TargetTrouble;

/**
 * The steps of a pull, as the route {@code pull} calls them: read a page, decide, apply. Everything is computed before
 * any lock is taken; one short transaction per page writes it; the cursor never passes a record that is neither applied
 * nor parked.
 */
public class Pull {

    static final String STREAM = "changes";
    static final int PAGE = 200;

    /** Records of a page after which another such page is likely. */
    private static final int LONG = PAGE / 2;

    /** How far up the records are followed that newcomers refer to. */
    private static final int GENERATIONS = 3;

    /** How often a page, and then a record of it, is decided again because somebody changed it meanwhile. */
    private static final int TRIES = 4;

    /** Why a record was parked that may pass by itself. */
    private static final List<String> MAY_PASS = List.of(
            PullPlan.BUSY,
            PullPlan.STALE_COPY,
            "differs",
            "refers-outside",
            "born-outside",
            "not-mappable",
            "no-kind",
            PullDecider.NOT_STORABLE,
            PullDecider.RESTORED,
            PullDecider.SEALED);

    private final Links links;
    private final Deliveries deliveries;
    private final Entities entities;
    private final Drain drain;
    private final Drifts drifts;
    private final PullLedger ledger;
    private final ConflictQueue queue;
    private final PullWriter writer;
    private final Newcomers newcomers;
    private final KeyValues keyValues;
    private final Overwritten overwritten;

    public Pull(
            TargetRegistry targets,
            Links links,
            Entities entities,
            KeyValues keyValues,
            Deliveries deliveries,
            Drain drain,
            Drifts drifts,
            PullLedger ledger,
            ConflictQueue queue,
            PullWriter writer) {
        this.drain = drain;
        this.keyValues = keyValues;
        this.drifts = drifts;
        this.newcomers = new Newcomers(links, entities, deliveries);
        this.overwritten = new Overwritten(targets, links, deliveries, drain);
        this.links = links;
        this.deliveries = deliveries;
        this.entities = entities;
        this.ledger = ledger;
        this.queue = queue;
        this.writer = writer;
    }

    /**
     * Reads the next page, and in a long feed begins with the one after it. A target in trouble ends the run; the cursor
     * stays.
     */
    public void read(PullRun run) {
        run.during(() -> readNext(run));
    }

    private void readNext(PullRun run) {
        try {
            PageAhead ahead = run.takeAhead();
            PageAhead.Read read = ahead == null ? readPage(run, run.cursor()) : ahead.get();
            ChangePage page = read.page();
            run.read(read.asOf(), page.changes(), page.cursor(), page.more());
            run.foresee(read.foresight());
            if (page.more() && page.changes().size() >= LONG) {
                run.ahead(PageAhead.start(run.target().name(), () -> readAhead(run, page.cursor())));
            }
        } catch (TargetTrouble trouble) {
            run.meet(trouble);
            run.read(Instant.EPOCH, List.of(), run.cursor() == null ? "" : run.cursor(), false);
        }
    }

    private PageAhead.Read readPage(PullRun run, @Nullable String cursor) {
        return run.part("read page", traced -> {
            PageAhead.Read read = readPage(run.target(), cursor);
            traced.with("records", read.page().changes().size());
            return read;
        });
    }

    private PageAhead.Read readPage(TargetRuntime target, @Nullable String cursor) {
        Instant asOf = links.now();
        Load pages = target.pages();
        int most = pages.batchSize();
        Load.Sending asked = pages.begins(most);
        ChangePage page = target.adapter().changes(cursor, most);
        pages.answered(asked, page.changes().size() >= most / 2);
        return new PageAhead.Read(asOf, page, Foresight.NONE);
    }

    private PageAhead.Read readAhead(PullRun run, @Nullable String cursor) {
        PageAhead.Read read = readPage(run, cursor);
        return run.part("foresee page", traced -> {
            traced.with("records", read.page().changes().size());
            return new PageAhead.Read(
                    read.asOf(),
                    read.page(),
                    Foresight.of(run.target(), read.page().changes(), links, entities));
        });
    }

    /** Decides about every record of the page and writes it down, then moves the cursor. */
    public void apply(PullRun run) {
        if (run.trouble() != null) {
            return;
        }
        run.part("apply page", traced -> {
            traced.with("records", run.page().size());
            applyPage(run);
            return run;
        });
    }

    private void applyPage(PullRun run) {
        try {
            Runnable moveCursor = () -> ledger.moveCursor(run.target().name(), STREAM, run.nextCursor());
            List<RemoteChange> page = notTakenBefore(run, newestOnly(run.page()));
            if (!settle(run, run.asOf(), withParents(run, page), moveCursor)) {
                moveCursor.run();
            }
        } catch (TargetTrouble trouble) {
            run.meet(trouble);
            return;
        }
        run.applied();
    }

    /** Without what the page before has taken in already, just so, because newcomers on it referred to it. */
    private List<RemoteChange> notTakenBefore(PullRun run, List<RemoteChange> page) {
        Set<RemoteChange> before = run.takeParents();
        if (before.isEmpty()) {
            return page;
        }
        List<RemoteChange> others =
                page.stream().filter(change -> !before.contains(change)).toList();
        if (others.size() < page.size()) {
            count(run, page.size() - others.size(), 0);
        }
        return others;
    }

    /** Adds the records that newcomers refer to and that are not linked either: they come first. */
    private List<RemoteChange> withParents(PullRun run, List<RemoteChange> page) {
        List<RemoteChange> all = new ArrayList<>(page);
        for (int generation = 0; generation < GENERATIONS; generation++) {
            Set<String> wanted = new LinkedHashSet<>();
            all.stream()
                    .filter(change -> change.record() != null)
                    .forEach(change -> References.externalIds(change.record(), wanted));
            all.forEach(change -> wanted.remove(change.externalId()));
            wanted.removeAll(links.byExternalId(run.target().name(), wanted).keySet());
            if (wanted.isEmpty()) {
                break;
            }
            List<RemoteChange> parents = run.target().adapter().read(wanted);
            if (parents.isEmpty()) {
                break;
            }
            all.addAll(0, parents);
            run.tookParents(parents);
        }
        return newestOnly(all);
    }

    /** Tries again what was parked for a reason that may have passed: what it refers to may be linked by now. */
    public void retryParked(PullRun run) {
        run.during(() -> parkedAgain(run));
    }

    private void parkedAgain(PullRun run) {
        if (run.trouble() != null || run.failure() != null) {
            return;
        }
        List<String> parked = ledger.parked(run.target().name(), MAY_PASS, PAGE);
        Instant asOf = links.now();
        try {
            if (!parked.isEmpty()) {
                settle(
                        run,
                        asOf,
                        withParents(run, newestOnly(run.target().adapter().read(parked))));
            }
            askAboutPushes(run);
        } catch (TargetTrouble trouble) {
            run.meet(trouble);
        }
    }

    /** What a push met a conflict with is decided like anything that changed at the target, and else put in the queue. */
    private void askAboutPushes(PullRun run) {
        String target = run.target().name();
        queue.closeOvertakenPushes(target);
        List<String> linked = new ArrayList<>();
        for (Unasked unasked : ledger.unasked(target, PAGE)) {
            if (unasked.externalId() != null) {
                linked.add(unasked.externalId());
            }
        }
        if (!linked.isEmpty()) {
            Instant asOf = links.now();
            settle(run, asOf, asTheyAre(run.target(), linked));
        }
        List<String> heldBack = ledger.parkedAs(target, PullPlan.STALE_COPY, linked);
        for (Unasked unasked : ledger.unasked(target, PAGE)) {
            if (!heldBack.contains(String.valueOf(unasked.externalId()))) {
                queue.put(target, Conflicts.ofPush(unasked));
            }
        }
    }

    /** The records as the target holds them now, or its word that they are gone; those it says nothing about are absent. */
    List<RemoteChange> asTheyAre(TargetRuntime target, Collection<String> externalIds) {
        Map<String, RemoteChange> found = new LinkedHashMap<>();
        target.adapter().read(externalIds).forEach(change -> found.put(change.externalId(), change));
        List<String> missing =
                externalIds.stream().filter(id -> !found.containsKey(id)).toList();
        if (!missing.isEmpty()) {
            // Not to be read is not to be gone: only an explicit word counts.
            target.adapter().present(missing).forEach((id, state) -> {
                if (state == RemoteState.GONE) {
                    found.put(id, new RemoteChange("", id, null, null, RemoteState.GONE, null, null, null));
                }
            });
        }
        return List.copyOf(found.values());
    }

    /** Decides about a newcomer that a person has matched to an entity. */
    PullPlan decideAs(TargetRuntime target, RemoteChange change, String guid) {
        Mapping mapping = target.mapping();
        Set<String> ids = new LinkedHashSet<>();
        if (change.record() != null) {
            References.externalIds(change.record(), ids);
        }
        Map<String, String> guids = new HashMap<>();
        links.byExternalId(target.name(), ids).forEach((id, link) -> guids.put(id, link.guid()));
        Entities.Row row = entities.rows(mapping.tenant(), List.of(guid)).get(guid);
        if (row == null) {
            throw new IllegalArgumentException("Entity " + guid + " is not in tenant " + mapping.tenant());
        }
        Kind kind = mapping.kind(change.kind());
        StoredLink link = Newcomers.unlinked(
                change, kind, guid, kind.laneOf(guid, row.entity().doc()));
        return new PullDecider(
                        target,
                        guids,
                        Map.of(),
                        Map.of(),
                        Set.of(),
                        Map.of(),
                        PullDecider.Answer.POLICY,
                        Foresight.NONE)
                .decide(change, link, row);
    }

    private Set<String> seenBefore(
            TargetRuntime target, Map<String, StoredLink> linked, Map<String, Standing> standing) {
        List<String> deleted = linked.values().stream()
                .filter(StoredLink::deleted)
                .map(StoredLink::externalId)
                .toList();
        Set<String> seen = new LinkedHashSet<>(ledger.parkedAs(target.name(), PullDecider.RESTORED, deleted));
        seen.addAll(standing.keySet());
        return seen;
    }

    /**
     * Decides about these records and writes them down.
     *
     * @param asOf the ledger's time before they were asked for
     */
    void settle(PullRun run, Instant asOf, List<RemoteChange> page) {
        settle(run, asOf, page, () -> {});
    }

    /**
     * The page as a whole; if others keep changing one of its records, each record by itself, so that one delays only
     * itself.
     *
     * @param last what is to be written last in the page's transaction
     * @return whether there was one transaction, so that this was written
     */
    private boolean settle(PullRun run, Instant asOf, List<RemoteChange> page, Runnable last) {
        List<RemoteChange> changes =
                page.stream().filter(change -> !run.isWaiting(change)).toList();
        if (changes.isEmpty()) {
            return false;
        }
        if (tried(run, asOf, changes, last)) {
            return true;
        }
        for (RemoteChange change : changes) {
            if (!tried(run, asOf, List.of(change), () -> {})) {
                PullPlan busy = PullPlan.park(
                        change,
                        null,
                        PullPlan.BUSY,
                        "Changed in DataCollect each time the hub tried to apply it; tried again with the next pull");
                writer.write(run.target(), run.id(), PullWriter.Author.HUB, List.of(busy), () -> {});
            }
        }
        return false;
    }

    /** Counts what was seen without being a record of a page. */
    void count(PullRun run, int echoes, int parked) {
        writer.count(run.target().name(), run.id(), echoes, parked);
    }

    private boolean tried(PullRun run, Instant asOf, List<RemoteChange> changes, Runnable last) {
        for (int attempt = 0; attempt < TRIES; attempt++) {
            List<RemoteChange> current = readAgain(run.target(), asOf, changes);
            RunKeys keys = keys(run);
            List<PullPlan> plans = brake(
                    run, decide(run.target(), current, PullDecider.Answer.POLICY, keys::withValue, run.foresight()));
            if (writer.write(run.target(), run.id(), PullWriter.Author.HUB, plans, last)) {
                keys.wrote(plans);
                run.deleted((int) plans.stream().filter(PullPlan::isDelete).count());
                plans.stream()
                        .filter(plan -> plan.parked() != null || plan.unsettled() != null)
                        .forEach(plan -> run.waits(plan.remote()));
                return true;
            }
        }
        return false;
    }

    /**
     * What the two sides agreed on after a record was read, by a push for instance, that reading does not show: it would
     * look as if the target had gone back. Such a record is read again; one that is not to be read then comes with a
     * later page.
     */
    private List<RemoteChange> readAgain(TargetRuntime target, Instant asOf, List<RemoteChange> changes) {
        Set<String> moved = links.agreedSince(
                target.name(), changes.stream().map(RemoteChange::externalId).toList(), asOf);
        if (moved.isEmpty()) {
            return changes;
        }
        List<RemoteChange> current = new ArrayList<>(changes);
        current.removeIf(change -> moved.contains(change.externalId()));
        current.addAll(asTheyAre(target, moved));
        return current;
    }

    /** Stops deletions that come from the target when they become too many for one run. */
    private List<PullPlan> brake(PullRun run, List<PullPlan> plans) {
        if (run.isConfirmed() || plans.stream().noneMatch(PullPlan::isDelete)) {
            return plans;
        }
        long linked = links.count(run.target().name()) + run.deletions();
        int most = run.target().mapping().maxDeletes().among(linked);
        int deletes = run.deletions();
        List<PullPlan> braked = new ArrayList<>();
        for (PullPlan plan : plans) {
            deletes += plan.isDelete() ? 1 : 0;
            braked.add(
                    plan.isDelete() && deletes > most
                            ? PullPlan.park(
                                    plan.remote(),
                                    plan.agreed() == null ? null : plan.agreed().guid(),
                                    "too-many-deletes",
                                    "More deletions in one run than maxDeletes allows; tried again when a person says so")
                            : plan);
        }
        return braked;
    }

    /** At most one event per entity: a page may name a record twice. */
    private static List<RemoteChange> newestOnly(List<RemoteChange> page) {
        Map<String, RemoteChange> newest = new LinkedHashMap<>();
        page.forEach(change -> newest.put(change.externalId(), change));
        return List.copyOf(newest.values());
    }

    private RunKeys keys(PullRun run) {
        return run.keys(
                () -> new RunKeys(entities, keyValues, run.target().mapping().tenant(), run.id()));
    }

    /** Decides about records of a target as they and the store stand now. */
    List<PullPlan> decide(TargetRuntime target, List<RemoteChange> changes, PullDecider.Answer answer) {
        String tenant = target.mapping().tenant();
        return decide(
                target,
                changes,
                answer,
                (place, texts) -> entities.withValue(tenant, place.jsonPath(), texts, place.length()),
                Foresight.NONE);
    }

    private List<PullPlan> decide(
            TargetRuntime target,
            List<RemoteChange> changes,
            PullDecider.Answer answer,
            Newcomers.Holders holders,
            Foresight foresight) {
        Mapping mapping = target.mapping();
        Set<String> ids = new LinkedHashSet<>();
        for (RemoteChange change : changes) {
            ids.add(change.externalId());
            if (change.record() != null) {
                References.externalIds(change.record(), ids);
            }
        }
        Map<String, StoredLink> linked = links.byExternalId(target.name(), ids, foresight.links());
        Map<String, String> guids = new HashMap<>();
        linked.forEach((id, link) -> guids.put(id, link.guid()));
        Map<String, Standing> standing = queue.standing(
                target.name(), changes.stream().map(RemoteChange::externalId).toList());
        // Those that are only referred to are not decided about.
        List<String> entityGuids = changes.stream()
                .map(change -> linked.get(change.externalId()))
                .filter(Objects::nonNull)
                .map(StoredLink::guid)
                .toList();
        Map<String, Entities.Row> rows = entities.rows(mapping.tenant(), entityGuids, foresight.rows());
        Set<String> ahead = drain.ahead(mapping, rows);
        if (!ahead.isEmpty()) {
            drain.drain();
            rows = entities.rows(mapping.tenant(), entityGuids);
            ahead = drain.ahead(mapping, rows);
        }
        rows = drifts.rowsAsWanted(mapping, rows);
        Map<String, Long> stamps = new HashMap<>();
        rows.forEach((guid, row) ->
                stamps.put(guid, Incoming.stamp(target.name(), row.entity().doc())));
        PullDecider decider = new PullDecider(
                target,
                guids,
                links.copies(target.name(), stamps),
                deliveries.sent(target.name(), entityGuids),
                seenBefore(target, linked, standing),
                standing,
                answer,
                foresight);
        List<PullPlan> plans = new ArrayList<>();
        List<RemoteChange> born = new ArrayList<>();
        for (RemoteChange change : changes) {
            if (!linked.containsKey(change.externalId())) {
                if (change.state() == RemoteState.PRESENT) {
                    born.add(change);
                } else {
                    plans.add(PullPlan.echo(change));
                }
            }
        }
        // First, so that what is linked already may refer to them.
        plans.addAll(newcomers.decide(target, holders, decider, guids, born));
        for (RemoteChange change : changes) {
            StoredLink link = linked.get(change.externalId());
            if (link != null && ahead.contains(link.guid())) {
                plans.add(PullPlan.busy(change, link.guid()));
            } else if (link != null) {
                plans.add(decider.decide(change, link, rows.get(link.guid())));
            }
        }
        return overwritten.holdBack(target, plans, rows);
    }
}
