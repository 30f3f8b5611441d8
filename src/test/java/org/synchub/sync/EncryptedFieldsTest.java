package org.synchub.sync;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.crypto.DirectDecrypter;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synchub.crypto.Envelope;
import org.synchub.demo.SampleDevice;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.target.ConfigurationProblem;
import org.synchub.testing.OpenSppTarget;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;

/** Fields that travel in envelopes to an OpenSPP over HTTP and back, through the whole hub. */
class EncryptedFieldsTest {

    private static final byte[] K1 = new byte[32];
    private static final byte[] K2 = "0123456789abcdef0123456789ABCDEF".getBytes(UTF_8);
    private static final String JOB = "Farmer of the marked field";
    private static final String MAIL = "marked@example.org";

    private DataSource store;
    private OpenSppSimulator server;
    private TestHub hub;
    private SampleDevice device;
    private String person;

    @BeforeEach
    void pushed() throws SQLException {
        store = TestDatabase.dataCollect();
        server = OpenSppTarget.registry().start();
        hub = hub("k1");
        device = new SampleDevice(store, "t", Clock.systemUTC(), 1);
        person = device.createPerson(device.createHousehold("House of Ann"), "Ann", "Home");
        device.update(person, "profession", JOB);
        device.update(person, "email_address", MAIL);
        hub.push("openspp");
        hub.pull("openspp");
    }

    @AfterEach
    void stop() {
        hub.close();
        server.close();
    }

    private TestHub hub(String key) {
        return TestHub.on(store)
                .mapping(
                        "openspp",
                        OpenSppTarget.mapping("openspp", "t", server)
                                .replace("data.profession,", "data.profession, encrypt: " + key + ",")
                                .replace("data.email_address,", "data.email_address, encrypt: " + key + ","))
                .set("synchub.encryption.keys.k1", Base64.getEncoder().encodeToString(K1))
                .set("synchub.encryption.keys.k2", Base64.getEncoder().encodeToString(K2))
                .start();
    }

    private int partner() throws SQLException {
        return Integer.parseInt(
                TestDatabase.value(store, "SELECT external_id FROM hub.link WHERE guid = '" + person + "'"));
    }

    private String held(String field) throws SQLException {
        return server.registry().partner(partner()).text(field);
    }

    private void edit(String field, Object value) throws SQLException {
        server.registry().write(partner(), Map.of(field, value));
    }

    private long writes() {
        return server.requests().counts().entrySet().stream()
                .filter(e -> e.getKey().endsWith(".write") || e.getKey().endsWith(".create"))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    private String everythingAtTheServer() {
        return List.of("res.partner", "g2p.reg.id", "g2p.phone.number", "g2p.group.membership").stream()
                .flatMap(model -> server.registry().all(model).stream())
                .map(row -> row.values().toString())
                .collect(Collectors.joining());
    }

    @Test
    void the_registry_holds_envelopes_and_no_value_and_only_what_changes_is_sent() throws Exception {
        JWEObject envelope = JWEObject.parse(held("occupation"));
        envelope.decrypt(new DirectDecrypter(K1));
        assertThat(envelope.getPayload().toString()).isEqualTo(JOB);
        assertThat(everythingAtTheServer()).contains(held("occupation")).doesNotContain(JOB, MAIL);
        assertThat(held("occupation")).isNotEqualTo(held("email"));

        long before = writes();
        hub.push("openspp");
        assertThat(writes()).isEqualTo(before);

        device.update(person, "profession", "Teacher");
        String mail = held("email");
        hub.push("openspp");

        assertThat(writes()).isEqualTo(before + 1);
        assertThat(held("email")).isEqualTo(mail);
        assertThat(everythingAtTheServer()).doesNotContain("Teacher");
    }

    @Test
    void an_adapter_that_does_not_seal_is_given_nothing_to_encrypt() {
        BareHub.Builder bare = BareHub.on(store)
                .mapping(
                        "memory",
                        TestHub.memoryMapping("memory", "t")
                                .replace("data.phone_number}", "data.phone_number, encrypt: k1}"));
        assertThatThrownBy(bare::start)
                .isInstanceOf(ConfigurationProblem.class)
                .hasMessageContaining(
                        "memory.yaml:21: field 'phone' is encrypted, but adapters of type 'memory' send every"
                                + " value in clear; drop encrypt");
    }

    @Test
    void an_edit_of_another_field_leaves_the_encrypted_ones_alone() throws Exception {
        String job = held("occupation");
        long before = writes();
        edit("given_name", "Anna");

        hub.pull("openspp");
        hub.push("openspp");

        assertThat(device.form(person).path("first_name").asText()).isEqualTo("Anna");
        assertThat(device.form(person).path("profession").asText()).isEqualTo(JOB);
        assertThat(held("occupation")).isEqualTo(job);
        assertThat(writes()).isEqualTo(before);
    }

    @Test
    void what_a_registrar_types_over_an_envelope_arrives_and_is_sealed_by_the_next_push() throws Exception {
        edit("occupation", "Typed over");
        edit("email", MAIL);

        hub.pull("openspp");
        assertThat(device.form(person).path("profession").asText()).isEqualTo("Typed over");
        assertThat(device.form(person).path("email_address").asText()).isEqualTo(MAIL);

        hub.push("openspp");
        assertThat(List.of(held("occupation"), held("email"))).allMatch(Envelope::looksLikeOne);
        assertThat(everythingAtTheServer()).doesNotContain("Typed over", MAIL);

        long before = writes();
        hub.pull("openspp");
        hub.push("openspp");
        assertThat(writes()).isEqualTo(before);
        assertThat(device.form(person).path("profession").asText()).isEqualTo("Typed over");
    }

    @Test
    void the_same_value_typed_in_clear_is_no_change_but_is_sealed_again() throws Exception {
        edit("email", MAIL);
        long events = events();

        hub.pull("openspp");
        hub.push("openspp");

        assertThat(events()).isEqualTo(events);
        assertThat(held("email")).matches(Envelope::looksLikeOne);
    }

    private long events() throws SQLException {
        return Long.parseLong(TestDatabase.value(store, "SELECT count(*) FROM public.events"));
    }

    @Test
    void a_tampered_envelope_parks_the_record_and_is_taken_up_when_it_is_right_again() throws Exception {
        String good = held("occupation");
        int at = good.length() - 30;
        edit("occupation", good.substring(0, at) + (good.charAt(at) == 'A' ? 'B' : 'A') + good.substring(at + 1));
        edit("given_name", "Anna");

        hub.pull("openspp");

        JsonNode form = device.form(person);
        assertThat(form.path("profession").asText()).isEqualTo(JOB);
        assertThat(form.path("first_name").asText()).isEqualTo("Ann");
        assertThat(TestDatabase.rows(store, "SELECT reason_code, reason FROM hub.parked"))
                .singleElement()
                .asString()
                .startsWith("sealed|")
                .contains("openspp.yaml:74:")
                .contains("field 'occupation': the target's envelope cannot be opened")
                .doesNotContain(JOB, good.substring(0, at));

        edit("occupation", good);
        hub.pull("openspp");

        assertThat(TestDatabase.rows(store, "SELECT reason_code FROM hub.parked"))
                .isEmpty();
        assertThat(device.form(person).path("first_name").asText()).isEqualTo("Anna");
    }

    @Test
    void another_key_is_no_edit_and_a_resync_seals_everything_with_it() throws Exception {
        edit("given_name", "Anna");
        hub.close();
        hub = hub("k2");
        hub.push("openspp");
        assertThat(Envelope.read(held("email")).kid())
                .as("until somebody says so")
                .isEqualTo("k1");
        long events = events();

        hub.bean(Resync.class).start("openspp", Resync.Scope.FULL, "test");
        hub.push("openspp");

        assertThat(List.of(held("occupation"), held("email")))
                .extracting(text -> Envelope.read(text).kid())
                .containsOnly("k2");
        assertThat(events()).isEqualTo(events);
        long before = writes();
        hub.bean(Resync.class).start("openspp", Resync.Scope.FULL, "test");
        hub.push("openspp");
        hub.pull("openspp");
        assertThat(writes()).isEqualTo(before);
        assertThat(device.form(person).path("first_name").asText()).isEqualTo("Anna");
        assertThat(device.form(person).path("profession").asText()).isEqualTo(JOB);
        assertThat(TestDatabase.rows(store, "SELECT conflict_kind FROM hub.conflict"))
                .isEmpty();
    }
}
