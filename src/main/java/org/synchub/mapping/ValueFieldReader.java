package org.synchub.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.synchub.crypto.KeyRing;
import org.synchub.mapping.ValueTable.Otherwise;

/** Reads a field that has a {@code path}. */
final class ValueFieldReader {

    private final Problems problems;
    private final Set<String> kinds;
    private final KeyRing keys;

    ValueFieldReader(Problems problems, Set<String> kinds, KeyRing keys) {
        this.keys = keys;
        this.problems = problems;
        this.kinds = kinds;
    }

    /** @param place of the field in a record of its kind */
    @Nullable
    Field read(Field.Common common, MapReader map, @Nullable Direction wanted, boolean inItem, String place) {
        Node pathNode = map.get("path");
        DocPath path = pathNode == null ? null : Paths.read("path", pathNode, inItem, problems);
        FieldType type = map.choice("type", FieldType.class);
        boolean parse = map.choice("parse", FieldReader.Parse.class) != null;
        DocPath select = select(map);
        String reference = reference(map);
        ValueTable table = table(map, type);
        FieldType effective = type == null ? FieldType.TEXT : type;
        JsonNode fallback = fallback(map, "default", type, table != null);
        FieldReader.Blank blank = map.choice("blank", FieldReader.Blank.class);
        KeyRing.Key key = key(map);
        combinations(map, common, blank);
        if (path == null) {
            return null;
        }
        ValueField.Spec spec = new ValueField.Spec(
                path,
                parse,
                select,
                effective,
                table,
                fallback,
                blank == FieldReader.Blank.CLEAR,
                reference,
                new Seal(keys, key, place));
        return new ValueField(common.withDirection(direction(map, path, wanted)), spec);
    }

    private Direction direction(MapReader map, DocPath path, @Nullable Direction wanted) {
        if (wanted == null) {
            return path.isWritable() ? Direction.BOTH : Direction.OUT;
        }
        if (wanted.in() && !path.isWritable()) {
            Node at = map.get("direction");
            problems.error(
                    at == null ? map.map() : at,
                    "'" + path.text() + "' cannot be written on the way in: it belongs to DataCollect or to the hub",
                    "only values below data (without data.externalId) flow in; write 'direction: out'");
        }
        return wanted;
    }

    private @Nullable DocPath select(MapReader map) {
        Node node = map.get("select");
        if (node == null) {
            return null;
        }
        String text = map.text("select", node);
        return text == null ? null : DocPath.relative(text, node, problems);
    }

    private @Nullable String reference(MapReader map) {
        Node node = map.get("reference");
        if (node == null) {
            return null;
        }
        String name = map.text("reference", node);
        if (name != null && !kinds.contains(name)) {
            problems.error(node, "'reference' names '" + name + "', which is no kind here", Suggest.hint(name, kinds));
        }
        return name;
    }

    private KeyRing.@Nullable Key key(MapReader map) {
        Node node = map.get("encrypt");
        String id = node == null ? null : map.text("encrypt", node);
        if (node == null || id == null) {
            return null;
        }
        if (keys.ids().contains(id)) {
            return keys.get(id);
        }
        String near = Suggest.nearest(id, keys.ids());
        problems.error(
                node,
                "'encrypt' names the key '" + id + "', but there is no synchub.encryption.keys." + id,
                near == null
                        ? "make a key with: openssl rand -base64 32, and give it to the hub from the environment or a file"
                        : "did you mean '" + near + "'?");
        return null;
    }

    private void combinations(MapReader map, Field.Common common, FieldReader.@Nullable Blank blank) {
        if (common.required() && map.has("default")) {
            problems.error(
                    map.keyNode("default"),
                    "'default' and 'required' contradict each other",
                    "with a default the value is never missing: drop one of the two");
        }
        Node otherwise = map.get("otherwise");
        if (common.required() && otherwise != null && otherwise.isNull()) {
            problems.error(
                    otherwise,
                    "'otherwise: null' and 'required' contradict each other",
                    "write 'otherwise: reject', or drop 'required'");
        }
        if (blank == FieldReader.Blank.CLEAR && map.has("default")) {
            problems.error(
                    map.keyNode("blank"),
                    "'blank: clear' and 'default' contradict each other",
                    "a blank text either clears the target's value or becomes the default");
        }
        if (map.has("select") && !map.has("parse")) {
            problems.error(map.keyNode("select"), "'select' needs 'parse: json'", "add it, or lengthen 'path' instead");
        }
        if (map.has("otherwise") && !map.has("values")) {
            problems.error(map.keyNode("otherwise"), "'otherwise' needs 'values'", "add a table of values, or drop it");
        }
        for (String other : new String[] {"values", "type", "default", "parse", "encrypt"}) {
            if (map.has("reference") && map.has(other)) {
                problems.error(
                        map.keyNode(other),
                        "'" + other + "' does not fit a reference",
                        "a reference takes the guid at 'path' as it is");
            }
        }
    }

    private @Nullable ValueTable table(MapReader map, @Nullable FieldType type) {
        Node node = map.get("values");
        if (node == null) {
            return null;
        }
        Map<String, ValueTable.Row> rows = new LinkedHashMap<>();
        if (!node.isMap() || node.rawEntries().isEmpty()) {
            problems.error(
                    node,
                    "'values' must be a map from the store's values to the target's",
                    "such as values: {male: Male, female: Female}");
        }
        node.rawEntries().forEach((key, entry) -> {
            JsonNode value = single("values", entry.value(), type);
            if (value != null) {
                JsonNode asWritten = entry.key().json();
                JsonNode stored = asWritten.isNull() ? Scalars.json(key, true) : asWritten;
                String text = Texts.of(stored);
                rows.put(
                        text == null ? key : text,
                        new ValueTable.Row(stored, value, entry.value().line()));
            }
        });
        return otherwise(map, type, rows);
    }

    private ValueTable otherwise(MapReader map, @Nullable FieldType type, Map<String, ValueTable.Row> rows) {
        Node node = map.get("otherwise");
        if (node == null) {
            return new ValueTable(rows, Otherwise.REJECT, null);
        }
        if (node.isNull()) {
            return new ValueTable(rows, Otherwise.CLEAR, null);
        }
        if (node.isMap()) {
            MapReader inner = MapReader.of(node, "'otherwise'", Keys.of("default"), problems);
            if (inner != null && inner.require("default", "such as otherwise: {default: Other}") != null) {
                return new ValueTable(rows, Otherwise.DEFAULT, fallback(inner, "default", type, true));
            }
            return new ValueTable(rows, Otherwise.REJECT, null);
        }
        String word = node.isScalar() ? node.text() : "";
        Otherwise known = switch (word) {
            case "reject" -> Otherwise.REJECT;
            case "keep" -> Otherwise.KEEP;
            case "omit" -> Otherwise.OMIT;
            default -> null;
        };
        if (known == null) {
            problems.error(
                    node,
                    "'otherwise' must be reject, keep, omit, null or {default: …}" + MapReader.found(node),
                    node.isScalar() ? "for a value of your own write {default: " + word + "}" : "");
        }
        return new ValueTable(rows, known == null ? Otherwise.REJECT : known, null);
    }

    private @Nullable JsonNode fallback(MapReader map, String key, @Nullable FieldType type, boolean asWritten) {
        Node node = map.get(key);
        if (node == null) {
            return null;
        }
        if (node.isNull()) {
            problems.error(node, "'" + key + "' has no value", "drop it: without it the field is left out");
            return null;
        }
        return single(key, node, type == null && !asWritten ? FieldType.TEXT : type);
    }

    /** A value of the mapping itself, converted by the field's type where one is given. */
    private @Nullable JsonNode single(String key, Node node, @Nullable FieldType type) {
        JsonNode value = node.json();
        if (type == FieldType.JSON || (value.isNull() && key.equals("values"))) {
            return value;
        }
        if (!node.isScalar()) {
            problems.error(node, "'" + key + "' takes single values, not " + node.describe(), "");
            return null;
        }
        JsonNode converted = type == null ? value : type.convert(value);
        if (converted == null && type != null) {
            problems.error(
                    node,
                    "'" + node.text() + "' does not fit 'type: " + MapReader.word(type) + "'",
                    "it must be " + type.rule());
        }
        return converted;
    }
}
