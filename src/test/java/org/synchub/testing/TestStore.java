package org.synchub.testing;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * One tenant of a DataCollect store, written row by row without the server's merge rules: for tests that say exactly
 * what stands where. Guids are whatever the test calls them.
 */
public final class TestStore {

    private final JdbcClient db;
    private final String tenant;

    public TestStore(DataSource store, String tenant) {
        this.db = JdbcClient.create(store);
        this.tenant = tenant;
    }

    /** DataCollect's empty tables and the hub's schema in a database of its own, behind a small pool. */
    public static HikariDataSource withHub() throws SQLException {
        DataSource store = TestDatabase.dataCollect();
        migrate(store);
        return pool(store);
    }

    public static void migrate(DataSource store) {
        Flyway.configure()
                .dataSource(store)
                .schemas("hub")
                .defaultSchema("hub")
                .load()
                .migrate();
    }

    public static HikariDataSource pool(DataSource store) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(store);
        config.setMaximumPoolSize(12);
        config.setMinimumIdle(1);
        return new HikariDataSource(config);
    }

    public String tenant() {
        return tenant;
    }

    /** A household that a device has synced. */
    public TestStore household(String guid) {
        event(guid, 1);
        return household(guid, guid + "'s household");
    }

    /** A household's row, with no event. */
    public TestStore household(String guid, @Nullable String name) {
        ObjectNode data = JsonNodeFactory.instance.objectNode().put("entityName", "household");
        return put(guid, data.put("household_name", name));
    }

    /** A person of a household that a device has synced. */
    public TestStore person(String guid, @Nullable String household) {
        event(guid, 1);
        return person(guid, guid, household);
    }

    /** A person's row, with no event. */
    public TestStore person(String guid, @Nullable String firstName, @Nullable String household) {
        ObjectNode data = JsonNodeFactory.instance.objectNode().put("entityName", "individual");
        return put(guid, data.put("first_name", firstName).put("parentGuid", household));
    }

    /** Writes an entity's row, new or over the one that is there. */
    public TestStore put(String guid, ObjectNode data) {
        ObjectNode doc = JsonNodeFactory.instance.objectNode();
        doc.put("id", guid).put("guid", guid).put("type", "individual").put("version", 1);
        doc.set("data", data);
        db.sql("""
                        INSERT INTO public.entities (id, guid, initial, modified, last_updated, tenant_id)
                        VALUES (:guid, :guid, :doc::jsonb, :doc::jsonb, now(), :tenant)
                        ON CONFLICT (guid, tenant_id) DO UPDATE SET modified = excluded.modified""")
                .param("guid", guid)
                .param("doc", doc.toString())
                .param("tenant", tenant)
                .update();
        return this;
    }

    /** Changes one value of an entity. */
    public TestStore set(String guid, String field, @Nullable String value) {
        int rows = db.sql("""
                        UPDATE public.entities SET modified = jsonb_set(modified, ARRAY['data', :field],
                            coalesce(to_jsonb(:value::text), 'null'))
                        WHERE guid = :guid AND tenant_id = :tenant""")
                .param("field", field)
                .param("value", value)
                .param("guid", guid)
                .param("tenant", tenant)
                .update();
        if (rows != 1) {
            throw new IllegalArgumentException("No entity " + guid);
        }
        return this;
    }

    public TestStore delete(String... guids) {
        db.sql("DELETE FROM public.entities WHERE tenant_id = :tenant AND guid = ANY (:guids::text[])")
                .param("tenant", tenant)
                .param("guids", guids)
                .update();
        return this;
    }

    /** Stores an event of a level: 0 LOCAL, 1 SYNCED, 2 EXTERNAL. */
    public TestStore event(String guid, @Nullable Integer level) {
        return event(guid, level, Instant.parse("2026-10-01T08:00:00Z"));
    }

    /** Stores an event that a device captured at this time. */
    public TestStore event(String guid, @Nullable Integer level, Instant captured) {
        db.sql("""
                        INSERT INTO public.events (guid, tenant_id, entity_guid, type, data, "timestamp", user_id, sync_level)
                        VALUES (:event, :tenant, :guid, 'update-individual', '{}', :captured::timestamptz, 'admin', :level)""")
                .param("event", UUID.randomUUID().toString())
                .param("tenant", tenant)
                .param("guid", guid)
                .param("captured", captured.toString())
                .param("level", level)
                .update();
        return this;
    }

    /** Households {@code <prefix>1 … <prefix>n} without events, in one statement. */
    public TestStore households(String prefix, int n) {
        db.sql("""
                        INSERT INTO public.entities (id, guid, modified, tenant_id)
                        SELECT :prefix || i, :prefix || i,
                               jsonb_build_object('guid', :prefix || i, 'version', 1, 'data',
                                   jsonb_build_object('entityName', 'household', 'household_name', 'Household ' || i)),
                               :tenant
                        FROM generate_series(1, :n) AS i""")
                .param("prefix", prefix)
                .param("n", n)
                .param("tenant", tenant)
                .update();
        return this;
    }

    /** Every row of a query on this database, its columns as text with a bar between them. */
    public List<String> rows(String sql) {
        return db.sql(sql)
                .query((row, n) -> {
                    StringBuilder text = new StringBuilder();
                    for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                        text.append(i == 1 ? "" : "|").append(row.getString(i));
                    }
                    return text.toString();
                })
                .list();
    }

    public String value(String sql) {
        List<String> rows = rows(sql);
        if (rows.size() != 1) {
            throw new IllegalStateException("Expected one row but got " + rows.size() + " from: " + sql);
        }
        return rows.get(0);
    }

    public void run(String sql) {
        db.sql(sql).update();
    }
}
