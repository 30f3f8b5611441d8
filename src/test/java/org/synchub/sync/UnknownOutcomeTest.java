package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synchub.target.Outcome;
import org.synchub.target.Write;
import org.synchub.testing.TestStore;

/** What leaves is noted before it leaves, so that after a crash the hub knows what may have arrived. */
class UnknownOutcomeTest {

    private static final Duration LEASE = Duration.ofMinutes(1);
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

    @BeforeEach
    void start() {
        scene = Scene.on(store);
        field = scene.field;
    }

    @AfterEach
    void stop() {
        scene.close();
    }

    private List<String> noted() {
        return field.rows(
                "SELECT guid || coalesce(' ' || convert_from(substring(record FROM 2), 'UTF8')::jsonb::text, ' ?')"
                        + " FROM hub.sent WHERE target = '" + scene.target + "' ORDER BY sent_at");
    }

    private Write last() {
        List<Write> received = scene.memory.received();
        return received.get(received.size() - 1);
    }

    private static List<String> names(Write write) {
        return write.sent().stream()
                .map(record -> record.path("name").asText("(deleted)"))
                .toList();
    }

    private void noAnswer() {
        scene.memory.answer(w -> new Outcome.Unknown("no answer"));
    }

    private void answerAgain() {
        scene.memory.answer(w -> null);
        scene.later(Duration.ofMinutes(10));
    }

    private void rename(String name) {
        field.set("h", "household_name", name);
    }

    /** Lets what a hub that is no more had leased be taken over, and waits out the target's longest write. */
    /** The hub has claimed what is owed and noted what is about to leave. */
    private PushWriter mappedBy(BareHub hub) {
        hub.captures.drain();
        PushWriter writer = hub.claimed(scene.target);
        hub.push.map(writer);
        return writer;
    }

    private void leaseRunsOut() {
        scene.later(LEASE.plus(BareHub.LONGEST_WRITE).plusSeconds(1));
    }

    private void deliveredAs(String name) {
        field.event("h", 1).household("h", name);
        scene.push();
        assertThat(scene.stands("h")).isEqualTo("delivered");
    }

    @Test
    void what_leaves_is_noted_before_it_leaves_and_forgotten_when_it_is_settled() {
        field.event("h", 1).household("h", "A");
        scene.memory.beforeSend(() -> assertThat(noted()).containsExactly("h {\"name\": \"A\"}"));

        scene.push();

        assertThat(scene.sent()).containsExactly("h");
        assertThat(noted()).isEmpty();
    }

    @Test
    void what_may_have_arrived_is_told_when_the_record_is_sent_again() {
        deliveredAs("A");
        noAnswer();
        rename("B");
        scene.push();
        assertThat(scene.stands("h")).isEqualTo("unknown unknown");
        assertThat(noted()).containsExactly("h {\"name\": \"B\"}");
        rename("A");
        answerAgain();
        scene.push();

        assertThat(last().record().path("name").asText()).isEqualTo("A");
        assertThat(last().uncertain()).isTrue();
        assertThat(names(last())).containsExactly("B");
        assertThat(last().link())
                .satisfies(link -> assertThat(link.base().path("name").asText()).isEqualTo("A"));
        assertThat(scene.stands("h")).isEqualTo("delivered");
        assertThat(noted()).isEmpty();
    }

    @Test
    void several_writes_without_an_answer_are_told_in_their_order() {
        deliveredAs("A");
        noAnswer();
        rename("B");
        scene.push();
        rename("C");
        scene.later(Duration.ofMinutes(10));
        scene.push();
        rename("A");
        answerAgain();
        scene.push();

        assertThat(names(last())).containsExactly("B", "C");
        assertThat(noted()).isEmpty();
    }

    @Test
    void a_hub_that_stops_before_it_settles_leaves_word_of_what_it_sent() {
        deliveredAs("A");
        rename("B");
        BareHub dying = scene.another(LEASE);
        PushWriter writer = mappedBy(dying);
        dying.push.send(writer);
        dying.close();
        rename("A");

        leaseRunsOut();
        scene.push();

        assertThat(last().uncertain()).isTrue();
        assertThat(names(last())).containsExactly("B");
        assertThat(scene.memory.records().get("h").path("name").asText()).isEqualTo("A");
    }

    @Test
    void a_record_that_arrived_unseen_and_was_then_deleted_is_the_same_one_when_it_comes_back() {
        deliveredAs("A");
        field.event("i", 1).household("i", "New");
        BareHub dying = scene.another(LEASE);
        PushWriter writer = mappedBy(dying);
        dying.push.send(writer);
        dying.close();
        field.delete("i");
        leaseRunsOut();
        scene.push();
        assertThat(last().operation()).isEqualTo(Write.Operation.DELETE);

        field.household("i", "New");
        scene.push();

        assertThat(last().operation()).isEqualTo(Write.Operation.UPSERT);
        assertThat(last().link()).satisfies(link -> {
            assertThat(link.externalId()).isEqualTo("memory-i");
            assertThat(link.base()).as("what it was left as is not known").isNull();
        });
    }

    @Test
    void a_hub_that_stops_before_anything_left_leaves_the_base_as_good_as_it_was() {
        deliveredAs("A");
        rename("B");
        BareHub dying = scene.another(LEASE);
        dying.captures.drain();
        dying.claimed(scene.target);
        dying.close();

        leaseRunsOut();
        scene.push();

        assertThat(last().uncertain()).isFalse();
        assertThat(last().record().path("name").asText()).isEqualTo("B");
        assertThat(scene.of("h", "uncertain_since")).isEqualTo("null");
    }

    @Test
    void what_was_claimed_and_not_sent_is_not_noted() {
        deliveredAs("A");
        rename("B");
        BareHub other = scene.another(LEASE);
        PushWriter writer = mappedBy(other);
        writer.run().cancel();
        other.sendAndSettle(writer);
        other.push.claim(writer);

        assertThat(scene.stands("h")).isEqualTo("pending");
        assertThat(noted()).isEmpty();
    }

    @Test
    void a_refusal_says_that_nothing_arrived_and_leaves_what_was_uncertain_before() {
        deliveredAs("A");
        noAnswer();
        rename("B");
        scene.push();
        scene.memory.answer(w -> new Outcome.Rejected("bad", "no", null));
        rename("C");
        scene.later(Duration.ofMinutes(10));
        scene.push();
        assertThat(scene.stands("h")).isEqualTo("rejected bad");
        assertThat(noted()).containsExactly("h {\"name\": \"B\"}");

        rename("A");
        answerAgain();
        scene.push();

        assertThat(names(last())).containsExactly("B");
        assertThat(noted()).isEmpty();
    }

    @Test
    void a_deletion_without_an_answer_is_told_when_the_record_comes_back() {
        deliveredAs("A");
        noAnswer();
        field.delete("h");
        scene.push();
        field.household("h", "A");
        answerAgain();
        scene.push();

        assertThat(last().operation()).isEqualTo(Write.Operation.UPSERT);
        assertThat(names(last())).containsExactly("(deleted)");
    }

    @Test
    void a_hub_that_wakes_after_another_took_over_settles_nothing_and_says_that_its_write_may_have_come_late() {
        deliveredAs("A");
        rename("B");
        BareHub frozen = scene.another(LEASE);
        PushWriter writer = mappedBy(frozen);
        frozen.push.send(writer);
        rename("C");
        leaseRunsOut();
        scene.push();
        assertThat(scene.stands("h")).isEqualTo("delivered");
        assertThat(noted()).isEmpty();
        // Its request comes through only now, when the other hub has read back and gone on.
        scene.memory.records().get("h").put("name", "B");

        frozen.push.settle(writer);

        assertThat(scene.stands("h")).isEqualTo("pending");
        assertThat(noted()).containsExactly("h {\"name\": \"B\"}");
        assertThat(field.value("SELECT convert_from(substring(base FROM 2), 'UTF8') FROM hub.link WHERE target = '"
                        + scene.target + "'"))
                .isEqualTo("{\"name\":\"C\"}");
        scene.push();
        assertThat(last().uncertain()).isTrue();
        assertThat(names(last())).containsExactly("B");
        assertThat(scene.memory.records().get("h").path("name").asText()).isEqualTo("C");
        assertThat(noted()).isEmpty();
    }

    @Test
    void a_hub_that_wakes_and_had_nothing_to_send_leaves_the_base_as_good_as_it_was() {
        deliveredAs("A");
        rename("B");
        rename("A");
        BareHub frozen = scene.another(LEASE);
        PushWriter writer = mappedBy(frozen);
        leaseRunsOut();
        scene.push();
        assertThat(scene.stands("h")).isEqualTo("delivered");

        frozen.push.send(writer);
        frozen.push.settle(writer);

        assertThat(noted()).isEmpty();
        assertThat(scene.of("h", "uncertain_since")).isEqualTo("null");
        rename("C");
        scene.push();
        assertThat(last().uncertain()).isFalse();
    }

    @Test
    void a_hub_that_wakes_while_another_is_at_it_makes_that_one_look_again() {
        deliveredAs("A");
        rename("B");
        BareHub frozen = scene.another(LEASE);
        PushWriter writer = mappedBy(frozen);
        frozen.push.send(writer);
        rename("C");
        leaseRunsOut();
        PushWriter second = mappedBy(scene.hub);
        scene.hub.push.send(second);
        assertThat(names(last())).containsExactly("B");

        frozen.push.settle(writer);
        scene.hub.push.settle(second);

        assertThat(scene.stands("h")).isEqualTo("pending");
        assertThat(noted()).as("its own is settled, the other's may come late").containsExactly("h {\"name\": \"B\"}");
        scene.hub.push.claim(second);
        scene.hub.push.map(second);
        scene.hub.sendAndSettle(second);
        assertThat(names(last())).containsExactly("B");
        assertThat(scene.stands("h")).isEqualTo("delivered");
        assertThat(noted()).isEmpty();
        assertThat(scene.of("h", "uncertain_since")).isEqualTo("null");
    }

    @Test
    void a_resync_has_every_record_read_and_believes_the_base() {
        deliveredAs("A");
        int before = scene.sent().size();
        new Resync(scene.hub.registry, scene.hub.deliveries, scene.hub.runs)
                .start(scene.target, Resync.Scope.FULL, "test");

        scene.push();

        assertThat(scene.sent()).hasSize(before + 1);
        assertThat(last().uncertain()).isFalse();
        assertThat(last().reread()).isTrue();
        assertThat(last().link()).satisfies(link -> assertThat(link.base()).isNotNull());
        scene.push();
        assertThat(scene.sent()).as("read once").hasSize(before + 1);
    }

    @Test
    void a_resync_that_meets_a_target_in_trouble_still_reads_when_it_is_well() {
        deliveredAs("A");
        new Resync(scene.hub.registry, scene.hub.deliveries, scene.hub.runs)
                .start(scene.target, Resync.Scope.FULL, "test");
        scene.memory.answer(w -> new Outcome.Retry("busy", "locked", null));
        scene.push();
        answerAgain();

        scene.push();

        assertThat(last().reread()).isTrue();
        assertThat(scene.of("h", "reread")).isEqualTo("f");
    }
}
