package org.synchub.sync;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.support.TransactionTemplate;
import org.synchub.conflict.ConflictKind;
import org.synchub.conflict.Merge;
import org.synchub.conflict.Resolution;
import org.synchub.conflict.Shape;
import org.synchub.conflict.Situation;
import org.synchub.conflict.Stamp;
import org.synchub.conflict.Verdict;
import org.synchub.ledger.Debt;
import org.synchub.ledger.Deliveries;
import org.synchub.ledger.Links;
import org.synchub.ledger.PullLedger;
import org.synchub.ledger.PullLedger.Agreed;
import org.synchub.ledger.PullLedger.Decision;
import org.synchub.ledger.PullLedger.Parked;
import org.synchub.ledger.Runs;
import org.synchub.ledger.State;
import org.synchub.ledger.StoredLink;
import org.synchub.mapping.Entity;
import org.synchub.mapping.Inward;
import org.synchub.mapping.Kind;
import org.synchub.mapping.Mapped;
import org.synchub.mapping.Mapping;
import org.synchub.store.Entities;
import org.synchub.store.Expected;
import org.synchub.store.ExternalEvents;
import org.synchub.store.PulledChange;
import org.synchub.store.WriteResult;
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
    private static final int PAGE = 200;

    /** How often a record is decided again because somebody changed it meanwhile, before it is parked. */
    private static final int TRIES = 5;

    private final Links links;
    private final Entities entities;
    private final PullLedger ledger;
    private final Deliveries deliveries;
    private final Runs runs;
    private final ExternalEvents events;
    private final DataSource store;
    private final TransactionTemplate transaction;

    public Pull(
            Links links,
            Entities entities,
            PullLedger ledger,
            Deliveries deliveries,
            Runs runs,
            ExternalEvents events,
            DataSource store,
            TransactionTemplate transaction) {
        this.links = links;
        this.entities = entities;
        this.ledger = ledger;
        this.deliveries = deliveries;
        this.runs = runs;
        this.events = events;
        this.store = store;
        this.transaction = transaction;
    }

    /** Reads the next page. A target in trouble ends the run; the cursor stays. */
    public void read(PullRun run) {
        try {
            ChangePage page = run.target().adapter().changes(run.cursor(), PAGE);
            run.read(page.changes(), page.cursor(), page.more());
        } catch (TargetTrouble trouble) {
            run.meet(trouble);
            run.read(List.of(), run.cursor() == null ? "" : run.cursor(), false);
        }
    }

    /** Decides about every record of the page and writes it down, then moves the cursor. */
    public void apply(PullRun run) {
        if (run.trouble() != null) {
            return;
        }
        List<RemoteChange> rest = newestOnly(run.page());
        for (int attempt = 1; !rest.isEmpty() && attempt <= TRIES; attempt++) {
            List<Plan> plans = decide(run, rest);
            List<RemoteChange> tried = rest;
            rest = transaction.execute(status -> {
                boolean standing = write(run, plans);
                if (!standing) {
                    status.setRollbackOnly();
                }
                return standing ? List.of() : tried;
            });
        }
        if (!rest.isEmpty()) {
            List<RemoteChange> busy = rest;
            transaction.executeWithoutResult(status -> busy.forEach(change -> ledger.park(
                    run.target().name(),
                    new Parked(
                            change.externalId(),
                            change.kind(),
                            change.key(),
                            "busy",
                            "Changed in DataCollect each time the hub tried to apply it; tried again when it changes at"
                                    + " the target"))));
            runs.countPull(run.id(), 0, 0, busy.size(), 0);
        }
        ledger.moveCursor(run.target().name(), STREAM, run.nextCursor());
        run.applied();
    }

    /** At most one event per entity: a page may name a record twice. */
    private static List<RemoteChange> newestOnly(List<RemoteChange> page) {
        Map<String, RemoteChange> newest = new LinkedHashMap<>();
        page.forEach(change -> newest.put(change.externalId(), change));
        return List.copyOf(newest.values());
    }

    /**
     * What is to be written for one record of the page; parts are null where nothing is.
     *
     * @param agreed the link's new base
     * @param change the EXTERNAL event
     * @param owe what the target is owed because the result is not what it holds
     * @param parked why it was not applied
     */
    private record Plan(
            RemoteChange remote,
            @Nullable Agreed agreed,
            @Nullable PulledChange change,
            @Nullable Debt owe,
            @Nullable Parked parked,
            List<Decision> decisions,
            boolean conflict) {

        static Plan echo(RemoteChange remote) {
            return new Plan(remote, null, null, null, null, List.of(), false);
        }

        static Plan park(RemoteChange remote, @Nullable String guid, String code, String reason) {
            return new Plan(
                    remote,
                    null,
                    null,
                    null,
                    new Parked(remote.externalId(), remote.kind(), guid, code, reason),
                    List.of(),
                    false);
        }
    }

    private List<Plan> decide(PullRun run, List<RemoteChange> changes) {
        String target = run.target().name();
        Mapping mapping = run.target().mapping();
        Set<String> ids = new LinkedHashSet<>();
        for (RemoteChange change : changes) {
            ids.add(change.externalId());
            if (change.record() != null) {
                References.externalIds(change.record(), ids);
            }
        }
        Map<String, StoredLink> linked = links.byExternalId(target, ids);
        Map<String, String> guids = new HashMap<>();
        linked.forEach((id, link) -> guids.put(id, link.guid()));
        Map<String, Entities.Row> rows = entities.rows(
                mapping.tenant(), linked.values().stream().map(StoredLink::guid).toList());
        List<Plan> plans = new ArrayList<>();
        for (RemoteChange change : changes) {
            StoredLink link = linked.get(change.externalId());
            plans.add(link == null ? unlinked(change) : decide(run, change, link, guids, rows.get(link.guid())));
        }
        return plans;
    }

    private static Plan unlinked(RemoteChange change) {
        return change.state() == RemoteState.PRESENT
                ? Plan.park(
                        change,
                        change.key(),
                        "born-outside",
                        "Not linked to any entity of the store; it is taken over when it is matched")
                : Plan.echo(change);
    }

    private Plan decide(
            PullRun run, RemoteChange remote, StoredLink link, Map<String, String> guids, Entities.@Nullable Row row) {
        Mapping mapping = run.target().mapping();
        Optional<Kind> kind = mapping.kinds().stream()
                .filter(k -> k.name().equals(link.kind()))
                .findFirst();
        if (kind.isEmpty()) {
            return Plan.park(
                    remote, link.guid(), "no-kind", "The mapping has no record kind " + link.kind() + " any more");
        }
        if (remote.state() != RemoteState.PRESENT || link.deleted() || row == null) {
            return gone(remote, link, row == null);
        }
        if (remote.record() == null) {
            return Plan.echo(remote);
        }
        ObjectNode resolved = References.toGuids(remote.record(), guids);
        if (resolved == null) {
            return Plan.park(
                    remote, link.guid(), "refers-outside", "Refers to a record of the target that is not linked");
        }
        Entity entity = row.entity();
        Mapped mapped = kind.get().outward(entity);
        ObjectNode external = kind.get().canonical(resolved, entity.doc());
        Shape shape = Policies.shape(kind.get());
        ObjectNode base = link.base();
        if (base != null && shape.same(external, sameFields(base, external))) {
            return Plan.echo(remote);
        }
        Situation.Builder situation = Situation.of(shape)
                .internal(mapped.record(), new Stamp(entity.lastUpdated(), Long.toString(entity.version())))
                .external(external, new Stamp(remote.changedAt(), remote.version()));
        if (base != null) {
            situation.base(base);
        }
        Resolution resolution = Merge.resolve(
                situation.build(),
                Policies.policy(mapping, kind.get(), run.target().rules()));
        List<Decision> decisions = decisions(link, resolution);
        if (resolution.verdict() == Verdict.MANUAL || resolution.merged() == null) {
            return new Plan(
                    remote,
                    null,
                    null,
                    null,
                    new Parked(
                            remote.externalId(),
                            link.kind(),
                            link.guid(),
                            "conflict",
                            "Both sides changed " + resolution.unresolved() + "; somebody has to decide"),
                    decisions,
                    true);
        }
        return agree(run, remote, link, kind.get(), row, external, resolution, decisions);
    }

    /** What the target does not tell of is compared by what is told. */
    private static ObjectNode sameFields(ObjectNode base, ObjectNode external) {
        ObjectNode told = JsonNodeFactory.instance.objectNode();
        external.fieldNames().forEachRemaining(name -> {
            if (base.has(name)) {
                told.set(name, base.get(name));
            }
        });
        return told;
    }

    private static Plan gone(RemoteChange remote, StoredLink link, boolean goneHere) {
        if (link.deleted() || goneHere) {
            return Plan.echo(remote);
        }
        String how = remote.state().name().toLowerCase(Locale.ROOT);
        return Plan.park(
                remote,
                link.guid(),
                "external-" + how,
                "The target's record is " + how + "; somebody has to decide whether the entity goes too");
    }

    private static List<Decision> decisions(StoredLink link, Resolution resolution) {
        List<Decision> rows = new ArrayList<>();
        if (resolution.kind() == ConflictKind.NONE) {
            return rows;
        }
        resolution
                .decisions()
                .forEach(d -> rows.add(new Decision(
                        link.guid(),
                        link.externalId(),
                        resolution.kind().toString().toLowerCase(Locale.ROOT).replace('_', '-'),
                        d.path().toString(),
                        d.rule(),
                        d.reason(),
                        d.state().name().toLowerCase(Locale.ROOT),
                        d.base(),
                        d.internal(),
                        d.external(),
                        d.result())));
        return rows;
    }

    private Plan agree(
            PullRun run,
            RemoteChange remote,
            StoredLink link,
            Kind kind,
            Entities.Row row,
            ObjectNode external,
            Resolution resolution,
            List<Decision> decisions) {
        Mapping mapping = run.target().mapping();
        ObjectNode merged = resolution.merged() == null ? external : resolution.merged();
        Entity entity = row.entity();
        Inward inward = kind.inward(merged, entity.doc());
        if (!inward.ok()) {
            return Plan.park(
                    remote,
                    link.guid(),
                    "not-mappable",
                    inward.problems().get(0).toString());
        }
        Agreed agreed = new Agreed(
                link.guid(), kind.name(), link.externalId(), remote.version(), external, kind.hash(), link.revision());
        boolean targetDiffers = resolution.verdict() == Verdict.TAKE_INTERNAL || resolution.verdict() == Verdict.MERGED;
        Debt owe = targetDiffers
                ? new Debt(
                        link.guid(),
                        kind.name(),
                        LaneKey.of(kind.laneOf(link.guid(), entity.doc())),
                        false,
                        State.PENDING,
                        Debt.LIVE,
                        null,
                        null)
                : null;
        PulledChange change = inward.changedPaths().isEmpty()
                ? null
                : change(mapping, remote, link, entity, inward.doc(), Expected.row(row.xmin()));
        return new Plan(remote, agreed, change, owe, null, decisions, false);
    }

    /**
     * A whole snapshot: devices may drop all but one of several updates. The external id is namespaced by target and
     * the stamp says which agreement the state contains, so that an older copy written back is recognised.
     */
    private static PulledChange change(
            Mapping mapping, RemoteChange remote, StoredLink link, Entity entity, ObjectNode doc, Expected expected) {
        String target = mapping.target();
        ObjectNode data = doc.withObjectProperty("data");
        String externalId = target + ":" + link.externalId();
        ObjectNode stamps = data.path("syncHub") instanceof ObjectNode known ? known : data.putObject("syncHub");
        stamps.putObject(target)
                .put("revision", link.revision() + 1)
                .put("version", remote.version() == null ? "" : remote.version());
        if (!data.path("externalId").isTextual()) {
            data.put("externalId", externalId);
        }
        doc.set("externalId", data.get("externalId"));
        doc.put("version", (int) entity.version() + 1);
        String type = doc.path("type").asText("individual").equals("group") ? "update-group" : "update-individual";
        UUID event = UUID.nameUUIDFromBytes(
                String.join("\n", mapping.tenant(), target, link.externalId(), Long.toString(link.revision() + 1))
                        .getBytes(StandardCharsets.UTF_8));
        return new PulledChange(link.guid(), type, data.deepCopy(), doc, event, "external-" + target, expected);
    }

    /**
     * One short transaction.
     *
     * @return false when a record was changed by others since it was read: the caller undoes all of it and decides anew
     */
    private boolean write(PullRun run, List<Plan> plans) {
        String target = run.target().name();
        for (Plan plan : plans) {
            if (plan.agreed() != null && !ledger.agree(target, plan.agreed())) {
                return false;
            }
        }
        if (!writeEvents(run, plans)) {
            return false;
        }
        int pulled = 0;
        int echoes = 0;
        int parked = 0;
        int conflicts = 0;
        List<String> applied = new ArrayList<>();
        for (Plan plan : plans) {
            if (plan.parked() != null) {
                ledger.park(target, plan.parked());
                parked++;
            } else if (plan.agreed() == null) {
                echoes++;
            } else {
                applied.add(plan.remote().externalId());
                pulled++;
            }
            if (plan.conflict()) {
                conflicts++;
            }
            ledger.record(target, run.id(), "hub", plan.decisions());
        }
        ledger.unpark(target, applied);
        deliveries.owe(
                target, plans.stream().map(Plan::owe).filter(d -> d != null).toList(), false);
        runs.countPull(run.id(), pulled, echoes, parked, conflicts);
        return true;
    }

    private boolean writeEvents(PullRun run, List<Plan> plans) {
        List<PulledChange> changes = new ArrayList<>();
        for (Plan plan : plans) {
            if (plan.change() != null) {
                changes.add(plan.change());
            }
        }
        if (changes.isEmpty()) {
            return true;
        }
        Connection connection = DataSourceUtils.getConnection(store);
        try {
            List<WriteResult> results = events.write(
                    connection, run.target().mapping().tenant(), run.target().name(), changes);
            run.wrote();
            return results.stream().noneMatch(r -> r instanceof WriteResult.MovedOn);
        } catch (SQLException e) {
            throw new IllegalStateException(
                    "The EXTERNAL events of a page could not be written: " + e.getSQLState(), e);
        } finally {
            DataSourceUtils.releaseConnection(connection, store);
        }
    }
}
