package org.synchub.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One record kind of a mapping: which entities it takes and what they become. Immutable and safe for concurrent use;
 * everything that can be worked out when the file is read has been.
 */
public final class Kind {

    static final String OPEN_AGAIN = "give the hub that key, or have the value typed anew at the target";

    /**
     * @param lane where the lane's key is; null for the record's own guid
     * @param keys natural keys, each a list of places in the record
     * @param createFromOutside whether a record that was born at the target becomes an entity
     * @param drift what counts where an entity does not hold what its events say
     * @param recordedBy where the entity says so
     */
    record Spec(
            String name,
            int line,
            Match match,
            @Nullable DocPath lane,
            @Nullable OnDelete onDelete,
            List<List<String>> keys,
            boolean createFromOutside,
            DriftChoice drift,
            Map<RecordedBy, DocPath> recordedBy,
            int priority,
            List<Field> fields,
            Policies policies) {}

    private final Spec spec;
    private final Map<String, Field> byName = new LinkedHashMap<>();
    private final Field[] outwardFields;
    private final String hash;
    private final List<Field> encrypted;

    Kind(Spec spec) {
        this.spec = spec;
        spec.fields().forEach(field -> byName.put(field.name(), field));
        this.outwardFields =
                spec.fields().stream().filter(field -> field.direction().out()).toArray(Field[]::new);
        ObjectNode definition = JsonNodeFactory.instance.objectNode();
        definition.set("match", spec.match().definition());
        definition.set("fields", Definitions.of(spec.fields()));
        this.hash = Definitions.hash(definition);
        this.encrypted = encrypted(spec.fields()).toList();
    }

    public String name() {
        return spec.name();
    }

    /** The line of the mapping file in which the kind begins, from 1. */
    public int line() {
        return spec.line();
    }

    /** By path, the values of which the entity must have one; all paths must fit. */
    public Map<String, List<String>> match() {
        return spec.match().asMap();
    }

    /**
     * The lane an entity belongs to: records of one lane are sent in order and never at the same time.
     *
     * @param valueAtPath the text at a dotted path of the entity, null if there is none
     */
    public String laneOf(String guid, Function<String, @Nullable String> valueAtPath) {
        if (spec.lane() == null) {
            return guid;
        }
        String lane = valueAtPath.apply(spec.lane().text());
        return lane == null || lane.isBlank() ? guid : lane;
    }

    /** As {@link #laneOf(String, Function)}, read from the doc itself. */
    public String laneOf(String guid, JsonNode doc) {
        return laneOf(
                guid, path -> spec.lane() == null ? null : Texts.of(spec.lane().in(doc)));
    }

    /** The dotted path below which an entity says by whom it was recorded; null if the mapping does not name it. */
    public @Nullable String recordedBy(RecordedBy who) {
        DocPath path = spec.recordedBy().get(who);
        return path == null ? null : path.text();
    }

    /** Null if the mapping does not say. */
    public @Nullable OnDelete onDelete() {
        return spec.onDelete();
    }

    /** From 1, first, to 9, last. */
    public int priority() {
        return spec.priority();
    }

    /** In the file's order. */
    public List<Field> fields() {
        return spec.fields();
    }

    /** Fails for a name that the kind does not have. */
    public Field field(String name) {
        Field field = byName.get(name);
        if (field == null) {
            throw new IllegalArgumentException("kind '" + name() + "' has no field '" + name + "'");
        }
        return field;
    }

    /** Natural keys by which a record may be found in the target before it is created; each is a list of places. */
    public List<List<String>> keys() {
        return spec.keys();
    }

    /** Whether a record that was born at the target, and matches no entity, becomes a new one. */
    public boolean createFromOutside() {
        return spec.createFromOutside();
    }

    /** Whether what an entity's events say counts where the entity does not hold it. */
    public boolean followsEvents() {
        return spec.drift() == DriftChoice.EVENTS;
    }

    /**
     * What a record holds under a natural key.
     *
     * @param key one of {@link #keys()}
     * @return a text that is the same for the same values; null if the record does not fill the key
     */
    public @Nullable String keyOf(List<String> key, ObjectNode record) {
        return NaturalKeys.valueOf(this, key, record);
    }

    /** Where the store can look for entities with the same value under a key; null where values are translated. */
    public @Nullable KeySource keySource(List<String> key, ObjectNode record) {
        return NaturalKeys.source(this, key, record);
    }

    /** SHA-256 in hex over what decides this kind's records: match and fields. */
    public String hash() {
        return hash;
    }

    /** The kind's conflict policy as written; null if there is none. */
    public @Nullable Node conflict() {
        return spec.policies().conflict();
    }

    /** Which side owns records of this kind, as written; null if it does not say. */
    public @Nullable Node authority() {
        return spec.policies().authority();
    }

    /** What a deletion in the target means for records of this kind, as written; null if it does not say. */
    public @Nullable Node onExternalDelete() {
        return spec.policies().onExternalDelete();
    }

    /** What the entity becomes for the target. Never fails: what cannot be mapped is among the problems. */
    public Mapped outward(Entity entity) {
        ObjectNode doc = entity.doc();
        Scope scope = Scope.of(doc);
        Output out = new Output(false);
        ObjectNode record = JsonNodeFactory.instance.objectNode();
        for (Field field : outwardFields) {
            JsonNode value = field.outward(scope, out);
            if (value != null) {
                record.set(field.name(), value);
            }
        }
        return new Mapped(record, out.references(), out.problems());
    }

    /**
     * A target's record as this mapping sees it, in the form of {@link #outward}: known fields only and in the file's
     * order, values spelt as the mapping spells them, lists in the entity's order and without items that are none of
     * the mapping's business (a document of a type that it never sends), no null where the entity has no value either.
     * If nothing has changed, it equals what {@link #outward} made of the entity.
     *
     * @param targetRecord the target's values in the form of {@link Mapped#record()}; a field that is absent says
     *     nothing, a null says that the target holds no value. A reference is <code>{"$ref": "guid"}</code>; whatever
     *     else stands there is taken for a record that the hub does not know
     * @param currentDoc the entity's doc as it is now
     */
    public ObjectNode canonical(ObjectNode targetRecord, ObjectNode currentDoc) {
        Scope scope = Scope.of(currentDoc);
        Output quiet = new Output(true);
        ObjectNode seen = JsonNodeFactory.instance.objectNode();
        for (Field field : spec.fields()) {
            JsonNode theirs = targetRecord.get(field.name());
            if (theirs == null) {
                continue;
            }
            JsonNode ours = field.outward(scope, quiet);
            JsonNode canonical = field.canonical(theirs, ours, scope);
            if (canonical != null && !(canonical.isNull() && ours == null)) {
                seen.set(field.name(), canonical);
            }
        }
        return seen;
    }

    /** Names of the lists for which an entity has one place only. */
    public Set<String> single(ObjectNode doc) {
        Set<String> single = new TreeSet<>();
        for (Field field : spec.fields()) {
            if (field.hasRoomForOne(doc)) {
                single.add(field.name());
            }
        }
        return single;
    }

    /**
     * What a target's record makes of an entity: the inverse of {@link #outward}. A value that says the same as the
     * entity's changes nothing, so the entity keeps its richer form (the time behind a date, a number written as text).
     * What the mapping does not know is left alone. A change that would read differently when mapped outwards again is
     * not made; it is among the problems. Never fails, changes none of its arguments.
     *
     * @param targetRecord as for {@link #canonical}
     * @param currentDoc the entity's doc as it is now
     */
    public Inward inward(ObjectNode targetRecord, ObjectNode currentDoc) {
        ObjectNode seen = canonical(targetRecord, currentDoc);
        Draft draft = new Draft(currentDoc.deepCopy());
        for (Field field : spec.fields()) {
            JsonNode theirs = seen.get(field.name());
            if (theirs != null && field.direction().in()) {
                draft.take(field, theirs);
            }
        }
        return new Inward(draft.doc(), draft.changed(), draft.problems());
    }

    /** The fields, at whatever depth, whose values leave in envelopes. */
    public List<Field> encrypted() {
        return encrypted;
    }

    private static Stream<Field> encrypted(List<Field> fields) {
        return fields.stream().flatMap(field -> field.encrypt() != null ? Stream.of(field) : encrypted(field.fields()));
    }

    /**
     * The envelopes of a target's record that could not be opened. Such a record says nothing about those fields, and
     * nothing may be concluded from it.
     *
     * @param targetRecord as for {@link #canonical}
     */
    public List<Problem> shut(ObjectNode targetRecord) {
        List<Problem> problems = new ArrayList<>();
        shut(spec.fields(), targetRecord, "", problems);
        return problems;
    }

    private static void shut(List<Field> fields, JsonNode record, String prefix, List<Problem> problems) {
        for (Field field : fields) {
            JsonNode value = record.path(field.name());
            String place = prefix + field.name();
            String why = field.whyShut(value);
            if (why != null) {
                problems.add(new Problem(
                        field.file(),
                        field.line(),
                        field.column(),
                        place,
                        ValueField.CANNOT_BE_OPENED + why,
                        OPEN_AGAIN));
            } else if (value.isArray()) {
                for (int i = 0; i < value.size(); i++) {
                    shut(field.fields(), value.get(i), place + "." + i + ".", problems);
                }
            } else {
                shut(field.fields(), value, place + ".", problems);
            }
        }
    }

    Match matcher() {
        return spec.match();
    }

    @Nullable
    DocPath lane() {
        return spec.lane();
    }

    /** A copy of the doc that answers with nothing, as a form does, what it does not answer and what can be cleared. */
    public ObjectNode leftEmpty(ObjectNode doc) {
        Draft draft = new Draft(doc.deepCopy());
        spec.fields().forEach(field -> field.leaveEmpty(draft));
        return draft.doc();
    }

    @Override
    public String toString() {
        return "Kind[" + name() + "]";
    }
}
