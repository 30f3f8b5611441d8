package org.synchub.mapping;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;

/**
 * What a target's record makes of an entity.
 *
 * @param doc a copy of the current doc with the changes that could be made; fields with a problem keep their value
 * @param changedPaths the dotted paths that differ from the current doc ({@code data.first_name}); a changed list is
 *     named as a whole
 * @param problems what the target holds but the entity cannot take; never holds a value
 */
public record Inward(ObjectNode doc, Set<String> changedPaths, List<Problem> problems) {

    public boolean ok() {
        return problems.isEmpty();
    }

    /** Counts and paths only, because a doc holds people's data. */
    @Override
    public String toString() {
        return "Inward[changed " + changedPaths + ", " + problems.size() + " problems]";
    }
}
