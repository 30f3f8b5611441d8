package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synchub.ledger.Claim.Claimed;
import org.synchub.testing.TestStore;

/** Several hubs on one database share the work: no record goes out twice, and what must stay in order stays so. */
class SharedWorkTest {

    private static final Duration LEASE = Duration.ofMinutes(1);
    private static HikariDataSource store;
    private Scene scene;
    private TestStore field;
    private BareHub second;

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
        second = scene.another(LEASE);
    }

    @AfterEach
    void stop() {
        scene.close();
    }

    private void owe() {
        scene.hub.captures.drain();
        scene.hub.drain.backfill(scene.hub.registry.get(scene.target));
    }

    private static List<String> guids(PushWriter writer) {
        return writer.held().deliveries().stream().map(Claimed::guid).sorted().toList();
    }

    private static void finish(BareHub hub, PushWriter writer) {
        hub.push.map(writer);
        hub.sendAndSettle(writer);
        writer.run().cancel();
        hub.push.claim(writer);
        hub.pushes.end(writer.run());
    }

    private String column(String column) {
        return field.value("SELECT sum(" + column + ") FROM hub.run WHERE target = '" + scene.target + "'");
    }

    @Test
    void a_writer_that_found_nothing_while_another_one_was_claiming_looks_once_more() {
        field.households("w", 1);
        owe();
        PushRun run = scene.hub.claimed(scene.target).run();
        run.pauses();
        Duration most = Duration.ofMillis(1);

        assertThat(run.awaitOthers(most, false, true)).as("nobody claims").isFalse();
        assertThat(run.enter()).isTrue();
        assertThat(run.awaitOthers(most, false, true)).as("another one claims").isTrue();
        assertThat(run.awaitOthers(most, false, false)).as("still does").isFalse();
        run.begins();
        assertThat(run.awaitOthers(most, false, false)).as("is at work").isTrue();
        run.pauses();
        assertThat(run.awaitOthers(most, false, true)).as("has left").isFalse();
    }

    @Test
    void what_one_hub_has_claimed_the_other_passes_by() {
        scene.memory.batchSize(10);
        field.households("h", 80);
        owe();

        PushWriter mine = scene.hub.claimed(scene.target);
        PushWriter theirs = second.claimed(scene.target);

        assertThat(guids(mine)).hasSize(50);
        assertThat(guids(theirs)).hasSize(30).doesNotContainAnyElementsOf(guids(mine));
        finish(scene.hub, mine);
        finish(second, theirs);
        assertThat(scene.sent()).hasSize(80).doesNotHaveDuplicates();
        assertThat(column("created")).isEqualTo("80");
    }

    @Test
    void hubs_that_work_at_once_send_every_record_once_and_never_two_of_a_lane_at_the_same_time() throws Exception {
        scene.memory.batchSize(7);
        for (int i = 0; i < 60; i++) {
            field.household("h" + i).person("p" + i, "h" + i).person("q" + i, "h" + i);
        }
        owe();
        Map<String, List<String>> ofLane = new ConcurrentHashMap<>();
        scene.memory.answer(write -> {
            ofLane.computeIfAbsent(write.guid().substring(1), lane -> new CopyOnWriteArrayList<>())
                    .add(write.guid().charAt(0) + " " + Thread.currentThread().getName());
            return null;
        });
        List<BareHub> hubs = List.of(scene.hub, second, scene.another(LEASE));
        CyclicBarrier together = new CyclicBarrier(hubs.size());
        ExecutorService threads = Executors.newFixedThreadPool(hubs.size());
        List<Future<?>> pushes = new ArrayList<>();
        for (BareHub hub : hubs) {
            pushes.add(threads.submit(() -> {
                together.await();
                return hub.pushOnly(scene.target, Cause.COMMAND);
            }));
        }
        for (Future<?> push : pushes) {
            push.get(60, TimeUnit.SECONDS);
        }
        threads.shutdown();

        assertThat(ofLane.values()).hasSize(60).allSatisfy(sent -> {
            assertThat(sent.get(0)).as("the household goes first").startsWith("h");
            assertThat(sent.stream().map(s -> s.substring(2)).distinct())
                    .as("one hub has the lane until it is through with it")
                    .hasSize(1);
        });
        assertThat(scene.sent()).hasSize(180).doesNotHaveDuplicates();
        assertThat(new HashSet<>(field.rows("SELECT state FROM hub.delivery WHERE target = '" + scene.target + "'")))
                .containsExactly("delivered");
        assertThat(column("created")).isEqualTo("180");
    }

    /** A target that takes one batch at a time, with so many households owed. */
    private Scene narrow(int households) {
        scene.close();
        scene = Scene.on(store, yaml -> yaml.replace("type: memory", "type: memory\n  limits: {concurrency: 1}"));
        field = scene.field;
        second = scene.another(LEASE);
        scene.memory.batchSize(10);
        field.households("h", households);
        owe();
        return scene;
    }

    private Future<?> pushWaiting(ExecutorService threads) {
        Future<?> push = threads.submit(() -> second.pushOnly(scene.target, Cause.COMMAND));
        await().until(() -> field.value("SELECT count(*) FROM hub.slot_wait WHERE target = '" + scene.target + "'")
                .equals("1"));
        return push;
    }

    private String inFlight() {
        return field.value(
                "SELECT count(*) FROM hub.delivery WHERE state = 'in_flight' AND target = '" + scene.target + "'");
    }

    @Test
    void a_hub_that_finds_the_target_at_its_limit_waits_with_nothing_claimed_and_goes_on_when_it_may()
            throws Exception {
        narrow(80);
        PushWriter mine = scene.hub.claimed(scene.target);
        ExecutorService threads = Executors.newSingleThreadExecutor();
        Future<?> theirs = pushWaiting(threads);

        assertThat(inFlight()).isEqualTo("50");
        assertThat(scene.sent()).isEmpty();
        finish(scene.hub, mine);
        theirs.get(30, TimeUnit.SECONDS);
        threads.shutdown();

        assertThat(scene.sent()).hasSize(80).doesNotHaveDuplicates();
        assertThat(column("created")).isEqualTo("80");
    }

    @Test
    void a_hub_that_stops_while_it_waits_for_the_others_ends_its_push_at_once() throws Exception {
        narrow(80);
        PushWriter mine = scene.hub.claimed(scene.target);
        ExecutorService threads = Executors.newSingleThreadExecutor();
        Future<?> theirs = pushWaiting(threads);

        second.pushes.stopAll();

        theirs.get(30, TimeUnit.SECONDS);
        threads.shutdown();
        assertThat(inFlight()).isEqualTo("50");
        finish(scene.hub, mine);
    }

    @Test
    void a_hub_that_wakes_when_its_slot_is_anothers_sends_nothing_more() {
        narrow(80);
        BareHub stopped = scene.another(Duration.ofMillis(1));
        PushWriter late = stopped.claimed(scene.target);
        stopped.push.map(late);

        second.pushOnly(scene.target, Cause.COMMAND);
        List<String> sent = scene.sent();
        stopped.sendAndSettle(late);

        assertThat(sent).hasSizeGreaterThanOrEqualTo(30).doesNotHaveDuplicates();
        assertThat(scene.sent()).isEqualTo(sent);
    }

    @Test
    void a_newer_change_of_a_record_waits_until_the_older_one_is_settled() {
        field.household("h").person("p", "h");
        scene.push();
        field.set("p", "first_name", "older");
        owe();
        PushWriter older = scene.hub.claimed(scene.target);
        scene.hub.push.map(older);
        field.set("p", "first_name", "newer").person("sister", "h");
        second.captures.drain();
        int before = scene.sent().size();

        second.pushOnly(scene.target, Cause.COMMAND);

        assertThat(scene.sent()).as("the household's lane is taken").hasSize(before);
        scene.hub.sendAndSettle(older);
        older.run().cancel();
        scene.hub.push.claim(older);
        second.pushOnly(scene.target, Cause.COMMAND);
        assertThat(scene.memory.received().stream()
                        .filter(w -> w.guid().equals("p"))
                        .map(w -> w.record().path("given_name").asText()))
                .containsExactly("p", "older", "newer");
        assertThat(scene.stands("sister")).isEqualTo("delivered");
    }

    // Moves

    private void aPersonInOneOfTwoHouseholds() {
        field.household("from").household("to").person("p", "from");
        scene.push();
        field.set("p", "parentGuid", "to");
    }

    @Test
    void a_person_who_moves_waits_for_the_household_that_is_left() {
        aPersonInOneOfTwoHouseholds();
        field.set("from", "household_name", "renamed");
        owe();
        field.run("UPDATE hub.delivery SET due_at = due_at + interval '1 hour' WHERE target = '" + scene.target
                + "' AND guid = 'p'");
        PushWriter household = second.claimed(scene.target);
        assertThat(guids(household)).containsExactly("from");
        field.run("UPDATE hub.delivery SET due_at = hub.now() WHERE target = '" + scene.target + "' AND guid = 'p'");
        int before = scene.sent().size();

        scene.hub.pushOnly(scene.target, Cause.COMMAND);

        assertThat(scene.sent()).hasSize(before);
        assertThat(scene.stands("p")).isEqualTo("pending");
        assertThat(scene.of("p", "reason")).isEqualTo("Waits for the household that it is leaving or joining");
        finish(second, household);
        scene.later(Duration.ofSeconds(1));
        scene.hub.pushOnly(scene.target, Cause.COMMAND);
        assertThat(scene.stands("p")).isEqualTo("delivered");
        assertThat(scene.memory
                        .records()
                        .get("p")
                        .path("household")
                        .path("$ref")
                        .asText())
                .isEqualTo("to");
    }

    @Test
    void while_a_person_moves_nothing_else_of_either_household_leaves() {
        aPersonInOneOfTwoHouseholds();
        owe();
        PushWriter moving = scene.hub.claimed(scene.target);
        scene.hub.push.map(moving);
        field.set("from", "household_name", "renamed").set("to", "household_name", "renamed");
        second.captures.drain();
        int before = scene.sent().size();

        second.pushOnly(scene.target, Cause.COMMAND);
        assertThat(scene.sent()).hasSize(before);

        scene.hub.sendAndSettle(moving);
        moving.run().cancel();
        scene.hub.push.claim(moving);
        second.pushOnly(scene.target, Cause.COMMAND);
        assertThat(scene.sent().subList(before, scene.sent().size()))
                .startsWith("p")
                .containsExactlyInAnyOrder("p", "from", "to");
        assertThat(field.value(
                        "SELECT count(*) FROM hub.lane WHERE token IS NOT NULL AND target = '" + scene.target + "'"))
                .isEqualTo("0");
    }
}
