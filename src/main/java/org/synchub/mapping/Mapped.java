package org.synchub.mapping;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * What an entity becomes for a target.
 *
 * @param record the neutral record, fields in the order of the mapping file. An absent field says nothing about the
 *     target's value; a JSON null says the store holds none any more; a list is always present, perhaps empty; a
 *     reference is <code>{"$ref": "guid"}</code>
 * @param references every reference in the record, in its order
 * @param problems why the record must not be sent; never holds a value of the entity
 */
public record Mapped(ObjectNode record, List<Reference> references, List<Problem> problems) {

    public boolean ok() {
        return problems.isEmpty();
    }

    /** Counts only, because a record holds people's data. */
    @Override
    public String toString() {
        return "Mapped[" + record.size() + " fields, " + references.size() + " references, " + problems.size()
                + " problems]";
    }
}
