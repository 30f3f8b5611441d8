package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synchub.target.Outcome;
import org.synchub.target.TargetTrouble;
import org.synchub.testing.TestStore;

/** What a target in trouble is asked, and when, by the database's clock. */
class BackingOffTest {

    private static final int RECORDS = 1_000;

    private HikariDataSource store;
    private Scene scene;

    @BeforeEach
    void start() throws Exception {
        store = TestStore.withHub();
        scene = Scene.on(store);
        scene.field.households("house", RECORDS);
        scene.hub.captures.drain();
    }

    @AfterEach
    void stop() {
        scene.close();
        store.close();
    }

    private void answers(TargetTrouble.Kind kind, @Nullable Duration retryAfter) {
        scene.memory.beforeSend(() -> {
            throw new TargetTrouble(kind, "The target is not well", false, retryAfter);
        });
    }

    /** Lets seconds pass; in each of them this hub looks whether something is due. */
    private void seconds(BareHub hub, int seconds) {
        for (int i = 0; i < seconds; i++) {
            scene.later(Duration.ofSeconds(1));
            hub.pushOnly(scene.target, Cause.CHANGE);
        }
    }

    private String delivered() {
        return scene.field.value("SELECT count(*) FROM hub.delivery WHERE state = 'delivered'");
    }

    @Test
    void a_target_that_is_down_for_ten_minutes_is_asked_a_handful_of_times_and_gets_everything_when_it_is_back() {
        answers(TargetTrouble.Kind.UNREACHABLE, null);

        seconds(scene.hub, 600);

        assertThat(scene.memory.batches()).isBetween(5, 11);
        assertThat(delivered()).isEqualTo("0");
        scene.memory.beforeSend(() -> {});
        seconds(scene.hub, 300);
        assertThat(delivered()).isEqualTo(String.valueOf(RECORDS));
        assertThat(scene.field.value("SELECT max(attempts) FROM hub.delivery"))
                .as("no record used up an attempt")
                .isEqualTo("0");
        assertThat(scene.sent()).doesNotHaveDuplicates().hasSize(RECORDS);
    }

    @Test
    void as_long_as_a_target_asks_to_be_left_alone_no_hub_asks_it() {
        BareHub other = scene.another(Duration.ofMinutes(1));
        answers(TargetTrouble.Kind.OVERLOADED, Duration.ofSeconds(90));
        seconds(scene.hub, 1);
        assertThat(scene.memory.batches()).isEqualTo(1);
        scene.memory.beforeSend(() -> {});

        seconds(other, 60);
        seconds(scene.hub, 1);

        assertThat(scene.memory.batches()).as("neither hub asked").isEqualTo(1);
        seconds(other, 30);
        assertThat(delivered()).isEqualTo(String.valueOf(RECORDS));
    }

    @Test
    void what_a_target_could_not_take_at_once_is_given_it_in_smaller_batches_by_every_hub() {
        BareHub other = scene.another(Duration.ofMinutes(1));
        answers(TargetTrouble.Kind.OVERLOADED, null);
        scene.hub.pushOnly(scene.target, Cause.COMMAND);
        scene.memory.beforeSend(() -> {});

        PushWriter writer = other.claimed(scene.target);
        other.push.map(writer);
        other.push.send(writer);

        assertThat(scene.sent()).hasSize(50);
        other.push.settle(writer);
        other.push.abandon(writer);
        other.pushes.end(writer.run());
        seconds(other, 1);
        assertThat(delivered()).isEqualTo(String.valueOf(RECORDS));
        assertThat(scene.field.value(
                        "SELECT load_batch_size IS NULL AND load_since IS NULL FROM hub.target WHERE name = '"
                                + scene.target + "'"))
                .as("all of it has come back")
                .isEqualTo("t");
    }

    @Test
    void a_target_that_brings_no_write_to_its_end_is_left_alone_after_the_first_batch() {
        scene.memory.answer(write -> new Outcome.Unknown(
                new TargetTrouble(TargetTrouble.Kind.UNREACHABLE, "The target did not answer", true, null)));

        seconds(scene.hub, 1);

        assertThat(scene.memory.batches()).isEqualTo(1);
        assertThat(scene.field.value(
                        "SELECT state || ' ' || reason FROM hub.target WHERE name = '" + scene.target + "'"))
                .isEqualTo("backing_off The target did not answer");
        assertThat(scene.field.value("SELECT count(*) FROM hub.delivery WHERE state = 'unknown'"))
                .isEqualTo("100");
        scene.memory.answer(write -> null);
        seconds(scene.hub, 10);
        assertThat(delivered()).isEqualTo(String.valueOf(RECORDS));
    }
}
