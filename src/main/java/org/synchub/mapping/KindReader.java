package org.synchub.mapping;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.synchub.crypto.KeyRing;

/** Reads one entry of {@code kinds:}. */
final class KindReader {

    static final Set<String> KEYS = Keys.of(
            Policies.KEYS,
            "match",
            "lane",
            "priority",
            "onDelete",
            "keys",
            "createFromOutside",
            "drift",
            "recordedBy",
            "fields");

    private static final Set<String> RECORDED_BY = Keys.of("user", "device");

    private final Problems problems;
    private final PolicyCheck policyCheck;
    private final Set<String> kinds;
    private final int priority;
    private final KeyRing keys;

    /**
     * @param priority of kinds that do not say
     * @param keys with which fields may be encrypted
     */
    KindReader(Set<String> kinds, int priority, PolicyCheck policyCheck, KeyRing keys, Problems problems) {
        this.keys = keys;
        this.priority = priority;
        this.kinds = kinds;
        this.policyCheck = policyCheck;
        this.problems = problems;
    }

    /** Null if something essential is missing; the problems then say so. */
    @Nullable
    Kind read(String name, Node.Entry entry) {
        if (!isName(name)) {
            problems.error(
                    entry.key(),
                    "'" + name + "' cannot be a kind's name",
                    "use letters, digits, '-' and '_', beginning with a letter, at most 40");
        }
        MapReader map = MapReader.of(entry.value(), "kind '" + name + "'", KEYS, problems);
        if (map == null) {
            return null;
        }
        Policies policies = Policies.read(map, policyCheck, PolicyCheck.Level.KIND, name, problems);
        Node matchNode = map.require("match", "say which entities are meant: match: {data.entityName: " + name + "}");
        Match match = matchNode == null ? null : MatchReader.read("match", matchNode, false, problems);
        Node laneNode = map.get("lane");
        DocPath lane = laneNode == null ? null : Paths.read("lane", laneNode, false, problems);
        OnDelete onDelete = map.choice("onDelete", OnDelete.class);
        DriftChoice drift = map.choice("drift", DriftChoice.class);
        Node fieldsNode = map.require("fields", "say what the record holds: fields: {name: {path: data.name}}");
        List<Field> fields = fieldsNode == null
                ? List.of()
                : new FieldReader(name, kinds, policyCheck, keys, problems).fields(fieldsNode);
        new Clashes(problems).checkEntity(fields);
        if (match != null) {
            matchIsNotWritten(match, fields);
        }
        boolean createFromOutside = map.flag("createFromOutside", false);
        Node keysNode = map.get("keys");
        List<List<String>> naturalKeys = keysNode == null || fieldsNode == null
                ? List.of()
                : new NaturalKeysReader(problems).read(keysNode, fieldsNode, fields, createFromOutside);
        return match == null || fields.isEmpty()
                ? null
                : new Kind(new Kind.Spec(
                        name,
                        entry.key().line(),
                        match,
                        lane,
                        onDelete,
                        naturalKeys,
                        createFromOutside,
                        drift == null ? DriftChoice.ENTITY : drift,
                        recordedBy(map),
                        map.priority(priority),
                        fields,
                        policies));
    }

    private Map<RecordedBy, DocPath> recordedBy(MapReader kind) {
        Map<RecordedBy, DocPath> places = new EnumMap<>(RecordedBy.class);
        Node node = kind.get("recordedBy");
        MapReader map = node == null ? null : MapReader.of(node, "'recordedBy'", RECORDED_BY, problems);
        if (map == null) {
            return places;
        }
        for (RecordedBy who : RecordedBy.values()) {
            Node place = map.get(who.word());
            DocPath path = place == null ? null : Paths.read(who.word(), place, false, problems);
            if (path != null) {
                places.put(who, path);
            }
        }
        if (map.map().rawEntries().isEmpty()) {
            problems.error(map.map(), "'recordedBy' names nothing", "such as recordedBy: {user: data.enumerator}");
        }
        return places;
    }

    /** A target's value must not turn a record into another kind. */
    private void matchIsNotWritten(Match match, List<Field> fields) {
        for (Field field : fields) {
            for (Field.Target target : field.targets()) {
                match.paths().stream()
                        .filter(path -> path.overlaps(target.path()))
                        .findFirst()
                        .ifPresent(path -> problems.error(
                                field.line(),
                                field.column(),
                                "field '" + field.name() + "' would write '" + path
                                        + "' on the way in, which decides the record's kind",
                                "write 'direction: out' at this field"));
            }
        }
    }

    static boolean isName(String name) {
        if (name.isEmpty() || name.length() > 40 || !isLetter(name.charAt(0))) {
            return false;
        }
        return name.chars().allMatch(c -> isLetter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_');
    }

    private static boolean isLetter(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    /** Reports kinds that no entity can ever reach, because an earlier one takes them all. */
    static void checkReach(List<Kind> kinds, Problems problems, Node kindsNode) {
        List<Kind> earlier = new ArrayList<>();
        for (Kind kind : kinds) {
            for (Kind before : earlier) {
                if (before.matcher().covers(kind.matcher())) {
                    boolean same = kind.matcher().covers(before.matcher());
                    Node.Entry entry = kindsNode.rawEntries().get(kind.name());
                    Node at = entry == null ? kindsNode : entry.key();
                    problems.error(
                            at,
                            same
                                    ? "kinds '" + before.name() + "' and '" + kind.name() + "' have the same 'match'"
                                    : "no entity can be a '" + kind.name() + "': '" + before.name() + "' in line "
                                            + before.line() + " matches all of them first",
                            same
                                    ? "make 'match' tell them apart"
                                    : "put the narrower kind first, or make the wider 'match' narrower");
                    break;
                }
            }
            earlier.add(kind);
        }
    }
}
