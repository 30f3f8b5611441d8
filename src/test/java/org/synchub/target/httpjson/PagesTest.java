package org.synchub.target.httpjson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.synchub.simulator.http.Answer;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.http.Request;
import org.synchub.target.RemoteChange;
import org.synchub.target.RemoteState;
import org.synchub.target.TargetTrouble;

/** How {@code pages} reads a long answer to its end, and nothing twice. */
class PagesTest {

    private static final int SIZE = 3;

    private final Site site = new Site(this::answer);
    private final List<ObjectNode> people = new ArrayList<>();
    private Paging paging = (request, page) -> page;
    private Rig rig;

    /** What a page of the server's own sort looks like. */
    private interface Paging {
        ObjectNode page(Request request, ObjectNode page);
    }

    @AfterEach
    void stop() {
        site.close();
    }

    private Answer answer(Request request) {
        int from = request.parameter("from", 0) + Math.max(0, request.parameter("page", 1) - 1) * SIZE;
        if (!request.parameter("cursor").isEmpty()) {
            from = Integer.parseInt(request.parameter("cursor").substring("after ".length()));
        }
        ArrayNode items =
                Json.array(people.subList(Math.min(from, people.size()), Math.min(from + SIZE, people.size())));
        ObjectNode page = Json.object("items", items, "end", Math.min(from + SIZE, people.size()));
        return Answer.json(200, paging.page(request, page));
    }

    private void server(int records, Paging newPaging) {
        IntStream.rangeClosed(1, records).forEach(i -> people.add(Json.object("id", i, "name", "P" + i)));
        paging = (request, page) -> {
            ObjectNode more = newPaging.page(request, page);
            more.remove("end");
            return more;
        };
    }

    private boolean isLast(ObjectNode page) {
        return page.path("end").asInt() >= people.size();
    }

    private void list(String query, String pages) {
        rig = site.rig("""
                write: {repeat: safe}
                requests:
                  create: {method: POST, path: /people, body: "{record}"}
                  list:
                    method: GET
                    path: /people
                    query: %s
                    answer: {records: items}
                    pages: %s
                """.formatted(query, pages));
    }

    private void assertThatAllAreReadIn(int requests) {
        assertThat(rig.pull()).extracting(RemoteChange::externalId).containsExactlyElementsOf(ids());
        assertThat(site.log()).hasSize(requests);
        site.forget();
        assertThat(rig.adapter.present(ids()))
                .as("the way to tell what is gone reads all pages as well")
                .hasSize(people.size())
                .doesNotContainValue(RemoteState.GONE);
        assertThat(site.log()).hasSize(requests);
    }

    private List<String> ids() {
        return people.stream().map(person -> person.path("id").asText()).toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 7, 9})
    void pages_are_counted_until_one_is_short(int records) {
        server(records, (request, page) -> page);
        list("{page: \"{page}\", size: \"{size}\"}", "{by: number, size: 3}");

        if (records == 0) {
            assertThat(rig.pull()).isEmpty();
        } else {
            assertThatAllAreReadIn(records / SIZE + 1);
        }
        assertThat(site.log()).allMatch(asked -> asked.query().get("size").equals("3"));
    }

    @Test
    void the_first_page_may_be_number_0_and_the_last_one_told() {
        server(6, (request, page) -> page.put("last", 1));
        paging = shifted(paging);
        list("{page: \"{page}\"}", "{by: number, first: 0, size: 3, last: last}");

        assertThat(rig.pull()).hasSize(6);
        assertThat(site.log()).extracting(asked -> asked.query().get("page")).containsExactly("0", "1");
    }

    /** The same server counting from 0: what it gives for page N is what it gave for N + 1. */
    private Paging shifted(Paging inner) {
        return (request, page) -> {
            int number = request.parameter("page", 0);
            ObjectNode shifted = page.deepCopy();
            shifted.set(
                    "items", Json.array(people.subList(number * SIZE, Math.min((number + 1) * SIZE, people.size()))));
            return inner.page(request, shifted);
        };
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 6, 7})
    void offsets_count_the_records_that_were_read(int records) {
        server(records, (request, page) -> page);
        list("{from: \"{offset}\", size: \"{size}\"}", "{by: offset, size: 3}");

        assertThatAllAreReadIn(records / SIZE + 1);
    }

    @Test
    void a_cursor_is_sent_as_it_came_and_its_absence_is_the_end() {
        server(
                7,
                (request, page) -> isLast(page)
                        ? page
                        : page.put("next", "after " + page.path("end").asInt()));
        list("{cursor: \"{next}\"}", "{by: cursor, next: next}");

        assertThatAllAreReadIn(3);
        assertThat(site.log())
                .extracting(asked -> asked.query().getOrDefault("cursor", "none"))
                .containsExactly("none", "after 3", "after 6");
    }

    @Test
    void a_cursor_that_is_always_told_ends_where_the_server_says_that_there_is_no_more() {
        server(
                6,
                (request, page) ->
                        page.put("next", "after " + page.path("end").asInt()).put("more", !isLast(page)));
        list("{cursor: \"{next}\"}", "{by: cursor, next: next, more: more}");

        assertThatAllAreReadIn(2);
    }

    @Test
    void a_server_that_always_says_that_there_is_more_is_left_when_a_page_is_empty() {
        server(
                6,
                (request, page) ->
                        page.put("next", "after " + page.path("end").asInt()).put("more", true));
        list("{cursor: \"{next}\"}", "{by: cursor, next: next, more: more}");

        assertThat(rig.pull()).hasSize(6);
        assertThat(site.log()).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void links_are_followed_whole_or_from_the_root(boolean whole) {
        server(
                7,
                (request, page) -> isLast(page)
                        ? page.putNull("next")
                        : page.put(
                                "next",
                                (whole ? site.url() : "") + "/people?from="
                                        + page.path("end").asInt()));
        list("{}", "{by: link, next: next}");

        assertThatAllAreReadIn(3);
    }

    @ParameterizedTest
    @CsvSource({
        "https://a.example/api,  https://a.example/api/people?p=2, /people?p=2",
        "https://a.example/api,  /api/people?p=2,                  /people?p=2",
        "https://a.example/api/, /api/people?p=2,                  /people?p=2",
        "https://a.example/api,  /people?p=2,                      /people?p=2",
        "https://a.example,      /people?p=2,                      /people?p=2",
        "https://a.example,      https://a.example?p=2,            ?p=2",
        "https://a.example/api,  https://a.example/apis/people,    ",
        "https://a.example,      https://a.example.org/people,     ",
        "https://a.example,      https://a.example@b.org/people,   ",
        "https://a.example,      people?p=2,                       ",
    })
    void a_link_is_understood_as_below_the_targets_address_or_not_at_all(String url, String link, String below) {
        assertThat(Client.below(url, link)).isEqualTo(below);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://elsewhere.example/people?from=3", "//elsewhere.example/people"})
    void a_link_to_another_server_is_not_followed_with_the_hubs_credential(String link) {
        server(7, (request, page) -> page.put("next", link));
        list("{}", "{by: link, next: next}");

        assertThatThrownBy(() -> rig.pull())
                .isInstanceOfSatisfying(
                        TargetTrouble.class,
                        trouble -> assertThat(trouble.kind()).isEqualTo(TargetTrouble.Kind.MISCONFIGURED))
                .hasMessageContaining("another server than adapter.url names")
                .hasMessageNotContaining("elsewhere");
        assertThat(site.log()).hasSize(1);
    }

    @Test
    void a_list_that_gives_fewer_than_it_says_proves_no_deletion() {
        server(7, (request, page) -> page.put("total", 8));
        list("{page: \"{page}\"}", "{by: number, size: 3, total: total}");

        assertThatThrownBy(() -> rig.adapter.present(ids()))
                .isInstanceOf(TargetTrouble.class)
                .hasMessageContaining("lacks 1 of the records")
                .hasMessageContaining("check pages");

        assertThat(rig.pull()).as("what was read is changes all the same").hasSize(7);
    }

    @Test
    void changes_that_gave_fewer_than_they_say_are_asked_for_again() {
        List<String> since = new ArrayList<>();
        int[] total = {4};
        server(3, (request, page) -> {
            since.add(request.parameter("since"));
            return page.put("total", total[0]).put("now", "c" + since.size());
        });
        rig = site.rig("""
                write: {repeat: safe}
                requests:
                  create: {method: POST, path: /people, body: "{record}"}
                  changes:
                    method: GET
                    path: /people
                    query: {since: "{since}", from: "{offset}"}
                    answer: {records: items}
                    pages: {by: offset, size: 4, total: total}
                    since: {from: answer, at: now}
                """);

        rig.pull();
        total[0] = 3;
        rig.pull();
        rig.pull();

        assertThat(since).containsExactly("", "", "c2");
    }
}
