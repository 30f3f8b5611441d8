package org.synchub.mapping;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code match:} and {@code where:}: a path and the value, or the values, it may have. */
final class MatchReader {

    private MatchReader() {}

    static @Nullable Match read(String key, Node node, boolean inItem, Problems problems) {
        if (!node.isMap() || node.rawEntries().isEmpty()) {
            problems.error(
                    node,
                    "'" + key + "' must be a map of paths and values",
                    inItem ? "such as where: {id_type: national_id}" : "such as match: {data.entityName: household}");
            return null;
        }
        List<Match.Condition> conditions = new ArrayList<>();
        node.rawEntries().forEach((name, entry) -> {
            DocPath path = Paths.read(key, entry.key(), inItem, problems);
            Set<String> values = values(key, entry.value(), problems);
            if (path != null && !values.isEmpty()) {
                conditions.add(new Match.Condition(path, values));
            }
        });
        return conditions.isEmpty() ? null : new Match(conditions);
    }

    private static Set<String> values(String key, Node node, Problems problems) {
        List<Node> nodes = node.isList() ? node.items() : List.of(node);
        Set<String> values = new LinkedHashSet<>();
        for (Node value : nodes) {
            if (!value.isScalar() || value.isNull()) {
                problems.error(
                        value,
                        "'" + key + "' compares with a value or a list of values, not with " + value.describe(),
                        "");
            } else {
                values.add(value.text());
            }
        }
        if (nodes.isEmpty()) {
            problems.error(node, "'" + key + "' has an empty list of values, which nothing can match", "");
        }
        return values;
    }
}
