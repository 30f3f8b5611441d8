package org.synchub.target.openspp.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What OpenSPP makes of the parts of a new person's name: it takes the name apart that it was sent and capitalises each part
 * as Python does, so that McDonald becomes Mcdonald and Mary Ann becomes Mary ann. That is no change of the server's. Source:
 * spp_registrant_import, and what its server was seen to answer.
 */
public final class NameParts {

    private NameParts() {}

    /** Whether the server holds just what it makes of this part. */
    static boolean madeOf(@Nullable JsonNode sent, @Nullable JsonNode theirs) {
        return sent != null
                && theirs != null
                && theirs.isTextual()
                && theirs.asText().equals(capitalized(sent.asText()));
    }

    private static String capitalized(String part) {
        if (part.isEmpty()) {
            return part;
        }
        int first = part.codePointAt(0);
        return Character.toString(Character.toTitleCase(first))
                + part.substring(Character.charCount(first)).toLowerCase(Locale.ROOT);
    }

    /** The server's record with the parts as they were agreed on, where the server holds what it made of them. */
    public static ObjectNode asAgreed(ObjectNode record, ObjectNode base) {
        ObjectNode same = record.deepCopy();
        for (String part : KindPlan.NAME_PARTS) {
            if (madeOf(base.get(part), record.get(part))) {
                same.set(part, base.get(part));
            }
        }
        return same;
    }
}
