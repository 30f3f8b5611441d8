package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synchub.simulator.openspp.RegistryRecord;
import org.synchub.simulator.openspp.RpcCall;

/** One field of one record changes in the store: one request writes that field of that record, and nothing else leaves. */
class OneFieldTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<RpcCall> writes = new CopyOnWriteArrayList<>();
    private static PullRig rig;
    private static int number;
    private String person;
    private int id;

    /** The shipped mapping; what the registry makes of e-mail addresses is none of the field's business. */
    @BeforeAll
    static void start() throws Exception {
        rig = PullRig.start(yaml -> yaml.replace(
                "email: {path: data.email_address, blank: clear}",
                "email: {path: data.email_address, blank: clear, direction: out}"));
        rig.server.faults().add(call -> {
            if (call.isWrite()) {
                writes.add(call);
            }
            return List.of();
        });
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @BeforeEach
    void aPersonThatIsDelivered() throws Exception {
        person = rig.createPerson("Ann", "Home", "%012d".formatted(++number));
        rig.push();
        id = rig.externalId(person);
        writes.clear();
    }

    /** Pushes, and returns what the one request wrote to the one record. */
    private Map<?, ?> written(int record) throws Exception {
        rig.push();
        assertThat(writes).singleElement().satisfies(call -> {
            assertThat(call.is("res.partner", "write")).as(call.toString()).isTrue();
            assertThat(call.args().get(0)).asString().isEqualTo("[" + record + "]");
        });
        Map<?, ?> values = (Map<?, ?>) writes.get(0).args().get(1);
        writes.clear();
        rig.push();
        assertThat(writes).as("a second push").isEmpty();
        return values;
    }

    private static String command(Map<?, ?> values, String list) {
        assertThat(values).hasSize(1);
        List<?> commands = (List<?>) values.get(list);
        assertThat(commands).as(list).hasSize(1);
        return commands.get(0).toString();
    }

    private RegistryRecord membership(String household) throws Exception {
        return rig.registry().memberships(rig.externalId(household)).stream()
                .filter(m -> m.reference("individual") == id)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void a_persons_single_value() throws Exception {
        rig.device.update(person, "profession", "Teacher");

        assertThat(written(id)).isEqualTo(Map.of("occupation", "Teacher"));
    }

    @Test
    void a_persons_emptied_value() throws Exception {
        rig.device.update(person, "profession", "");

        assertThat(written(id)).isEqualTo(Map.of("occupation", false));
    }

    @Test
    void a_part_of_a_persons_name() throws Exception {
        rig.device.update(person, "last_name", "House");

        assertThat(written(id)).isEqualTo(Map.of("family_name", "House"));
    }

    @Test
    void a_households_value() throws Exception {
        rig.device.update(rig.household, "household_name", "House " + number);

        assertThat(written(rig.externalId(rig.household))).isEqualTo(Map.of("name", "House " + number));
    }

    @Test
    void a_number_of_a_document() throws Exception {
        RegistryRecord document = rig.registry().regIds(id).stream()
                .filter(regId -> "%012d".formatted(number).equals(regId.text("value")))
                .findFirst()
                .orElseThrow();
        rig.device.update(
                person,
                "document_ids",
                JSON.createArrayNode()
                        .add(JSON.createObjectNode()
                                .put("id_type", "national_id")
                                .put("id_number", "999999999" + (900 + number))));

        assertThat(command(written(id), "reg_ids"))
                .as("the number, and that the id is in force, as it was read")
                .isEqualTo("[1, " + document.id() + ", {value=999999999" + (900 + number) + ", status=false}]");
    }

    @Test
    void a_phone_number_is_one_more_and_the_old_one_ends() throws Exception {
        rig.device.update(person, "phone_number", "+8562055555556");

        Map<?, ?> values = written(id);

        assertThat(values).hasSize(1);
        assertThat((List<?>) values.get("phone_number_ids")).hasSize(2);
        assertThat(rig.registry().phones(id))
                .filteredOn(phone -> phone.text("disabled") == null)
                .extracting(phone -> phone.text("phone_no"))
                .containsExactly("+8562055555556");
    }

    @Test
    void a_head_who_is_one_no_longer_loses_the_role() throws Exception {
        RegistryRecord membership = membership(rig.household);
        assertThat(membership.ids("kind")).hasSize(1);
        rig.device.update(person, "relationship", "2");

        assertThat(command(written(id), "individual_membership_ids"))
                .isEqualTo("[1, " + membership.id() + ", {kind=[[6, 0, []]]}]");

        assertThat(membership(rig.household).ids("kind")).isEmpty();
        rig.device.update(person, "relationship", "1");
        rig.push();
        assertThat(membership(rig.household).ids("kind")).hasSize(1);
    }

    @Test
    void a_move_ends_one_membership_and_begins_one() throws Exception {
        String other = rig.device.createHousehold("Other " + number);
        rig.push();
        writes.clear();
        rig.device.moveTo(person, other);

        Map<?, ?> values = written(id);

        assertThat(values).hasSize(1);
        assertThat((List<?>) values.get("individual_membership_ids")).hasSize(2);
        assertThat(membership(rig.household).flag("is_ended")).isTrue();
        assertThat(membership(other).flag("is_ended")).isFalse();
    }

    @Test
    void the_same_form_again_and_an_answer_that_no_field_takes_send_nothing() throws Exception {
        rig.device.update(person, "profession", "Farmer");
        rig.device.update(person, "favourite_colour", "green");

        rig.push();

        assertThat(writes).isEmpty();
    }

    @Test
    void after_a_pull_a_field_that_the_target_does_not_tell_is_compared_with_what_was_sent() throws Exception {
        rig.registry().write(id, Map.of("occupation", "Mayor"));
        rig.pull();
        assertThat(rig.data(person).path("profession").asText()).isEqualTo("Mayor");
        String base = rig.value("SELECT convert_from(substring(base FROM 2), 'UTF8')::jsonb ->> 'email' FROM hub.link"
                + " WHERE target = 'openspp' AND guid = '" + person + "'");
        assertThat(base).isEqualTo("ann@example.org");
        rig.push();
        assertThat(writes).as("nothing is owed to the one that it came from").isEmpty();

        rig.device.update(person, "email_address", "new@example.org");

        assertThat(written(id)).isEqualTo(Map.of("email", "new@example.org"));
    }

    @Test
    void after_a_pull_a_change_of_another_field_sends_that_field_alone() throws Exception {
        rig.registry().write(id, Map.of("occupation", "Mayor"));
        rig.pull();
        rig.device.update(person, "middle_name", "May");

        assertThat(written(id)).isEqualTo(Map.of("addl_name", "May"));
    }
}
