package org.synchub.target.httpjson;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.synchub.crypto.Envelope;
import org.synchub.crypto.KeyRing;
import org.synchub.simulator.records.RecordServer;
import org.synchub.target.Outcome;
import org.synchub.target.Outcome.Effect;
import org.synchub.target.RemoteChange;

/** Fields that travel in envelopes to a system that a mapping file describes, and back. */
class EncryptedFieldsTest {

    private static final KeyRing RING = new KeyRing(Map.of(
            "k1", Base64.getEncoder().encodeToString(new byte[32]),
            "k2", Base64.getEncoder().encodeToString("0123456789abcdef0123456789ABCDEF".getBytes(UTF_8))));

    private static final ObjectNode ANN = ann("ann@example.org");

    private final RecordServer server = RecordServer.builder().wrapped().etags().start();
    private final Rig rig = rig("k1");

    @AfterEach
    void stop() {
        server.close();
    }

    private static ObjectNode ann(String email) {
        return Rig.form(
                "individual",
                "first_name",
                "Ann",
                "last_name",
                "Home",
                "email_address",
                email,
                "date_of_birth",
                "1985-04-03T00:00:00+07:00",
                "phone_number",
                "12");
    }

    private Rig rig(String key) {
        return Rig.of(
                "plain-rest",
                Rig.text("plain-rest")
                        .replace("blank: clear}", "blank: clear, encrypt: " + key + "}")
                        .replace("type: date}", "type: date, encrypt: " + key + "}")
                        .replace(
                                "phone: {path: data.phone_number}",
                                "phone: {path: data.phone_number, type: integer, encrypt: " + key + "}"),
                server.url(),
                Map.of("PLAIN_REST_URL", server.url() + "/api", "PLAIN_REST_TOKEN", RecordServer.CREDENTIAL),
                RING);
    }

    private String held(String field) {
        return server.records("users").get("p1").path(field).asText();
    }

    private long writes() {
        return server.requests().entries().stream()
                .filter(asked -> !asked.method().equals("GET"))
                .count();
    }

    private static RemoteChange only(List<RemoteChange> changes) {
        assertThat(changes).hasSize(1);
        return changes.get(0);
    }

    @Test
    void envelopes_go_out_what_is_in_them_comes_back_and_nothing_is_sent_twice() {
        assertThat(rig.accepted("p1", ANN).effect()).isEqualTo(Effect.CREATED);

        assertThat(server.records("users").get("p1").toString())
                .contains("\"firstName\":\"Ann\"")
                .doesNotContain("ann@example.org", "1985", "\"12\"", ":12,");
        assertThat(List.of(held("email"), held("birthDate"), held("phone")))
                .allMatch(Envelope::looksLikeOne)
                .extracting(text -> Envelope.read(text).open(RING))
                .containsExactly("ann@example.org", "1985-04-03", "12");
        assertThat(server.requests().entries().stream().map(asked -> String.valueOf(asked.body()) + asked.path()))
                .noneMatch(text -> text.contains("ann@example.org"));

        RemoteChange told = only(rig.pull());
        assertThat(told.stale()).isFalse();
        assertThat(rig.canonical(told, "p1", ANN))
                .isEqualTo(rig.write("p1", ANN, false).record());

        server.requests().clear();
        assertThat(rig.accepted("p1", ANN).effect()).isEqualTo(Effect.UNCHANGED);
        assertThat(writes()).isZero();

        Outcome.Accepted changed = rig.accepted("p1", ann("anna@example.org"));
        assertThat(changed.fields()).containsExactly("email");
        assertThat(Envelope.read(held("email")).open(RING)).isEqualTo("anna@example.org");
        assertThat(writes()).isEqualTo(1);
    }

    @Test
    void what_somebody_types_over_an_envelope_is_told_as_it_is() {
        rig.accepted("p1", ANN);
        server.edit("users", "p1", "email", "typed@example.org");
        server.edit("users", "p1", "phone", "13");

        RemoteChange told = only(rig.pull());

        assertThat(told.stale()).isTrue();
        assertThat(rig.canonical(told, "p1", ANN).path("email").asText()).isEqualTo("typed@example.org");
        assertThat(rig.canonical(told, "p1", ANN).path("phone").asInt()).isEqualTo(13);
        assertThat(rig.canonical(told, "p1", ANN).path("birthDate").asText()).isEqualTo("1985-04-03");
    }

    @Test
    void an_envelope_of_an_older_key_is_no_edit_and_the_next_write_seals_it_anew() {
        rig.accepted("p1", ANN);
        String before = held("birthDate");
        Rig rekeyed = rig("k2").linkedAs(rig);

        RemoteChange told = only(rekeyed.pull());
        assertThat(told.stale()).isTrue();
        assertThat(rekeyed.canonical(told, "p1", ANN))
                .isEqualTo(rig.write("p1", ANN, false).record());

        Outcome.Accepted changed = rekeyed.accepted("p1", ann("anna@example.org"));

        assertThat(changed.fields()).containsExactlyInAnyOrder("email", "birthDate", "phone");
        assertThat(List.of(held("email"), held("birthDate"), held("phone")))
                .extracting(text -> Envelope.read(text).kid())
                .containsOnly("k2");
        assertThat(held("birthDate")).isNotEqualTo(before);
        assertThat(only(rekeyed.pull()).stale()).isFalse();
    }

    @Test
    void a_damaged_envelope_stands_against_a_change_of_the_store_and_goes_back_as_it_is_otherwise() {
        rig.accepted("p1", ANN);
        String damaged = held("email").substring(0, held("email").length() - 5);
        server.edit("users", "p1", "email", damaged);

        assertThat(rig.mapping.kind("individual").shut(only(rig.pull()).record()))
                .singleElement()
                .asString()
                .contains("field 'email': the target's envelope cannot be opened")
                .doesNotContain(damaged);
        assertThat(rig.put("p1", ann("anna@example.org")))
                .isInstanceOfSatisfying(
                        Outcome.Conflict.class,
                        conflict -> assertThat(conflict.message()).isEqualTo("Both sides changed email"));

        ObjectNode renamed = ANN.deepCopy().put("last_name", "House");
        assertThat(rig.accepted("p1", renamed).fields()).containsExactly("lastName");
        assertThat(held("email")).isEqualTo(damaged);
    }
}
