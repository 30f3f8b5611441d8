package org.synchub.sync;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.AbstractMap.SimpleEntry;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.Links;
import org.synchub.ledger.RecordSearch;
import org.synchub.ledger.RecordSearch.Row;
import org.synchub.ledger.State;
import org.synchub.mapping.Entity;
import org.synchub.store.Entities;
import org.synchub.target.TargetHttp;

/**
 * Sends one record for real, through the ledger as any push would, so that its link is kept, and tells what was said. For
 * one process that does nothing else with the target meanwhile: it shows all that is exchanged with it.
 */
public class Trials {

    private final TargetRegistry targets;
    private final Captures captures;
    private final Drain drain;
    private final Resync resync;
    private final Pushes pushes;
    private final Entities entities;
    private final Links links;
    private final RecordSearch search;

    public Trials(
            TargetRegistry targets,
            Captures captures,
            Drain drain,
            Resync resync,
            Pushes pushes,
            Entities entities,
            Links links,
            RecordSearch search) {
        this.targets = targets;
        this.captures = captures;
        this.drain = drain;
        this.resync = resync;
        this.pushes = pushes;
        this.entities = entities;
        this.links = links;
        this.search = search;
    }

    /**
     * A request with what was answered.
     *
     * @param label what was asked, as logs name it
     * @param status null where no answer came
     */
    public record Exchanged(
            String label,
            Preview.Asked request,
            @Nullable Integer status,
            @Nullable JsonNode answer) {}

    /**
     * What became of a record.
     *
     * @param row how it now stands with the target
     */
    public record Trial(List<Exchanged> exchanged, Row row) {}

    /**
     * Sees to it that a target is owed a record as it stands, and that it is due now.
     *
     * @throws NoSuchThing when the target is not owed it: it is no such entity, or nobody has synced it yet
     */
    public Row owe(String name, String guid, String by) {
        TargetRuntime target = targets.get(name);
        captures.sweepUnlessTriggered();
        captures.drain();
        drain.backfill(target);
        Row row = row(name, guid);
        if (row.state() != State.PENDING) {
            resync.start(name, new Resync.Scope(List.of(), List.of(guid), false), by);
        }
        return row(name, guid);
    }

    private Row row(String name, String guid) {
        return search.byGuid(List.of(name), guid).stream()
                .findFirst()
                .orElseThrow(() -> new NoSuchThing(name + " is not owed a record " + guid
                        + ": there is none in its tenant, or no device has synced it yet"));
    }

    /**
     * Sends what {@link #owe} owes.
     *
     * @param values whether people's values are shown; secrets never are
     */
    public Trial send(String name, String guid, boolean values, String by) {
        TargetRuntime target = targets.get(name);
        Entity entity = entities.read(target.mapping().tenant(), List.of(guid)).get(guid);
        Veil veil = entity == null
                ? new Veil(false, target.mapping().adapter().secrets(), Set.of(guid))
                : Previews.veil(
                        target, entity, links.byGuid(name, List.of(guid)).get(guid), values);
        List<Map.Entry<TargetHttp.Call, TargetHttp.@Nullable Answer>> seen = new CopyOnWriteArrayList<>();
        target.traffic().watch((call, answer) -> seen.add(new SimpleEntry<>(call, answer)));
        try {
            pushes.push(PushRequest.one(name, guid, Cause.COMMAND, by));
        } finally {
            target.traffic().watch(null);
        }
        // What the target holds of the record is a person's too, also where the hub sends it back.
        seen.forEach(pair -> {
            if (!pair.getKey().write() && pair.getValue() != null) {
                veil.learn(pair.getValue());
            }
        });
        return new Trial(
                seen.stream()
                        .map(pair -> shown(veil, pair.getKey(), pair.getValue()))
                        .toList(),
                row(name, guid));
    }

    private static Exchanged shown(Veil veil, TargetHttp.Call call, TargetHttp.@Nullable Answer answer) {
        return new Exchanged(
                call.label(),
                new Preview.Asked(
                        call.method(),
                        veil.path(call.path()),
                        veil.headers(call.headers()),
                        call.write() ? veil.body(call.body(), false) : null),
                answer == null ? null : answer.status(),
                answer == null || !call.write() ? null : veil.body(answer.body(), true));
    }
}
