package org.synchub.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.synchub.testing.TestDatabase;

class MerkleRootTest {

    private static DataSource store;

    @BeforeAll
    static void create() throws SQLException {
        store = TestDatabase.dataCollect();
    }

    @BeforeEach
    void clear() throws SQLException {
        TestDatabase.clear(store);
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "demo-pulled"})
    void the_root_that_a_real_server_stored_comes_out_again(String tenant) throws SQLException {
        TestDatabase.runScript(store, "/datacollect/sample-data.sql");
        String stored =
                TestDatabase.value(store, "SELECT root FROM public.merkle_root WHERE tenant_id = '" + tenant + "'");

        try (Connection connection = open(store)) {
            assertThat(MerkleRoot.compute(connection, tenant)).isEqualTo(stored);
        }
    }

    @Test
    void a_stored_root_is_replaced_and_a_missing_one_is_added() throws SQLException {
        insert(store, "t", "{\"a\": 1}", "2026-01-01T00:00:00Z");
        TestDatabase.run(
                store, "INSERT INTO public.merkle_root (tenant_id, root) VALUES ('other', 'kept'), ('t', 'old')");

        try (Connection connection = open(store)) {
            String root = MerkleRoot.refresh(connection, "t");
            MerkleRoot.refresh(connection, "new");
            connection.commit();

            assertThat(TestDatabase.rows(store, "SELECT tenant_id, root FROM public.merkle_root ORDER BY 1"))
                    .containsExactly("new|", "other|kept", "t|" + root);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 9, 31, 32, 33, 100})
    void any_number_of_events_gives_what_a_level_by_level_calculation_gives(int events) throws SQLException {
        Random random = new Random(events);
        List<String> leaves = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            int number = random.nextInt(1_000_000);
            String guid = insert(
                    store, "t", "{\"n\": " + number + ", \"name\": \"é\"}", "2026-01-01T00:00:0" + i % 10 + ".5Z");
            leaves.add("{\"guid\":\"" + guid + "\",\"entityGuid\":\"e\",\"type\":\"create-individual\",\"data\":{\"n\":"
                    + number + ",\"name\":\"é\"},\"timestamp\":\"2026-01-01T00:00:0" + i % 10
                    + ".500Z\",\"userId\":\"u\",\"syncLevel\":1}");
        }

        try (Connection connection = open(store)) {
            assertThat(MerkleRoot.compute(connection, "t")).isEqualTo(levelByLevel(leaves));
        }
    }

    @Test
    void rows_count_in_the_order_in_which_they_lie_in_the_table() throws SQLException {
        String first = insert(store, "t", "{\"a\": 1}", "2026-01-01T00:00:00Z");
        insert(store, "t", "{\"a\": 2}", "2026-01-02T00:00:00Z");
        try (Connection connection = open(store)) {
            String before = MerkleRoot.compute(connection, "t");

            // Any update moves the row behind the others.
            TestDatabase.run(store, "UPDATE public.events SET sync_level = 1 WHERE guid = '" + first + "'");
            connection.commit();

            assertThat(MerkleRoot.compute(connection, "t")).isNotEqualTo(before);
        }
    }

    @Test
    void the_order_holds_even_when_the_planner_would_give_another() throws SQLException {
        DataSource own = TestDatabase.dataCollect();
        for (int i = 0; i < 50; i++) {
            insert(own, "t", "{\"a\": " + i + "}", "2026-01-01T00:00:00Z");
        }
        try (Connection connection = open(own)) {
            String root = MerkleRoot.compute(connection, "t");
            connection.commit();
            TestDatabase.run(own, "CREATE INDEX ON public.events (tenant_id, guid)");
            TestDatabase.run(own, "DROP INDEX public.idx_events_tenant_id");
            TestDatabase.rows(
                    connection,
                    "SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true)");

            assertThat(TestDatabase.rows(connection, "SELECT guid FROM public.events WHERE tenant_id = 't'"))
                    .isNotEqualTo(TestDatabase.rows(connection, "SELECT guid FROM public.events ORDER BY ctid"));
            assertThat(MerkleRoot.compute(connection, "t")).isEqualTo(root);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                // What node 20 prints for JSON.stringify(JSON.parse(x)).
                "{\"b\": 1, \"aa\": [1, {\"c\": null}], \"a\": true} ~ {\"a\":true,\"b\":1,\"aa\":[1,{\"c\":null}]}",
                "{\"b\": 1, \"10\": 2, \"9\": 3, \"01\": 4, \"4294967295\": 5} ~ {\"9\":3,\"10\":2,\"b\":1,\"01\":4,\"4294967295\":5}",
                "{\"7\": {\"1\": {}}} ~ {\"7\":{\"1\":{}}}",
                "[] ~ []",
                "{} ~ {}",
                "\"a b, c: d\" ~ \"a b, c: d\"",
                "[1.50, 1e2, 100000000000000000000, 1e21, 1.5e300] ~ [1.5,100,100000000000000000000,1e+21,1.5e+300]",
                "[0.000001, 0.0000001, 1.25e-7, -0.1, -0, 0.0] ~ [0.000001,1e-7,1.25e-7,-0.1,0,0]",
                "[9007199254740993, 12345678901234567890, 2e-44, 5e-324, 1e400] ~ [9007199254740992,12345678901234567000,2e-44,5e-324,null]",
                "[123456789.125, 0.1234567890123456789, 2e23] ~ [123456789.125,0.12345678901234568,2e+23]",
                "\"\\u0000x\" ~ refused",
            })
    void data_is_written_as_javascript_would(String json, String expected) throws SQLException {
        if (expected.equals("refused")) {
            assertThatThrownBy(() -> insert(store, "t", json, "2026-01-01T00:00:00Z"))
                    .hasMessageContaining("\\u0000");
            return;
        }
        insert(store, "t", json, "2026-01-01T00:00:00Z");
        StringBuilder written = new StringBuilder();

        JavaScriptJson.append(written, TestDatabase.value(store, "SELECT data FROM public.events"));

        assertThat(written).hasToString(expected);
    }

    @Test
    void every_character_is_escaped_as_javascript_does() throws SQLException {
        StringBuilder source = new StringBuilder("\"");
        StringBuilder expected = new StringBuilder("\"");
        for (char c = 1; c < 0x180; c++) {
            source.append(String.format("\\u%04X", (int) c));
            expected.append(
                    switch (c) {
                        case '\b' -> "\\b";
                        case '\t' -> "\\t";
                        case '\n' -> "\\n";
                        case '\f' -> "\\f";
                        case '\r' -> "\\r";
                        case '"' -> "\\\"";
                        case '\\' -> "\\\\";
                        default -> c < ' ' ? String.format("\\u%04x", (int) c) : String.valueOf(c);
                    });
        }
        insert(store, "t", source.append("\\u2028\\uD83D\\uDE00\"").toString(), "2026-01-01T00:00:00Z");
        StringBuilder written = new StringBuilder();

        JavaScriptJson.append(written, TestDatabase.value(store, "SELECT data FROM public.events"));

        assertThat(written).hasToString(expected.append("\u2028\uD83D\uDE00\"").toString());
    }

    @Test
    void empty_columns_and_control_characters_in_text_columns_do_not_stop_it() throws SQLException {
        TestDatabase.run(
                store,
                "INSERT INTO public.events (guid, tenant_id, user_id, timestamp)"
                        + " VALUES ('g', 't', E'a\\\\b\"\\n\\x01', '2026-01-01 00:00:00.123987+00')");
        String leaf = "{\"guid\":\"g\",\"entityGuid\":null,\"type\":null,\"data\":null,"
                + "\"timestamp\":\"2026-01-01T00:00:00.123Z\",\"userId\":\"a\\\\b\\\"\\n\\u0001\",\"syncLevel\":null}";

        try (Connection connection = open(store)) {
            assertThat(MerkleRoot.compute(connection, "t")).isEqualTo(sha256(leaf));
        }
    }

    @Test
    void a_tenant_without_events_has_an_empty_root() throws SQLException {
        try (Connection connection = open(store)) {
            assertThat(MerkleRoot.compute(connection, "nobody")).isEmpty();
        }
    }

    @Test
    void the_anchor_of_a_later_datacollect_is_left_alone() throws SQLException {
        TestDatabase.run(store, "INSERT INTO public.merkle_root (tenant_id, root) VALUES ('t', 'v2:0a1b')");
        try (Connection connection = open(store)) {
            assertThatThrownBy(() -> MerkleRoot.refresh(connection, "t"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("The stored root of tenant t starts with v2:, which DataCollect v1.0.0 does not write."
                            + " This store belongs to a later DataCollect; the hub must not write events into it."
                            + " Use a version of Sync Hub made for it.");
        }
    }

    @Test
    void it_refuses_to_read_without_a_transaction() throws SQLException {
        try (Connection connection = store.getConnection()) {
            assertThatThrownBy(() -> MerkleRoot.compute(connection, "t"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("switch autocommit off");
        }
    }

    /** As the server's loop does it, over all nodes of a level at once. */
    private static String levelByLevel(List<String> leaves) {
        List<String> nodes =
                new ArrayList<>(leaves.stream().map(MerkleRootTest::sha256).toList());
        while (nodes.size() > 1) {
            List<String> parents = new ArrayList<>();
            for (int i = 0; i < nodes.size(); i += 2) {
                parents.add(sha256(nodes.get(i) + (i + 1 < nodes.size() ? nodes.get(i + 1) : "")));
            }
            nodes = parents;
        }
        return nodes.get(0);
    }

    private static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static Connection open(DataSource store) throws SQLException {
        Connection connection = store.getConnection();
        connection.setAutoCommit(false);
        return connection;
    }

    private static String insert(DataSource store, String tenant, String data, String timestamp) throws SQLException {
        String guid = java.util.UUID.randomUUID().toString();
        try (Connection connection = store.getConnection();
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO public.events (guid, tenant_id, entity_guid, type, data, timestamp, user_id, sync_level)"
                                + " VALUES (?, ?, 'e', 'create-individual', ?::jsonb, ?::timestamptz, 'u', 1)")) {
            insert.setString(1, guid);
            insert.setString(2, tenant);
            insert.setString(3, data);
            insert.setString(4, timestamp);
            insert.executeUpdate();
        }
        return guid;
    }
}
