package org.synchub.mapping;

import org.jspecify.annotations.Nullable;

/** Reads a path from a YAML value. */
final class Paths {

    private Paths() {}

    static @Nullable DocPath read(String key, Node node, boolean inItem, Problems problems) {
        if (!node.isScalar() || node.isNull()) {
            problems.error(
                    node,
                    "'" + key + "' must be a path, not " + node.describe(),
                    "such as " + key + ": " + example(key));
            return null;
        }
        return inItem ? DocPath.ofItem(node.text(), node, problems) : DocPath.ofEntity(node.text(), node, problems);
    }

    private static String example(String key) {
        return switch (key) {
            case "list" -> "data.phone_number";
            case "lane" -> "data.parentGuid";
            case "user" -> "data.enumerator";
            case "device" -> "data.deviceId";
            default -> "data.first_name";
        };
    }
}
