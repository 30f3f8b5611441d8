package org.synchub.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.synchub.demo.FieldData;
import org.synchub.testing.TestDatabase;

class NewestEventTest {

    private static final String DEFINITION =
            "SELECT indexdef FROM pg_indexes WHERE indexname = '" + NewestEvent.INDEX + "'";

    @Test
    void the_answer_is_the_same_with_and_without_the_index() throws SQLException {
        DataSource store = TestDatabase.dataCollect();
        FieldData.bulk(store, "a", 100, 4, 1);
        FieldData.bulk(store, "b", 300, 4, 2);
        String newest = "SELECT max(timestamp) AT TIME ZONE 'UTC' FROM public.events WHERE tenant_id = 'a'";
        Instant expected = Instant.parse(TestDatabase.value(store, newest).replace(' ', 'T') + "Z");
        try (Connection connection = store.getConnection()) {
            assertThat(NewestEvent.find(connection, "a")).isEqualTo(expected);

            NewestEvent.createIndex(store);

            assertThat(NewestEvent.find(connection, "a")).isEqualTo(expected);
            assertThat(NewestEvent.find(connection, "nobody")).isEqualTo(Instant.EPOCH);
        }
    }

    @Test
    void with_the_index_a_handful_of_pages_is_read_however_many_events_there_are() throws SQLException {
        DataSource store = TestDatabase.dataCollect();
        FieldData.bulk(store, "a", 3_000, 4, 1);
        NewestEvent.createIndex(store);
        TestDatabase.run(store, "ANALYZE public.events");

        String plan = String.join(
                "\n",
                TestDatabase.rows(
                        store,
                        "EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF) SELECT floor(extract(epoch FROM max(\"timestamp\")) * 1000)::bigint"
                                + " FROM public.events WHERE tenant_id = 'a' AND isfinite(\"timestamp\")"));

        assertThat(plan).contains("using " + NewestEvent.INDEX).doesNotContain("Seq Scan");
        assertThat(plan).containsPattern("Buffers: shared (hit|read)=\\d\\b");
    }

    /** Why remembering where the table ended is not enough: the next event may lie before that. */
    @Test
    void a_new_event_can_lie_in_front_of_older_ones() throws SQLException {
        DataSource store = TestDatabase.dataCollect();
        // Rows of 5 kB leave 3 kB free on every page, and a vacuum makes that known.
        TestDatabase.run(
                store,
                "ALTER TABLE public.events ALTER data SET STORAGE PLAIN;"
                        + "INSERT INTO public.events (guid, tenant_id, data, timestamp) SELECT 'e' || i, 'a',"
                        + " jsonb_build_object('x', repeat('x', 5000)), now() FROM generate_series(1, 50) i");
        TestDatabase.run(store, "VACUUM public.events");
        String pages = "SELECT pg_relation_size('public.events') / 8192";
        long before = Long.parseLong(TestDatabase.value(store, pages));

        TestDatabase.run(
                store, "INSERT INTO public.events (guid, tenant_id, timestamp) VALUES ('new', 'a', '2030-01-01Z')");

        String page =
                TestDatabase.value(store, "SELECT (ctid::text::point)[0]::int FROM public.events WHERE guid = 'new'");
        assertThat(Long.parseLong(page)).isLessThan(before - 1);
        assertThat(TestDatabase.value(store, pages)).isEqualTo(String.valueOf(before));
        try (Connection connection = store.getConnection()) {
            assertThat(NewestEvent.find(connection, "a")).isEqualTo(Instant.parse("2030-01-01T00:00:00Z"));
        }
    }

    @Test
    void creating_the_index_again_or_from_several_hubs_changes_nothing() throws Exception {
        DataSource store = TestDatabase.dataCollect();
        ExecutorService hubs = Executors.newFixedThreadPool(3);
        try {
            for (Future<?> hub : Stream.generate(() -> hubs.submit(() -> {
                        NewestEvent.createIndex(store);
                        return null;
                    }))
                    .limit(3)
                    .toList()) {
                hub.get();
            }
        } finally {
            hubs.shutdownNow();
        }
        NewestEvent.createIndex(store);

        assertThat(TestDatabase.rows(store, DEFINITION))
                .containsExactly(
                        "CREATE INDEX hub_events_newest ON public.events USING btree (tenant_id, \"timestamp\")");
    }

    @Test
    void an_index_that_an_interrupted_build_left_behind_is_built_anew() throws SQLException {
        DataSource store = TestDatabase.dataCollect();
        NewestEvent.createIndex(store);
        TestDatabase.run(
                store,
                "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'public.hub_events_newest'::regclass");

        NewestEvent.createIndex(store);

        assertThat(TestDatabase.value(
                        store,
                        "SELECT indisvalid FROM pg_index WHERE indexrelid = 'public.hub_events_newest'::regclass"))
                .isEqualTo("t");
    }
}
