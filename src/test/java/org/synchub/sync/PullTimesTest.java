package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synchub.ledger.Targets.Condition;
import org.synchub.testing.TestStore;

/** Which targets the schedule asks for changes, by the pulls that all hubs of a real database have made. */
class PullTimesTest {

    private static final Instant NOW =
            LocalDateTime.of(2026, 11, 22, 12, 0).atZone(ZoneId.systemDefault()).toInstant();

    /** Ten, thirty and fifty seconds past each minute. */
    private static final String LOOKS = "10/20 * * * * ?";

    private static HikariDataSource store;
    private Scene scene;

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
        scene = Scene.on(
                store, yaml -> yaml.replace("adapter:", "polling: {every: 4m, fastest: 2m, slowest: 9m}\nadapter:"));
    }

    @AfterEach
    void stop() {
        scene.close();
    }

    static PullTimes times(BareHub hub) {
        return new PullTimes(
                hub.runs, hub.ledgerTargets, new Schedules(true, LOOKS, LOOKS, () -> NOW), Polling.USUAL, () -> NOW);
    }

    private static boolean isAsked(BareHub hub) {
        return !new PushRequests(hub.registry, hub.pushes, PushTimesTest.times(store, hub, NOW), times(hub))
                .scheduledPulls()
                .isEmpty();
    }

    private void pull(BareHub by, int brought, String status) {
        long run = by.runs.start(scene.target, "pull", "schedule", "test", null, "test");
        by.runs.countPull(run, brought, 3, 0, 0);
        by.runs.end(run, status, null, 1, 0, 0);
    }

    @Test
    void a_target_is_asked_when_its_interval_after_the_last_pull_of_any_hub_is_over() {
        BareHub other = scene.another(Duration.ofMinutes(1));
        assertThat(isAsked(scene.hub)).as("it was never asked").isTrue();

        pull(other, 0, "success");

        assertThat(isAsked(scene.hub)).isFalse();
        scene.later(Duration.ofMinutes(5));
        assertThat(isAsked(scene.hub)).isFalse();
        scene.later(Duration.ofMinutes(1));
        assertThat(isAsked(scene.hub)).isTrue();
        assertThat(isAsked(other)).isTrue();
    }

    @Test
    void what_the_hub_sent_itself_is_no_news_and_anything_else_quickens() {
        pull(scene.hub, 0, "success");
        pull(scene.hub, 0, "success");
        scene.later(Duration.ofMinutes(8));
        assertThat(isAsked(scene.hub))
                .as("9 minutes after two that brought nothing")
                .isFalse();

        pull(scene.hub, 5, "success");
        pull(scene.hub, 5, "success");

        scene.later(Duration.ofMinutes(2));
        assertThat(isAsked(scene.hub)).isFalse();
        scene.later(Duration.ofSeconds(15));
        assertThat(isAsked(scene.hub)).as("9, 4.5 and then 2.25 minutes").isTrue();
    }

    @Test
    void a_target_that_comes_back_is_asked_at_once() {
        pull(scene.hub, 0, "success");
        scene.hub.ledgerTargets.trouble(scene.target, Condition.BACKING_OFF, "away", Duration.ofSeconds(1));
        assertThat(isAsked(scene.hub)).isFalse();
        scene.later(Duration.ofSeconds(1));

        scene.hub.ledgerTargets.well(scene.target);

        assertThat(isAsked(scene.hub)).isTrue();
    }

    @Test
    void the_next_time_is_the_first_look_of_the_schedule_at_which_it_is_due() {
        assertThat(times(scene.hub).next(scene.hub.registry.get(scene.target))).isEqualTo(NOW.plusSeconds(10));

        pull(scene.hub, 0, "success");

        assertThat(times(scene.hub).next(scene.hub.registry.get(scene.target)))
                .as("six minutes later")
                .isEqualTo(NOW.plusSeconds(370));
    }
}
