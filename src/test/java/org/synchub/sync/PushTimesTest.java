package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.synchub.ledger.Overview;
import org.synchub.mapping.Mapping;
import org.synchub.mapping.MappingException;
import org.synchub.mapping.PolicyCheck;
import org.synchub.sync.StatusReport.TargetStatus;
import org.synchub.testing.TestHub;
import org.synchub.testing.TestStore;

/** What the schedule sends by itself, by what a real database is owed. */
class PushTimesTest {

    private static final Duration QUARTER = Duration.ofMinutes(15);

    private static HikariDataSource store;
    private @Nullable Scene scene;

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
        if (scene != null) {
            scene.close();
        }
    }

    private Scene scene(String pushing) {
        scene = Scene.on(store, yaml -> yaml.replace("adapter:", pushing + "\nadapter:"));
        return scene;
    }

    /** A safety push each five minutes. */
    static PushTimes times(DataSource store, BareHub hub, Instant now) {
        return new PushTimes(
                new Overview(JdbcClient.create(store)),
                hub.deliveries,
                new Schedules(true, "0 0/5 * * * ?", "0 0/5 * * * ?", () -> now),
                () -> now);
    }

    /** Whether it goes out because it is due, and with the safety push: both say the same. */
    private static boolean goesOut(Scene scene, Instant now) {
        PushTimes times = times(store, scene.hub, now);
        PushRequests requests =
                new PushRequests(scene.hub.registry, scene.hub.pushes, times, PullTimesTest.times(scene.hub));
        boolean due = requests.isWanted(PushRequest.of(scene.target, Cause.CHANGE, "hub"));
        assertThat(!requests.scheduled().isEmpty()).isEqualTo(due);
        return due;
    }

    private static Instant owedSince(Scene scene) {
        Instant oldest = new Overview(JdbcClient.create(store)).oldestOwed(scene.target);
        assertThat(oldest).isNotNull();
        return oldest;
    }

    private static void write(Scene scene, String guid) {
        scene.field.household(guid);
        scene.hub.captures.drain();
    }

    private static TargetStatus status(Scene scene, Instant now) {
        BareHub hub = scene.hub;
        return new StatusReport(
                        hub.registry,
                        hub.ledgerTargets,
                        new Overview(JdbcClient.create(store)),
                        hub.runs,
                        times(store, hub, now),
                        PullTimesTest.times(hub))
                .of(scene.target);
    }

    @Test
    void without_a_word_in_the_mapping_a_change_goes_out_at_once() {
        Scene scene = scene("");
        write(scene, "a");

        Instant since = owedSince(scene);

        assertThat(goesOut(scene, since)).isTrue();
        assertThat(status(scene, since).gathersUntil()).isNull();
        assertThat(status(scene, since).late()).isEqualTo(since);
        assertThat(status(scene, since).nextPush()).isBetween(since, since.plus(Duration.ofMinutes(5)));
    }

    @Test
    void changes_are_gathered_for_so_long_from_the_first_of_them() {
        Scene scene = scene("pushing: {every: 15m}");
        assertThat(goesOut(scene, Instant.now())).as("nothing is owed").isFalse();
        assertThat(status(scene, Instant.now()).nextPush()).isNull();
        write(scene, "a");
        Instant since = owedSince(scene);
        scene.later(Duration.ofMinutes(10));
        write(scene, "b");

        assertThat(goesOut(scene, since.plus(QUARTER).minusMillis(1))).isFalse();
        assertThat(goesOut(scene, since.plus(QUARTER)))
                .as("the second does not keep the first")
                .isTrue();
        assertThat(status(scene, since))
                .extracting(TargetStatus::gathersUntil, TargetStatus::nextPush, TargetStatus::late)
                .containsExactly(since.plus(QUARTER), since.plus(QUARTER), since.plus(QUARTER));

        scene.push();

        assertThat(scene.sent()).containsExactlyInAnyOrder("a", "b");
        assertThat(goesOut(scene, since.plus(QUARTER))).as("all is sent").isFalse();
    }

    @Test
    void what_changed_goes_out_when_the_clock_strikes_and_is_made_up_for_when_no_hub_was_there() {
        Scene scene = scene("pushing: {cron: \"0 0 22 * * ?\"}");
        write(scene, "a");
        Instant since = owedSince(scene);
        ZonedDateTime sameDay = since.atZone(ZoneId.systemDefault()).with(LocalTime.of(22, 0));
        Instant ten = (sameDay.toInstant().isAfter(since) ? sameDay : sameDay.plusDays(1)).toInstant();

        assertThat(goesOut(scene, since)).isFalse();
        assertThat(goesOut(scene, ten.minusSeconds(1))).isFalse();
        assertThat(goesOut(scene, ten)).isTrue();
        assertThat(goesOut(scene, ten.plus(Duration.ofHours(9)))).isTrue();
        assertThat(status(scene, since).nextPush()).isEqualTo(ten);

        scene.push();

        assertThat(status(scene, ten).gathersUntil()).isNull();
        assertThat(status(scene, ten).nextPush()).isAfter(ten).isBefore(ten.plus(Duration.ofHours(26)));
    }

    @Test
    void a_resync_that_somebody_asked_for_goes_on_whatever_the_clock_says() {
        Scene scene = scene("pushing: {cron: \"0 0 22 1 1 ? 2999\"}");
        write(scene, "a");
        scene.push();
        assertThat(goesOut(scene, Instant.now())).isFalse();

        new Resync(scene.hub.registry, scene.hub.deliveries, scene.hub.runs)
                .start(scene.target, Resync.Scope.FULL, "a test");

        assertThat(goesOut(scene, owedSince(scene))).isTrue();
        scene.push();
        assertThat(goesOut(scene, Instant.now())).isFalse();
    }

    @Test
    void a_time_that_never_comes_is_told_as_late() {
        Scene scene = scene("pushing: {cron: \"0 0 22 1 1 ? 2020\"}");
        write(scene, "a");
        Instant since = owedSince(scene);

        assertThat(goesOut(scene, since.plus(Duration.ofDays(400)))).isFalse();
        assertThat(status(scene, since).late()).isEqualTo(since);
        assertThat(status(scene, since).nextPush()).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {}                                | needs one of 'every' and 'cron'
            {every: 5m, cron: "0 0 22 * * ?"} | needs one of 'every' and 'cron'
            {every: 5m, fastest: 1m}          | unknown setting 'fastest' in 'pushing'
            {every: soon}                     | setting 'every' must be a time
            {every: 10ms}                     | must be at least 1s
            {cron: at noon}                   | 'at noon' is no cron expression
            now                               | 'pushing' must be a map""")
    void what_cannot_be_meant_is_refused_with_its_place(String pushing, String problem) {
        String yaml = TestHub.memoryMapping("memory", "t").replace("adapter:", "pushing: " + pushing + "\nadapter:");

        assertThatThrownBy(() ->
                        Pushing.of(Mapping.parse(Path.of("mappings/memory.yaml"), yaml, name -> null, PolicyCheck.NONE)
                                .pushing()))
                .isInstanceOf(MappingException.class)
                .hasMessageContaining(problem)
                .hasMessageContaining("memory.yaml:6");
    }
}
