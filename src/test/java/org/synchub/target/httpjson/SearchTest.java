package org.synchub.target.httpjson;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.synchub.simulator.http.Answer;
import org.synchub.simulator.http.Fault;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.http.Request;
import org.synchub.target.Outcome;
import org.synchub.target.Outcome.Effect;
import org.synchub.target.Write;

/** What is there already is found before a create: by the hub's key ({@code find}), else by the mapping's keys ({@code search}). */
class SearchTest {

    private static final ObjectNode ANN = Rig.form("individual", "name", "Ann", "card", "LA 7");

    private final Site site = new Site(this::answer);
    private final List<ObjectNode> people = new ArrayList<>();
    private final Rig rig = site.rig("""
            record: {key: hubKey}
            write: {repeat: doubles, check: read}
            requests:
              create: {method: POST, path: /people, body: {hubKey: "{key}", "*": "{record}"}}
              update: {method: PATCH, path: "/people/{id}", body: {hubKey: "{key}", "*": "{changes}"}}
              read: {method: GET, path: "/people/{id}"}
              find: {method: GET, path: /people, query: {hubKey: "{key}"}, answer: {records: items}}
              search: {method: GET, path: /people, query: {"by": "{field}", "is": "{value}"}, answer: {records: items}}
            """, """
            keys: [[name]]
            fields:
              card: {path: data.card}
              name: {path: data.name}
            """);

    @AfterEach
    void stop() {
        site.close();
    }

    /** A search is generous, as many are: it also gives whatever begins with the value. */
    private Answer answer(Request request) {
        if (request.method().equals("POST")) {
            return Answer.json(201, person(request.body().deepCopy()));
        }
        if (request.steps().size() == 2) {
            ObjectNode one = people.get(Integer.parseInt(request.steps().get(1)) - 1);
            if (request.method().equals("PATCH")) {
                one.setAll((ObjectNode) request.body());
            }
            return Answer.json(200, one);
        }
        String field = request.parameter("by").isEmpty() ? "hubKey" : request.parameter("by");
        String value = request.parameter("by").isEmpty() ? request.parameter("hubKey") : request.parameter("is");
        List<ObjectNode> found = people.stream()
                .filter(person -> person.path(field).asText().startsWith(value))
                .toList();
        return Answer.json(200, Json.object("items", Json.array(found)));
    }

    private ObjectNode person(ObjectNode person) {
        people.add(person.put("id", people.size() + 1));
        return person;
    }

    private static ObjectNode person(String name, String card) {
        return Json.object("name", name, "card", card);
    }

    @Test
    void a_record_with_the_same_key_is_adopted_and_brought_up_to_date() {
        person(person("Ann", "LA 70"));
        person(person("Anna", "LA 7"));

        Outcome.Accepted adopted = rig.accepted("p1", Rig.form("individual", "name", "Anna", "card", "LA 8"));

        assertThat(adopted.effect()).isEqualTo(Effect.ADOPTED);
        assertThat(adopted.externalId()).isEqualTo("2");
        assertThat(people).hasSize(2);
        assertThat(people.get(1).path("card").asText()).isEqualTo("LA 8");
        assertThat(site.lines()).containsExactly("GET /people", "GET /people", "PATCH /people/2");
        assertThat(site.log().get(1).query()).containsEntry("by", "name").containsEntry("is", "Anna");
    }

    @Test
    void what_only_begins_with_the_value_is_another_record() {
        person(person("Annabel", "LA 7"));

        assertThat(rig.accepted("p1", ANN).effect()).isEqualTo(Effect.CREATED);
        assertThat(people).hasSize(2);
    }

    @Test
    void several_records_with_the_same_key_are_for_a_person_to_decide() {
        person(person("Ann", "LA 1"));
        person(person("Ann", "LA 2"));

        assertThat(rig.put("p1", ANN)).isInstanceOfSatisfying(Outcome.Conflict.class, conflict -> {
            assertThat(conflict.kind()).isEqualTo("constraint");
            assertThat(conflict.message()).doesNotContain("Ann");
        });
        assertThat(people).hasSize(2);
    }

    @Test
    void a_record_that_is_another_entitys_is_not_adopted() {
        rig.accepted("p1", ANN);
        site.forget();

        assertThat(rig.accepted("p2", ANN).effect()).isEqualTo(Effect.CREATED);
        assertThat(people).hasSize(2);
    }

    @Test
    void the_hubs_own_key_comes_first_and_nothing_else_is_asked() {
        rig.accepted("p1", ANN);
        people.get(0).put("name", "Anna");
        site.forget();

        Outcome again = rig.send(rig.after(unlinked("p1"), Rig.json("{\"name\": \"Ann\", \"card\": \"LA 7\"}")))
                .get(0);

        assertThat(again).isInstanceOf(Outcome.Accepted.class);
        assertThat(site.lines()).startsWith("GET /people").doesNotContain("POST /people");
        assertThat(site.log()).noneMatch(asked -> asked.query().containsKey("by"));
        assertThat(people).hasSize(1);
    }

    /** As after a crash: the create left, and nothing was settled. */
    private Write unlinked(String guid) {
        Write write = rig.write(guid, ANN, true);
        return new Write(
                write.tenant(),
                guid,
                write.kind(),
                write.operation(),
                write.record(),
                null,
                true,
                List.of(),
                false,
                write.references(),
                null,
                null,
                null,
                Set.of());
    }

    @Test
    void a_create_whose_answer_was_lost_is_found_by_its_key_though_a_repeat_would_double() {
        site.faults().next(1, Request.to("POST", "/people"), Fault.cut(Fault.Cut.BEFORE_ANSWER));

        assertThat(rig.put("p1", ANN)).isInstanceOf(Outcome.Unknown.class);
        Outcome.Accepted found = (Outcome.Accepted)
                rig.send(rig.after(rig.write("p1", ANN, true), Rig.json("{\"name\": \"Ann\", \"card\": \"LA 7\"}")))
                        .get(0);

        assertThat(found.externalId()).isEqualTo("1");
        assertThat(people).hasSize(1);
    }
}
