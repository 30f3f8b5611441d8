package org.synchub.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One field of a target's record: how it is made from an entity, and how a target's value goes back into it. */
public abstract sealed class Field permits ValueField, ConstantField, JoinField, ListField, ObjectField {

    /**
     * What every field has.
     *
     * @param fullName the name with the objects around it, up to the nearest list: {@code address.city}
     */
    record Common(
            String name,
            String fullName,
            String file,
            int line,
            int column,
            boolean required,
            Direction direction,
            Policies policies) {

        Common withDirection(Direction other) {
            return new Common(name, fullName, file, line, column, required, other, policies);
        }
    }

    private final Common common;

    Field(Common common) {
        this.common = common;
    }

    /** The field's name in the target's record. */
    public String name() {
        return common.name();
    }

    /** Which way the field flows; what cannot be inverted flows out only. */
    public Direction direction() {
        return common.direction();
    }

    public boolean required() {
        return common.required();
    }

    /** The line of the mapping file in which the field begins, from 1. */
    public int line() {
        return common.line();
    }

    /** True if the record holds an array of items here. */
    public boolean isList() {
        return false;
    }

    /** Enters an empty answer where that clears the target's field; elsewhere it would say nothing. */
    void leaveEmpty(Draft draft) {}

    /** Whether it is a list for which this entity has one place only, and the mapping does not make a list of it. */
    public boolean hasRoomForOne(ObjectNode doc) {
        return false;
    }

    /** The names of the item's fields that tell one item of the list from another; empty unless it is a keyed list. */
    public List<String> key() {
        return List.of();
    }

    /** The fields of an object, or of each item of a list. */
    public List<Field> fields() {
        return List.of();
    }

    /** The record kind this field points to; null if it is no reference. */
    public @Nullable String reference() {
        return null;
    }

    /** What a value of this field is: {@code text}, {@code date} …; null where a value's type is not declared. */
    public @Nullable String type() {
        return null;
    }

    /** The id of the key with which values leave in an envelope; null if they leave in clear. */
    public @Nullable String encrypt() {
        return null;
    }

    /** What an adapter hands over to its target instead of a value, last of all: the value itself unless it is encrypted. */
    public JsonNode sealed(JsonNode value) {
        return value;
    }

    /**
     * What an adapter takes instead of what its target holds here, first of all: the content of an envelope, anything else
     * as it is. One that cannot be opened is no value of the field; {@link Kind#shut} tells.
     */
    public JsonNode opened(JsonNode held) {
        return held;
    }

    /**
     * Whether the target holds a value, if the same, in another way than it is sent now: under another key, or in clear. An
     * adapter that compares a record with what its target holds sends such a value again.
     */
    public boolean isStale(JsonNode held) {
        return false;
    }

    /** Why an envelope could not be opened; null if this is none. */
    @Nullable
    String whyShut(JsonNode value) {
        return null;
    }

    /** True if every record has the same value here. */
    public boolean isConstant() {
        return false;
    }

    /**
     * A value that the mapping itself writes into records: a constant, a default, the right side of a value table.
     *
     * @param line of the mapping file, from 1
     */
    public record Given(JsonNode value, int line) {}

    /** The values that the mapping itself writes here, so that an adapter can ask its server whether it takes them. */
    public List<Given> given() {
        return List.of();
    }

    /** The conflict policy as written at this field; null if there is none. */
    public @Nullable Node conflict() {
        return common.policies().conflict();
    }

    /** Which side owns this field, as written; null if it does not say. */
    public @Nullable Node authority() {
        return common.policies().authority();
    }

    /** What a deletion in the target means, as written at this field; null if it does not say. */
    public @Nullable Node onExternalDelete() {
        return common.policies().onExternalDelete();
    }

    /** The mapping file, as it is named in problems. */
    public String file() {
        return common.file();
    }

    int column() {
        return common.column();
    }

    String fullName() {
        return common.fullName();
    }

    /** The value for the record; null for "absent", which is also what a problem leaves behind. */
    abstract @Nullable JsonNode outward(Scope scope, Output out);

    /**
     * A target's value in the one form in which {@link #outward} writes it, without what this mapping does not know.
     * A value that the mapping cannot read stays as it is, for {@link #inward} to complain about.
     *
     * @param ours what the entity holds now, as {@link #outward} gives it
     * @return null if the target says nothing
     */
    abstract @Nullable JsonNode canonical(JsonNode theirs, @Nullable JsonNode ours, Scope current);

    /** Whether a canonical value says the same as ours in everything that flows inwards. */
    boolean agrees(@Nullable JsonNode ours, JsonNode theirs) {
        return theirs.isNull() ? ours == null || ours.isNull() : theirs.equals(ours);
    }

    /** Writes a canonical value that does not agree with ours into the draft. */
    abstract void inward(JsonNode theirs, Draft draft);

    /** Whether a value of the target is one that this field could have written: the test for a list's keys. */
    boolean knows(JsonNode theirs) {
        return !theirs.isNull();
    }

    /** Everything that decides what {@link #outward} gives, for the mapping's hash. */
    abstract ObjectNode definition();

    /** The places this field reads that are relative to the item of the list around it. */
    abstract List<DocPath> itemPaths();

    /** The places this field may write; empty if it only flows out. */
    abstract List<Target> targets();

    /** A place in the entity that a field writes to, and inside a JSON text there the place within. */
    record Target(DocPath path, @Nullable DocPath within, Field field) {

        boolean clashesWith(Target other) {
            boolean apart = within != null && other.within != null && !within.overlaps(other.within);
            return path.overlaps(other.path) && !apart;
        }
    }

    /** A value of the mapping for use in a record, whose owner may change the record. */
    static JsonNode fresh(JsonNode value) {
        return value.isContainerNode() ? value.deepCopy() : value;
    }

    /** For a missing value: refuses the record if the field is required. */
    final @Nullable JsonNode absent(Scope scope, Output out, String source) {
        if (required()) {
            out.problem(
                    this,
                    scope,
                    "required, but " + source + " is missing or blank",
                    "fill it in in DataCollect, or drop 'required' here");
        }
        return null;
    }
}
