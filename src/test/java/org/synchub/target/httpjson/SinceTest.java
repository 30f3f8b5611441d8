package org.synchub.target.httpjson;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.synchub.simulator.http.Answer;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.http.Request;
import org.synchub.target.RemoteChange;
import org.synchub.target.RemoteState;

/** Where the next request for changes begins, and how deletions are told. */
class SinceTest {

    private final Site site = new Site(this::answer);
    private final Map<String, ObjectNode> people = new LinkedHashMap<>();
    private String serverTime = "2026-11-20T12:00:00Z";
    private Rig rig;

    @AfterEach
    void stop() {
        site.close();
    }

    /** Everything that is as new as asked for; the times are compared as texts, as many servers do. */
    private Answer answer(Request request) {
        String since = request.parameter("since");
        List<ObjectNode> found = new ArrayList<>();
        people.values().stream()
                .filter(person -> person.path("changed").asText().compareTo(since) >= 0)
                .forEach(found::add);
        return Answer.json(200, Json.object("items", Json.array(found), "now", serverTime));
    }

    private void person(String id, String name, String changed) {
        people.put(id, Json.object("id", id, "name", name, "changed", changed, "by", "registrar"));
    }

    private void changes(String record, String since, String more) {
        rig = site.rig("""
                record: %s
                write: {repeat: safe}
                requests:
                  create: {method: POST, path: /people, body: "{record}"}
                  changes:
                    method: GET
                    path: /people/changes
                    query: {since: "{since}"}
                    answer: {records: items}
                    since: %s
                %s
                """.formatted(record, since, more.indent(2).stripTrailing()));
    }

    private List<String> pulled() {
        return rig.pull().stream().map(RemoteChange::externalId).toList();
    }

    private List<String> asked() {
        return site.log().stream()
                .map(entry -> entry.path() + " " + entry.query().getOrDefault("since", "-"))
                .toList();
    }

    @Test
    void after_the_newest_record_less_the_overlap_in_the_servers_own_notation() {
        changes("{changedAt: changed, datetime: \"yyyy-MM-dd HH:mm:ss\"}", "{from: records, overlap: 2s}", "");
        person("1", "Ann", "2026-11-20 10:00:00");
        person("2", "Bo", "2026-11-20 10:00:09");

        assertThat(pulled()).containsExactly("1", "2");
        person("3", "Cid", "2026-11-20 10:00:08");
        assertThat(pulled()).as("committed late, within the overlap").containsExactly("2", "3");
        assertThat(asked()).containsExactly("/people/changes -", "/people/changes 2026-11-20 10:00:07");
    }

    @Test
    void a_pull_that_finds_nothing_begins_where_it_began() {
        changes("{changedAt: changed}", "{from: records, overlap: 2s}", "");
        person("1", "Ann", "2026-11-20T10:00:00Z");
        pulled();
        people.clear();

        assertThat(pulled()).isEmpty();
        pulled();
        assertThat(asked())
                .containsExactly(
                        "/people/changes -",
                        "/people/changes 2026-11-20T09:59:58Z",
                        "/people/changes 2026-11-20T09:59:58Z");
    }

    @Test
    void the_servers_time_of_the_answer_less_the_overlap_and_never_the_hubs_own() {
        changes("{changedAt: changed}", "{from: answer, at: now, overlap: 5s}", "");
        rig.clock.later(Duration.ofDays(400));
        person("1", "Ann", "2026-11-20T10:00:00Z");

        assertThat(pulled()).containsExactly("1");
        person("2", "Bo", "2026-11-20T11:59:57Z");
        assertThat(pulled()).containsExactly("2");
        assertThat(asked()).containsExactly("/people/changes -", "/people/changes 2026-11-20T11:59:55Z");
    }

    @Test
    void a_mark_that_is_no_time_goes_back_as_it_came() {
        serverTime = "seq:41/a+b";
        changes("{changedAt: changed}", "{from: answer, at: now}", "");
        pulled();

        pulled();

        assertThat(asked()).containsExactly("/people/changes -", "/people/changes seq:41/a+b");
    }

    @Test
    void everything_is_read_first_and_then_as_often_as_the_file_says() {
        changes(
                "{changedAt: changed}",
                "{from: records, scanEvery: 24h}",
                "list: {method: GET, path: /people, answer: {records: items}}");
        person("1", "Ann", "2026-11-20T10:00:00Z");

        pulled();
        pulled();
        rig.clock.later(Duration.ofHours(24));
        pulled();
        pulled();

        assertThat(asked())
                .containsExactly(
                        "/people -",
                        "/people/changes 2026-11-20T09:59:58Z",
                        "/people -",
                        "/people/changes 2026-11-20T09:59:58Z");
    }

    @Test
    void a_tombstone_is_a_deletion_with_its_author_and_its_time() {
        changes("{changedAt: changed, changedBy: by, deleted: {state: [deleted, merged]}}", "{from: records}", "");
        person("1", "Ann", "2026-11-20T10:00:00Z");
        person("2", "Bo", "2026-11-20T10:00:01Z");
        people.get("2").put("state", "deleted");

        List<RemoteChange> changes = rig.pull();

        assertThat(changes.get(0).state()).isEqualTo(RemoteState.PRESENT);
        assertThat(changes.get(1).state()).isEqualTo(RemoteState.GONE);
        assertThat(changes.get(1).record()).isNull();
        assertThat(changes.get(1).changedBy()).isEqualTo("registrar");
        assertThat(changes.get(1).changedAt()).isEqualTo("2026-11-20T10:00:01Z");
    }
}
