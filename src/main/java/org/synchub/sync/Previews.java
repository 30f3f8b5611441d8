package org.synchub.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.Links;
import org.synchub.ledger.RecordSearch;
import org.synchub.ledger.StoredLink;
import org.synchub.mapping.Entity;
import org.synchub.mapping.Inward;
import org.synchub.mapping.Kind;
import org.synchub.mapping.Mapped;
import org.synchub.mapping.Mapping;
import org.synchub.mapping.Problem;
import org.synchub.mapping.Reference;
import org.synchub.store.Entities;
import org.synchub.target.Outcome;
import org.synchub.target.RemoteChange;
import org.synchub.target.TargetHttp;
import org.synchub.target.TargetTrouble;
import org.synchub.target.Write;

/** Shows what would become of a record: mapped, sent, and taken back. Reads from the target and changes nothing. */
public class Previews {

    private static final int SOME = 200;

    private final TargetRegistry targets;
    private final Entities entities;
    private final Drifts drifts;
    private final Links links;
    private final RecordSearch search;

    public Previews(TargetRegistry targets, Entities entities, Drifts drifts, Links links, RecordSearch search) {
        this.targets = targets;
        this.entities = entities;
        this.drifts = drifts;
        this.links = links;
        this.search = search;
    }

    /**
     * Both directions of one record.
     *
     * @param values whether people's values are shown; secrets never are
     * @throws UnknownTarget when there is no such target
     * @throws NoSuchThing when the target's tenant has no such entity
     * @throws TargetTrouble when the target cannot be read
     */
    public Preview of(String name, String guid, boolean values) {
        TargetRuntime target = targets.get(name);
        Mapping mapping = target.mapping();
        Entity entity = drifts.asWanted(mapping, entities.read(mapping.tenant(), List.of(guid)))
                .get(guid);
        if (entity == null) {
            throw new NoSuchThing(
                    "Tenant " + mapping.tenant() + " of " + name + " has no entity " + guid + examples(mapping));
        }
        StoredLink link = links.byGuid(name, List.of(guid)).get(guid);
        Veil veil = veil(target, entity, link, values);
        Kind kind = mapping.kindOf(entity.doc()).orElse(null);
        if (kind == null) {
            return new Preview(
                    name,
                    guid,
                    null,
                    level(mapping, guid),
                    id(link),
                    List.of("No record kind of " + mapping.file() + " matches it"),
                    null,
                    "not sent",
                    null,
                    null,
                    List.of(),
                    List.of());
        }
        return new Look(target, entity, kind, link, veil).preview(level(mapping, guid));
    }

    /** A guid of each record kind that is among the tenant's first entities, for who does not know one yet. */
    private String examples(Mapping mapping) {
        List<String> guids = entities.page(mapping.tenant(), "", SOME, List.of()).stream()
                .map(standing -> standing.routing().guid())
                .toList();
        Map<String, String> byKind = new TreeMap<>();
        entities.read(mapping.tenant(), guids)
                .forEach((guid, entity) ->
                        mapping.kindOf(entity.doc()).ifPresent(kind -> byKind.putIfAbsent(kind.name(), guid)));
        return byKind.isEmpty()
                ? ", nor one among its first " + SOME
                        + " that 'match' of a record kind takes; check tenant and match in " + mapping.file()
                : "; it has "
                        + byKind.entrySet().stream()
                                .map(example -> example.getKey() + " " + example.getValue())
                                .collect(Collectors.joining(", "));
    }

    private @Nullable String level(Mapping mapping, String guid) {
        return search.level(mapping.tenant(), guid).orElse(null);
    }

    private static @Nullable String id(@Nullable StoredLink link) {
        return link == null || link.deleted() ? null : link.externalId();
    }

    /** Hides what the entity holds, and knows the keys that may be shown. */
    static Veil veil(TargetRuntime target, Entity entity, @Nullable StoredLink link, boolean values) {
        Set<String> keys = new HashSet<>(Set.of(entity.guid(), entity.tenant()));
        if (link != null) {
            keys.add(link.externalId());
        }
        target.mapping().kindOf(entity.doc()).ifPresent(kind -> {
            keys.addAll(Masking.words(kind));
            kind.outward(entity).references().forEach(reference -> keys.add(reference.guid()));
        });
        Veil veil = new Veil(values, target.mapping().adapter().secrets(), keys);
        veil.learn(entity.doc().path("data"));
        veil.learn(entity.doc().path("name"));
        return veil;
    }

    /** One record being looked at. */
    private final class Look {

        private final TargetRuntime target;
        private final Entity entity;
        private final Kind kind;
        private final @Nullable StoredLink link;
        private final Veil veil;
        private final Mapped mapped;
        private final List<String> problems = new ArrayList<>();
        private final Map<String, String> references = new HashMap<>();
        private @Nullable String externalId;
        private TargetHttp.@Nullable Call request;

        private Look(TargetRuntime target, Entity entity, Kind kind, @Nullable StoredLink link, Veil veil) {
            this.target = target;
            this.entity = entity;
            this.kind = kind;
            this.link = link;
            this.veil = veil;
            this.mapped = kind.outward(entity);
            this.externalId = id(link);
            veil.learn(mapped.record());
        }

        private Preview preview(@Nullable String level) {
            mapped.problems().forEach(problem -> problems.add(words(problem)));
            links.byGuid(
                            target.name(),
                            mapped.references().stream().map(Reference::guid).toList())
                    .forEach((guid, parent) -> {
                        if (!parent.deleted()) {
                            references.put(guid, parent.externalId());
                        }
                    });
            for (Reference reference : mapped.references()) {
                if (!references.containsKey(reference.guid())) {
                    problems.add("Waits for " + reference.kind() + " " + reference.guid()
                            + ", which the target does not have yet");
                }
            }
            Rehearsal rehearsal = target.rehearsal();
            if (rehearsal == null) {
                String outcome = problems.isEmpty() ? "sent by an adapter that cannot show its requests" : "not sent";
                return shown(level, outcome, remote());
            }
            try (rehearsal) {
                rehearsal.adapter().prepare();
                String outcome = problems.isEmpty() ? rehearse(rehearsal) : "not sent";
                return shown(level, outcome, remote());
            }
        }

        private static String words(Problem problem) {
            return problem.file() + ":" + problem.line() + ": " + problem.what();
        }

        private String rehearse(Rehearsal rehearsal) {
            ObjectNode record = Records.normal(mapped.record());
            if (externalId != null && link != null && Records.same(record, link.base())) {
                return "nothing to send: as it was last agreed on";
            }
            rehearsal.takeRead();
            Outcome outcome = rehearsal.adapter().send(List.of(write(record))).get(0);
            rehearsal.takeRead().forEach(veil::learn);
            request = rehearsal.heldBack();
            if (request != null) {
                return "sent";
            }
            if (outcome instanceof Outcome.Accepted accepted) {
                externalId = accepted.externalId();
                return "nothing to send: the target's record " + accepted.externalId() + " holds it already";
            }
            if (outcome instanceof Outcome.Conflict conflict) {
                return "conflict: " + Masking.mask(veil.withoutSecrets(conflict.message()), record, kind);
            }
            if (outcome instanceof Outcome.Rejected rejected) {
                return "rejected: " + Masking.mask(veil.withoutSecrets(rejected.message()), record, kind);
            }
            if (outcome instanceof Outcome.Gone gone) {
                return "conflict: " + gone.message();
            }
            if (outcome instanceof Outcome.Unsent unsent) {
                throw unsent.trouble();
            }
            return "tried again later: " + outcome.getClass().getSimpleName();
        }

        private Write write(ObjectNode record) {
            boolean takenAway = link != null && link.deleted();
            // A number is allotted when the record is really sent; until then the first of the series stands for it.
            OptionalLong number = target.adapter().numbersFrom();
            return new Write(
                    entity.tenant(),
                    entity.guid(),
                    kind,
                    Write.Operation.UPSERT,
                    record,
                    Preparing.link(link),
                    takenAway,
                    List.of(),
                    false,
                    references,
                    Preparing.claimedId(target.name(), entity),
                    number.isPresent() ? number.getAsLong() : null,
                    entity.lastUpdated(),
                    kind.single(entity.doc()));
        }

        /** The target's record; null where it has none, or which one it is is not known. */
        private @Nullable ObjectNode remote() {
            String id = externalId;
            if (id == null) {
                return null;
            }
            return target.adapter().read(List.of(id)).stream()
                    .filter(change -> change.externalId().equals(id))
                    .findFirst()
                    .map(RemoteChange::record)
                    .orElse(null);
        }

        private Preview shown(@Nullable String level, String outcome, @Nullable ObjectNode remote) {
            List<Preview.Change> changes = new ArrayList<>();
            List<String> problemsHere = new ArrayList<>();
            if (remote != null) {
                here(remote, changes, problemsHere);
            }
            TargetHttp.Call call = request;
            return new Preview(
                    target.name(),
                    entity.guid(),
                    kind.name(),
                    level,
                    externalId,
                    problems,
                    veil.known(mapped.record()),
                    outcome,
                    call == null
                            ? null
                            : new Preview.Asked(
                                    call.method(),
                                    veil.path(call.path()),
                                    veil.headers(call.headers()),
                                    veil.body(call.body(), false)),
                    remote == null ? null : veil.all(remote),
                    changes,
                    problemsHere);
        }

        private void here(ObjectNode remote, List<Preview.Change> changes, List<String> problemsHere) {
            Set<String> ids = new HashSet<>();
            References.externalIds(remote, ids);
            Map<String, String> guids = new HashMap<>();
            links.byExternalId(target.name(), ids).forEach((id, other) -> guids.put(id, other.guid()));
            ObjectNode resolved = References.toGuids(remote, guids);
            if (resolved == null) {
                problemsHere.add("It refers to a record of the target that is not linked yet");
                return;
            }
            ObjectNode base = link == null ? null : link.base();
            ObjectNode told = base == null ? resolved : target.adapter().asAgreed(resolved, base);
            Inward inward = kind.inward(told, entity.doc());
            inward.problems().forEach(problem -> problemsHere.add(words(problem)));
            for (String path : inward.changedPaths()) {
                changes.add(new Preview.Change(path, at(entity.doc(), path), at(inward.doc(), path)));
            }
        }

        private @Nullable JsonNode at(ObjectNode doc, String path) {
            JsonNode value =
                    doc.at("/" + path.replace("~", "~0").replace("/", "~1").replace('.', '/'));
            return value.isMissingNode() ? null : veil.all(value);
        }
    }
}
