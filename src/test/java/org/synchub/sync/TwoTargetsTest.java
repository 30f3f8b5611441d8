package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.synchub.demo.SampleDevice;
import org.synchub.testing.TestStore;

/** A device and two registries change the same person: they agree after the last change, and then nothing moves any more. */
class TwoTargetsTest {

    private static HikariDataSource store;
    private static CamelContext camel;
    private static long number = 1_000_000;

    private @Nullable HistoryWorld world;
    private @Nullable HistoryHubs hubs;
    private SampleDevice device;
    private String person;
    private String a;
    private String b;

    @BeforeAll
    static void start() throws Exception {
        store = TestStore.withHub();
        camel = new DefaultCamelContext();
        camel.start();
    }

    @AfterAll
    static void stop() {
        camel.stop();
        store.close();
    }

    @AfterEach
    void close() {
        hubs.close();
        world.close();
    }

    /** A person whom the store and both registries hold. */
    private void everybodyHoldsAPerson(String conflict, Duration skewOfA) throws SQLException {
        world = new HistoryWorld(store, ++number, skewOfA, Duration.ZERO, HistoryNet.offline());
        hubs = new HistoryHubs(
                world,
                camel,
                1,
                (target, mapping) -> mapping.replace("kinds:\n", "conflict: " + conflict + "\nkinds:\n")
                        .replace("  share: 0.05", "  share: 1")
                        .replace(
                                "    onDelete: archive",
                                "    conflict: {deleteConflict: external-wins}\n    onDelete: archive"),
                Planted.NOTHING);
        a = world.targets().get(0);
        b = world.targets().get(1);
        device = new SampleDevice(store, world.tenant, world.clock, (int) number);
        String household = device.createHousehold("House");
        world.households.add(household);
        person = device.createPerson(household, "Noy", "Home");
        device.update(person, "profession", "Farmer");
        round();
    }

    private void round() {
        for (String target : world.targets()) {
            hubs.any("push", hub -> hub.push(target));
            hubs.any("pull", hub -> hub.pull(target));
        }
        hubs.letTimePass();
        passes(Duration.ofMinutes(1));
    }

    private void passes(Duration time) {
        world.tick(time);
    }

    private void registrar(String target, String value) {
        new HistoryField.Text("profession", "occupation", true)
                .register(world, target, world.partner(target, person), value);
    }

    private String occupation(String target) {
        return String.valueOf(
                world.record(target, world.partner(target, person)).text("occupation"));
    }

    private String inTheStore() {
        ObjectNode data = world.data(person);
        return data.path("profession").asText();
    }

    /** Every write of anybody's leaves a trace in one of these. */
    private String traces() {
        List<String> traces = new ArrayList<>();
        traces.add(world.db()
                .sql("SELECT count(*) || ' events' FROM public.events WHERE tenant_id = :tenant")
                .param("tenant", world.tenant)
                .query(String.class)
                .single());
        for (String target : world.targets()) {
            world.registry(target).partners().forEach(p -> traces.add(p + " " + p.writeDate()));
        }
        return String.join("\n", traces);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "last-write-wins",
                "internal-wins",
                "external-wins",
                "{strategy: merge, then: last-write-wins}",
                "{strategy: merge, then: external-wins}"
            })
    void what_all_three_changed_settles_after_the_last_change_and_nothing_bounces(String conflict) throws Exception {
        everybodyHoldsAPerson(conflict, Duration.ZERO);

        registrar(a, "Teacher");
        passes(Duration.ofMinutes(1));
        device.update(person, "profession", "Driver");
        passes(Duration.ofMinutes(1));
        registrar(b, "Judge");
        round();
        device.update(person, "profession", "Baker");
        registrar(a, "Smith");
        for (int i = 0; i < 3; i++) {
            round();
        }

        assertThat(occupation(a)).isEqualTo(inTheStore());
        assertThat(occupation(b)).isEqualTo(inTheStore());
        String before = traces();
        for (int i = 0; i < 3; i++) {
            round();
        }
        assertThat(traces()).as("nobody writes anything any more").isEqualTo(before);
        assertThat(hubs.conflicts().list(a, 10)).isEmpty();
        assertThat(hubs.conflicts().list(b, 10)).isEmpty();
    }

    @Test
    void the_fields_later_change_wins_over_a_registry_whose_clock_is_hours_ahead() throws Exception {
        everybodyHoldsAPerson("last-write-wins", Duration.ofHours(3));

        registrar(a, "Teacher");
        passes(Duration.ofMinutes(1));
        device.update(person, "profession", "Driver");
        hubs.any("pull", hub -> hub.pull(a));
        round();

        assertThat(inTheStore()).isEqualTo("Driver");
        assertThat(occupation(a)).isEqualTo("Driver");
    }

    @Test
    void a_registrys_later_change_wins_although_its_clock_is_hours_behind() throws Exception {
        everybodyHoldsAPerson("last-write-wins", Duration.ofHours(-3));

        device.update(person, "profession", "Driver");
        passes(Duration.ofMinutes(1));
        registrar(a, "Teacher");
        hubs.any("pull", hub -> hub.pull(a));
        round();

        assertThat(inTheStore()).isEqualTo("Teacher");
        assertThat(occupation(a)).isEqualTo("Teacher");
        assertThat(occupation(b)).isEqualTo("Teacher");
    }

    private List<String> decided(String value) {
        return decidedAt(a, value);
    }

    private List<String> decidedAt(String target, String value) {
        return world.db()
                .sql("SELECT d.path || ' ' || d.rule FROM hub.decision d WHERE d.target = :target AND d.guid = :guid"
                        + " AND strpos(concat(convert_from(substring(internal FROM 2), 'UTF8'),"
                        + " convert_from(substring(external FROM 2), 'UTF8')), :value) > 0")
                .param("target", target)
                .param("guid", person)
                .param("value", value)
                .query(String.class)
                .list();
    }

    @Test
    void a_phone_that_both_sides_replaced_is_contested_since_the_form_has_room_for_one() throws Exception {
        everybodyHoldsAPerson("external-wins", Duration.ZERO);
        HistoryField phone = new HistoryField.Phone();
        device.update(person, "phone_number", "+8562055555555");
        round();

        device.update(person, "phone_number", "+8562011111111");
        phone.register(world, a, world.partner(a, person), "+8562022222222");
        hubs.any("pull", hub -> hub.pull(a));
        round();

        assertThat(phone.inForm(world.data(person))).isEqualTo("+8562022222222");
        for (String target : world.targets()) {
            assertThat(phone.atRegistry(world, target, world.partner(target, person)))
                    .containsExactly("+8562022222222");
        }
        assertThat(decided("+8562011111111")).containsExactly("phone_number_ids external-wins");
    }

    @Test
    void a_person_whom_both_sides_moved_lives_in_one_household_and_the_other_move_is_in_a_row() throws Exception {
        everybodyHoldsAPerson("internal-wins", Duration.ZERO);
        String here = device.createHousehold("House of Bo");
        String there = device.createHousehold("House of Cy");
        round();

        device.moveTo(person, here);
        HistoryFields.HOME.register(world, a, world.partner(a, person), there);
        hubs.any("pull", hub -> hub.pull(a));
        round();

        assertThat(HistoryFields.HOME.inForm(world.data(person))).isEqualTo(here);
        for (String target : world.targets()) {
            assertThat(HistoryFields.HOME.atRegistry(world, target, world.partner(target, person)))
                    .containsExactly(here);
        }
        assertThat(decided(there)).containsExactly("individual_membership_ids internal-wins");
    }

    @Test
    void what_is_empty_where_a_deleted_record_is_brought_back_is_emptied_at_the_other_registry() throws Exception {
        everybodyHoldsAPerson("last-write-wins", Duration.ZERO);
        int atA = world.partner(a, person);
        int atB = world.partner(b, person);
        device.delete(person);
        round();
        assertThat(world.isActive(a, atA) || world.isActive(b, atB)).isFalse();

        world.registry(a).unarchive(atA);
        registrar(a, "");
        for (int i = 0; i < 3; i++) {
            round();
        }

        assertThat(world.isActive(b, atB)).isTrue();
        assertThat(inTheStore()).isEmpty();
        assertThat(world.record(a, atA).text("occupation")).isNull();
        assertThat(world.record(b, atB).text("occupation")).isNull();
    }

    /** A change of the first registry is pulled while the server saves a device's edit of another field. */
    private void theServerSavesOverAPullOf(String target, String occupation) throws SQLException {
        registrar(target, occupation);
        device.beforeSaving(() -> hubs.any("pull", hub -> hub.pull(target)));
        device.update(person, "email_address", "new@example.org");
        assertThat(inTheStore()).as("the pulled value is lost in the store").isEqualTo("Farmer");
    }

    private List<String> parked() {
        return world.db()
                .sql("SELECT p.target || ' ' || p.reason_code FROM hub.parked p JOIN hub.target t ON t.name = p.target"
                        + " WHERE t.tenant = :tenant")
                .param("tenant", world.tenant)
                .query(String.class)
                .list();
    }

    @Test
    void what_a_stale_copy_lost_of_one_registry_is_back_before_the_other_deletes_the_record() throws Exception {
        everybodyHoldsAPerson("internal-wins", Duration.ZERO);
        int atA = world.partner(a, person);
        theServerSavesOverAPullOf(a, "Teacher");

        world.registry(b).archive(world.partner(b, person));
        hubs.any("pull", hub -> hub.pull(b));

        assertThat(parked()).containsExactly(b + " stale-copy");
        assertThat(inTheStore()).as("it is not deleted yet").isEqualTo("Farmer");
        hubs.any("push", hub -> hub.push(b));
        hubs.any("pull", hub -> hub.pull(b));
        assertThat(parked()).containsExactly(b + " stale-copy");
        assertThat(hubs.conflicts().list(b, 10)).as("nobody is asked").isEmpty();

        round();
        round();

        assertThat(world.data(person)).isNull();
        assertThat(world.isActive(a, atA)).isFalse();
        assertThat(parked()).isEmpty();
        assertThat(decidedAt(b, "Teacher")).containsExactly("* external-wins");
    }

    @Test
    void two_registries_that_both_delete_a_stale_copy_do_not_wait_for_each_other() throws Exception {
        everybodyHoldsAPerson("external-wins", Duration.ZERO);
        device.beforeSaving(() -> {
            registrar(a, "Teacher");
            hubs.any("pull", hub -> hub.pull(a));
            registrar(b, "Judge");
            hubs.any("pull", hub -> hub.pull(b));
        });
        device.update(person, "email_address", "new@example.org");
        world.registry(a).archive(world.partner(a, person));
        world.registry(b).archive(world.partner(b, person));

        hubs.any("pull", hub -> hub.pull(a));
        assertThat(parked()).containsExactly(a + " stale-copy");
        hubs.any("pull", hub -> hub.pull(b));
        round();

        assertThat(world.data(person)).isNull();
        assertThat(parked()).isEmpty();
        assertThat(hubs.conflicts().list(a, 10)).isEmpty();
        assertThat(hubs.conflicts().list(b, 10)).isEmpty();
    }

    @Test
    void what_the_field_puts_back_to_what_a_registry_holds_is_no_change_for_that_registry() throws Exception {
        everybodyHoldsAPerson("internal-wins", Duration.ZERO);
        registrar(a, "Teacher");
        hubs.any("pull", hub -> hub.pull(a));
        registrar(b, "Judge");

        device.update(person, "profession", "Farmer");
        round();
        round();

        assertThat(inTheStore())
                .as("between the store and the second registry only that one changed it")
                .isEqualTo("Judge");
        assertThat(occupation(a)).isEqualTo("Judge");
        assertThat(occupation(b)).isEqualTo("Judge");
    }
}
