package org.synchub.target.httpjson;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synchub.simulator.http.Answer;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.http.Request;
import org.synchub.target.Outcome;
import org.synchub.target.RemoteChange;

/** What comes back in another form than it was sent in is the hub's own write all the same, and no change. */
class AlteredValuesTest {

    private final Site site = new Site(this::answer);
    private final Map<String, ObjectNode> people = new LinkedHashMap<>();
    private String name = "";
    private JsonNode altered = Json.object();

    @AfterEach
    void stop() {
        site.close();
    }

    /** A server that keeps the one field in a form of its own. */
    private Answer answer(Request request) {
        if (request.method().equals("GET")) {
            return request.steps().size() == 1
                    ? Answer.json(200, Json.array(people.values()))
                    : Answer.json(200, people.get(request.steps().get(1)));
        }
        ObjectNode person = request.body().deepCopy();
        person.set(name, altered);
        people.put(person.path("id").asText(), person);
        return Answer.json(200, person);
    }

    private Rig rig(String record, String field) {
        return site.rig("""
                record: {ids: key%s}
                write: {repeat: safe, lookFirst: when-uncertain, check: read}
                requests:
                  create: {method: POST, path: /people, body: {id: "{key}", "*": "{record}"}}
                  read: {method: GET, path: "/people/{id}"}
                  list: {method: GET, path: /people}
                """.formatted(record.isEmpty() ? "" : ", " + record), "fields: {" + field + "}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                // settings, the field, what the store holds, what leaves, what comes back
                "unescape: html    | t: {path: data.v}                 | \"O'Home & <Sons>\"         | \"O'Home & <Sons>\"     | \"O&#39;Home &amp; &lt;Sons&gt;\"",
                "unescape: html    | t: {path: data.v}                 | \"&amp;\"                   | \"&amp;\"                | \"&amp;amp;\"",
                "unescape: html    | t: {path: data.v}                 | \"Ann\"                     | \"Ann\"                  | \"Ann\"",
                "decimals: text    | d: {path: data.v, type: decimal}  | 12.5                        | \"12.5\"                 | \"12.5000\"",
                "decimals: text    | d: {path: data.v, type: decimal}  | \"0.10\"                    | \"0.1\"                  | \"0.10\"",
                "''                | d: {path: data.v, type: decimal}  | 57.75                       | 57.75                    | \"57.750\"",
                "''                | i: {path: data.v, type: integer}  | 4                           | 4                        | \"4\"",
                "''                | i: {path: data.v, type: integer}  | 4                           | 4                        | 4.0",
                "''                | b: {path: data.v, type: boolean}  | \"yes\"                     | true                     | 1",
                "''                | b: {path: data.v, type: boolean}  | false                       | false                    | 0",
                "''                | t: {path: data.v}                 | \"0085\"                    | \"0085\"                 | \"0085\"",
                "''                | t: {path: data.v}                 | 85                          | \"85\"                   | 85",
                "''                | a: {path: data.v, type: date}     | \"1985-04-03T00:00:00+07:00\" | \"1985-04-03\"         | \"1985-04-03T00:00:00.000Z\"",
                "''                | a: {path: data.v, type: datetime} | \"2010-03-28T10:15:00+07:00\" | \"2010-03-28T03:15:00Z\" | \"2010-03-28T03:15:00.000+00:00\"",
                "'datetime: \"yyyy-MM-dd HH:mm:ss\"' | a: {path: data.v, type: datetime} | \"2010-03-28T10:15:00+07:00\" | \"2010-03-28 03:15:00\" | \"2010-03-28T03:15:00Z\"",
                "''                | a: {path: data.v, type: datetime} | \"2010-03-28T10:15:00Z\"    | \"2010-03-28T10:15:00Z\" | 1269771300",
                "''                | a: {path: data.v, type: datetime} | \"2010-03-28T10:15:00Z\"    | \"2010-03-28T10:15:00Z\" | 1269771300000",
            })
    void is_sent_so_and_taken_for_the_same(String record, String field, String held, String sent, String back) {
        Rig rig = rig(record, field);
        name = field.substring(0, 1);
        altered = Rig.json("{\"v\": " + back + "}").path("v");
        ObjectNode form = Rig.form("individual");
        form.set("v", Rig.json("{\"v\": " + held + "}").path("v"));

        Outcome.Accepted made = rig.accepted("p1", form);

        assertThat(site.log().get(0).body().path(name).toString()).isEqualTo(sent);
        RemoteChange change = rig.pull().get(0);
        assertThat(Rig.json(rig.canonical(change, "p1", form).toString()))
                .as("the mapping finds nothing new in what comes back")
                .isEqualTo(Rig.json(made.agreed().toString()));
        site.forget();
        assertThat(rig.accepted("p1", form).effect()).isEqualTo(Outcome.Effect.UNCHANGED);
        assertThat(site.lines()).containsExactly("GET /people/p1");
    }

    @Test
    void a_text_within_a_list_is_unescaped_as_well_and_a_real_change_is_seen() {
        Rig rig = rig("unescape: html", "phones: {list: data.phones, key: no, fields: {no: {path: .}}}");
        name = "phones";
        altered = Rig.json("{\"v\": [{\"no\": \"1 &amp; 2\"}]}").path("v");
        ObjectNode form = Rig.form("individual", "phones", List.of("1 & 2"));

        Outcome.Accepted made = rig.accepted("p1", form);
        assertThat(rig.canonical(rig.pull().get(0), "p1", form)).isEqualTo(made.agreed());

        people.get("p1")
                .set("phones", Rig.json("{\"v\": [{\"no\": \"1 &amp; 3\"}]}").path("v"));
        assertThat(rig.canonical(rig.pull().get(0), "p1", form)
                        .at("/phones/0/no")
                        .asText())
                .isEqualTo("1 & 3");
    }
}
