package org.synchub.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.synchub.store.IsoMillis;

/** The store itself, written as the server writes it: every statement on a connection and in a transaction of its own. */
final class StoreTables implements ServerTables {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final DataSource store;
    private final String tenant;

    StoreTables(DataSource store, String tenant) {
        this.store = store;
        this.tenant = tenant;
    }

    @Override
    public @Nullable EntityPair entity(String guid) throws SQLException {
        try (Connection connection = store.getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "SELECT initial, modified FROM public.entities WHERE guid = ? AND tenant_id = ?")) {
            select.setString(1, guid);
            select.setString(2, tenant);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? new EntityPair(read(row.getString(1)), read(row.getString(2))) : null;
            }
        }
    }

    @Override
    public void insertEvent(FormSubmission form) throws SQLException {
        execute(
                "INSERT INTO public.events (guid, tenant_id, entity_guid, type, data, \"timestamp\", user_id, sync_level)"
                        + " VALUES (?, ?, ?, ?, ?::jsonb, ?::timestamptz, ?, ?::integer)",
                form.guid(),
                tenant,
                form.entityGuid(),
                form.type(),
                form.data().toString(),
                IsoMillis.format(form.timestamp()),
                form.userId(),
                Integer.toString(form.syncLevel()));
    }

    @Override
    public void saveEntity(EntityPair pair) throws SQLException {
        String guid = pair.modified().path("guid").asText();
        execute(
                "INSERT INTO public.entities (id, guid, initial, modified, last_updated, tenant_id)"
                        + " VALUES (?, ?, ?::jsonb, ?::jsonb, ?::timestamp, ?) ON CONFLICT (guid, tenant_id) DO UPDATE"
                        + " SET id = EXCLUDED.id, initial = EXCLUDED.initial, modified = EXCLUDED.modified,"
                        + " last_updated = EXCLUDED.last_updated",
                guid,
                guid,
                pair.initial().toString(),
                pair.modified().toString(),
                pair.modified().path("lastUpdated").asText(),
                tenant);
    }

    @Override
    public void deleteEntity(String guid) throws SQLException {
        execute("DELETE FROM public.entities WHERE id = ? AND tenant_id = ?", guid, tenant);
    }

    @Override
    public void audit(AuditRow row) throws SQLException {
        execute(
                "INSERT INTO public.audit_log"
                        + " (tenant_id, action, guid, entity_guid, event_guid, changes, signature, user_id, \"timestamp\")"
                        + " VALUES (?, ?, ?, ?, ?, ?::jsonb, '', ?, ?::timestamptz)",
                tenant,
                row.action(),
                UUID.randomUUID().toString(),
                row.entityGuid(),
                row.eventGuid(),
                row.changes().toString(),
                row.userId(),
                IsoMillis.format(row.timestamp()));
    }

    private void execute(String sql, String... parameters) throws SQLException {
        try (Connection connection = store.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            statement.executeUpdate();
        }
    }

    static ObjectNode read(String json) {
        try {
            return (ObjectNode) JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Not a JSON object", e);
        }
    }
}
