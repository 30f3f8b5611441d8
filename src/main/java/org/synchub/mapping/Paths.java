package org.synchub.mapping;

import org.jspecify.annotations.Nullable;

/** Reads a path from a YAML value. */
final class Paths {

    private Paths() {}

    static @Nullable DocPath read(String key, Node node, boolean inItem, Problems problems) {
        if (!node.isScalar() || node.isNull()) {
            problems.error(node, "'" + key + "' must be a path, not " + node.describe(), key + ": data.first_name");
            return null;
        }
        return inItem ? DocPath.ofItem(node.text(), node, problems) : DocPath.ofEntity(node.text(), node, problems);
    }
}
