package org.synchub.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.synchub.mapping.Entity;

/** Reads {@code public.entities}, always by key or by keyset page. */
public class Entities {

    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private final JdbcClient db;

    public Entities(JdbcClient db) {
        this.db = db;
    }

    /**
     * The few values of an entity that decide which record kind it is and what it must stay in order with.
     *
     * @param xmin the row's version, see {@code hub.entity.seen}
     * @param values text at each path asked for; absent where the document has none
     */
    public record Routing(String guid, String xmin, Map<String, String> values) {}

    /** Reads the current documents of these entities. Those that are gone are absent. */
    public Map<String, Entity> read(String tenant, Collection<String> guids) {
        Map<String, Entity> entities = new HashMap<>();
        if (guids.isEmpty()) {
            return entities;
        }
        db.sql(
                        "SELECT guid, modified::text FROM public.entities WHERE tenant_id = :tenant AND guid = ANY (:guids::text[])")
                .param("tenant", tenant)
                .param("guids", guids.toArray(String[]::new))
                .query(row -> {
                    entities.put(row.getString(1), entity(tenant, row.getString(1), row.getString(2)));
                });
        return entities;
    }

    /**
     * An entity together with its row's version.
     *
     * @param xmin what a writer compares to learn whether the row moved on
     */
    public record Row(Entity entity, String xmin) {}

    /** Reads the current documents of these entities with their rows' versions. Those that are gone are absent. */
    public Map<String, Row> rows(String tenant, Collection<String> guids) {
        return rows(tenant, guids, Map.of());
    }

    /**
     * As {@link #rows(String, Collection)}, without reading documents again that have not moved on.
     *
     * @param known rows that were read before, by guid
     */
    public Map<String, Row> rows(String tenant, Collection<String> guids, Map<String, Row> known) {
        Map<String, Row> rows = new HashMap<>();
        if (guids.isEmpty()) {
            return rows;
        }
        List<Row> again =
                guids.stream().map(known::get).filter(Objects::nonNull).toList();
        String document = again.isEmpty()
                ? "modified::text"
                : "CASE WHEN (guid, xmin::text) NOT IN (SELECT * FROM unnest(:known::text[], :versions::text[]))"
                        + " THEN modified::text END";
        db.sql("SELECT guid, xmin::text, " + document
                        + " FROM public.entities WHERE tenant_id = :tenant AND guid = ANY (:guids::text[])")
                .param("tenant", tenant)
                .param("guids", guids.toArray(String[]::new))
                .param("known", again.stream().map(row -> row.entity().guid()).toArray(String[]::new))
                .param("versions", again.stream().map(Row::xmin).toArray(String[]::new))
                .query(row -> {
                    String guid = row.getString(1);
                    String xmin = row.getString(2);
                    Row before = known.get(guid);
                    rows.put(
                            guid,
                            before != null && before.xmin().equals(xmin)
                                    ? before
                                    : new Row(entity(tenant, guid, row.getString(3)), xmin));
                });
        return rows;
    }

    /**
     * The entities of a tenant that hold one of these texts at a place: one pass over the tenant, so ask for many at
     * once.
     *
     * @param jsonPath in PostgreSQL's notation
     * @param length how many characters to compare; {@link Integer#MAX_VALUE} for the whole text
     */
    public List<Row> withValue(String tenant, String jsonPath, Collection<String> values, int length) {
        return db.sql("""
                        SELECT guid, modified::text, xmin::text FROM public.entities e
                        WHERE tenant_id = :tenant AND guid IS NOT NULL AND EXISTS (
                            SELECT FROM jsonb_path_query(e.modified, :path::jsonpath) AS found (value)
                            WHERE left(found.value #>> '{}', :length) = ANY (:values::text[]))
                        ORDER BY guid""")
                .param("tenant", tenant)
                .param("path", jsonPath)
                .param("length", length)
                .param("values", values.toArray(String[]::new))
                .query((row, n) -> new Row(entity(tenant, row.getString(1), row.getString(2)), row.getString(3)))
                .list();
    }

    /** Reads only what decides kind and lane. */
    public Map<String, Routing> routing(String tenant, Collection<String> guids, Collection<String> paths) {
        Map<String, Routing> found = new HashMap<>();
        if (guids.isEmpty()) {
            return found;
        }
        List<String> names = List.copyOf(paths);
        db.sql("SELECT guid, xmin::text, " + values(names)
                        + " FROM public.entities WHERE tenant_id = :tenant AND guid = ANY (:guids::text[])")
                .param("tenant", tenant)
                .param("guids", guids.toArray(String[]::new))
                .query(row -> {
                    found.put(row.getString(1), routing(row, names));
                });
        return found;
    }

    /**
     * An entity on a page.
     *
     * @param old whether its row was written before what the sweep has read of the tenant's events. DataCollect stores an
     *     event before its entity, so of an old row every event is known
     */
    public record Standing(Routing routing, boolean old) {}

    /**
     * One page of a tenant's entities in key order.
     *
     * @param after guid of the last entity of the page before, empty for the first
     */
    public List<Standing> page(String tenant, String after, int size, Collection<String> paths) {
        return standing("guid > :after ORDER BY guid LIMIT :size", tenant, Map.of("after", after, "size", size), paths);
    }

    /** Those of a tenant's entities, as {@link #page} has them. */
    public List<Standing> standing(String tenant, Collection<String> guids, Collection<String> paths) {
        return standing(
                "guid = ANY (:guids::text[]) ORDER BY guid",
                tenant,
                Map.of("guids", guids.toArray(String[]::new)),
                paths);
    }

    private List<Standing> standing(
            String which, String tenant, Map<String, Object> parameters, Collection<String> paths) {
        List<String> names = List.copyOf(paths);
        return db.sql("SELECT guid, xmin::text, " + values(names)
                        + ", coalesce(age(xmin) > (SELECT age(horizon::xid) FROM hub.sweep WHERE tenant = :tenant), true)"
                        + " FROM public.entities WHERE tenant_id = :tenant AND " + which)
                .param("tenant", tenant)
                .params(parameters)
                .query((row, n) -> new Standing(routing(row, names), row.getBoolean(4)))
                .list();
    }

    /** How many entities a tenant has, as PostgreSQL counts them. */
    public long count(String tenant) {
        return db.sql("SELECT count(*) FROM public.entities WHERE tenant_id = :tenant")
                .param("tenant", tenant)
                .query(Long.class)
                .single();
    }

    private static String values(List<String> paths) {
        List<String> columns = new ArrayList<>();
        for (String path : paths) {
            // Paths come from checked mapping files, but are quoted all the same.
            columns.add("modified #>> '{" + path.replace("'", "''").replace('.', ',') + "}'");
        }
        return "ARRAY[" + String.join(", ", columns) + "]::text[]";
    }

    private static Routing routing(ResultSet row, List<String> paths) throws SQLException {
        Array array = row.getArray(3);
        String[] texts = (String[]) array.getArray();
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < texts.length; i++) {
            if (texts[i] != null) {
                values.put(paths.get(i), texts[i]);
            }
        }
        return new Routing(row.getString(1), row.getString(2), values);
    }

    private static Entity entity(String tenant, String guid, @Nullable String modified) {
        ObjectNode doc = document(guid, modified);
        return new Entity(tenant, guid, doc.path("version").asLong(0), lastUpdated(doc), doc);
    }

    private static ObjectNode document(String guid, @Nullable String modified) {
        try {
            JsonNode json = modified == null ? JSON.createObjectNode() : JSON.readTree(modified);
            if (json instanceof ObjectNode doc) {
                return doc;
            }
            return JSON.createObjectNode();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(
                    "Entity " + guid + " holds no readable JSON in public.entities.modified", e);
        }
    }

    private static @Nullable Instant lastUpdated(ObjectNode doc) {
        try {
            String text = doc.path("lastUpdated").asText("");
            return text.isEmpty() ? null : Instant.parse(text);
        } catch (DateTimeException e) {
            // A device's clock text that is no instant decides nothing: conflicts then fall back to versions.
            return null;
        }
    }
}
