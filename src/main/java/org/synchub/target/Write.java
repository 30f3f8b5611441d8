package org.synchub.target;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
 * @param sent the records of the earlier writes whose outcome is not known, oldest first; an empty one was a deletion.
 *     What the target holds is the base's, one of these, or somebody's edit. Empty although {@code uncertain}: what may
 *     have been written is not known either, and the record is brought about whatever is there
 * @param reread the target's record is to be read and compared even if the record equals the base
 * @param references external id of every guid that the record refers to
 * @param claimedExternalId the id that the store's record carries ({@code externalId}); a hint for adoption, to be
 *     verified
 * @param number the entity's own at this target; null where the adapter wants none, see {@link Adapter#numbersFrom()}
 * @param changedAt when the store's record was changed, by the target's clock as far as that is known; the same when a
 *     write whose outcome is not known is repeated. Null where the adapter wants none, see {@link Adapter#saysTimes()}
 * @param single lists of the record for which the entity has one place only: what both sides put there is contested
 */
public record Write(
        String tenant,
        String guid,
        Kind kind,
        Operation operation,
        ObjectNode record,
        @Nullable Link link,
        boolean uncertain,
        List<ObjectNode> sent,
        boolean reread,
        Map<String, String> references,
        @Nullable String claimedExternalId,
        @Nullable Long number,
        @Nullable Instant changedAt,
        Set<String> single) {

    /** A write before which nothing uncertain was sent. */
    public Write(
            String tenant,
            String guid,
            Kind kind,
            Operation operation,
            ObjectNode record,
            @Nullable Link link,
            boolean uncertain,
            Map<String, String> references,
            @Nullable String claimedExternalId) {
        this(
                tenant,
                guid,
                kind,
                operation,
                record,
                link,
                uncertain,
                List.of(),
                false,
                references,
                claimedExternalId,
                null,
                null,
                Set.of());
    }

    /** What the target shall do with the record. */
    public enum Operation {
        UPSERT,
        DELETE
    }
}
