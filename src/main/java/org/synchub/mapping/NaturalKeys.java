package org.synchub.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads natural keys from records, and says where entities hold the same values. */
final class NaturalKeys {

    private NaturalKeys() {}

    static @Nullable String valueOf(Kind kind, List<String> key, ObjectNode record) {
        StringBuilder text = new StringBuilder();
        for (String place : key) {
            String part = Texts.of(at(kind, place, record));
            if (part == null || part.isBlank()) {
                return null;
            }
            text.append(part.strip()).append('\n');
        }
        return text.toString();
    }

    private static @Nullable JsonNode at(Kind kind, String place, ObjectNode record) {
        int dot = place.indexOf('.');
        Field field = kind.field(dot < 0 ? place : place.substring(0, dot));
        JsonNode value = record.get(field.name());
        if (dot < 0 || value == null) {
            return value;
        }
        String rest = place.substring(dot + 1);
        if (!field.isList()) {
            return value.get(rest);
        }
        Field content = content(field);
        for (JsonNode item : value) {
            if (content != null && rest.equals(Texts.of(item.get(field.key().get(0))))) {
                return item.get(content.name());
            }
        }
        return null;
    }

    /** Of an item that its key names, the value is its first other field. */
    private static @Nullable Field content(Field list) {
        return list.fields().stream()
                .filter(field -> !list.key().contains(field.name()))
                .findFirst()
                .orElse(null);
    }

    static @Nullable KeySource source(Kind kind, List<String> key, ObjectNode record) {
        for (String place : key) {
            String value = Texts.of(at(kind, place, record));
            int dot = place.indexOf('.');
            Field field = kind.field(dot < 0 ? place : place.substring(0, dot));
            ValueField plain = plain(field, dot < 0 ? null : place.substring(dot + 1));
            if (value == null || plain == null) {
                continue;
            }
            String path = field instanceof ListField list
                    ? jsonPath(list.spec().path()) + "[*]"
                            + (plain.spec().path().isSelf()
                                    ? ""
                                    : steps(plain.spec().path()))
                    : jsonPath(plain.spec().path());
            if (field instanceof ListField && plain.spec().path().start() == DocPath.Start.ENTITY) {
                path = jsonPath(plain.spec().path());
            }
            return new KeySource(path, value, "date".equals(plain.type()));
        }
        return null;
    }

    /** The field that holds a place's value just as entities hold it; null where they hold it in other words. */
    private static @Nullable ValueField plain(Field field, @Nullable String rest) {
        Field holder = holder(field, rest);
        return holder instanceof ValueField value && !isTranslated(value) ? value : null;
    }

    /** The field that holds a place's value. */
    static @Nullable Field holder(Field field, @Nullable String rest) {
        return field.isList()
                ? content(field)
                : rest == null
                        ? field
                        : field.fields().stream()
                                .filter(f -> f.name().equals(rest))
                                .findFirst()
                                .orElse(null);
    }

    /** Whether entities can be looked up by a place of a key. */
    static boolean canBeLookedUp(Field field, @Nullable String rest) {
        return plain(field, rest) != null;
    }

    private static boolean isTranslated(ValueField field) {
        return field.spec().table() != null
                || field.spec().parseJson()
                || !("text".equals(field.type()) || "date".equals(field.type()));
    }

    private static String jsonPath(DocPath path) {
        return "$" + steps(path);
    }

    private static String steps(DocPath path) {
        StringBuilder steps = new StringBuilder();
        for (String segment : path.text().replaceFirst("^\\$\\.", "").split("\\.", -1)) {
            steps.append(".\"")
                    .append(segment.replace("\\", "\\\\").replace("\"", "\\\""))
                    .append('"');
        }
        return steps.toString();
    }
}
