package org.synchub.target.httpjson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.synchub.mapping.Mapping;
import org.synchub.mapping.PolicyCheck;
import org.synchub.target.Adapter;
import org.synchub.target.ConfigurationProblem;
import org.synchub.target.TargetHttp;
import org.yaml.snakeyaml.Yaml;

/** What an integrator reads when the section of an http-json target is wrong. */
public class BrokenHttpJsonTest {

    /** A file that uses every key. */
    public static final String GOOD = """
            version: 1
            target: test
            tenant: demo
            adapter:
              type: http-json
              url: http://127.0.0.1:9/api
              connectTimeout: 5s
              readTimeout: 10s
              gzipRequests: true
              writers: 2
              longestWrite: 30s
              constants: {source: hub}
              headers: {X-Source: "{constants.source}"}
              auth:
                type: login
                path: /login
                body: {user: "${USER}", password: "${PASSWORD}"}
                tokenAt: data.token
                expiresInAt: data.expires
                refreshPath: /refresh
                header: X-Token
                prefix: "Token "
                renewBefore: 90s
                retryAfter: 10m
              key: {form: hex, length: 24}
              record:
                id: id
                ids: server
                idType: number
                fields: .
                key: externalKey
                guid: meta.guid
                version: meta.version
                changedAt: updatedAt
                changedBy: updatedBy
                deleted: {deletedAt: {present: true}}
                unescape: html
                decimals: text
                nulls: send
                datetime: "yyyy-MM-dd HH:mm:ss"
              write: {repeat: refused, lookFirst: always, check: server}
              requests:
                create:
                  method: POST
                  path: "/{kind.path}"
                  body: {externalKey: "{key}", source: "{constants.source}", "*": "{record}"}
                  answer: {record: data}
                update:
                  method: PATCH
                  path: "/{kind.path}/{id}"
                  headers: {If-Match: "{etag}"}
                  body: {version: "{version}", "*": "{changes}"}
                  outcomes:
                    - {status: 409-499, outcome: conflict, record: current, message: error.text}
                delete:
                  method: POST
                  path: /deletions
                  batch: 50
                  item: {operation: delete, id: "{id}"}
                  body: "{items}"
                  answer: {items: results,
                  match: key, itemKey: id}
                  itemOutcomes:
                    - {where: {state: [failed, refused]}, outcome: rejected, code: code, field: field}
                read: {method: GET, path: "/{kind.path}/{id}"}
                find:
                  method: GET
                  path: "/{kind.path}"
                  query: {externalKey: "{key}"}
                  answer: {records: data, id: id, version: v}
                search: {method: GET, path: "/{kind.path}", query: {"by": "{field}", "is": "{value}"}}
                list:
                  method: GET
                  path: "/{kind.path}"
                  query: {page: "{page}", size: "{size}"}
                  pages: {by: number, size: 100}
                changes:
                  method: GET
                  path: "/{kind.path}/changes"
                  query: {since: "{since}"}
                  since: {from: answer, at: serverTime}
                probe: {method: GET, path: /health}
              outcomes:
                - {for: create, status: 422, where: {error.code: duplicate}, outcome: exists}
                - {status: [400, 422], where: {error: {contains: bad}}, outcome: rejected}
              kinds:
                person: {path: people}
                household: {path: households, where: {sort: house}}
              limits: {requestsPerSecond: 5, recordsPerSecond: 0.5}
            kinds:
              household:
                match: {data.entityName: household}
                fields:
                  name: {path: data.name}
              person:
                match: {data.entityName: person}
                onDelete: archive
                fields:
                  name: {path: data.name}
            """;

    /**
     * One way to break the good file.
     *
     * @param find a text of the good file, replaced once
     * @param says the problems without the file's name
     */
    public record Broken(String find, String replace, List<String> says) {

        public String yaml() {
            int at = GOOD.indexOf(find);
            assertThat(at).as("'%s' is in the good file", find).isNotNegative();
            return GOOD.substring(0, at) + replace + GOOD.substring(at + find.length());
        }

        @Override
        public String toString() {
            return says.get(0);
        }
    }

    public static List<Broken> files() throws IOException {
        String table = Files.readString(Path.of("src/test/resources/mappings/broken-http-json.yaml"));
        return Arrays.asList(new ObjectMapper().convertValue(new Yaml().load(table), Broken[].class));
    }

    static Adapter load(String yaml) {
        Mapping mapping = Mapping.parse(
                Path.of("mappings/test.yaml"),
                yaml,
                name -> name.equals("PASSWORD") ? "s3cret" : "somebody",
                PolicyCheck.NONE);
        TargetHttp none = call -> {
            throw new AssertionError("nothing is sent while a file is read");
        };
        return new HttpJsonAdapterFactory().create(mapping, none, Clock.systemUTC());
    }

    @Test
    void the_file_to_break_is_good() {
        assertThat(load(GOOD).batchSize()).isEqualTo(50);
    }

    @ParameterizedTest
    @MethodSource("files")
    void a_mistake_is_reported_with_its_place_and_what_to_do(Broken broken) {
        Throwable failure = catchThrowable(() -> load(broken.yaml()));

        assertThat(failure)
                .isInstanceOfSatisfying(
                        ConfigurationProblem.class,
                        problem -> assertThat(problem.problems())
                                .containsExactlyElementsOf(broken.says().stream()
                                        .map("mappings/test.yaml:"::concat)
                                        .toList()));
    }

    @Test
    void all_mistakes_are_reported_at_once_in_the_order_of_the_file() {
        String yaml = GOOD.replace("writers: 2", "writers: many")
                .replace("type: login", "type: logn")
                .replace("method: PATCH", "method: GRAB")
                .replace("outcome: exists", "outcome: exsits")
                .replace("person: {path: people}", "persn: {path: people}");

        assertThatThrownBy(() -> load(yaml))
                .isInstanceOfSatisfying(
                        ConfigurationProblem.class,
                        problem -> assertThat(problem.problems())
                                .extracting(text -> text.replaceAll("^mappings/test.yaml:(\\d+):.*", "$1"))
                                .containsSubsequence("10", "15", "49", "84", "87"));
    }

    @Test
    void no_message_shows_a_secret() {
        String yaml = GOOD.replace("tokenAt: data.token", "tokenAt: \"${PASSWORD}.\"");

        assertThatThrownBy(() -> load(yaml)).hasMessageContaining("no place in an answer");
    }
}
