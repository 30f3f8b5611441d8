package org.synchub.target.httpjson.spec;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/** The values that a template's placeholders stand for, by their dotted names. */
@FunctionalInterface
public interface Variables {

    /** Null where there is none now. */
    @Nullable
    JsonNode get(String name);
}
