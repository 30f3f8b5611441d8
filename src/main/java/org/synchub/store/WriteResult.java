package org.synchub.store;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What became of one {@link PulledChange}. */
public sealed interface WriteResult {

    String entityGuid();

    UUID eventGuid();

    /**
     * The event, the entity and the audit row are in the transaction.
     *
     * @param timestamp the event's timestamp: above every other of the tenant
     * @param xmin the entity's new row, to be compared with a later {@code xmin}; null after a delete
     * @param cascaded members that a delete took with it, by the group's {@code memberIds}; they have no events
     */
    record Written(
            String entityGuid,
            UUID eventGuid,
            Instant timestamp,
            @Nullable String xmin,
            List<String> cascaded) implements WriteResult {}

    /** An earlier transaction wrote this event; nothing was written now, and the entity was left as it is. */
    record AlreadyWritten(String entityGuid, UUID eventGuid) implements WriteResult {}

    /**
     * The entity is not what the change was made from; nothing was written. Read it again, merge again, write again.
     *
     * @param xmin the row as it is now, null when there is none
     */
    record MovedOn(
            String entityGuid, UUID eventGuid, @Nullable String xmin) implements WriteResult {}
}
