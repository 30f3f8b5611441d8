package org.synchub.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.synchub.store.IsoMillis;

/**
 * A device that pulls: what {@code GET /api/sync/pull} answers (events after a cursor, in the order of their timestamps,
 * ten at a time, another page only after exactly ten, nothing at all while duplicates wait) and what the client does with
 * it (level 1, known events skipped, the rest applied by the same rules as on the server, external ids unique).
 *
 * <p>Source: {@code packages/backend/src/syncRoute.ts}, {@code packages/datacollect/src/components/InternalSyncManager.ts}.
 */
public final class DevicePull {

    private static final int PAGE = 10;

    /** One event as it came over the wire. */
    public record Received(String guid, String entityGuid, String type, JsonNode data, Instant timestamp, int level) {}

    private final DataSource store;
    private final String tenant;
    private final RecordedTables tables = new RecordedTables();
    private final SubmitForm device;
    private final Set<String> known = new HashSet<>();
    private final List<Received> received = new ArrayList<>();
    private Instant cursor = Instant.EPOCH;

    public DevicePull(DataSource store, String tenant, InstantSource deviceClock) {
        this.store = store;
        this.tenant = tenant;
        this.device = new SubmitForm(new UniqueExternalIds(), deviceClock, true);
    }

    /**
     * One sync of the device.
     *
     * @return every event that came, also those that the device knew already, in the order in which they came
     * @throws IllegalStateException when the server keeps sending the same page, or an external id is taken
     */
    public List<Received> pull() throws SQLException {
        List<Received> arrived = new ArrayList<>();
        while (true) {
            List<Received> page = page();
            for (Received event : page) {
                arrived.add(event);
                received.add(event);
                if (known.add(event.guid())) {
                    device.submit(new FormSubmission(
                            event.guid(),
                            event.entityGuid(),
                            event.type(),
                            (ObjectNode) event.data().deepCopy(),
                            event.timestamp(),
                            "admin",
                            1));
                }
            }
            Instant before = cursor;
            if (!page.isEmpty()) {
                cursor = page.get(page.size() - 1).timestamp();
            }
            if (page.size() != PAGE) {
                return arrived;
            }
            if (cursor.equals(before)) {
                throw new IllegalStateException("The device pulls the same page for ever, after " + cursor);
            }
        }
    }

    /** Everything that ever came, in order; an event that came twice is in it twice. */
    public List<Received> received() {
        return List.copyOf(received);
    }

    /** What the device shows for an entity: its EntityDoc, or null when it has none. */
    public @Nullable JsonNode entity(String guid) {
        EntityPair pair = tables.entity(guid);
        return pair == null ? null : pair.modified();
    }

    /** One field of the form that the device shows; missing when it has no such entity or field. */
    public JsonNode field(String guid, String field) {
        EntityPair pair = tables.entity(guid);
        return (pair == null ? com.fasterxml.jackson.databind.node.MissingNode.getInstance() : pair.modified())
                .path("data")
                .path(field);
    }

    public int entities() {
        return tables.entities().size();
    }

    private List<Received> page() throws SQLException {
        try (Connection connection = store.getConnection()) {
            if (duplicatesWait(connection)) {
                return List.of();
            }
            try (PreparedStatement select = connection.prepareStatement(
                    "SELECT guid, entity_guid, type, data, \"timestamp\", sync_level FROM public.events"
                            + " WHERE tenant_id = ? AND \"timestamp\" > ?::timestamptz ORDER BY \"timestamp\" LIMIT "
                            + PAGE)) {
                select.setString(1, tenant);
                select.setString(2, IsoMillis.format(cursor));
                List<Received> page = new ArrayList<>();
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        Timestamp timestamp = row.getTimestamp(5);
                        page.add(new Received(
                                row.getString(1),
                                row.getString(2),
                                row.getString(3),
                                StoreTables.read(row.getString(4)),
                                // JavaScript's dates have milliseconds, so the cursor loses what is below.
                                timestamp.toInstant().truncatedTo(ChronoUnit.MILLIS),
                                row.getInt(6)));
                    }
                }
                return page;
            }
        }
    }

    private boolean duplicatesWait(Connection connection) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT 1 FROM public.potential_duplicates WHERE tenant_id = ? LIMIT 1")) {
            select.setString(1, tenant);
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    /** The device keeps external ids in a unique index; a second entity with the same one breaks the whole sync. */
    private final class UniqueExternalIds implements ServerTables {

        @Override
        public @Nullable EntityPair entity(String guid) {
            return tables.entity(guid);
        }

        @Override
        public void insertEvent(FormSubmission form) {
            tables.insertEvent(form);
        }

        @Override
        public void saveEntity(EntityPair pair) {
            JsonNode externalId = pair.modified().get("externalId");
            if (externalId != null) {
                String guid = pair.modified().path("guid").asText();
                for (Map.Entry<String, EntityPair> other : tables.entities().entrySet()) {
                    if (!other.getKey().equals(guid)
                            && externalId.equals(other.getValue().modified().get("externalId"))) {
                        throw new IllegalStateException("External id of " + guid + " is taken by " + other.getKey());
                    }
                }
            }
            tables.saveEntity(pair);
        }

        @Override
        public void deleteEntity(String guid) {
            tables.deleteEntity(guid);
        }

        @Override
        public void audit(AuditRow row) {
            tables.audit(row);
        }
    }
}
