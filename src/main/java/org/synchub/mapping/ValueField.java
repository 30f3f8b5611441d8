package org.synchub.mapping;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A field taken from one place of the entity, converted to what the target wants. */
final class ValueField extends Field {

    static final String REF = "$ref";
    static final String CANNOT_BE_OPENED = "the target's envelope cannot be opened. ";

    private static final ObjectMapper MAPPER =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /**
     * @param path where the value is
     * @param parseJson whether the text there holds JSON
     * @param select the place inside that JSON; null for all of it
     * @param table null if the value is passed on by its type
     * @param type what the value must be; with a table, what a value kept beside the table must be
     * @param fallback the record's value when the entity has none
     * @param clearBlank whether a blank text means "cleared" instead of "says nothing"
     * @param reference the record kind whose guid this is
     * @param seal how values leave and come in
     */
    record Spec(
            DocPath path,
            boolean parseJson,
            @Nullable DocPath select,
            FieldType type,
            @Nullable ValueTable table,
            @Nullable JsonNode fallback,
            boolean clearBlank,
            @Nullable String reference,
            Seal seal) {}

    private final Spec spec;

    ValueField(Common common, Spec spec) {
        super(common);
        this.spec = spec;
    }

    Spec spec() {
        return spec;
    }

    @Override
    public @Nullable String reference() {
        return spec.reference();
    }

    @Override
    public @Nullable String type() {
        return spec.table() == null && spec.reference() == null ? MapReader.word(spec.type()) : null;
    }

    @Override
    public @Nullable String encrypt() {
        return spec.seal().keyId();
    }

    @Override
    public JsonNode sealed(JsonNode value) {
        return spec.seal().sealed(value);
    }

    @Override
    public JsonNode opened(JsonNode held) {
        return spec.seal().opened(held);
    }

    @Override
    public boolean isStale(JsonNode held) {
        return direction().out() && spec.seal().isStale(held);
    }

    @Override
    @Nullable
    String whyShut(JsonNode value) {
        return Seal.isShut(value) ? spec.seal().whyShut(value) : null;
    }

    @Override
    public List<Given> given() {
        List<Given> given = new ArrayList<>();
        if (spec.table() != null) {
            given.addAll(spec.table().givenAt(line()));
        }
        if (spec.fallback() != null) {
            given.add(new Given(spec.fallback(), line()));
        }
        return given;
    }

    @Override
    @Nullable
    JsonNode outward(Scope scope, Output out) {
        JsonNode raw = spec.path().get(scope);
        if (spec.parseJson() && raw != null && !raw.isNull() && !Texts.isAbsent(raw)) {
            JsonNode document = document(raw);
            if (document == null) {
                out.problem(this, scope, spec.path().words() + " must be JSON in a text", "drop 'parse' here");
                return null;
            }
            raw = selected(document);
        }
        if (raw == null || Texts.isAbsent(raw)) {
            if (raw != null && spec.clearBlank() && !required()) {
                return NullNode.instance;
            }
            return spec.fallback() != null ? fresh(spec.fallback()) : absent(scope, out, source());
        }
        if (raw.isNull()) {
            return required() ? absent(scope, out, source()) : raw;
        }
        if (spec.table() != null) {
            return tabled(spec.table(), raw, scope, out);
        }
        return spec.reference() == null ? typed(raw, scope, out) : referenced(spec.reference(), raw, scope, out);
    }

    private @Nullable JsonNode tabled(ValueTable table, JsonNode raw, Scope scope, Output out) {
        String text = Texts.of(raw);
        JsonNode found = text == null ? null : table.lookUp(text);
        if (found != null) {
            return fresh(found);
        }
        return switch (table.otherwise()) {
            case KEEP -> typed(raw, scope, out);
            case OMIT -> absent(scope, out, "a value for the target");
            case CLEAR -> NullNode.instance;
            case DEFAULT -> table.fallback();
            case REJECT -> {
                out.problem(
                        this,
                        scope,
                        source() + " is none of the known values (" + String.join(", ", table.known()) + ")",
                        "add it to 'values', or say what becomes of others with 'otherwise'");
                yield null;
            }
        };
    }

    private @Nullable JsonNode typed(JsonNode raw, Scope scope, Output out) {
        JsonNode value = spec.type().convert(raw);
        if (value == null) {
            out.problem(
                    this,
                    scope,
                    source() + " must be " + spec.type().rule(),
                    "mend it in DataCollect, or choose another 'type' here");
        }
        return value;
    }

    private @Nullable JsonNode referenced(String kind, JsonNode raw, Scope scope, Output out) {
        String guid = Texts.of(raw);
        if (guid == null) {
            out.problem(this, scope, source() + " must be the guid of a " + kind, "");
            return null;
        }
        out.reference(scope.nameOf(fullName()), kind, guid);
        return JsonNodeFactory.instance.objectNode().put(REF, guid);
    }

    @Override
    @Nullable
    JsonNode canonical(JsonNode theirs, @Nullable JsonNode ours, Scope current) {
        if (theirs.isNull() || Texts.isAbsent(theirs)) {
            return NullNode.instance;
        }
        if (spec.reference() != null || Seal.isShut(theirs)) {
            return theirs;
        }
        if (spec.table() != null) {
            JsonNode spelling = spec.table().spelling(theirs);
            if (spelling != null || spec.table().otherwise() != ValueTable.Otherwise.KEEP) {
                return spelling == null ? theirs : spelling;
            }
        }
        JsonNode converted = spec.type().convert(theirs);
        return converted == null ? theirs : converted;
    }

    @Override
    boolean knows(JsonNode theirs) {
        if (theirs.isNull() || Seal.isShut(theirs)) {
            return false;
        }
        if (spec.reference() != null) {
            return theirs.path(REF).isTextual();
        }
        ValueTable table = spec.table();
        if (table != null && table.otherwise() != ValueTable.Otherwise.KEEP) {
            return table.spelling(theirs) != null;
        }
        return spec.type().convert(theirs) != null;
    }

    @Override
    void leaveEmpty(Draft draft) {
        if (spec.clearBlank() && direction().in() && spec.path().get(draft.scope()) == null) {
            draft.set(spec.path(), TextNode.valueOf(""));
        }
    }

    @Override
    void inward(JsonNode theirs, Draft draft) {
        JsonNode raw = spec.path().get(draft.scope());
        JsonNode document =
                spec.parseJson() && raw != null && !raw.isNull() && !Texts.isAbsent(raw) ? document(raw) : null;
        JsonNode current = spec.parseJson() ? selected(document) : raw;
        JsonNode value = theirs.isNull() ? theirs : stored(theirs, current, draft);
        if (value == null) {
            return;
        }
        JsonNode written = spec.parseJson() ? embedded(raw, document, value) : value;
        if (written == null || !draft.set(spec.path(), written)) {
            draft.problem(
                    this,
                    "the target's value cannot be written to " + source() + ": another value stands in the way",
                    "check 'path', and what DataCollect holds there");
        }
    }

    /** The JSON at the path, in a text or parsed already; null for a text that is no JSON, or has no place to select. */
    private @Nullable JsonNode document(JsonNode raw) {
        JsonNode document = raw.isTextual() ? parse(raw) : raw;
        return document == null || spec.select() == null || document.isContainerNode() ? document : null;
    }

    private @Nullable JsonNode selected(@Nullable JsonNode document) {
        return spec.select() == null ? document : spec.select().in(document);
    }

    /** A target's value as the entity keeps it; null, with a problem, if it has no room for it. */
    private @Nullable JsonNode stored(JsonNode theirs, @Nullable JsonNode current, Draft draft) {
        if (Seal.isShut(theirs)) {
            draft.problem(this, CANNOT_BE_OPENED + spec.seal().whyShut(theirs), Kind.OPEN_AGAIN);
            return null;
        }
        if (spec.reference() != null) {
            if (!theirs.path(REF).isTextual()) {
                draft.problem(
                        this,
                        "the target points to a record that the hub does not know as a " + spec.reference(),
                        "once that record is linked, this one can be taken over");
                return null;
            }
            return theirs.get(REF);
        }
        if (spec.table() != null) {
            JsonNode key = spec.table().invert(theirs, current);
            if (key != null || spec.table().otherwise() != ValueTable.Otherwise.KEEP) {
                if (key == null) {
                    draft.problem(
                            this,
                            "the target's value is none of "
                                    + String.join(", ", spec.table().given()),
                            "add it to 'values', or write 'direction: out' here");
                }
                return key;
            }
        }
        JsonNode converted = spec.type().convert(theirs);
        if (converted == null) {
            draft.problem(this, "the target's value must be " + spec.type().rule(), "choose another 'type' here");
            return null;
        }
        return spec.type().restore(converted, current);
    }

    /** The JSON with one value of it replaced, as a text where it was one; null if the place cannot be reached. */
    private @Nullable JsonNode embedded(@Nullable JsonNode raw, @Nullable JsonNode document, JsonNode value) {
        boolean isText = raw == null || raw.isNull() || raw.isTextual();
        boolean isBroken = document == null && raw != null && !raw.isNull() && !Texts.isAbsent(raw);
        if (isBroken) {
            return null;
        }
        JsonNode whole = value;
        if (spec.select() != null) {
            whole = document == null || document.isNull() ? JsonNodeFactory.instance.objectNode() : document.deepCopy();
            if (!spec.select().set(whole, value)) {
                return null;
            }
        }
        return whole.isNull() || !isText ? whole : TextNode.valueOf(whole.toString());
    }

    /** Where the value comes from, in words for a message. */
    private String source() {
        String path = spec.path().words();
        return spec.select() == null ? path : path + " (" + spec.select() + " in it)";
    }

    private static @Nullable JsonNode parse(JsonNode text) {
        try {
            return MAPPER.readTree(text.textValue());
        } catch (JsonProcessingException notJson) {
            return null;
        }
    }

    @Override
    ObjectNode definition() {
        ObjectNode definition = JsonNodeFactory.instance.objectNode();
        definition.put("path", spec.path().definition()).put("type", MapReader.word(spec.type()));
        definition.put("required", required()).put("clearBlank", spec.clearBlank());
        if (spec.parseJson()) {
            definition.put("parse", spec.select() == null ? "." : spec.select().text());
        }
        if (spec.table() != null) {
            definition.set("table", spec.table().definition());
        }
        if (spec.fallback() != null) {
            definition.set("default", spec.fallback());
        }
        if (spec.reference() != null) {
            definition.put("reference", spec.reference());
        }
        if (encrypt() != null) {
            definition.put("encrypt", encrypt());
        }
        return definition;
    }

    @Override
    List<DocPath> itemPaths() {
        return spec.path().start() == DocPath.Start.ITEM ? List.of(spec.path()) : List.of();
    }

    @Override
    List<Target> targets() {
        return direction().in() ? List.of(new Target(spec.path(), spec.select(), this)) : List.of();
    }
}
