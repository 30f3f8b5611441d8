package org.synchub.mapping;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.synchub.crypto.KeyRing;
import org.synchub.mapping.ListField.Several;

/** Reads {@code fields:} of one kind, and everything nested in it. */
final class FieldReader {

    static final Set<String> COMMON_KEYS = Keys.of(Policies.KEYS, "direction");
    static final Set<String> VALUE_KEYS = Keys.of(
            COMMON_KEYS,
            "path",
            "required",
            "type",
            "values",
            "otherwise",
            "default",
            "blank",
            "parse",
            "select",
            "reference",
            "encrypt");
    static final Set<String> CONSTANT_KEYS = Keys.of(COMMON_KEYS, "constant");
    static final Set<String> JOIN_KEYS = Keys.of(COMMON_KEYS, "join", "separator", "required");
    static final Set<String> LIST_KEYS = Keys.of(COMMON_KEYS, "list", "key", "where", "several", "required", "fields");
    static final Set<String> OBJECT_KEYS = Keys.of(COMMON_KEYS, "fields", "required");

    private static final List<String> FORMS = List.of("path", "constant", "join", "list", "fields");

    /** How a blank text is understood. */
    enum Blank {
        OMIT,
        CLEAR
    }

    /** What a text at a path holds. */
    enum Parse {
        JSON
    }

    private final Problems problems;
    private final PolicyCheck policyCheck;
    private final String kind;
    private final Set<String> kinds;
    private final KeyRing keys;

    FieldReader(String kind, Set<String> kinds, PolicyCheck policyCheck, KeyRing keys, Problems problems) {
        this.keys = keys;
        this.kind = kind;
        this.kinds = kinds;
        this.policyCheck = policyCheck;
        this.problems = problems;
    }

    /**
     * What stands around a field.
     *
     * @param prefix the objects, up to the nearest list: {@code address.}
     * @param place all of it, for people: {@code individual.reg_ids.}
     * @param inItem whether paths start at the item of a list
     */
    private record Around(String prefix, String place, boolean inItem) {}

    /** The fields of the kind itself. */
    List<Field> fields(Node node) {
        return fields(node, new Around("", kind + ".", false));
    }

    private List<Field> fields(Node node, Around around) {
        if (!node.isMap() || node.rawEntries().isEmpty()) {
            problems.error(node, "'fields' must be a map with at least one field", "such as name: {path: data.name}");
            return List.of();
        }
        List<Field> fields = new ArrayList<>();
        node.rawEntries().forEach((name, entry) -> {
            Field field = field(name, entry, around);
            if (field != null) {
                fields.add(field);
            }
        });
        return fields;
    }

    private @Nullable Field field(String name, Node.Entry entry, Around around) {
        if (name.isBlank() || name.indexOf('.') >= 0 || name.startsWith("$")) {
            problems.error(
                    entry.key(),
                    "'" + name + "' cannot be a field's name: it is blank, holds a dot or starts with '$'",
                    "for an object inside the record nest 'fields:'");
            return null;
        }
        Node node = entry.value();
        if (!node.isMap()) {
            problems.error(
                    node,
                    "field '" + name + "' must be a map, not " + node.describe(),
                    node.isScalar() && !node.isNull()
                            ? "write " + name + ": {path: " + node.text() + "}"
                            : "write " + name + ": {path: data." + name + "}");
            return null;
        }
        String form = form(name, entry);
        if (form == null) {
            return null;
        }
        MapReader map = MapReader.of(node, "field '" + name + "'", keysOf(form), elsewhere(form), problems);
        if (map == null) {
            return null;
        }
        String place = around.place() + name;
        Policies policies = Policies.read(map, policyCheck, PolicyCheck.Level.FIELD, place, problems);
        Field.Common common = new Field.Common(
                name,
                around.prefix() + name,
                problems.file(),
                entry.key().line(),
                entry.key().column(),
                !form.equals("constant") && map.flag("required", false),
                Direction.OUT,
                policies);
        Direction direction = map.choice("direction", Direction.class);
        return switch (form) {
            case "constant" -> constant(common, map, direction);
            case "join" -> join(common, map, direction, around.inItem());
            case "list" -> list(common, map, direction, around);
            case "fields" -> object(common, map, direction, around);
            default ->
                new ValueFieldReader(problems, kinds, keys)
                        .read(common, map, direction, around.inItem(), place.substring(kind.length() + 1));
        };
    }

    /** The one key that says what the field is; a list has 'fields' beside it. */
    private @Nullable String form(String name, Node.Entry entry) {
        Set<String> given = new LinkedHashSet<>(FORMS);
        given.retainAll(entry.value().rawEntries().keySet());
        if (given.contains("list")) {
            given.remove("fields");
        }
        if (given.size() == 1) {
            return given.iterator().next();
        }
        if (given.isEmpty()) {
            noForm(name, entry);
        } else {
            problems.error(
                    entry.key(),
                    "field '" + name + "' has " + String.join(" and ", given) + ", but a field takes only one of them",
                    "remove all but one");
        }
        return null;
    }

    private void noForm(String name, Node.Entry entry) {
        for (Node.Entry key : entry.value().rawEntries().values()) {
            String near = Suggest.nearest(key.key().text(), FORMS);
            if (near != null) {
                problems.error(
                        key.key(),
                        "unknown key '" + key.key().text() + "' in field '" + name + "'",
                        "did you mean '" + near + "'?");
                return;
            }
        }
        problems.error(
                entry.key(),
                "field '" + name + "' does not say where its value comes from",
                "give it one of " + String.join(", ", FORMS));
    }

    private static Set<String> keysOf(String form) {
        return switch (form) {
            case "constant" -> CONSTANT_KEYS;
            case "join" -> JOIN_KEYS;
            case "list" -> LIST_KEYS;
            case "fields" -> OBJECT_KEYS;
            default -> VALUE_KEYS;
        };
    }

    /** For a key that is known, but in another sort of field: which sort. */
    private static Function<String, @Nullable String> elsewhere(String form) {
        return key -> FORMS.stream()
                .filter(other -> !other.equals(form) && keysOf(other).contains(key))
                .findFirst()
                .map(other -> "'" + key + "' goes with '" + other + "', this field has '" + form + "'")
                .orElse(null);
    }

    private Field constant(Field.Common common, MapReader map, @Nullable Direction direction) {
        outOnly(map, direction, "a constant flows out only: there is nothing in the entity to change");
        Node value = map.get("constant");
        return new ConstantField(common, value == null ? Scalars.json("", false) : value.json());
    }

    private Field join(Field.Common common, MapReader map, @Nullable Direction direction, boolean inItem) {
        outOnly(map, direction, "a joined text flows out only: it cannot be taken apart again");
        List<DocPath> parts = new ArrayList<>();
        Node list = map.get("join");
        if (list == null || !list.isList() || list.items().size() < 2) {
            problems.error(
                    list == null ? map.map() : list,
                    "'join' must be a list of at least two paths",
                    "such as join: [data.first_name, data.last_name]");
        } else {
            for (Node item : list.items()) {
                DocPath part = Paths.read("join", item, inItem, problems);
                if (part != null) {
                    parts.add(part);
                }
            }
        }
        String separator = map.has("separator") ? separator(map) : " ";
        return new JoinField(common, parts, separator);
    }

    private String separator(MapReader map) {
        Node node = map.get("separator");
        if (node == null || !node.isScalar()) {
            problems.error(map.keyNode("separator"), "'separator' must be text", "such as separator: \", \"");
            return " ";
        }
        return node.text();
    }

    private void outOnly(MapReader map, @Nullable Direction direction, String why) {
        if (direction != null && direction.in()) {
            Node at = map.get("direction");
            problems.error(at == null ? map.map() : at, why, "remove 'direction', or write 'direction: out'");
        }
    }

    private Field object(Field.Common common, MapReader map, @Nullable Direction direction, Around around) {
        Node node = map.get("fields");
        List<Field> fields = node == null
                ? List.of()
                : fields(
                        node,
                        new Around(common.fullName() + ".", around.place() + common.name() + ".", around.inItem()));
        boolean canIn = fields.stream().anyMatch(field -> field.direction().in());
        if (direction != null && direction.in() && !canIn) {
            Node at = map.get("direction");
            problems.error(
                    at == null ? map.map() : at,
                    "nothing in this object can be written on the way in",
                    "remove 'direction', or write 'direction: out'");
        }
        return new ObjectField(common.withDirection(orDefault(direction, canIn)), fields);
    }

    private static Direction orDefault(@Nullable Direction direction, boolean canIn) {
        return direction != null ? direction : canIn ? Direction.BOTH : Direction.OUT;
    }

    private @Nullable Field list(Field.Common common, MapReader map, @Nullable Direction direction, Around around) {
        Node pathNode = map.get("list");
        DocPath path = pathNode == null ? null : Paths.read("list", pathNode, around.inItem(), problems);
        Node fieldsNode = map.require("fields", "say what each item becomes: fields: {phone_no: {path: .}}");
        List<Field> fields = fieldsNode == null
                ? List.of()
                : fields(fieldsNode, new Around("", around.place() + common.name() + ".", true));
        new Clashes(problems).checkItems(fields);
        Node whereNode = map.get("where");
        Match where = whereNode == null ? null : MatchReader.read("where", whereNode, true, problems);
        Several several = map.choice("several", Several.class);
        List<String> key = key(map, fieldsNode);
        keyIsReadable(map, key, fields);
        if (path == null) {
            return null;
        }
        boolean canIn = !key.isEmpty()
                && path.isWritable()
                && fields.stream().anyMatch(field -> field.direction().in());
        if (direction != null && direction.in() && !canIn) {
            Node at = map.get("direction");
            problems.error(
                    at == null ? map.map() : at,
                    key.isEmpty()
                            ? "a list without 'key' flows out only: its items cannot be told apart on the way in"
                            : "nothing in this list can be written on the way in",
                    key.isEmpty() ? "add 'key', or write 'direction: out'" : "write 'direction: out'");
        }
        return new ListField(
                common.withDirection(orDefault(direction, canIn)),
                new ListField.Spec(path, key, where, several == null ? Several.REFUSE : several, fields));
    }

    /** By an envelope no item could be recognised any more once its key was exchanged. */
    private void keyIsReadable(MapReader map, List<String> key, List<Field> fields) {
        fields.stream()
                .filter(field -> field.encrypt() != null && key.contains(field.name()))
                .forEach(field -> problems.error(
                        map.keyNode("key"),
                        "'key' names '" + field.name() + "', which is encrypted",
                        "tell the items apart by another field, or drop 'encrypt' in line " + field.line()));
    }

    private List<String> key(MapReader map, @Nullable Node fieldsNode) {
        Node node = map.get("key");
        if (node == null) {
            return List.of();
        }
        List<Node> names = node.isList() ? node.items() : List.of(node);
        Set<String> known =
                fieldsNode == null ? Set.of() : fieldsNode.rawEntries().keySet();
        List<String> key = new ArrayList<>();
        for (Node name : names) {
            if (!name.isScalar() || name.isNull()) {
                problems.error(name, "'key' must name fields of the item, not " + name.describe(), "");
            } else if (!known.contains(name.text())) {
                problems.error(
                        name,
                        "'key' names '" + name.text() + "', but the item has no such field",
                        Suggest.hint(name.text(), known));
            } else {
                key.add(name.text());
            }
        }
        if (names.isEmpty()) {
            problems.error(node, "'key' names no field", Suggest.hint("", known));
        }
        return key;
    }
}
