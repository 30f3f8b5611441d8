package org.synchub.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synchub.demo.SampleDevice;
import org.synchub.ledger.State;
import org.synchub.simulator.collectpay.CollectPaySimulator;
import org.synchub.simulator.healthrecord.HealthRecordSimulator;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.openfn.OpenFnSimulator;
import org.synchub.simulator.records.RecordServer;
import org.synchub.sync.Cause;
import org.synchub.sync.PullRequest;
import org.synchub.sync.Pulls;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;

/** The shipped examples as they are, at once on one tenant, through the hub's own routes. */
class HttpJsonTargetsTogetherTest {

    private static final List<String> TARGETS = List.of("plain-rest", "openfn", "collectpay", "health-record");
    private static final int PEOPLE = 12;

    private final RecordServer rest = RecordServer.builder().etags().start();
    private final OpenFnSimulator openFn = new OpenFnSimulator();
    private final CollectPaySimulator collectPay = new CollectPaySimulator(CollectPaySimulator.Options.defaults());
    private final HealthRecordSimulator health =
            new HealthRecordSimulator(HealthRecordSimulator.Options.defaults().requestsPerMinute(10_000));
    private final List<String> people = new ArrayList<>();
    private DataSource store;
    private TestHub hub;
    private SampleDevice device;

    @BeforeEach
    void start() throws SQLException, IOException {
        store = TestDatabase.dataCollect();
        TestHub.Builder builder = TestHub.on(store)
                .set("PLAIN_REST_URL", rest.url() + "/api")
                .set("PLAIN_REST_TOKEN", RecordServer.CREDENTIAL)
                .set("OPENFN_URL", openFn.url())
                .set("OPENFN_API_KEY", OpenFnSimulator.KEY)
                .set("COLLECTPAY_URL", collectPay.url())
                .set("COLLECTPAY_EMAIL", CollectPaySimulator.EMAIL)
                .set("COLLECTPAY_PASSWORD", CollectPaySimulator.PASSWORD)
                .set("HEALTH_RECORD_URL", health.url())
                .set("HEALTH_RECORD_EMAIL", HealthRecordSimulator.EMAIL)
                .set("HEALTH_RECORD_PASSWORD", HealthRecordSimulator.PASSWORD);
        for (String target : TARGETS) {
            builder.mapping(target, Files.readString(Path.of("mappings/examples/" + target + ".yaml")))
                    .set(target.toUpperCase(Locale.ROOT).replace('-', '_') + "_TENANT", "t");
        }
        hub = builder.start();
        device = new SampleDevice(store, "t", Clock.systemUTC(), 1);
        String household = device.createHousehold("House of Ann & Bo");
        for (int i = 0; i < PEOPLE; i++) {
            ObjectNode form = JsonNodeFactory.instance.objectNode();
            form.put("entityName", "individual").put("name", "P" + i).put("submit", true);
            form.put("first_name", "Ann " + i)
                    .put("last_name", "O'Home & Söhne")
                    .put("gender", "female");
            form.put("parentGuid", household).put("phone_number", "98765432" + (10 + i));
            form.put("date_of_birth", "1985-04-03T00:00:00+07:00");
            people.add(device.create(form));
        }
        TARGETS.forEach(hub::push);
    }

    @AfterEach
    void stop() {
        hub.close();
        rest.close();
        openFn.close();
        collectPay.close();
        health.close();
    }

    private void pull(String target) {
        hub.bean(Pulls.class).pull(PullRequest.of(target, Cause.COMMAND, "test"));
    }

    private JsonNode data(String guid) throws SQLException, IOException {
        return Json.MAPPER
                .readTree(TestDatabase.value(store, "SELECT modified FROM public.entities WHERE guid = '" + guid + "'"))
                .path("data");
    }

    private ObjectNode supplier(String guid) {
        return collectPay.registrar().all("suppliers").stream()
                .filter(supplier ->
                        supplier.path("metadata").path("guid").asText().equals(guid))
                .findFirst()
                .orElseThrow();
    }

    private long requests() {
        return (long) rest.requests().entries().size()
                + openFn.requests().entries().size()
                + collectPay.requests().lines().size()
                + health.requests().lines().size();
    }

    @Test
    void each_record_is_at_each_target_once_and_a_second_push_asks_nothing() {
        assertThat(rest.records("users")).hasSize(PEOPLE);
        assertThat(openFn.submissions()).hasSize(PEOPLE + 1);
        assertThat(collectPay.registrar().count("suppliers")).isEqualTo(PEOPLE + 1);
        assertThat(health.registrar().count("patients")).isEqualTo(PEOPLE);
        for (String target : TARGETS) {
            assertThat(hub.status(target).in(State.REJECTED)).as(target).isZero();
        }

        long before = requests();
        TARGETS.forEach(hub::push);

        assertThat(requests()).isEqualTo(before);
    }

    @Test
    void what_the_hub_wrote_comes_back_from_no_target_as_a_change() throws SQLException {
        TARGETS.forEach(this::pull);

        assertThat(TestDatabase.value(store, "SELECT count(*) FROM public.events WHERE sync_level = 2"))
                .isEqualTo("0");
        assertThat(TestDatabase.rows(store, "SELECT target, kind, reason_code, reason FROM hub.parked"))
                .isEmpty();
    }

    @Test
    void a_change_at_one_target_reaches_the_field_and_all_the_others_and_does_not_go_round() throws Exception {
        String one = people.get(0);
        rest.edit("users", one, "phone", "9000000001");
        String two = people.get(1);
        health.registrar()
                .update(
                        "patients",
                        health.registrar().patient(two).orElseThrow().path("id").asText(),
                        "phone",
                        "9000000002");

        TARGETS.forEach(this::pull);
        TARGETS.forEach(hub::push);
        TARGETS.forEach(this::pull);

        assertThat(data(one).path("phone_number").asText()).isEqualTo("9000000001");
        assertThat(data(two).path("phone_number").asText()).isEqualTo("9000000002");
        assertThat(supplier(one).path("phone").asText()).isEqualTo("9000000001");
        assertThat(supplier(two).path("phone").asText()).isEqualTo("9000000002");
        assertThat(rest.records("users").get(two).path("phone").asText()).isEqualTo("9000000002");
        assertThat(health.registrar().patient(one).orElseThrow().path("phone").asText())
                .isEqualTo("9000000001");
        assertThat(openFn.submissions()).hasSize(PEOPLE + 1 + 2);

        long before = requests();
        TARGETS.forEach(hub::push);
        assertThat(requests()).as("nothing goes round").isEqualTo(before);
    }

    @Test
    void an_edit_in_the_field_reaches_all_of_them() throws SQLException {
        device.update(people.get(2), "phone_number", "9000000003");

        TARGETS.forEach(hub::push);

        assertThat(rest.records("users").get(people.get(2)).path("phone").asText())
                .isEqualTo("9000000003");
        assertThat(supplier(people.get(2)).path("phone").asText()).isEqualTo("9000000003");
        assertThat(health.registrar()
                        .patient(people.get(2))
                        .orElseThrow()
                        .path("phone")
                        .asText())
                .isEqualTo("9000000003");
        assertThat(openFn.submissions()).hasSize(PEOPLE + 2);
    }
}
