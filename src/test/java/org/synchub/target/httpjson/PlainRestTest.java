package org.synchub.target.httpjson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.synchub.simulator.http.Answer;
import org.synchub.simulator.http.Fault;
import org.synchub.simulator.http.Request;
import org.synchub.simulator.records.RecordServer;
import org.synchub.target.EffectContract;
import org.synchub.target.Outcome;
import org.synchub.target.Outcome.Effect;
import org.synchub.target.RemoteChange;
import org.synchub.target.RemoteState;
import org.synchub.target.TargetTrouble;

/** mappings/examples/plain-rest.yaml against a server of that sort: every fact of its contract that the hub has to mind. */
class PlainRestTest {

    private static final ObjectNode HOUSE = Rig.form("household", "household_name", "House of Ann", "area_code", "288");
    private static final ObjectNode ANN = Rig.form(
            "individual",
            "first_name",
            "Ann",
            "last_name",
            "O'Home & Söhne",
            "email_address",
            "ann@example.org",
            "date_of_birth",
            "1985-04-03T00:00:00+07:00",
            "phone_number",
            "+8562055555555",
            "parentGuid",
            "h1");

    private RecordServer server = registry().wrapped().etags().start();
    private Rig rig = rig(RecordServer.CREDENTIAL);

    private static RecordServer.Builder registry() {
        return RecordServer.builder()
                .rule(record -> record.path("firstName").asText().equals("refuse me") ? "Refused" : null);
    }

    private Rig rig(String credential) {
        return Rig.shipped(
                "plain-rest",
                server.url(),
                Map.of("PLAIN_REST_URL", server.url() + "/api", "PLAIN_REST_TOKEN", credential));
    }

    /** The shipped mapping with another way of noticing that a record moved on. */
    private Rig checking(String check) {
        return Rig.of(
                "plain-rest",
                Rig.text("plain-rest").replace("check: read", "check: " + check),
                server.url(),
                Map.of("PLAIN_REST_URL", server.url() + "/api", "PLAIN_REST_TOKEN", RecordServer.CREDENTIAL));
    }

    private void servedBy(RecordServer other) {
        server.close();
        server = other;
        rig = rig(RecordServer.CREDENTIAL);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private ObjectNode ann() {
        return server.records("users").get("p1");
    }

    private static ObjectNode content(ObjectNode record) {
        record.remove("updatedAt");
        return record;
    }

    private void createBoth() {
        rig.accepted("h1", HOUSE);
        rig.accepted("p1", ANN);
        server.requests().clear();
    }

    private static ObjectNode with(ObjectNode form, String field, String value) {
        return form.deepCopy().put(field, value);
    }

    @Test
    void a_household_goes_out_and_comes_back_as_it_is() {
        Outcome.Accepted made = rig.accepted("h1", HOUSE);

        assertThat(made.effect()).isEqualTo(Effect.CREATED);
        assertThat(made.externalId()).isEqualTo("household/h1");
        assertThat(content(server.records("households").get("h1")))
                .isEqualTo(Rig.json("{\"id\": \"h1\", \"name\": \"House of Ann\", \"area\": \"288\"}"));
        RemoteChange back = rig.pull().get(0);
        assertThat(back.key()).isEqualTo("h1");
        assertThat(rig.canonical(back, "h1", HOUSE)).isEqualTo(made.agreed());
    }

    @Test
    void a_person_goes_out_and_comes_back_as_it_is() {
        rig.accepted("h1", HOUSE);
        Outcome.Accepted made = rig.accepted("p1", ANN);

        assertThat(content(ann())).isEqualTo(Rig.json("""
                {"id": "p1", "firstName": "Ann", "lastName": "O'Home & Söhne", "email": "ann@example.org",
                 "birthDate": "1985-04-03", "phone": "+8562055555555", "householdId": "h1", "role": "beneficiary"}"""));
        RemoteChange back = rig.pull().stream()
                .filter(change -> change.kind().equals("individual"))
                .findFirst()
                .orElseThrow();
        assertThat(back.externalId()).isEqualTo("individual/p1");
        assertThat(rig.canonical(back, "p1", ANN)).isEqualTo(made.agreed());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void answers_may_be_wrapped_or_bare(boolean wrapped) {
        servedBy(wrapped ? registry().wrapped().start() : registry().start());
        createBoth();
        server.edit("users", "p1", "phone", "1");

        assertThat(rig.accepted("p1", with(ANN, "first_name", "Anna")).effect()).isEqualTo(Effect.UPDATED);

        assertThat(ann().path("firstName").asText()).isEqualTo("Anna");
        assertThat(rig.pull()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "server", "read"})
    void an_update_replaces_the_whole_record_and_keeps_what_the_mapping_does_not_know(String check) {
        rig = checking(check);
        createBoth();
        server.edit("users", "p1", "preferences", "dark");

        rig.accepted("p1", with(ANN, "first_name", "Anna"));

        assertThat(ann().path("preferences").asText()).isEqualTo("dark");
        assertThat(ann().path("firstName").asText()).isEqualTo("Anna");
        assertThat(ann().path("householdId").asText()).isEqualTo("h1");
    }

    @Test
    void what_only_the_server_changed_survives_an_update_of_another_field() {
        createBoth();
        server.edit("users", "p1", "phone", "12345");

        Outcome.Accepted updated = rig.accepted("p1", with(ANN, "first_name", "Anna"));

        assertThat(updated.fields()).containsExactly("firstName");
        assertThat(ann().path("phone").asText()).isEqualTo("12345");
    }

    @Test
    void a_field_that_both_sides_changed_is_a_conflict_and_nothing_is_written() {
        createBoth();
        server.edit("users", "p1", "firstName", "Hannah");
        server.requests().clear();

        Outcome outcome = rig.put("p1", with(ANN, "first_name", "Anna"));

        assertThat(outcome).isInstanceOfSatisfying(Outcome.Conflict.class, conflict -> {
            assertThat(conflict.kind()).isEqualTo("stale-push");
            assertThat(conflict.externalId()).isEqualTo("individual/p1");
            assertThat(conflict.external()).isNotNull();
        });
        assertThat(server.requests().lines()).containsExactly("GET /api/users/p1");
    }

    @Test
    void an_unchanged_record_that_is_sent_again_is_read_and_left_alone() {
        createBoth();

        assertThat(rig.accepted("p1", ANN).effect()).isEqualTo(Effect.UNCHANGED);

        assertThat(server.requests().lines()).containsExactly("GET /api/users/p1");
    }

    @Test
    void a_change_between_the_hubs_reading_and_its_put_is_noticed_where_the_server_gives_etags() {
        createBoth();
        server.faults()
                .next(
                        1,
                        Request.to("PUT", "/api/users/p1"),
                        Fault.instead(Answer.json(412, Rig.json("{\"message\": \"Changed meanwhile\"}"))));

        assertThat(rig.accepted("p1", with(ANN, "first_name", "Anna")).effect()).isEqualTo(Effect.UPDATED);

        assertThat(server.requests().lines())
                .containsExactly("GET /api/users/p1", "PUT /api/users/p1", "GET /api/users/p1", "PUT /api/users/p1");
        assertThat(server.requests().entries().get(1).headers()).containsKey("if-match");
    }

    @Test
    void a_server_without_etags_gets_no_if_match() {
        servedBy(registry().wrapped().start());
        createBoth();

        rig.accepted("p1", with(ANN, "first_name", "Anna"));

        assertThat(server.requests().entries())
                .noneMatch(asked -> asked.headers().containsKey("if-match"));
    }

    @Test
    void only_404_says_that_a_record_is_not_there() {
        server.faults()
                .next(
                        1,
                        Request.to("GET", "/api/households/h1"),
                        Fault.instead(Answer.json(500, Rig.json("{\"message\": \"broken\"}"))));

        Outcome outcome = rig.put("h1", HOUSE);

        assertThat(outcome).isInstanceOf(Outcome.Unsent.class);
        assertThat(server.requests().lines()).containsExactly("GET /api/households/h1");
        assertThat(server.records("households")).isEmpty();
    }

    @Test
    void a_create_whose_answer_was_lost_is_found_and_not_made_again() {
        server.faults().next(1, Request.to("POST", "/api/households"), Fault.cut(Fault.Cut.BEFORE_ANSWER));
        Outcome lost = rig.put("h1", HOUSE);
        assertThat(lost).isInstanceOf(Outcome.Unknown.class);

        Outcome again = rig.send(rig.write("h1", HOUSE, true)).get(0);

        assertThat(again).isInstanceOf(Outcome.Accepted.class);
        assertThat(server.requests().lines().stream().filter("POST /api/households"::equals))
                .hasSize(1);
    }

    @Test
    void a_create_that_never_arrived_is_sent_again() {
        server.faults().next(1, Request.to("POST", "/api/households"), Fault.cut(Fault.Cut.BEFORE_APPLYING));
        assertThat(rig.put("h1", HOUSE)).isInstanceOf(Outcome.Unknown.class);

        assertThat(rig.send(rig.write("h1", HOUSE, true)).get(0)).isInstanceOf(Outcome.Accepted.class);

        assertThat(server.records("households")).containsOnlyKeys("h1");
    }

    @Test
    void an_update_whose_answer_was_lost_and_was_taken_back_meanwhile_is_brought_about() {
        createBoth();
        server.faults().next(1, Request.to("PUT", "/api/users/p1"), Fault.cut(Fault.Cut.BEFORE_ANSWER));
        assertThat(rig.put("p1", with(ANN, "first_name", "Anna"))).isInstanceOf(Outcome.Unknown.class);

        rig.send(rig.write("p1", ANN, true));

        assertThat(ann().path("firstName").asText()).isEqualTo("Ann");
    }

    @Test
    void an_edit_there_after_an_update_whose_answer_was_lost_is_kept() {
        createBoth();
        ObjectNode anna =
                rig.write("p1", with(ANN, "first_name", "Anna"), false).record();
        server.edit("users", "p1", "firstName", "Anna");
        server.edit("users", "p1", "phone", "12345");

        Outcome outcome = rig.send(rig.after(rig.write("p1", with(ANN, "last_name", "Hill"), false), anna))
                .get(0);

        assertThat(outcome).isInstanceOf(Outcome.Accepted.class);
        assertThat(ann().path("firstName").asText())
                .as("the hub's own write is taken back")
                .isEqualTo("Ann");
        assertThat(ann().path("lastName").asText()).isEqualTo("Hill");
        assertThat(ann().path("phone").asText()).as("somebody's edit stays").isEqualTo("12345");
    }

    @Test
    void an_id_that_turns_up_between_the_look_and_the_post_is_adopted() {
        server.edit("households", "h1", "name", "House of Bob");
        server.faults().next(1, Request.to("GET", "/api/households/h1"), Fault.instead(Answer.empty(404)));

        Outcome.Accepted adopted = rig.accepted("h1", HOUSE);

        assertThat(adopted.effect()).isEqualTo(Effect.ADOPTED);
        assertThat(adopted.differs()).isTrue();
        assertThat(server.records("households").get("h1").path("name").asText()).isEqualTo("House of Bob");
    }

    @Test
    void a_record_that_is_gone_there_is_not_made_again_by_an_update() {
        createBoth();
        server.remove("users", "p1");

        assertThat(rig.put("p1", with(ANN, "first_name", "Anna"))).isInstanceOf(Outcome.Gone.class);

        assertThat(server.records("users")).isEmpty();
    }

    @Test
    void a_deletion_deletes_and_finds_nothing_to_do_when_it_is_repeated() {
        createBoth();

        assertThat(rig.send(rig.delete("p1", "individual")).get(0)).isInstanceOf(Outcome.Accepted.class);
        assertThat(server.records("users")).isEmpty();
        assertThat(rig.send(rig.delete("p1", "individual")).get(0))
                .isInstanceOfSatisfying(
                        Outcome.Accepted.class,
                        accepted -> assertThat(accepted.effect()).isEqualTo(Effect.DELETED));
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "server", "read"})
    void a_record_that_was_changed_there_is_not_deleted_without_a_word(String check) {
        rig = checking(check);
        createBoth();
        server.edit("users", "p1", "firstName", "Hannah");

        assertThat(rig.send(rig.delete("p1", "individual")).get(0))
                .isInstanceOfSatisfying(
                        Outcome.Conflict.class,
                        conflict -> assertThat(conflict.kind()).isEqualTo("delete-update"));
        assertThat(server.records("users")).hasSize(1);
    }

    @Test
    void a_refused_record_carries_the_servers_words_and_stops_only_itself() {
        List<Outcome> outcomes =
                rig.send(rig.write("p2", with(ANN, "first_name", "refuse me"), false), rig.write("h1", HOUSE, false));

        assertThat(outcomes.get(0))
                .usingRecursiveComparison()
                .ignoringFields("exchanged")
                .isEqualTo(new Outcome.Rejected("http.400", "Refused", null));
        assertThat(outcomes.get(1)).isInstanceOf(Outcome.Accepted.class);
    }

    @Test
    void a_refused_credential_stops_the_target_and_no_record() {
        rig = rig("wrong");

        assertThat(rig.put("h1", HOUSE)).isInstanceOfSatisfying(Outcome.Unsent.class, unsent -> {
            assertThat(unsent.trouble().kind()).isEqualTo(TargetTrouble.Kind.LOGIN_REFUSED);
            assertThat(unsent.trouble()).hasMessageContaining("check auth in 'adapter' of mappings/plain-rest.yaml");
            assertThat(unsent.trouble().getMessage()).doesNotContain("wrong");
        });
    }

    @Test
    void what_is_missing_from_the_list_and_answers_404_is_gone() {
        createBoth();
        server.remove("users", "p1");

        Map<String, RemoteState> states = rig.adapter.present(List.of("household/h1", "individual/p1"));

        assertThat(states)
                .containsOnly(
                        Map.entry("household/h1", RemoteState.PRESENT), Map.entry("individual/p1", RemoteState.GONE));
    }

    @Test
    void an_id_with_signs_that_mean_something_in_an_address_is_one_id() {
        String guid = "a b/ü?#%";
        rig.accepted(guid, HOUSE);

        assertThat(rig.accepted(guid, with(HOUSE, "household_name", "New")).effect())
                .isEqualTo(Effect.UPDATED);

        assertThat(server.records("households")).containsOnlyKeys(guid);
    }

    @Test
    void the_contract_says_what_the_server_cannot_promise() {
        EffectContract contract = rig.adapter.prepare();

        assertThat(contract.idempotentCreate()).isTrue();
        assertThat(contract.partialUpdate()).isFalse();
        assertThat(contract.visibleDeletes()).isFalse();
        assertThat(contract.guarantee())
                .isEqualTo("once; a change made at the target between the hub's reading and its write is overwritten in"
                        + " the fields that the hub writes");
    }

    @Test
    void an_answer_that_is_no_list_is_trouble_and_never_an_empty_registry() {
        createBoth();
        server.faults()
                .next(
                        1,
                        Request.to("GET", "/api/households"),
                        Fault.instead(Answer.json(200, Rig.json("{\"message\": \"sorry\"}"))));

        assertThatThrownBy(() -> rig.pull())
                .isInstanceOf(TargetTrouble.class)
                .hasMessageContaining("holds no list of records");
    }
}
