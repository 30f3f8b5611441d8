package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synchub.target.Write;
import org.synchub.testing.MemoryAdapter;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;
import org.synchub.testing.TestStore;

/** The mapping of a target that has records already is changed. */
class MappingChangeTest {

    private static final String OLD = TestHub.memoryMapping("memory", "t");
    private static final String NEW = OLD.replace("mappingVersion: 1", "mappingVersion: 2")
            .replace("family_name: {path: data.last_name}", "family_name: {path: data.last_name, default: unknown}");

    private final MemoryAdapter memory = new MemoryAdapter();
    private DataSource store;
    private TestStore field;
    private TestHub first;

    @BeforeEach
    void deliverUnderTheOldMapping() throws SQLException {
        store = TestDatabase.dataCollect();
        first = hub(OLD);
        field = new TestStore(store, "t");
        field.household("h").person("p", "h").person("q", "h").set("q", "last_name", "Known");
        first.push("memory");
        assertThat(memory.received()).hasSize(3);
    }

    @AfterEach
    void stop() {
        first.close();
    }

    private TestHub hub(String mapping) {
        return TestHub.on(store)
                .mapping("memory", mapping)
                .memory("memory", memory)
                .start();
    }

    private List<String> sentSince(int before) {
        return memory.received().subList(before, memory.received().size()).stream()
                .map(Write::guid)
                .toList();
    }

    @Test
    void owe_writes_those_records_that_come_out_differently_and_no_others() {
        try (TestHub second = hub(NEW)) {
            second.push("memory");

            assertThat(sentSince(3)).containsExactly("p");
            assertThat(memory.records().get("p").path("family_name").asText()).isEqualTo("unknown");
            second.push("memory");
            assertThat(sentSince(3)).containsExactly("p");
        }
    }

    @Test
    void ask_leaves_what_was_sent_until_a_person_has_it_compared() {
        try (TestHub second = hub(NEW.replace("mappingChange: owe", "mappingChange: ask"))) {
            second.push("memory");
            assertThat(sentSince(3)).isEmpty();

            field.set("p", "first_name", "Bea");
            second.push("memory");
            assertThat(sentSince(3))
                    .as("what changes is written by the new mapping")
                    .containsExactly("p");
            assertThat(memory.records().get("p").path("family_name").asText()).isEqualTo("unknown");

            second.bean(Resync.class).start("memory", Resync.Scope.FULL, "test");
            second.push("memory");
            assertThat(sentSince(4)).containsExactlyInAnyOrder("h", "p", "q");
            assertThat(memory.received().subList(4, 7)).allSatisfy(write -> {
                assertThat(write.reread()).isTrue();
                assertThat(write.uncertain()).isFalse();
            });
        }
    }

    @Test
    void hubs_with_different_mappings_do_not_share_a_target() throws SQLException {
        try (TestHub second = hub(NEW)) {
            second.push("memory");
            field.set("h", "household_name", "renamed");

            first.push("memory");

            assertThat(sentSince(4)).isEmpty();
            assertThat(first.status("memory").condition()).isEqualTo("stopped");
            assertThat(first.status("memory").reason())
                    .contains("memory.yaml is not the mapping that this target was last started with")
                    .contains("version 2")
                    .contains("give all hubs the same file and restart them");

            second.push("memory");

            assertThat(sentSince(4)).containsExactly("h");
            assertThat(second.status("memory").condition()).isEqualTo("running");
            assertThat(TestDatabase.value(store, "SELECT mapping_version FROM hub.target"))
                    .isEqualTo("2");
        }
    }
}
