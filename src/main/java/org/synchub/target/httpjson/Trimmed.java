package org.synchub.target.httpjson;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** Texts of a target that takes the blanks around them away, and keeps none where nothing is left. Pure. */
final class Trimmed {

    private Trimmed() {}

    /** The target's record with the base's texts where it holds just what it made of them. */
    static ObjectNode asAgreed(ObjectNode record, @Nullable ObjectNode base) {
        ObjectNode agreed = record.deepCopy();
        if (base != null) {
            record.properties().forEach(field -> {
                JsonNode sent = base.get(field.getKey());
                if (sent instanceof ObjectNode object && field.getValue() instanceof ObjectNode theirs) {
                    agreed.set(field.getKey(), asAgreed(theirs, object));
                } else if (sent != null && sent.isTextual() && isMadeOf(sent.textValue(), field.getValue())) {
                    agreed.set(field.getKey(), sent);
                }
            });
        }
        return agreed;
    }

    private static boolean isMadeOf(String sent, JsonNode theirs) {
        String left = sent.strip();
        return theirs.isNull() ? left.isEmpty() : left.equals(theirs.textValue());
    }
}
