package org.synchub.mapping;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The policy keys as they are written at one level; their meaning belongs to the conflict package. */
record Policies(Map<String, Node> byKey) {

    static final String CONFLICT = "conflict";
    static final String AUTHORITY = "authority";
    static final String ON_EXTERNAL_DELETE = "onExternalDelete";
    static final Set<String> KEYS = Keys.of(CONFLICT, AUTHORITY, ON_EXTERNAL_DELETE);

    static final Policies EMPTY = new Policies(Map.of());

    static Policies read(MapReader map, PolicyCheck check, PolicyCheck.Level level, String where, Problems problems) {
        Map<String, Node> found = new LinkedHashMap<>();
        for (String key : KEYS) {
            Node value = map.get(key);
            if (value != null) {
                found.put(key, value);
                problems.add(check.check(key, level, where, value, problems.file()));
            }
        }
        return found.isEmpty() ? EMPTY : new Policies(Map.copyOf(found));
    }

    @Nullable
    Node conflict() {
        return byKey.get(CONFLICT);
    }

    @Nullable
    Node authority() {
        return byKey.get(AUTHORITY);
    }

    @Nullable
    Node onExternalDelete() {
        return byKey.get(ON_EXTERNAL_DELETE);
    }
}
