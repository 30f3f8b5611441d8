package org.synchub.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.synchub.admin.security.Role;
import org.synchub.demo.SampleDevice;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.simulator.records.RecordServer;
import org.synchub.sync.Correlation;
import org.synchub.testing.ApiClient;
import org.synchub.testing.FaultProxy;
import org.synchub.testing.OpenSppTarget;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;

/** One name leads from who asked, through the hub's log and its runs, to every request that a target got. */
class CorrelationTest {

    private static final Pattern REQUEST_ID = Pattern.compile("(?im)^x-request-id: (.+?)\r?$");

    private static final OpenSppSimulator registry = OpenSppTarget.registry().start();
    private static final RecordServer server = RecordServer.builder().wrapped().start();
    private static final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private static FaultProxy toRegistry;
    private static DataSource store;
    private static TestHub hub;
    private static ApiClient operator;
    private static SampleDevice device;

    @BeforeAll
    static void start() throws Exception {
        toRegistry = new FaultProxy(registry.url());
        store = TestDatabase.dataCollect();
        hub = TestHub.on(store)
                .mapping("openspp", OpenSppTarget.mapping("openspp", "t", toRegistry.url()))
                .mapping("plain-rest", Files.readString(Path.of("mappings/examples/plain-rest.yaml")))
                .set("PLAIN_REST_TENANT", "t")
                .set("PLAIN_REST_URL", server.url() + "/api")
                .set("PLAIN_REST_TOKEN", RecordServer.CREDENTIAL)
                .set("synchub.client-id", "hub-of-the-north")
                .set("server.port", 0)
                .start();
        operator = hub.api(Role.OPERATOR);
        device = new SampleDevice(store, "t", Clock.systemUTC(), 1);
        device.createPerson(device.createHousehold("House of Ann"), "Ann", "Home");
        hub.push("openspp").push("plain-rest");
        log.start();
        ((Logger) LoggerFactory.getLogger("org.synchub")).addAppender(log);
    }

    @AfterAll
    static void stop() {
        ((Logger) LoggerFactory.getLogger("org.synchub")).detachAppender(log);
        hub.close();
        toRegistry.close();
        registry.close();
        server.close();
    }

    private static List<JsonNode> runs(String target, String correlation) {
        JsonNode page = operator.get("/api/v1/runs?limit=500&target=" + target).json();
        return Stream.iterate(0, i -> i + 1)
                .limit(page.path("items").size())
                .map(i -> page.path("items").get(i))
                .filter(run -> run.path("correlation").asText().equals(correlation))
                .toList();
    }

    private static void awaitResync(String target, String correlation) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(runs(target, correlation))
                        .filteredOn(run -> run.path("direction").asText().equals("resync"))
                        .extracting(run -> run.path("status").asText())
                        .containsExactly("success"));
    }

    @Test
    void what_a_caller_asks_for_bears_the_callers_name_to_the_end() {
        server.requests().clear();

        ApiClient.Answer answer =
                operator.send("POST", "/api/v1/targets/plain-rest/resync", null, Correlation.HEADER, "ticket-4711");
        awaitResync("plain-rest", "ticket-4711");

        assertThat(answer.headers().firstValue(Correlation.HEADER)).hasValue("ticket-4711");
        assertThat(runs("plain-rest", "ticket-4711"))
                .extracting(run -> run.path("direction").asText())
                .contains("pull", "resync");
        List<String> ids = server.requests().entries().stream()
                .map(asked -> asked.header(Correlation.HEADER))
                .toList();
        assertThat(ids).isNotEmpty().doesNotHaveDuplicates().allMatch(id -> id.matches("ticket-4711-[0-9]+"));
        assertThat(server.requests().entries())
                .allSatisfy(asked -> assertThat(asked.header("X-Client-ID")).isEqualTo("hub-of-the-north"))
                .allSatisfy(asked -> assertThat(asked.header("X-Sync-Version")).isEqualTo("1"));
        assertThat(List.copyOf(log.list))
                .filteredOn(
                        event -> "ticket-4711".equals(event.getMDCPropertyMap().get(Correlation.KEY)))
                .extracting(ILoggingEvent::getFormattedMessage)
                .anyMatch(line -> line.startsWith("plain-rest: resync asked by test operator"))
                .anyMatch(line -> line.startsWith("plain-rest: resync success"));
    }

    @Test
    void a_run_that_nobody_asked_for_has_a_name_of_its_own_and_requests_of_every_adapter_bear_it() throws Exception {
        device.createHousehold("House of Bob");
        int before = toRegistry.requests().size();

        hub.push("openspp");

        String correlation = hub.lastRun("openspp").correlation();
        assertThat(correlation).matches("[0-9a-f]{16}");
        List<String> asked =
                toRegistry.requests().subList(before, toRegistry.requests().size());
        assertThat(asked)
                .isNotEmpty()
                .allSatisfy(request -> assertThat(request)
                        .containsIgnoringCase("X-Client-ID: hub-of-the-north")
                        .containsIgnoringCase("X-Sync-Version: 1"));
        assertThat(asked)
                .flatExtracting(request -> REQUEST_ID
                        .matcher(request)
                        .results()
                        .map((MatchResult found) -> found.group(1))
                        .toList())
                .hasSameSizeAs(asked)
                .doesNotHaveDuplicates()
                .allMatch(id -> id.startsWith(correlation + "-"));
    }

    @Test
    void what_is_no_name_is_not_taken_over_and_a_refused_login_has_one_too() {
        ApiClient stranger = new ApiClient(hub.port(), "none");

        assertThat(operator.send("GET", "/api/v1/targets", null, Correlation.HEADER, "a b\tc")
                        .headers()
                        .firstValue(Correlation.HEADER))
                .hasValueSatisfying(id -> assertThat(id).matches("[0-9a-f]{16}"));
        assertThat(stranger.send("GET", "/api/v1/targets", null, Correlation.HEADER, "mine")
                        .headers()
                        .firstValue(Correlation.HEADER))
                .hasValue("mine");
    }
}
