package org.synchub.mapping;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code keys:}: lists of places in the record, each checked against the kind's fields. */
final class NaturalKeysReader {

    private static final String EXAMPLE = "such as keys: [[reg_ids.National ID], [family_name, birthdate]]";

    private final Problems problems;

    NaturalKeysReader(Problems problems) {
        this.problems = problems;
    }

    /**
     * @param createFromOutside whether a record of the target's that no key finds becomes an entity: a key by which nothing
     *     can be found would then make doubles
     */
    List<List<String>> read(Node node, Node fieldsNode, List<Field> fields, boolean createFromOutside) {
        if (!node.isList()) {
            problems.error(node, "'keys' must be a list of keys, each a list of fields", EXAMPLE);
            return List.of();
        }
        Map<String, Field> byName = new LinkedHashMap<>();
        fields.forEach(field -> byName.put(field.name(), field));
        List<List<String>> keys = new ArrayList<>();
        for (Node key : node.items()) {
            if (!key.isList() || key.items().isEmpty()) {
                problems.error(key, "each of 'keys' must be a list of fields" + MapReader.found(key), EXAMPLE);
                continue;
            }
            List<String> places = new ArrayList<>();
            for (Node place : key.items()) {
                if (isPlace(place, fieldsNode, byName)) {
                    places.add(place.text());
                }
            }
            keys.add(List.copyOf(places));
            boolean whole = places.size() == key.items().size();
            if (createFromOutside && whole && places.stream().noneMatch(place -> canBeLookedUp(place, byName))) {
                problems.error(
                        key,
                        "no record of DataCollect can be looked up by this key, so 'createFromOutside' would make doubles",
                        "let the key have a field with a 'path' of type text or date and without 'values', or drop"
                                + " 'createFromOutside'");
            }
        }
        return List.copyOf(keys);
    }

    private static boolean canBeLookedUp(String place, Map<String, Field> byName) {
        int dot = place.indexOf('.');
        Field field = byName.get(dot < 0 ? place : place.substring(0, dot));
        return field == null || NaturalKeys.canBeLookedUp(field, dot < 0 ? null : place.substring(dot + 1));
    }

    private boolean isPlace(Node node, Node fieldsNode, Map<String, Field> byName) {
        if (!node.isScalar() || node.isNull()) {
            problems.error(node, "'keys' must name fields, not " + node.describe(), EXAMPLE);
            return false;
        }
        String place = node.text();
        int dot = place.indexOf('.');
        String name = dot < 0 ? place : place.substring(0, dot);
        Field field = byName.get(name);
        if (field == null) {
            boolean broken = fieldsNode.rawEntries().containsKey(name);
            if (!broken) {
                problems.error(
                        node,
                        "'keys' names '" + name + "', but there is no such field",
                        Suggest.hint(name, fieldsNode.rawEntries().keySet()));
            }
            return broken;
        }
        String rest = dot < 0 ? null : place.substring(dot + 1);
        return isPlaceIn(field, rest, node, fieldsNode) && isReadable(field, rest, place, node);
    }

    /** What the target holds in envelopes under older keys, or in clear still, could not be found by searching. */
    private boolean isReadable(Field field, @Nullable String rest, String place, Node node) {
        Field holder = NaturalKeys.holder(field, rest);
        if (holder == null || holder.encrypt() == null) {
            return true;
        }
        problems.error(
                node,
                "'keys' names '" + place + "', which is encrypted: the target cannot be searched for it",
                "take another field for the key, or drop 'encrypt' in line " + holder.line());
        return false;
    }

    private boolean isPlaceIn(Field field, @Nullable String rest, Node node, Node fieldsNode) {
        if (field.isList()) {
            if (field.key().size() != 1) {
                Node list = fieldsNode.get(field.name());
                boolean reported = field.key().isEmpty() && list != null && list.get("key") != null;
                if (!reported) {
                    problems.error(
                            node,
                            "'" + field.name() + "' has no single 'key', so none of its items can be looked for",
                            "give the list one field as its 'key'");
                }
                return false;
            }
            if (rest == null || rest.isBlank()) {
                problems.error(
                        node,
                        "'" + field.name() + "' is a list: 'keys' must say which of its items is meant",
                        "write " + field.name() + ".<value of its key>, such as reg_ids.National ID");
                return false;
            }
            return isItem(field, rest, node);
        }
        if (rest == null) {
            return true;
        }
        for (Field inner : field.fields()) {
            if (inner.name().equals(rest)) {
                return true;
            }
        }
        problems.error(
                node,
                "'" + field.name() + "' has no field '" + rest + "'",
                Suggest.hint(rest, field.fields().stream().map(Field::name).toList()));
        return false;
    }

    /** Where the key's values come from a table, a value that the table never gives is a slip of the pen. */
    private boolean isItem(Field field, String value, Node node) {
        for (Field inner : field.fields()) {
            if (inner.name().equals(field.key().get(0))
                    && inner instanceof ValueField keyField
                    && keyField.spec().table() != null
                    && !keyField.spec().table().canGive(value)) {
                problems.error(
                        node,
                        "'" + value + "' is no value of '" + inner.name() + "' in '" + field.name() + "'",
                        Suggest.hint(value, keyField.spec().table().given()));
                return false;
            }
        }
        return true;
    }
}
