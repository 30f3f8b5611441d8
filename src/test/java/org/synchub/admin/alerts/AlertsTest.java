package org.synchub.admin.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.AdviceWith;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synchub.admin.security.Role;
import org.synchub.target.Outcome;
import org.synchub.target.TargetTrouble;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;
import org.synchub.testing.TestStore;

/** routes/alerts.yaml on a real database: an incident is told once, and once more when it is over. */
class AlertsTest {

    private DataSource store;
    private TestHub hub;
    private final List<JsonNode> told = new ArrayList<>();
    private final AtomicBoolean deaf = new AtomicBoolean();
    private final AtomicBoolean down = new AtomicBoolean();

    @BeforeEach
    void start() throws Exception {
        store = TestDatabase.dataCollect();
        hub = TestHub.on(store)
                .memoryTarget("memory", "t")
                .set("server.port", 0)
                .set("synchub.alerts.attention", 1)
                .start();
        AdviceWith.adviceWith(
                hub.bean(CamelContext.class),
                "alert",
                route -> route.weaveAddLast().process(exchange -> {
                    if (deaf.get()) {
                        throw new IllegalStateException("The pager does not answer");
                    }
                    told.add(new ObjectMapper().readTree(exchange.getMessage().getBody(String.class)));
                }));
        hub.memory("memory").answer(write -> {
            if (down.get()) {
                return new Outcome.Unsent(new TargetTrouble(
                        TargetTrouble.Kind.UNREACHABLE, "connection refused", false, Duration.ofHours(9)));
            }
            return write.guid().startsWith("bad") ? new Outcome.Rejected("refused", "not taken", null) : null;
        });
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    private List<String> look() {
        told.clear();
        hub.bean(CamelContext.class).createProducerTemplate().sendBody("direct:alerts", "");
        return told.stream()
                .map(alert ->
                        alert.path("rule").asText() + " " + alert.path("state").asText())
                .toList();
    }

    @Test
    void an_incident_is_told_once_and_once_more_when_it_is_over() {
        new TestStore(store, "t").household("bad-1", "Núria Marked").household("bad-2", "Núria Marked");
        hub.push("memory");

        assertThat(look()).containsExactly("attention open");
        assertThat(told.get(0).path("target").asText()).isEqualTo("memory");
        assertThat(told.get(0).path("detail").asText()).isEqualTo("2 records need attention");
        assertThat(told.get(0).toString()).doesNotContain("Marked");
        assertThat(look()).isEmpty();
        assertThat(hub.api(Role.VIEWER).get("/api/v1/alerts").json())
                .extracting(alert -> alert.path("closedAt").isNull())
                .containsExactly(true);

        hub.memory("memory").answer(write -> null);
        new TestStore(store, "t").household("bad-1", "Núria").household("bad-2", "Núria");
        hub.push("memory");

        assertThat(look()).containsExactly("attention clear");
        assertThat(look()).isEmpty();
    }

    @Test
    void what_could_not_be_told_is_told_with_the_next_look_even_when_it_is_over_by_then() throws Exception {
        new TestStore(store, "t").household("bad-1").household("bad-2");
        hub.push("memory");
        deaf.set(true);

        assertThat(look()).isEmpty();

        TestDatabase.run(store, "UPDATE hub.alert SET closed_at = hub.now()");
        TestDatabase.run(store, "UPDATE hub.delivery SET state = 'discarded'");
        deaf.set(false);
        assertThat(look()).containsExactly("attention open");
        assertThat(look()).containsExactly("attention clear");
    }

    @Test
    void a_target_in_trouble_for_long_is_one_incident_however_often_it_is_tried() throws Exception {
        down.set(true);
        new TestStore(store, "t").household("house-1");
        hub.push("memory");
        assertThat(look()).isEmpty();

        TestDatabase.run(store, "UPDATE hub.target SET state_since = state_since - interval '11 minutes'");

        assertThat(look()).contains("trouble open");
        assertThat(told).anyMatch(alert -> alert.path("detail").asText().contains("connection refused"));
        hub.push("memory").push("memory");
        assertThat(look()).doesNotContain("trouble open", "trouble clear");
        down.set(false);
        hub.push("memory");
        assertThat(look()).contains("trouble clear");
    }
}
