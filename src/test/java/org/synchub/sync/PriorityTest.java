package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synchub.testing.TestStore;

/** Today's changes go before a backfill, and urgent kinds before others. */
class PriorityTest {

    private static final int BACKFILL = 30_000;
    private static final int BATCH = 100;

    private HikariDataSource store;
    private Scene scene;

    @BeforeEach
    void start() throws Exception {
        store = TestStore.withHub();
    }

    @AfterEach
    void stop() {
        scene.close();
        store.close();
    }

    /** Takes steps of a writer until so many batches more have left. */
    private void batches(PushWriter writer, int more) {
        int until = scene.memory.batches() + more;
        while (scene.memory.batches() < until && writer.isWorking()) {
            if (writer.isBatchReady()) {
                scene.hub.push.send(writer);
                scene.hub.push.settle(writer);
            } else {
                scene.hub.push.claim(writer);
                scene.hub.push.map(writer);
            }
        }
    }

    @Test
    void a_change_of_today_goes_out_within_a_batch_while_tens_of_thousands_are_owed_from_before() {
        scene = Scene.polling(store);
        scene.memory.batchSize(BATCH);
        scene.field.households("old", BACKFILL);
        // They were there before the hub.
        scene.field.run("UPDATE hub.sweep SET horizon = pg_snapshot_xmin(pg_current_snapshot())");
        scene.hub.drain.backfill(scene.hub.registry.get(scene.target));
        assertThat(scene.field.value("SELECT count(*) FROM hub.delivery WHERE priority = 200 AND state = 'pending'"))
                .isEqualTo(String.valueOf(BACKFILL));
        PushWriter writer = scene.hub.claimed(scene.target);
        scene.hub.push.map(writer);

        for (int i = 1; i <= 5; i++) {
            batches(writer, 1);
            String guid = "live-" + i;
            scene.field.household(guid);
            scene.hub.captures.sweep();
            assertThat(scene.sent()).doesNotContain(guid);

            batches(writer, 1);

            assertThat(scene.sent()).as("after one batch, number " + i).contains(guid);
        }
        scene.hub.push.abandon(writer);
        assertThat(scene.field.value("SELECT count(*) FROM hub.delivery WHERE state = 'delivered' AND attempts = 0"))
                .isEqualTo(String.valueOf(scene.memory.records().size()));
        assertThat(scene.sent()).doesNotHaveDuplicates();
        assertThat(scene.field.value("SELECT count(*) FROM hub.delivery WHERE state NOT IN ('delivered', 'pending')"))
                .as("what gave way is owed as before")
                .isEqualTo("0");
    }

    /** What was there before the hub, of which this one is edited before the backfill has come to anything. */
    private void edited(String guid) {
        scene.field.run("UPDATE hub.sweep SET horizon = pg_snapshot_xmin(pg_current_snapshot())");
        scene.field.run("INSERT INTO hub.change (tenant, guid, op) SELECT tenant_id, guid, 'U' FROM public.entities"
                + " WHERE guid = '" + guid + "'");
        scene.hub.captures.drain();
    }

    @Test
    void a_household_that_a_change_of_today_waits_for_is_owed_before_the_backfill_has_come_to_it() {
        scene = Scene.polling(store);
        scene.field.household("b-house").person("a-person", "b-house").household("other");
        edited("a-person");

        PushRun run = scene.hub.pushOnly(scene.target, Cause.SCHEDULE).orElseThrow();

        assertThat(scene.sent()).containsExactly("b-house", "a-person");
        assertThat(scene.field.value("SELECT rejected FROM hub.run WHERE id = " + run.id()))
                .as("nobody reads of a household that is missing, which it is not")
                .isEqualTo("0");
        scene.push();
        assertThat(scene.sent()).containsExactly("b-house", "a-person", "other");
    }

    @Test
    void of_a_backfill_the_kinds_that_come_first_in_the_mapping_go_first() {
        scene = Scene.on(store, yaml -> yaml.replace("  individual:\n", "  individual:\n    priority: 2\n"));
        scene.memory.batchSize(1);
        scene.field.household("a-house").person("z-person", null);

        scene.push();

        assertThat(scene.sent()).containsExactly("z-person", "a-house");
    }

    @Test
    void a_resync_leaves_todays_changes_their_place() {
        scene = Scene.on(store);
        scene.memory.batchSize(1);
        scene.field.household("a").household("b");
        scene.push();
        scene.field.set("b", "household_name", "Changed");
        scene.hub.captures.drain();

        scene.hub.deliveries.oweAgain(scene.target, Resync.Scope.FULL.reach());
        scene.hub.deliveries.oweForMapping(scene.target);

        assertThat(List.of(scene.of("a", "priority"), scene.of("b", "priority")))
                .containsExactly("200", "100");
    }
}
