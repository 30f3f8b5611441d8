package org.synchub.target.httpjson;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synchub.mapping.Kind;
import org.synchub.target.TargetTrouble;
import org.synchub.target.httpjson.spec.Operation;
import org.synchub.target.httpjson.spec.Request;
import org.synchub.target.httpjson.spec.Verdict;

/** Finds single records at the target: by its id, by the hub's key, by the mapping's keys. */
final class Lookup {

    private final Session session;

    Lookup(Session session) {
        this.session = session;
    }

    /** What was found. */
    record Found(List<RemoteItem> items) {

        boolean isEmpty() {
            return items.isEmpty();
        }

        boolean isAmbiguous() {
            return items.size() > 1;
        }

        RemoteItem item() {
            return items.get(0);
        }
    }

    boolean canRead() {
        return session.spec().request(Operation.READ) != null;
    }

    /** Whether a record can be looked for by the hub's key. */
    boolean canLook() {
        return session.spec().request(Operation.FIND) != null
                || (session.spec().record().hubMakesIds() && canRead());
    }

    /**
     * The record with an id; null if there is none.
     *
     * @throws TargetTrouble when the answer says neither that it is there nor that it is not
     */
    @Nullable
    RemoteItem read(Kind kind, String externalId) {
        Request request = session.spec().need(Operation.READ);
        Client.Judged judged = session.client()
                .ask(
                        request,
                        session.variables(
                                kind.name(),
                                name -> name.equals("id") ? session.ids().sent(externalId) : null),
                        kind.name());
        Judgement judgement = judged.judgement();
        if (judgement.verdict() == Verdict.GONE) {
            return null;
        }
        if (judgement.verdict() != Verdict.ACCEPTED || !judgement.record().isObject()) {
            throw unreadable(judged);
        }
        RemoteItem item = new RemoteItem(
                session, kind, judgement.record(), judged.reply().answer().header("ETag"));
        return item.fits() && !item.isDeleted() ? item : null;
    }

    private TargetTrouble unreadable(Client.Judged judged) {
        return new TargetTrouble(
                TargetTrouble.Kind.MISCONFIGURED,
                "The answer to " + judged.reply().label() + " (HTTP "
                        + judged.reply().status()
                        + ") is neither a record nor the word that there is none; check the request in "
                        + session.spec().where());
    }

    /** The record that carries an entity's key, looked for in the way that the target offers. */
    Found byKey(Task task) {
        Request find = session.spec().request(Operation.FIND);
        if (find != null) {
            List<RemoteItem> own = new ArrayList<>();
            for (RemoteItem item : several(find, task)) {
                if (item.belongsTo(task.write().guid())) {
                    own.add(item);
                }
            }
            return new Found(List.copyOf(own));
        }
        if (session.spec().record().hubMakesIds() && canRead()) {
            String id = session.ids().of(task.kind().name(), task.key().asText());
            RemoteItem item = read(task.kind(), id);
            return new Found(item == null ? List.of() : List.of(item));
        }
        return new Found(List.of());
    }

    /** Records that have the same values as the entity under one of the mapping's keys, and belong to nobody else. */
    Found byNaturalKeys(Task task) {
        Request search = session.spec().request(Operation.SEARCH);
        Map<String, RemoteItem> found = new LinkedHashMap<>();
        if (search != null) {
            for (List<String> key : task.kind().keys()) {
                String ours = task.kind().keyOf(key, task.write().record());
                String field = key.get(0);
                JsonNode value = session.form(task.kind()).sent(task.ours()).get(field);
                if (ours == null || value == null || !value.isValueNode()) {
                    continue;
                }
                Map<String, JsonNode> own = Map.of("field", TextNode.valueOf(field), "value", value);
                for (RemoteItem item : several(search, task, own)) {
                    String id = item.externalId();
                    if (id != null
                            && ours.equals(task.kind().keyOf(key, item.told()))
                            && !item.belongsToAnother(task.write().guid())) {
                        found.put(id, item);
                    }
                }
            }
        }
        return new Found(List.copyOf(found.values()));
    }

    /** Whether a record is what the store's own note says: it carries the key, or has the same natural key. */
    boolean isOurs(Task task, RemoteItem item) {
        if (item.belongsTo(task.write().guid())) {
            return true;
        }
        ObjectNode told = item.told();
        return !item.belongsToAnother(task.write().guid())
                && task.kind().keys().stream().anyMatch(key -> {
                    String ours = task.kind().keyOf(key, task.write().record());
                    return ours != null && ours.equals(task.kind().keyOf(key, told));
                });
    }

    private List<RemoteItem> several(Request request, Task task) {
        return items(
                request,
                session.client().ask(request, task.variables(), task.kind().name()),
                task.kind());
    }

    private List<RemoteItem> several(Request request, Task task, Map<String, JsonNode> own) {
        Client.Judged judged = session.client()
                .ask(
                        request,
                        session.variables(task.kind().name(), own::get),
                        task.kind().name());
        return items(request, judged, task.kind());
    }

    private List<RemoteItem> items(Request request, Client.Judged judged, Kind kind) {
        if (judged.judgement().verdict() == Verdict.GONE) {
            return List.of();
        }
        JsonNode records = request.answer().records().in(judged.reply().body());
        if (judged.judgement().verdict() != Verdict.ACCEPTED || !records.isContainerNode()) {
            throw unreadable(judged);
        }
        List<RemoteItem> items = new ArrayList<>();
        // Some servers give the one record instead of a list.
        (records.isArray() ? records : List.of(records)).forEach(record -> {
            RemoteItem item = new RemoteItem(session, kind, record);
            if (item.fits() && !item.isDeleted() && item.externalId() != null) {
                items.add(item);
            }
        });
        return items;
    }
}
