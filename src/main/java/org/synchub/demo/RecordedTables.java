package org.synchub.demo;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.synchub.store.IsoMillis;

/** One tenant's tables in memory: takes what {@link SubmitForm} writes and inserts all of it with a few statements. */
final class RecordedTables implements ServerTables {

    private final Map<String, EntityPair> entities = new LinkedHashMap<>();
    private final List<FormSubmission> events = new ArrayList<>();
    private final List<AuditRow> audit = new ArrayList<>();

    /** By guid, in the order in which they were first saved. */
    Map<String, EntityPair> entities() {
        return Collections.unmodifiableMap(entities);
    }

    @Override
    public @Nullable EntityPair entity(String guid) {
        return entities.get(guid);
    }

    @Override
    public void insertEvent(FormSubmission form) {
        events.add(form);
    }

    @Override
    public void saveEntity(EntityPair pair) {
        entities.put(pair.modified().path("guid").asText(), pair);
    }

    @Override
    public void deleteEntity(String guid) {
        entities.remove(guid);
    }

    @Override
    public void audit(AuditRow row) {
        audit.add(row);
    }

    /** Inserts every row, events and audit rows in the order in which they were made. */
    void insertInto(Connection connection, String tenant, Supplier<String> auditGuids) throws SQLException {
        insert(
                connection,
                "INSERT INTO public.events (guid, tenant_id, entity_guid, type, data, \"timestamp\", user_id, sync_level)"
                        + " SELECT r.guid, ?, r.entity, r.type, r.data::jsonb, r.at::timestamptz, r.by, r.level::integer"
                        + " FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[])"
                        + " WITH ORDINALITY AS r (guid, entity, type, data, at, by, level, n) ORDER BY n",
                tenant,
                events,
                List.of(
                        FormSubmission::guid,
                        FormSubmission::entityGuid,
                        FormSubmission::type,
                        form -> form.data().toString(),
                        form -> IsoMillis.format(form.timestamp()),
                        FormSubmission::userId,
                        form -> Integer.toString(form.syncLevel())));
        insert(
                connection,
                "INSERT INTO public.entities (id, guid, initial, modified, last_updated, tenant_id)"
                        + " SELECT r.guid, r.guid, r.initial::jsonb, r.modified::jsonb, r.at::timestamp, ?"
                        + " FROM unnest(?::text[], ?::text[], ?::text[], ?::text[]) AS r (guid, initial, modified, at)",
                tenant,
                List.copyOf(entities.values()),
                List.of(
                        pair -> pair.modified().path("guid").asText(),
                        pair -> pair.initial().toString(),
                        pair -> pair.modified().toString(),
                        pair -> pair.modified().path("lastUpdated").asText()));
        insert(
                connection,
                "INSERT INTO public.audit_log"
                        + " (tenant_id, action, guid, entity_guid, event_guid, changes, signature, user_id, \"timestamp\")"
                        + " SELECT ?, r.action, r.guid, r.entity, r.event, r.changes::jsonb, '', r.by, r.at::timestamptz"
                        + " FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[])"
                        + " WITH ORDINALITY AS r (action, guid, entity, event, changes, by, at, n) ORDER BY n",
                tenant,
                audit,
                List.of(
                        AuditRow::action,
                        row -> auditGuids.get(),
                        AuditRow::entityGuid,
                        AuditRow::eventGuid,
                        row -> row.changes().toString(),
                        AuditRow::userId,
                        row -> IsoMillis.format(row.timestamp())));
    }

    /** Runs {@code sql}, whose first parameter is the tenant and whose others are one array per column. */
    private static <R> void insert(
            Connection connection, String sql, String tenant, List<R> rows, List<Function<R, String>> columns)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, tenant);
            int parameter = 2;
            for (Function<R, String> column : columns) {
                Array values = connection.createArrayOf(
                        "text", rows.stream().map(column).toArray());
                statement.setArray(parameter++, values);
            }
            statement.executeUpdate();
        }
    }
}
