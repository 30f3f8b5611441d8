package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.zaxxer.hikari.HikariDataSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.synchub.demo.FieldData;
import org.synchub.ledger.Links;
import org.synchub.ledger.TestKeys;
import org.synchub.ledger.Vault;
import org.synchub.mapping.Mapping;
import org.synchub.testing.CountingDataSource;
import org.synchub.testing.MemoryAdapter;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;
import org.synchub.testing.TestStore;

/** What sealing means for the ledger's own work: it compares and costs what it does without. */
class SealedLedgerTest {

    private static final Vault OLD = TestKeys.vault("k1", "k1", "k2");
    private static final Vault NEW = TestKeys.vault("k2", "k1", "k2");

    private final MemoryAdapter memory = new MemoryAdapter();
    private HikariDataSource store;
    private TestStore field;

    @BeforeEach
    void store() throws Exception {
        store = TestStore.withHub();
        field = new TestStore(store, "t");
    }

    @AfterEach
    void close() {
        store.close();
    }

    private BareHub hub(Vault vault, String mapping) {
        BareHub hub = BareHub.on(store)
                .mapping("openspp", mapping)
                .memory("openspp", memory)
                .vault(vault)
                .start();
        hub.capture.install();
        Mapping made = hub.registry.get("openspp").mapping();
        hub.ledgerTargets.mappingChanged("openspp", made.mappingVersion(), made.hash());
        return hub;
    }

    private static String mapping() {
        return TestHub.memoryMapping("openspp", "t");
    }

    /** Makes the same records, under another hash: every base is agreed on anew with the same content. */
    private static String sameMappingOtherwise() {
        return mapping()
                .replace(
                        "name: {path: data.household_name,",
                        "nick: {path: data.nick}\n      name: {path: data.household_name,");
    }

    private List<String> keys() throws Exception {
        return TestDatabase.rows(
                store,
                "SELECT encode(substring(base FROM 3 FOR 2), 'escape'), encode(substring(previous_base FROM 3 FOR 2), 'escape')"
                        + " FROM hub.link ORDER BY guid");
    }

    private Map<String, ObjectNode> previous(Vault vault) {
        return new Links(JdbcClient.create(store), vault).previousBases("openspp", List.of("h"));
    }

    @Test
    void a_base_that_only_changed_its_key_does_not_push_out_what_was_agreed_on_before_it() throws Exception {
        field.household("h", "First").household("x", "Other");
        try (BareHub hub = hub(OLD, mapping())) {
            hub.push("openspp");
            field.household("h", "Second");
            hub.push("openspp");
        }
        assertThat(keys()).containsExactly("k1|k1", "k1|null");
        assertThat(previous(OLD).get("h").get("name").asText()).isEqualTo("First");

        try (BareHub hub = hub(NEW, sameMappingOtherwise())) {
            field.household("h", "Second");
            hub.push("openspp");
        }

        assertThat(keys()).as("only what was agreed on anew").containsExactly("k2|k2", "k1|null");
        assertThat(TestDatabase.value(store, "SELECT count(DISTINCT mapping_hash) FROM hub.link"))
                .isEqualTo("2");
        assertThat(previous(NEW).get("h").get("name").asText()).isEqualTo("First");
        assertThat(previous(TestKeys.vault("k2", "k2")).get("h").get("name").asText())
                .isEqualTo("First");
    }

    @Test
    void the_same_holds_when_a_first_key_is_taken() throws Exception {
        field.household("h", "First");
        try (BareHub hub = hub(Vault.plain(), mapping())) {
            hub.push("openspp");
            field.household("h", "Second");
            hub.push("openspp");
        }

        try (BareHub hub = hub(TestKeys.vault("k1", "k1"), sameMappingOtherwise())) {
            field.household("h", "Second");
            hub.push("openspp");
        }

        assertThat(keys()).containsExactly("k1|k1");
        assertThat(previous(OLD).get("h").get("name").asText()).isEqualTo("First");
    }

    @Test
    void sealing_costs_no_statement_more() throws Exception {
        assertThat(statements(OLD)).isEqualTo(statements(Vault.plain()));
    }

    private static int statements(Vault vault) throws Exception {
        try (HikariDataSource pool = TestStore.withHub()) {
            CountingDataSource counted = new CountingDataSource(pool);
            FieldData.bulk(counted, "t", 20, 3, 1);
            try (BareHub hub = BareHub.on(counted)
                    .mapping("openspp", mapping())
                    .memory("openspp", new MemoryAdapter())
                    .vault(vault)
                    .start()) {
                counted.takeCount();
                hub.push("openspp");
                assertThat(hub.runs.newest("openspp", null).orElseThrow().created())
                        .isEqualTo(80);
                return counted.takeCount();
            }
        }
    }

    @Test
    void a_base_that_was_tampered_with_is_named_and_nothing_is_lost() throws Exception {
        field.household("h", "First");
        String before;
        try (BareHub hub = hub(OLD, mapping())) {
            hub.push("openspp");
            before = TestDatabase.value(store, "SELECT base FROM hub.link");
            TestDatabase.run(store, "UPDATE hub.link SET base = set_byte(base, 30, get_byte(base, 30) # 1)");
            field.household("h", "Second");

            assertThatThrownBy(() -> hub.push("openspp"))
                    .hasMessageStartingWith(
                            "What hub.link keeps of record h (openspp) was sealed with the key k1 and cannot be")
                    .hasMessageNotContaining("First");
            assertThat(BareHub.stands(field, "openspp", "h")).startsWith("in_flight");
        }
        TestDatabase.run(store, "UPDATE hub.link SET base = '" + before + "'");
        TestHub.clock(store, "10 minutes");

        try (BareHub hub = hub(OLD, mapping())) {
            hub.push("openspp");
            assertThat(BareHub.stands(field, "openspp", "h")).isEqualTo("delivered");
        }
        assertThat(previous(OLD).get("h").get("name").asText()).isEqualTo("First");
    }
}
