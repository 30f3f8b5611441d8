package org.synchub.target.httpjson;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.synchub.simulator.http.Fault;
import org.synchub.simulator.http.Request;
import org.synchub.simulator.openfn.OpenFnSimulator;
import org.synchub.target.Outcome;
import org.synchub.target.Outcome.Effect;
import org.synchub.target.TargetTrouble;
import org.synchub.target.Write;

/** mappings/examples/openfn.yaml against a webhook that takes what DataCollect's own adapter sends. */
class OpenFnTest {

    private static final ObjectNode HOUSE = Rig.form("household", "household_name", "House of Ann", "area_code", "288");
    private static final ObjectNode ANN = Rig.form(
            "individual",
            "first_name",
            "Ann",
            "last_name",
            "Home",
            "date_of_birth",
            "1985-04-03T00:00:00+07:00",
            "phone_number",
            "+8562055555555",
            "parentGuid",
            "h1");

    private final OpenFnSimulator server = new OpenFnSimulator();
    private final Rig rig = rig(OpenFnSimulator.KEY);

    private Rig rig(String key) {
        return Rig.shipped("openfn", server.url(), Map.of("OPENFN_URL", server.url(), "OPENFN_API_KEY", key));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Write[] people(int count, String firstName) {
        List<Write> writes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            writes.add(rig.write("p" + i, ANN.deepCopy().put("first_name", firstName + i), false));
        }
        return writes.toArray(Write[]::new);
    }

    private static ObjectNode without(JsonNode submission, String field) {
        ObjectNode copy = submission.deepCopy();
        copy.remove(field);
        return copy;
    }

    @Test
    void a_household_is_submitted_as_the_form_that_it_is() {
        Outcome.Accepted made = rig.accepted("h1", HOUSE);

        assertThat(made.externalId()).isEqualTo("h1");
        assertThat(made.effect()).isEqualTo(Effect.CREATED);
        assertThat(without(server.submissions().get(0), "guid")).isEqualTo(Rig.json("""
                {"entityGuid": "h1", "type": "create-group",
                 "data": {"entityName": "household", "name": "House of Ann", "area_code": "288"},
                 "timestamp": "2026-11-20T12:00:00Z", "userId": "sync-hub", "syncLevel": 1}"""));
    }

    @Test
    void a_person_is_submitted_as_the_form_that_it_is() {
        rig.accepted("h1", HOUSE);
        rig.accepted("p1", ANN);

        assertThat(without(server.submissions().get(1), "guid")).isEqualTo(Rig.json("""
                {"entityGuid": "p1", "type": "create-individual",
                 "data": {"entityName": "individual", "first_name": "Ann", "last_name": "Home",
                          "date_of_birth": "1985-04-03", "phone_number": "+8562055555555", "parentGuid": "h1"},
                 "timestamp": "2026-11-20T12:00:00Z", "userId": "sync-hub", "syncLevel": 1}"""));
    }

    @Test
    void a_change_is_an_update_with_everything_and_no_change_is_nothing() {
        rig.accepted("p1", ANN);

        assertThat(rig.accepted("p1", ANN.deepCopy().put("first_name", "Anna")).effect())
                .isEqualTo(Effect.UPDATED);
        assertThat(rig.accepted("p1", ANN.deepCopy().put("first_name", "Anna")).effect())
                .isEqualTo(Effect.UNCHANGED);

        assertThat(server.submissions()).hasSize(2);
        JsonNode update = server.submissions().get(1);
        assertThat(update.path("type").asText()).isEqualTo("update-individual");
        assertThat(update.path("data").path("first_name").asText()).isEqualTo("Anna");
        assertThat(update.path("data").path("last_name").asText()).isEqualTo("Home");
    }

    @Test
    void a_deletion_is_submitted_once() {
        rig.accepted("p1", ANN);

        assertThat(rig.send(rig.delete("p1", "individual")).get(0)).isInstanceOf(Outcome.Accepted.class);

        assertThat(server.submissions().get(1).path("type").asText()).isEqualTo("delete-entity");
        assertThat(server.submissions().get(1).path("entityGuid").asText()).isEqualTo("p1");
    }

    @Test
    void a_hundred_records_are_one_request_and_every_submission_has_its_own_guid() {
        List<Outcome> outcomes = rig.send(people(100, "Ann"));

        assertThat(outcomes).hasSize(100).allMatch(Outcome.Accepted.class::isInstance);
        assertThat(server.requests().lines()).containsExactly("POST /i/datacollect");
        Set<String> guids = new HashSet<>();
        server.submissions()
                .forEach(submission -> guids.add(submission.path("guid").asText()));
        assertThat(guids).hasSize(100);
        assertThat(rig.adapter.batchSize()).isEqualTo(100);
    }

    @Test
    void creates_updates_and_deletes_of_one_batch_keep_to_their_requests() {
        rig.send(people(2, "Ann"));

        rig.send(
                rig.write("p0", ANN.deepCopy().put("first_name", "Changed"), false),
                rig.write("h1", HOUSE, false),
                rig.delete("p1", "individual"));

        assertThat(server.submissions().stream()
                        .map(submission -> submission.path("type").asText()))
                .containsExactlyInAnyOrder(
                        "create-individual", "create-individual", "update-individual", "create-group", "delete-entity");
    }

    @Test
    void one_bad_record_of_a_batch_that_is_refused_as_a_whole_is_found() {
        Write[] writes = people(20, "Ann");
        writes[13] = rig.write("p13", ANN.deepCopy().put("first_name", "refuse me"), false);

        List<Outcome> outcomes = rig.send(writes);

        assertThat(outcomes.get(13))
                .usingRecursiveComparison()
                .ignoringFields("exchanged")
                .isEqualTo(new Outcome.Rejected("http.422", "invalid form submission", null));
        assertThat(outcomes.stream().filter(Outcome.Accepted.class::isInstance)).hasSize(19);
        assertThat(server.submissions()).hasSize(19);
    }

    @Test
    void a_batch_that_is_too_large_is_halved_until_it_fits() {
        server.atMost(6);

        assertThat(rig.send(people(20, "Ann"))).allMatch(Outcome.Accepted.class::isInstance);

        assertThat(server.submissions()).hasSize(20);
    }

    @Test
    void a_lost_answer_makes_all_of_the_batch_unknown_and_the_contract_says_that_it_may_double() {
        server.faults().next(1, Request.any(), Fault.cut(Fault.Cut.BEFORE_ANSWER));

        assertThat(rig.send(people(3, "Ann"))).allMatch(Outcome.Unknown.class::isInstance);

        rig.send(rig.write("p0", ANN.deepCopy().put("first_name", "Ann0"), true));
        assertThat(server.submissions()).hasSize(4);
        assertThat(rig.adapter.prepare().idempotentCreate()).isFalse();
        assertThat(rig.adapter.prepare().guarantee())
                .startsWith("may double when the answer to a create is lost: the target has no key");
    }

    @Test
    void a_wrong_key_stops_the_target_before_any_record_is_to_blame() {
        List<Outcome> outcomes = rig("wrong").adapter.send(List.of(people(2, "Ann")));

        assertThat(outcomes)
                .allSatisfy(outcome -> assertThat(outcome)
                        .isInstanceOfSatisfying(
                                Outcome.Unsent.class,
                                unsent -> assertThat(unsent.trouble().kind())
                                        .isEqualTo(TargetTrouble.Kind.LOGIN_REFUSED)));
        assertThat(server.requests().lines()).hasSize(1);
    }

    @Test
    void nothing_is_pulled_where_there_is_nothing_to_ask() {
        assertThat(rig.adapter.prepare().deltaPull()).isFalse();
        assertThat(rig.pull()).isEmpty();
        assertThat(rig.adapter.present(List.of("p1"))).isEmpty();
    }
}
