package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.test.spring.junit5.CamelSpringBootTest;
import org.apache.camel.test.spring.junit5.UseAdviceWith;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.annotation.DirtiesContext.ClassMode;

/** routes/capture.yaml and routes/audit.yaml: what starts which step. */
@CamelSpringBootTest
@SpringBootTest(classes = RoutesUnderTest.class, webEnvironment = WebEnvironment.NONE)
@UseAdviceWith
@DirtiesContext(classMode = ClassMode.AFTER_EACH_TEST_METHOD)
class CaptureRoutesTest {

    @Autowired
    private CamelContext camel;

    @Autowired
    private ProducerTemplate producer;

    @Autowired
    private RoutesUnderTest.Asked asked;

    @BeforeEach
    void start() throws Exception {
        RouteStarts.byHand(camel);
    }

    @Test
    void captured_changes_are_drained() {
        producer.sendBody("direct:start-drain", Map.of("waiting", 1));

        assertThat(asked.calls()).containsExactly("drain");
    }

    @ParameterizedTest
    @CsvSource({
        "poll,sweepUnlessTriggered",
        "sweep,sweep",
        "housekeeping,housekeeping forget trim tidy forgetLogins",
        "audit-seal,settle seal"
    })
    void the_clock_starts(String route, String steps) {
        producer.sendBody("direct:start-" + route, "");

        assertThat(asked.calls()).containsExactly(steps.split(" "));
    }
}
