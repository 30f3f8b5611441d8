package org.synchub.conflict;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Policies in tests, from one map in which {@code authority} and {@code onExternalDelete} stand beside the rest. */
final class Policies {

    private Policies() {}

    static Policy read(String place, @Nullable Object settings, Map<String, FieldRule> beans) {
        return Policy.careful().with(written(place, settings), beans);
    }

    static Policy.Written written(String place, @Nullable Object settings) {
        if (!(settings instanceof Map<?, ?> map)) {
            return Policy.Written.conflict(place, settings);
        }
        Map<Object, Object> conflict = new LinkedHashMap<>(map);
        Object authority = conflict.remove("authority");
        Object onExternalDelete = conflict.remove("onExternalDelete");
        return new Policy.Written(place, conflict, authority, onExternalDelete);
    }

    static Map<String, Object> map(Object... keysAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }
}
