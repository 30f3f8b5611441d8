package org.synchub.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads {@code public.events}, by the events' own key wherever work depends on it: the table has no index on the entity. */
public class StoredEvents {

    /** What sets fields of an entity as it stands in the event's data. */
    private static final String UPSERTS = "'create-individual', 'update-individual', 'create-group', 'update-group'";

    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private final JdbcClient db;

    public StoredEvents(JdbcClient db) {
        this.db = db;
    }

    /** What an event says of its entity: fields that it sets, or that it deletes it. */
    public record Said(@Nullable ObjectNode fields) {

        public boolean deletes() {
            return fields == null;
        }

        /** Without the values, so that it may be logged. */
        @Override
        public String toString() {
            return deletes() ? "Said[deletes]" : "Said[fields]";
        }
    }

    /** The entities among those of these events that do not hold what one of the events says. */
    public Set<String> unheld(String tenant, Collection<String> events) {
        if (events.isEmpty()) {
            return Set.of();
        }
        return Set.copyOf(db.sql("SELECT DISTINCT v.entity_guid FROM public.events v"
                        + " JOIN public.entities e ON e.tenant_id = v.tenant_id AND e.guid = v.entity_guid"
                        + " WHERE v.guid = ANY (:events::text[]) AND v.tenant_id = :tenant"
                        + " AND CASE WHEN v.type = 'delete-entity' THEN true"
                        + " WHEN v.type IN (" + UPSERTS + ") AND jsonb_typeof(v.data) = 'object'"
                        + " THEN (e.modified -> 'data') || (v.data - 'members') <> e.modified -> 'data'"
                        + " ELSE false END")
                .param("tenant", tenant)
                .param("events", events.toArray(String[]::new))
                .query(String.class)
                .list());
    }

    /** What these events say, by their guids. Those that are gone, or say nothing of an entity's fields, are absent. */
    public Map<String, Said> read(String tenant, Collection<String> events) {
        Map<String, Said> said = new HashMap<>();
        if (!events.isEmpty()) {
            db.sql("SELECT guid, type, (data - 'members')::text FROM public.events"
                            + " WHERE guid = ANY (:events::text[]) AND tenant_id = :tenant"
                            + " AND (type = 'delete-entity' OR type IN (" + UPSERTS + ")"
                            + " AND jsonb_typeof(data) = 'object')")
                    .param("tenant", tenant)
                    .param("events", events.toArray(String[]::new))
                    .query(row -> {
                        boolean deletes = row.getString(2).equals(PulledChange.DELETE);
                        said.put(
                                row.getString(1),
                                new Said(deletes ? null : object(row.getString(1), row.getString(3))));
                    });
        }
        return said;
    }

    /**
     * What a form bears that came in as an event.
     *
     * @param stamps an empty object where it bears none
     * @param by the event's user
     */
    public record Form(ObjectNode stamps, String by) {}

    /**
     * The forms that came in as these events, by the event's guid.
     *
     * @param stamps name of the field of the form that holds its stamps
     */
    public Map<String, Form> forms(String tenant, Collection<String> events, String stamps) {
        Map<String, Form> found = new HashMap<>();
        if (!events.isEmpty()) {
            db.sql("SELECT guid, CASE WHEN jsonb_typeof(data -> :stamps) = 'object' THEN (data -> :stamps)::text"
                            + " ELSE '{}' END, coalesce(user_id, '') FROM public.events WHERE guid = ANY (:events::text[])"
                            + " AND tenant_id = :tenant AND type IN (" + UPSERTS + ")")
                    .param("tenant", tenant)
                    .param("stamps", stamps)
                    .param("events", events.toArray(String[]::new))
                    .query(row -> {
                        ObjectNode stamp = object(row.getString(1), row.getString(2));
                        if (stamp != null) {
                            found.put(row.getString(1), new Form(stamp, row.getString(3)));
                        }
                    });
        }
        return found;
    }

    /**
     * That an entity has an event, without what it says.
     *
     * @param at when it was made, by the clock of the device
     * @param external whether it came in from an external system
     */
    public record Made(String guid, String type, Instant at, boolean external) {}

    /** The newest events of an entity. Reads all of the tenant's, so it is for a person who asks about one record. */
    public List<Made> of(String tenant, String entity, int most) {
        return db.sql("SELECT guid, coalesce(type, 'without a type'), timestamp, coalesce(sync_level = 2, false)"
                        + " FROM public.events WHERE tenant_id = :tenant AND entity_guid = :entity"
                        + " AND timestamp IS NOT NULL ORDER BY timestamp DESC, guid LIMIT :most")
                .param("tenant", tenant)
                .param("entity", entity)
                .param("most", most)
                .query((row, n) -> new Made(
                        row.getString(1), row.getString(2), row.getTimestamp(3).toInstant(), row.getBoolean(4)))
                .list();
    }

    private static @Nullable ObjectNode object(String guid, String text) {
        try {
            JsonNode json = JSON.readTree(text);
            return json instanceof ObjectNode fields ? fields : null;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Event " + guid + " holds no readable JSON in public.events.data", e);
        }
    }
}
