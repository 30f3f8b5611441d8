package org.synchub.store;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Locks, reads and deletes rows of {@code public.entities}, many at once. */
final class EntityRows {

    private EntityRows() {}

    /** The rows that there are, by guid, locked until the transaction ends: the server's own upserts wait. */
    static Map<String, EntityRow> lock(Connection connection, String tenant, List<String> guids) throws SQLException {
        Map<String, EntityRow> rows = new HashMap<>();
        try (PreparedStatement select =
                connection.prepareStatement("SELECT guid, xmin::text, modified->>'version' FROM public.entities"
                        + " WHERE tenant_id = ? AND guid = ANY (?) ORDER BY guid FOR UPDATE")) {
            select.setString(1, tenant);
            select.setArray(2, texts(connection, guids.stream()));
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    rows.put(row.getString(1), new EntityRow(row.getString(1), row.getString(2), row.getString(3)));
                }
            }
        }
        return rows;
    }

    /** The members of every group among {@code guids} and of the groups in them, however deep, by the group's guid. */
    static Map<String, List<String>> members(Connection connection, String tenant, Collection<String> guids)
            throws SQLException {
        Map<String, List<String>> members = new HashMap<>();
        Set<String> asked = new HashSet<>();
        Set<String> level = new HashSet<>(guids);
        while (!level.isEmpty()) {
            asked.addAll(level);
            Map<String, List<String>> found = membersOf(connection, tenant, level);
            members.putAll(found);
            level = new HashSet<>();
            for (List<String> ids : found.values()) {
                level.addAll(ids);
            }
            level.removeAll(asked);
        }
        return members;
    }

    private static Map<String, List<String>> membersOf(Connection connection, String tenant, Set<String> guids)
            throws SQLException {
        Map<String, List<String>> members = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement("SELECT guid,"
                + " ARRAY(SELECT jsonb_array_elements_text(modified->'memberIds')) FROM public.entities"
                + " WHERE tenant_id = ? AND guid = ANY (?) AND modified->>'type' = 'group'"
                + " AND jsonb_typeof(modified->'memberIds') = 'array'")) {
            select.setString(1, tenant);
            select.setArray(2, texts(connection, guids.stream()));
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    Array ids = row.getArray(2);
                    members.put(row.getString(1), List.of((String[]) ids.getArray()));
                }
            }
        }
        return members;
    }

    /** Deletes the rows and audits each of them in the given order, also one that does not exist, as the server does. */
    static void delete(Connection connection, String tenant, List<CascadedDelete> gone, Instant now)
            throws SQLException {
        Array guids = texts(connection, gone.stream().map(CascadedDelete::guid));
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM public.entities WHERE tenant_id = ? AND guid = ANY (?)")) {
            delete.setString(1, tenant);
            delete.setArray(2, guids);
            delete.executeUpdate();
        }
        try (PreparedStatement audit = connection.prepareStatement("""
                INSERT INTO public.audit_log
                       (tenant_id, action, guid, entity_guid, event_guid, changes, signature, user_id, "timestamp")
                SELECT x.tenant, 'cascade-delete-entity', gen_random_uuid()::text, r.guid, r.event,
                       jsonb_build_object('type', 'cascade-delete-entity', 'entityGuid', r.guid), '', r.by, x.applied
                  FROM (SELECT ? AS tenant, ?::timestamptz AS applied) AS x,
                       unnest(?::text[], ?::text[], ?::text[]) WITH ORDINALITY AS r (guid, event, by, n)
                 ORDER BY r.n""")) {
            audit.setString(1, tenant);
            audit.setString(2, IsoMillis.format(now));
            audit.setArray(3, guids);
            audit.setArray(
                    4,
                    texts(
                            connection,
                            gone.stream().map(g -> g.cause().eventGuid().toString())));
            audit.setArray(5, texts(connection, gone.stream().map(g -> g.cause().userId())));
            audit.executeUpdate();
        }
    }

    /** As strings, not objects: of those alone the driver sends the bytes as they are, without quoting each. */
    static Array texts(Connection connection, Stream<String> texts) throws SQLException {
        return connection.createArrayOf("text", texts.toArray(String[]::new));
    }
}
