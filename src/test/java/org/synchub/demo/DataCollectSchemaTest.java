package org.synchub.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.synchub.testing.TestDatabase;

class DataCollectSchemaTest {

    private static final String COLUMNS = """
            SELECT c.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                   pg_get_expr(d.adbin, d.adrelid), a.attcollation::regcollation, a.attstorage, a.attidentity
              FROM pg_attribute a
              JOIN pg_class c ON c.oid = a.attrelid
              LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0
             ORDER BY 1, 2""";

    private static final String CONSTRAINTS = """
            SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
              FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2""";

    private static final String INDEXES =
            "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2";

    private static final String SEQUENCES = """
            SELECT s.seqrelid::regclass::text, format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmax, s.seqcache,
                   d.refobjid::regclass, d.refobjsubid, d.deptype
              FROM pg_sequence s
              LEFT JOIN pg_depend d ON d.objid = s.seqrelid AND d.refobjsubid > 0
             ORDER BY 1""";

    private static final String OTHER_OBJECTS = """
            SELECT relname, relkind FROM pg_class WHERE relnamespace = 'public'::regnamespace
            UNION ALL SELECT proname, 'function' FROM pg_proc WHERE pronamespace = 'public'::regnamespace
            ORDER BY 1""";

    @ParameterizedTest
    @ValueSource(strings = {COLUMNS, CONSTRAINTS, INDEXES, SEQUENCES, OTHER_OBJECTS})
    void the_catalog_is_the_one_that_the_dump_of_a_real_server_gives(String query) throws SQLException {
        DataSource dumped = TestDatabase.empty();
        TestDatabase.runScript(dumped, "/datacollect/schema.sql");
        DataSource ours = TestDatabase.dataCollect();

        List<String> expected = TestDatabase.rows(dumped, query);

        assertThat(expected).isNotEmpty();
        assertThat(TestDatabase.rows(ours, query)).isEqualTo(expected);
    }

    @Test
    void creating_it_again_changes_nothing_and_keeps_the_rows() throws SQLException {
        DataSource store = TestDatabase.dataCollect();
        TestDatabase.run(store, "INSERT INTO public.merkle_root (tenant_id, root) VALUES ('t', 'r')");

        DataCollectSchema.create(store);

        assertThat(TestDatabase.rows(store, "SELECT tenant_id, root FROM public.merkle_root"))
                .containsExactly("t|r");
    }

    @Test
    void several_hubs_can_create_it_at_once() throws Exception {
        DataSource store = TestDatabase.empty();
        ExecutorService hubs = Executors.newFixedThreadPool(4);
        try {
            Callable<Boolean> create = () -> {
                DataCollectSchema.create(store);
                return true;
            };
            List<Future<Boolean>> done =
                    hubs.invokeAll(Stream.generate(() -> create).limit(4).toList());
            for (Future<Boolean> one : done) {
                assertThat(one.get()).isTrue();
            }
        } finally {
            hubs.shutdownNow();
        }
    }
}
