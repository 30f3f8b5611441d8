package org.synchub.conflict;

import com.fasterxml.jackson.annotation.JsonIncludeProperties;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What changed from one record to another, as {@link Diff#between} found it. Shares the values of the compared records:
 * do not alter those while the delta is in use.
 *
 * @param changes every difference once, none within another
 * @param shape the shape by which the records were compared
 */
@JsonIncludeProperties("changes")
public record Delta(List<Change> changes, Shape shape) {

    public Delta {
        changes = List.copyOf(changes);
    }

    public boolean isEmpty() {
        return changes.isEmpty();
    }

    /** Names of the record's own fields in which something changed, in the record's order. */
    public Set<String> changedFields() {
        Set<String> fields = new LinkedHashSet<>();
        changes.forEach(change -> fields.add(change.path().topField()));
        return fields;
    }

    /**
     * The changed fields alone, each with its whole new value: what a target that takes partial updates is sent. A field
     * that the new record lacks is null.
     *
     * @param to the record that this delta leads to
     */
    public ObjectNode changedPart(ObjectNode to) {
        ObjectNode part = JsonNodeFactory.instance.objectNode();
        for (String field : changedFields()) {
            JsonNode value = to.get(field);
            part.set(field, value == null ? part.nullNode() : value.deepCopy());
        }
        return part;
    }

    /**
     * A copy of the record with these changes made. Applied to the record that the delta was taken from, it gives the
     * record it was taken to. Applied to another, it makes missing objects, lists and items on the way, and removing what
     * is absent does nothing.
     *
     * @param record where to start; null is the empty record
     * @throws IllegalArgumentException when an item cannot be told apart because the record's list holds its key twice
     */
    public ObjectNode apply(@Nullable ObjectNode record) {
        ObjectNode result = record == null ? JsonNodeFactory.instance.objectNode() : record.deepCopy();
        Editor editor = new Editor(result, shape);
        for (Change change : changes) {
            JsonNode to = change.to();
            if (to == null) {
                editor.remove(change.path());
            } else {
                editor.set(change.path(), to.deepCopy());
            }
        }
        return result;
    }
}
