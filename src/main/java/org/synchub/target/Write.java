package org.synchub.target;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synchub.mapping.Kind;

/**
 * One record that a target is owed.
 *
 * @param tenant the store's tenant; keys derive from (tenant, guid) because guids are unique per tenant only
 * @param guid the entity's guid in the store
 * @param operation whether the record shall be there or be gone
 * @param record the whole neutral record as mapped; references are {@code {"$ref": guid}}; empty for a delete
 * @param link what is known of the record at the target; null before the first delivery
 * @param uncertain an earlier write's outcome is not known: {@link Link#base()} must not be trusted before a read
 * @param references external id of every guid that the record refers to
 * @param claimedExternalId the id that the store's record carries ({@code externalId}); a hint for adoption, to be
 *     verified
 */
public record Write(
        String tenant,
        String guid,
        Kind kind,
        Operation operation,
        ObjectNode record,
        @Nullable Link link,
        boolean uncertain,
        Map<String, String> references,
        @Nullable String claimedExternalId) {

    /** What the target shall do with the record. */
    public enum Operation {
        UPSERT,
        DELETE
    }
}
