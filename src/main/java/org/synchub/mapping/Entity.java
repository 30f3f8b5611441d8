package org.synchub.mapping;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One row of the store's {@code entities} table, as a mapping sees it.
 *
 * @param tenant DataCollect's app config id
 * @param guid unique within the tenant only
 * @param version DataCollect's own counter, 1 on create
 * @param lastUpdated the row's {@code last_updated}, read as UTC
 * @param doc the row's {@code modified}: guid, type, name, version, externalId, data, lastUpdated, memberIds
 */
public record Entity(
        String tenant, String guid, long version, @Nullable Instant lastUpdated, ObjectNode doc) {

    /** Ids only, because a doc holds people's data and a record's text form ends up in logs. */
    @Override
    public String toString() {
        return "Entity[" + tenant + "/" + guid + " v" + version + "]";
    }
}
