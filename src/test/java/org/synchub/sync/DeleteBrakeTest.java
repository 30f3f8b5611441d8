package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.synchub.ledger.Debt;
import org.synchub.ledger.State;
import org.synchub.target.Write;
import org.synchub.testing.TestStore;

/** Deleting an app in DataCollect deletes its whole tenant: too many deletions stop and ask. */
class DeleteBrakeTest {

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

    private void delivered(int households, String maxDeletes) {
        UnaryOperator<String> edit = yaml ->
                maxDeletes.isEmpty() ? yaml : yaml.replace("kinds:\n", "maxDeletes: " + maxDeletes + "\nkinds:\n");
        scene = Scene.on(store, edit);
        field = scene.field;
        field.households("h", households);
        scene.push();
        assertThat(scene.memory.records()).hasSize(households);
    }

    private void delete(int n) {
        for (int i = 1; i <= n; i++) {
            field.delete("h" + i);
        }
        scene.push();
    }

    private List<String> stand() {
        return field.rows("SELECT state, reason_code, count(*) FROM hub.delivery WHERE target = '" + scene.target
                + "' AND operation = 'D' GROUP BY 1, 2");
    }

    private long deletesSent() {
        return scene.memory.received().stream()
                .filter(w -> w.operation() == Write.Operation.DELETE)
                .count();
    }

    @Test
    void as_many_as_the_number_go_out() {
        delivered(40, "{share: 1, number: 3}");

        delete(3);

        assertThat(stand()).containsExactly("delivered|null|3");
        assertThat(scene.memory.records()).hasSize(37);
    }

    @Test
    void more_than_the_number_stop_all_of_them_and_other_work_goes_on() {
        delivered(40, "{share: 1, number: 3}");
        field.set("h40", "household_name", "renamed");

        delete(4);

        assertThat(stand()).containsExactly("held|too-many-deletes|4");
        assertThat(deletesSent()).isZero();
        assertThat(scene.memory.records().get("h40").path("name").asText()).isEqualTo("renamed");
    }

    @Test
    void as_many_as_the_share_go_out_and_one_more_stops() {
        delivered(40, "{share: 0.1, number: 1000}");

        delete(4);
        assertThat(stand()).containsExactly("delivered|null|4");
        // 36 are left: 3.6 of them are the share.
        for (int i = 11; i <= 14; i++) {
            field.delete("h" + i);
        }
        scene.push();

        assertThat(stand()).containsExactlyInAnyOrder("delivered|null|4", "held|too-many-deletes|4");
        assertThat(deletesSent()).isEqualTo(4);
    }

    @Test
    void one_alone_is_never_too_many_by_share() {
        delivered(2, "{share: 0.05, number: 50}");

        delete(1);

        assertThat(stand()).containsExactly("delivered|null|1");
    }

    @Test
    void no_deletion_goes_out_unasked_where_the_number_is_zero() {
        delivered(2, "{share: 1, number: 0}");

        delete(1);

        assertThat(stand()).containsExactly("held|too-many-deletes|1");
    }

    @Test
    void a_deleted_tenant_leaves_the_target_as_it_was_until_a_person_says_yes() {
        delivered(120, "");
        field.run("DELETE FROM public.entities WHERE tenant_id = '" + field.tenant() + "'");

        scene.push();
        scene.push();

        assertThat(stand()).containsExactly("held|too-many-deletes|120");
        assertThat(scene.memory.records()).hasSize(120);
        assertThat(scene.hub.deliveries.confirmDeletes(scene.target)).isEqualTo(120);
        scene.push();
        assertThat(scene.memory.records()).isEmpty();
        assertThat(stand()).containsExactly("delivered|null|120");
        assertThat(scene.lastRun().deleted()).isEqualTo(120);
    }

    @Test
    void a_yes_is_for_what_was_shown_and_not_for_what_is_deleted_later() {
        delivered(40, "{share: 1, number: 3}");
        delete(4);
        scene.hub.deliveries.confirmDeletes(scene.target);
        for (int i = 11; i <= 14; i++) {
            field.delete("h" + i);
        }

        scene.push();

        assertThat(stand()).containsExactlyInAnyOrder("delivered|null|4", "held|too-many-deletes|4");
    }

    @Test
    void a_yes_to_many_is_none_to_a_deletion_that_the_target_contradicts() {
        delivered(40, "{share: 1, number: 3}");
        delete(4);
        scene.hub.deliveries.owe(
                scene.target,
                List.of(new Debt(
                        "h1",
                        "household",
                        "h1",
                        true,
                        State.HELD,
                        Debt.LIVE,
                        "delete-update",
                        "changed at the target")),
                false);

        assertThat(scene.hub.deliveries.confirmDeletes(scene.target)).isEqualTo(3);

        scene.push();
        assertThat(scene.stands("h1")).isEqualTo("held delete-update");
        assertThat(deletesSent()).isEqualTo(3);
    }

    @Test
    void what_comes_back_to_the_store_while_its_deletion_waits_stays_at_the_target() {
        delivered(40, "{share: 1, number: 3}");
        delete(4);

        field.households("x", 1).household("h1", "back");
        scene.push();

        assertThat(scene.stands("h1")).isEqualTo("delivered");
        assertThat(scene.memory.records().get("h1").path("name").asText()).isEqualTo("back");
        assertThat(deletesSent()).isZero();
    }
}
