package org.synchub.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** Compares neutral records. */
final class Records {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private Records() {}

    /** The record as it will look when read back from the ledger, so that 1 and 1L are one number; mostly it does already. */
    static ObjectNode normal(ObjectNode record) {
        if (isNormal(record)) {
            return record;
        }
        try {
            return (ObjectNode) JSON.readTree(JSON.writeValueAsBytes(record));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A mapped record could not be written as JSON", e);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Whether reading it back would change nothing, as far as that is quickly seen. */
    private static boolean isNormal(JsonNode node) {
        if (node.isContainerNode()) {
            for (JsonNode child : node) {
                if (!isNormal(child)) {
                    return false;
                }
            }
            return true;
        }
        return node.isTextual()
                ? hasNoSurrogate(node.textValue())
                : node.isBoolean() || node.isNull() || node.isInt() || (node.isLong() && !node.canConvertToInt());
    }

    private static boolean hasNoSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    static boolean same(ObjectNode record, @Nullable ObjectNode base) {
        return base != null && record.equals(normal(base));
    }
}
