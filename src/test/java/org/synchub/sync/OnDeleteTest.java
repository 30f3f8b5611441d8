package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.synchub.target.Write;
import org.synchub.testing.TestStore;

/** A deletion in DataCollect does at the target what the mapping's {@code onDelete} says, per record kind. */
class OnDeleteTest {

    private static HikariDataSource store;
    private Scene scene;
    private TestStore field;

    @BeforeAll
    static void createDatabase() throws SQLException {
        store = TestStore.withHub();
    }

    @AfterAll
    static void closeDatabase() {
        store.close();
    }

    @AfterEach
    void stop() {
        scene.close();
    }

    /** A household and a member are delivered, then the member is deleted in the store. */
    private void deleteUnder(String onDelete) {
        scene = Scene.on(
                store, yaml -> yaml.replaceFirst("(?s)(individual:.*?)onDelete: archive", "$1onDelete: " + onDelete));
        field = scene.field;
        field.household("h").person("p", "h");
        scene.push();
        assertThat(scene.memory.records()).containsOnlyKeys("h", "p");
        field.delete("p");
        scene.push();
    }

    private List<Write> deletions() {
        return scene.memory.received().stream()
                .filter(w -> w.operation() == Write.Operation.DELETE)
                .toList();
    }

    private String linkGone() {
        return field.value(
                "SELECT deleted_at IS NOT NULL FROM hub.link WHERE target = '" + scene.target + "' AND guid = 'p'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"archive", "disable", "end-memberships"})
    void the_adapter_is_told_once_what_to_do(String onDelete) {
        deleteUnder(onDelete);
        scene.push();

        assertThat(deletions()).singleElement().satisfies(write -> {
            assertThat(write.guid()).isEqualTo("p");
            assertThat(write.kind().onDelete())
                    .isNotNull()
                    .hasToString(onDelete.replace('-', '_').toUpperCase(Locale.ROOT));
            assertThat(write.link())
                    .satisfies(link -> assertThat(link.externalId()).isEqualTo("memory-p"));
        });
        assertThat(scene.stands("p")).isEqualTo("delivered");
        assertThat(linkGone()).isEqualTo("t");
        assertThat(scene.lastRun().deleted()).isEqualTo(1);
    }

    @Test
    void ignore_leaves_the_targets_record_as_it_is() {
        deleteUnder("ignore");

        assertThat(deletions()).isEmpty();
        assertThat(scene.memory.records()).containsKey("p");
        assertThat(scene.stands("p")).isEqualTo("delivered delete-ignored");
        assertThat(linkGone()).isEqualTo("t");
    }

    @Test
    void ask_waits_for_a_person_and_goes_on_when_one_says_yes() {
        deleteUnder("ask");
        scene.push();
        assertThat(scene.stands("p")).isEqualTo("held delete-asks");
        assertThat(deletions()).isEmpty();

        scene.hub.deliveries.confirmDeletes(scene.target);
        scene.push();

        assertThat(deletions()).hasSize(1);
        assertThat(scene.stands("p")).isEqualTo("delivered");
        assertThat(scene.memory.records()).containsOnlyKeys("h");
    }

    @ParameterizedTest
    @ValueSource(strings = {"archive", "ignore"})
    void a_record_that_comes_back_is_the_same_record_of_the_target(String onDelete) {
        deleteUnder(onDelete);
        field.person("p", "h");

        scene.push();

        Write last = scene.memory.received().get(scene.memory.received().size() - 1);
        assertThat(last.operation()).isEqualTo(Write.Operation.UPSERT);
        assertThat(last.link()).satisfies(link -> {
            assertThat(link.externalId()).isEqualTo("memory-p");
            assertThat(link.base()).as("what it was left as is not known").isNull();
        });
        assertThat(scene.stands("p")).isEqualTo("delivered");
        assertThat(linkGone()).isEqualTo("f");
    }

    @Test
    void what_was_never_delivered_needs_no_deletion() {
        scene = Scene.on(store);
        field = scene.field;
        field.household("h").delete("h");

        scene.push();

        assertThat(scene.sent()).isEmpty();
        assertThat(scene.stands("h")).isEqualTo("excluded deleted");
    }

    @Test
    void a_deletion_while_the_record_is_on_its_way_follows_it() {
        scene = Scene.on(store);
        field = scene.field;
        field.household("h");
        scene.hub.captures.drain();
        scene.hub.drain.backfill(scene.hub.registry.get(scene.target));
        PushWriter writer = scene.hub.claimed(scene.target);
        scene.hub.push.map(writer);
        field.delete("h");
        scene.another(java.time.Duration.ofMinutes(1)).captures.drain();
        scene.hub.sendAndSettle(writer);
        writer.run().cancel();
        scene.hub.push.claim(writer);
        scene.hub.pushes.end(writer.run());

        scene.push();

        assertThat(deletions()).hasSize(1);
        assertThat(scene.memory.records()).isEmpty();
        assertThat(scene.stands("h")).isEqualTo("delivered");
    }
}
