package org.synchub.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.synchub.conflict.Shape;
import org.synchub.ledger.Changes;
import org.synchub.ledger.Changes.Change;
import org.synchub.ledger.Copy;
import org.synchub.ledger.Links;
import org.synchub.mapping.Kind;
import org.synchub.store.StoredEvents;
import org.synchub.store.StoredEvents.Form;

/**
 * Notices forms that were filled in before a pull and arrive after it. A device sends the whole form, so beside what was
 * changed in it such a form carries along old values, and DataCollect writes them over what was pulled.
 */
final class OldForms {

    private final StoredEvents events;
    private final Links links;

    OldForms(StoredEvents events, Links links) {
        this.events = events;
        this.links = links;
    }

    /** Notes for one target which of the forms that came in were filled in on an older state than the last pulled. */
    void note(String tenant, String target, List<Change> changes) {
        Map<String, List<String>> arrived = new LinkedHashMap<>();
        List<String> merged = new ArrayList<>();
        for (Change change : changes) {
            if (change.events().isEmpty()) {
                continue;
            }
            if (change.events().stream().allMatch(event -> target.equals(event.origin()))) {
                merged.add(change.guid());
            } else {
                arrived.put(
                        change.guid(),
                        change.events().stream().map(Changes.Event::guid).toList());
            }
        }
        // What came in before a pull was merged by it.
        links.forgetForms(target, merged);
        Set<String> pulled = links.pulled(target, arrived.keySet());
        if (pulled.isEmpty()) {
            return;
        }
        List<String> forms = new ArrayList<>();
        pulled.forEach(guid -> forms.addAll(arrived.getOrDefault(guid, List.of())));
        Map<String, Form> stored = events.forms(tenant, forms, Incoming.STAMPS);
        for (String guid : pulled) {
            for (String event : arrived.getOrDefault(guid, List.of())) {
                Form form = stored.get(event);
                if (form != null && form.by().equals(Incoming.user(target))) {
                    links.forgetForms(target, List.of(guid));
                } else if (form != null) {
                    boolean stamped = form.stamps().has(target);
                    links.noteForm(
                            target,
                            guid,
                            stamped
                                    ? form.stamps()
                                            .path(target)
                                            .path("revision")
                                            .asLong()
                                    : null);
                }
            }
        }
    }

    /**
     * What an entity is to be compared with if it has to be taken for a copy made before the last pull. A form without a
     * stamp may have seen nothing of what was pulled, so the entity counts as a copy where it does not hold a pulled value
     * that still stands. Where the two sides have agreed on something else since, the pull no longer matters.
     *
     * @param internal what the entity holds
     * @param base what was agreed on last
     * @return null when it is no copy
     */
    static @Nullable Copy copy(@Nullable Copy copy, Kind kind, ObjectNode internal, @Nullable ObjectNode base) {
        if (copy == null || copy.certain()) {
            return copy;
        }
        if (base == null) {
            return null;
        }
        Shape shape = Policies.shape(kind);
        ObjectNode then = base.deepCopy();
        boolean missing = false;
        for (String field : fields(copy)) {
            JsonNode first = null;
            JsonNode last = null;
            boolean pulled = false;
            for (Copy.Missed missed : copy.missed()) {
                ObjectNode before = missed.before();
                ObjectNode after = missed.after();
                if (before != null && after != null && !same(shape, field, before.get(field), after.get(field))) {
                    first = pulled ? first : before.get(field);
                    last = after.get(field);
                    pulled = true;
                }
            }
            if (pulled && same(shape, field, last, base.get(field)) && !same(shape, field, first, base.get(field))) {
                then.remove(field);
                if (first != null) {
                    then.set(field, first);
                }
                missing |= !same(shape, field, internal.get(field), base.get(field));
            }
        }
        return missing ? new Copy(then, true, List.of()) : null;
    }

    private static Set<String> fields(Copy copy) {
        Set<String> fields = new TreeSet<>();
        for (Copy.Missed missed : copy.missed()) {
            if (missed.before() != null) {
                missed.before().fieldNames().forEachRemaining(fields::add);
            }
            if (missed.after() != null) {
                missed.after().fieldNames().forEachRemaining(fields::add);
            }
        }
        return fields;
    }

    private static boolean same(Shape shape, String field, @Nullable JsonNode a, @Nullable JsonNode b) {
        return shape.same(Agreements.one(field, a), Agreements.one(field, b));
    }
}
