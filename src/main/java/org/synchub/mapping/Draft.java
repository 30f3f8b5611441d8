package org.synchub.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An entity's doc while a target's record is written into it; inside a list, together with the item at hand. */
final class Draft {

    /** What the drafts of one entity share. */
    private static final class Whole {
        private ObjectNode doc;
        private Set<String> changed = new LinkedHashSet<>();
        private final List<Problem> problems = new ArrayList<>();

        private Whole(ObjectNode doc) {
            this.doc = doc;
        }
    }

    private final Whole whole;
    private final @Nullable Draft parent;
    private final String list;
    private final int index;
    private JsonNode item = MissingNode.getInstance();

    /** @param doc is changed in place */
    Draft(ObjectNode doc) {
        this(new Whole(doc), null, "", 0);
    }

    private Draft(Whole whole, @Nullable Draft parent, String list, int index) {
        this.whole = whole;
        this.parent = parent;
        this.list = list;
        this.index = index;
    }

    /** A draft of one item of a list; the caller puts {@link #item()} back into the list. */
    Draft item(JsonNode value, String listName, int position) {
        Draft inner = new Draft(whole, this, listName, position);
        inner.item = value;
        return inner;
    }

    Scope scope() {
        return parent == null ? Scope.of(whole.doc) : parent.scope().item(item, list, index);
    }

    JsonNode item() {
        return item;
    }

    ObjectNode doc() {
        return whole.doc;
    }

    Set<String> changed() {
        return whole.changed;
    }

    List<Problem> problems() {
        return whole.problems;
    }

    void problem(Field field, String message, String hint) {
        whole.problems.add(new Problem(
                field.file(), field.line(), field.column(), scope().nameOf(field.fullName()), message, hint));
    }

    /** False if something else than an object or a list stands in the path's way. */
    boolean set(DocPath path, JsonNode value) {
        if (parent == null || path.start() == DocPath.Start.ENTITY) {
            whole.changed.add(path.text());
            return path.set(whole.doc, value);
        }
        if (path.isSelf()) {
            item = value;
            return true;
        }
        if (item.isMissingNode() || item.isNull()) {
            item = JsonNodeFactory.instance.objectNode();
        }
        return item.isContainerNode() && path.set(item, value);
    }

    /**
     * Takes over one field of the record, or nothing of it: what cannot be written, or would be another value when it
     * is mapped outwards again, is undone. Otherwise the two sides would disagree for ever.
     */
    void take(Field field, JsonNode theirs) {
        if (field.agrees(field.outward(scope(), new Output(true)), theirs)) {
            return;
        }
        ObjectNode docBefore = whole.doc.deepCopy();
        Set<String> changedBefore = new LinkedHashSet<>(whole.changed);
        int problemsBefore = whole.problems.size();
        field.inward(theirs, this);
        if (whole.problems.size() == problemsBefore) {
            Output again = new Output(true);
            JsonNode ours = field.outward(scope(), again);
            if (!again.problems().isEmpty()) {
                problem(
                        field,
                        "the target's value cannot be taken over: "
                                + again.problems().get(0).message(),
                        "change it in the target, or write 'direction: out' here");
            } else if (!field.agrees(ours, theirs)) {
                problem(
                        field,
                        "the entity has no place for the target's value: mapped outwards again it would differ",
                        "look at the keys of this field, or write 'direction: out' here");
            }
        }
        if (whole.problems.size() > problemsBefore) {
            whole.doc = docBefore;
            whole.changed = changedBefore;
        }
    }
}
