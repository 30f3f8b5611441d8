package org.synchub.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * What paths are read from: the entity's doc, and inside a list the item at hand.
 *
 * @param root the entity's doc
 * @param item the item at hand; the doc itself outside of lists
 * @param parent the scope around the list; null outside of lists
 * @param list the list field at hand
 * @param index the position of the item in the record's list
 */
record Scope(
        JsonNode root, @Nullable JsonNode item, @Nullable Scope parent, String list, int index) {

    static Scope of(JsonNode doc) {
        return new Scope(doc, doc, null, "", 0);
    }

    Scope item(JsonNode value, String listName, int position) {
        return new Scope(root, value, this, listName, position);
    }

    /** {@code reg_ids.0.value}; put together only when something has to be said. */
    String nameOf(String field) {
        return parent == null ? field : parent.nameOf(list + "." + index + "." + field);
    }
}
