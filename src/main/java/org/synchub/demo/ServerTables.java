package org.synchub.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The tables of one tenant as {@link SubmitForm} writes them: one call is one statement of the server, in its order. */
interface ServerTables {

    @Nullable
    EntityPair entity(String guid) throws SQLException;

    void insertEvent(FormSubmission form) throws SQLException;

    void saveEntity(EntityPair pair) throws SQLException;

    void deleteEntity(String guid) throws SQLException;

    void audit(AuditRow row) throws SQLException;

    record AuditRow(
            String action, String entityGuid, String eventGuid, ObjectNode changes, String userId, Instant timestamp) {}
}
