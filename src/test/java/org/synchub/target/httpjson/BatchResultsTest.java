package org.synchub.target.httpjson;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.synchub.simulator.http.Answer;
import org.synchub.simulator.http.Fault;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.http.Request;
import org.synchub.target.Outcome;
import org.synchub.target.Write;

/** How the results of a batch find their records: by their order, by a key, or not at all. */
class BatchResultsTest {

    private final Site site = new Site(this::answer);
    private final Map<String, ObjectNode> people = new TreeMap<>();
    private Results results = all -> Json.object("results", all);
    private Rig rig;

    /** How the server writes its results down. */
    private interface Results {
        JsonNode of(ArrayNode all);
    }

    @AfterEach
    void stop() {
        site.close();
    }

    private Answer answer(Request request) {
        if (request.method().equals("GET")) {
            ObjectNode found = people.get(request.parameter("key"));
            return Answer.json(200, found == null ? Json.array() : Json.array(found));
        }
        ArrayNode all = Json.array();
        for (JsonNode item : request.body().path("people")) {
            all.add(write((ObjectNode) item));
        }
        return Answer.json(200, results.of(all));
    }

    private ObjectNode write(ObjectNode item) {
        String key = item.path("key").asText();
        if (item.path("name").asText().startsWith("bad")) {
            return Json.object("key", key, "ok", false, "error", "a bad name", "on", "name");
        }
        if (item.path("name").asText().startsWith("known")) {
            return Json.object("key", key, "ok", false, "error", "duplicate key");
        }
        ObjectNode person = item.deepCopy();
        person.put("id", "n-" + key).put("rev", 1);
        people.put(key, person);
        return Json.object("key", key, "ok", true, "id", "n-" + key, "rev", 1);
    }

    /** @param rules what is said of single results; empty where there are none */
    private void batches(String answer, String rules) {
        rig = site.rig("""
                record: {key: key, version: rev}
                write: {repeat: refused, lookFirst: when-uncertain}
                requests:
                  create:
                    method: POST
                    path: /people
                    item: {key: "{key}", "*": "{record}"}
                    batch: 10
                    body: {people: "{items}"}
                    answer: %s
                    itemOutcomes: %s
                  update: {method: PATCH, path: "/people/{id}", body: "{changes}"}
                  find: {method: GET, path: /people, query: {key: "{key}"}}
                """.formatted(answer, rules));
    }

    private void batchesWithRules(String answer) {
        batches(answer, """
                [{where: {error: duplicate key}, outcome: exists, message: error},
                 {where: {ok: false}, outcome: rejected, message: error, field: on}]""".replace("\n", ""));
    }

    private Write person(String guid, String name) {
        return rig.write(guid, Rig.form("individual", "name", name), false);
    }

    private List<Outcome> sendThree(String second) {
        return rig.send(person("p1", "Ann"), person("p2", second), person("p3", "Cid"));
    }

    private static void assertThatOnlyTheSecondIsRefused(List<Outcome> outcomes) {
        assertThat(outcomes.get(0)).isInstanceOfSatisfying(Outcome.Accepted.class, accepted -> {
            assertThat(accepted.externalId()).isEqualTo("n-p1");
            assertThat(accepted.version()).isEqualTo("1");
            assertThat(accepted.effect()).isEqualTo(Outcome.Effect.CREATED);
        });
        assertThat(outcomes.get(1)).isInstanceOfSatisfying(Outcome.Rejected.class, rejected -> {
            assertThat(rejected.message()).isEqualTo("a bad name");
            assertThat(rejected.field()).isEqualTo("name");
            assertThat(rejected.exchanged()).isNotNull().satisfies(own -> {
                assertThat(own.records()).isEqualTo(3);
                assertThat(own.asked().path("key").asText()).isEqualTo("p2");
                assertThat(own.said().path("error").asText()).isEqualTo("a bad name");
                assertThat(own.toString()).doesNotContain("bad");
            });
        });
        assertThat(outcomes.get(2))
                .isInstanceOfSatisfying(
                        Outcome.Accepted.class,
                        accepted -> assertThat(accepted.externalId()).isEqualTo("n-p3"));
    }

    @Test
    void results_in_the_order_of_the_records_need_no_key() {
        batchesWithRules("{items: results}");

        assertThatOnlyTheSecondIsRefused(sendThree("bad Bo"));
        assertThat(site.lines()).containsExactly("POST /people");
    }

    @Test
    void results_in_any_order_find_their_records_by_key() {
        batchesWithRules("{items: results, match: key, itemKey: key}");
        results = all -> {
            List<JsonNode> reversed = new ArrayList<>();
            all.forEach(result -> reversed.add(0, result));
            return Json.object("results", Json.array(reversed));
        };

        assertThatOnlyTheSecondIsRefused(sendThree("bad Bo"));
    }

    @Test
    void a_record_that_no_result_speaks_of_is_unknown_and_never_taken_for_done() {
        batchesWithRules("{items: results, match: key, itemKey: key}");
        results = all -> Json.object("results", Json.array(all.get(0), all.get(2)));

        List<Outcome> outcomes = sendThree("Bo");

        assertThat(outcomes.get(0)).isInstanceOf(Outcome.Accepted.class);
        assertThat(outcomes.get(1)).isInstanceOf(Outcome.Unknown.class);
        assertThat(outcomes.get(2)).isInstanceOf(Outcome.Accepted.class);

        Outcome again = rig.send(rig.after(person("p2", "Bo"), Rig.json("{\"name\": \"Bo\"}")))
                .get(0);
        assertThat(again)
                .isInstanceOfSatisfying(
                        Outcome.Accepted.class,
                        accepted -> assertThat(accepted.externalId()).isEqualTo("n-p2"));
        assertThat(site.lines()).containsExactly("POST /people", "GET /people");
    }

    @Test
    void fewer_results_than_records_leave_the_last_ones_unknown_where_only_the_order_tells() {
        batchesWithRules("{items: results}");
        results = all -> Json.object("results", Json.array(all.get(0)));

        assertThat(sendThree("Bo"))
                .extracting(outcome -> outcome.getClass().getSimpleName())
                .containsExactly("Accepted", "Unknown", "Unknown");
    }

    @Test
    void a_result_that_says_that_the_record_is_there_makes_the_hub_look_and_go_on() {
        batchesWithRules("{items: results}");
        people.put("p2", Json.object("key", "p2", "id", "old-2", "rev", 7, "name", "known Bo"));

        List<Outcome> outcomes = sendThree("known Bo");

        assertThat(outcomes.get(1)).isInstanceOfSatisfying(Outcome.Accepted.class, accepted -> {
            assertThat(accepted.externalId()).isEqualTo("old-2");
            assertThat(accepted.effect()).isEqualTo(Outcome.Effect.ADOPTED);
        });
        assertThat(site.lines()).containsExactly("POST /people", "GET /people");
    }

    @Test
    void without_results_a_batch_is_taken_or_refused_as_a_whole_and_the_one_at_fault_is_found() {
        batches("{match: none}", "[]");
        site.faults()
                .always(
                        request -> request.method().equals("POST")
                                && request.text().contains("bad"),
                        Fault.instead(Answer.json(422, Json.object("message", "one of them is bad"))));

        List<Outcome> outcomes = sendThree("bad Bo");

        assertThat(outcomes)
                .extracting(outcome -> outcome.getClass().getSimpleName())
                .containsExactly("Accepted", "Rejected", "Accepted");
        assertThat(((Outcome.Rejected) outcomes.get(1)).message()).isEqualTo("one of them is bad");
        assertThat(people).containsOnlyKeys("p1", "p3");
        assertThat(rig.link("p3").externalId())
                .as("asked for, since no result told it")
                .isEqualTo("n-p3");
        assertThat(rig.link("p3").version()).isEqualTo("1");
    }

    @Test
    void a_record_whose_id_cannot_be_asked_for_after_it_was_made_is_unknown_and_not_made_again() {
        batches("{match: none}", "[]");
        site.faults().next(1, Request.to("GET", "/people"), Fault.status(503));

        assertThat(rig.send(person("p1", "Ann")).get(0)).isInstanceOf(Outcome.Unknown.class);
        assertThat(rig.send(rig.after(person("p1", "Ann"), Rig.json("{\"name\": \"Ann\"}")))
                        .get(0))
                .isInstanceOf(Outcome.Accepted.class);
        assertThat(site.lines()).containsExactly("POST /people", "GET /people", "GET /people");
    }

    @Test
    void a_batch_whose_answer_was_lost_leaves_each_of_its_records_unknown_and_is_not_sent_again() {
        batchesWithRules("{items: results}");
        site.faults().next(1, Request.to("POST", "/people"), Fault.cut(Fault.Cut.BEFORE_ANSWER));

        assertThat(sendThree("Bo")).allMatch(outcome -> outcome instanceof Outcome.Unknown);
        assertThat(site.lines()).containsExactly("POST /people");
    }
}
