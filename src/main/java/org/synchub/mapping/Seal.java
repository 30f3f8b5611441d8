package org.synchub.mapping;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import org.jspecify.annotations.Nullable;
import org.synchub.crypto.AesGcm;
import org.synchub.crypto.Envelope;
import org.synchub.crypto.KeyRing;

/**
 * Puts the values of one field into envelopes on their way out, and takes them out on their way in. A field that is sent in
 * clear opens as well what it once sent otherwise.
 */
final class Seal {

    /** Around an envelope that cannot be opened, in a neutral record. */
    private static final String SHUT = "$sealed";

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final KeyRing ring;
    private final KeyRing.@Nullable Key key;
    private final String field;

    /**
     * @param ring opens what comes in
     * @param key seals what goes out; null if the field is sent in clear
     * @param field its place in a record of the kind, which the envelope names
     */
    Seal(KeyRing ring, KeyRing.@Nullable Key key, String field) {
        this.ring = ring;
        this.key = key;
        this.field = field;
    }

    /** The id of the key; null if the field is sent in clear. */
    @Nullable
    String keyId() {
        return key == null ? null : key.id();
    }

    /** What the target is given for a value; an envelope that could not be opened is given back as it came. */
    JsonNode sealed(JsonNode value) {
        if (isShut(value)) {
            return value.get(SHUT);
        }
        if (key == null || value.isNull() || value.isMissingNode()) {
            return value;
        }
        return TextNode.valueOf(
                value.isTextual()
                        ? Envelope.seal(key, field, value.textValue(), false)
                        : Envelope.seal(key, field, value.toString(), true));
    }

    /** What is in the envelope; any other value as it is; an envelope that cannot be opened in a form that says so. */
    JsonNode opened(JsonNode held) {
        if (!held.isTextual() || !Envelope.looksLikeOne(held.textValue())) {
            return held;
        }
        try {
            return open(held.textValue());
        } catch (Envelope.DamagedException | KeyRing.MissingKeyException e) {
            // What a field in clear holds may be an envelope of somebody else's.
            return key == null ? held : shut(held);
        } catch (AesGcm.TamperedException e) {
            return shut(held);
        }
    }

    private JsonNode open(String text) {
        Envelope envelope = Envelope.read(text);
        String content = envelope.open(ring);
        if (!envelope.isJson()) {
            return TextNode.valueOf(content);
        }
        try {
            return MAPPER.readTree(content);
        } catch (JsonProcessingException e) {
            throw new Envelope.DamagedException("its content is not the JSON that its header promises");
        }
    }

    private static JsonNode shut(JsonNode held) {
        return JsonNodeFactory.instance.objectNode().set(SHUT, held);
    }

    /** Whether this stands for an envelope that could not be opened. */
    static boolean isShut(JsonNode value) {
        return value.isObject() && value.size() == 1 && value.has(SHUT);
    }

    /** Why an envelope could not be opened: names the key at most. */
    String whyShut(JsonNode shut) {
        try {
            open(shut.path(SHUT).asText());
        } catch (Envelope.DamagedException | KeyRing.MissingKeyException | AesGcm.TamperedException e) {
            return String.valueOf(e.getMessage());
        }
        throw new IllegalArgumentException("the envelope can be opened");
    }

    /** Whether the target holds a value in another way than it would be sent now: in clear, under another key, or sealed. */
    boolean isStale(JsonNode held) {
        boolean nothing = held.isMissingNode()
                || held.isNull()
                || (held.isTextual() && held.textValue().isBlank());
        if (nothing) {
            return false;
        }
        boolean envelope = held.isTextual() && Envelope.looksLikeOne(held.textValue());
        if (key == null) {
            return envelope && !opened(held).equals(held);
        }
        if (!envelope) {
            return true;
        }
        try {
            Envelope read = Envelope.read(held.textValue());
            return !read.kid().equals(key.id()) || !field.equals(read.field());
        } catch (Envelope.DamagedException e) {
            return true;
        }
    }
}
