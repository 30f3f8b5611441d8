package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.test.spring.junit5.CamelSpringBootTest;
import org.apache.camel.test.spring.junit5.MockEndpointsAndSkip;
import org.apache.camel.test.spring.junit5.UseAdviceWith;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.synchub.ledger.Runs;

/** routes/reports.yaml: a finished run as JSON. */
@CamelSpringBootTest
@SpringBootTest(classes = RoutesUnderTest.class, webEnvironment = WebEnvironment.NONE)
@UseAdviceWith
@MockEndpointsAndSkip("log:org.synchub.report.*")
class ReportRouteTest {

    @Autowired
    private CamelContext camel;

    @Autowired
    private ProducerTemplate producer;

    @Test
    void a_finished_run_becomes_one_json_document_of_counts() throws Exception {
        AdviceWith.adviceWith(camel, "run-report", route -> route.replaceFromWith("direct:run-ended"));
        RouteStarts.byHand(camel);
        MockEndpoint report = camel.getEndpoint("mock:log:org.synchub.report", MockEndpoint.class);
        report.expectedMessageCount(1);

        producer.sendBody("direct:run-ended", run());

        report.assertIsSatisfied();
        JsonNode json = new ObjectMapper()
                .readTree(report.getExchanges().get(0).getMessage().getBody(String.class));
        assertThat(json.path("target").asText()).isEqualTo("openspp");
        assertThat(json.path("created").asLong()).isEqualTo(12);
        assertThat(json.path("startedAt").asText()).isEqualTo("2026-03-01T12:00:00Z");
        assertThat(json.path("endedAt").isNull()).isTrue();
    }

    private static Runs.Run run() {
        return new Runs.Run(
                7,
                "openspp",
                "push",
                "change",
                "hub",
                Instant.parse("2026-03-01T12:00:00Z"),
                null,
                "success",
                null,
                12,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                3,
                100,
                200,
                1_500L,
                null,
                "3f0c");
    }
}
