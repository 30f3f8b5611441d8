package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.test.spring.junit5.CamelSpringBootTest;
import org.apache.camel.test.spring.junit5.MockEndpointsAndSkip;
import org.apache.camel.test.spring.junit5.UseAdviceWith;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.annotation.DirtiesContext.ClassMode;
import org.synchub.sync.RoutesUnderTest.Writer;

/** routes/push.yaml: what starts a push, and the order of its steps. */
@CamelSpringBootTest
@SpringBootTest(classes = RoutesUnderTest.class, webEnvironment = WebEnvironment.NONE)
@UseAdviceWith
@MockEndpointsAndSkip("seda:push.*")
@DirtiesContext(classMode = ClassMode.AFTER_EACH_TEST_METHOD)
class PushRoutesTest {

    @Autowired
    private CamelContext camel;

    @Autowired
    private ProducerTemplate producer;

    @Autowired
    private RoutesUnderTest.Asked asked;

    @Autowired
    private RoutesUnderTest.PushRequestsDouble requests;

    @Autowired
    private RoutesUnderTest.PushesDouble pushes;

    @BeforeEach
    void start() throws Exception {
        RouteStarts.byHand(camel);
    }

    private MockEndpoint queue() {
        return camel.getEndpoint("mock:seda:push", MockEndpoint.class);
    }

    @Test
    void a_target_that_is_owed_something_is_queued() throws Exception {
        queue().expectedBodiesReceived("request for openspp");

        producer.sendBody("direct:start-push-when-due", Map.of("name", "openspp"));

        queue().assertIsSatisfied();
    }

    @Test
    void a_target_that_is_being_pushed_is_not_queued_again() throws Exception {
        requests.wanted = false;
        queue().expectedMessageCount(0);

        producer.sendBody("direct:start-push-when-due", Map.of("name", "openspp"));

        queue().assertIsSatisfied();
    }

    @Test
    void the_schedule_queues_every_target() throws Exception {
        queue().expectedBodiesReceived("request for a", "request for b");

        producer.sendBody("direct:start-push-on-schedule", "");

        queue().assertIsSatisfied();
    }

    @Test
    void a_push_begins_lets_each_writer_work_and_ends() {
        pushes.writers = List.of(new Writer("one"), new Writer("two"));

        Object ended = producer.requestBody("direct:push", "request for openspp");

        assertThat(ended).isEqualTo("run");
        assertThat(asked.calls())
                .startsWith("begin: request for openspp")
                .contains("one claim", "two claim")
                .endsWith("end: run")
                .hasSize(4);
    }

    @Test
    void a_push_with_nothing_due_ends_at_once() {
        pushes.nothingDue = true;

        assertThat(producer.requestBody("direct:push", "request for openspp")).isNull();

        assertThat(asked.calls()).containsExactly("begin: request for openspp");
    }

    @Test
    void a_writer_claims_maps_and_settles_batch_after_batch_until_nothing_is_due() {
        Writer writer = new Writer("writer", 2, 1);

        producer.sendBody("direct:push-writer", writer);

        assertThat(asked.calls())
                .containsExactly(
                        "writer claim",
                        "writer map",
                        "writer send",
                        "writer settle",
                        "writer send",
                        "writer settle",
                        "writer claim",
                        "writer map",
                        "writer send",
                        "writer settle",
                        "writer claim");
    }

    @Test
    void what_needs_no_request_leads_to_the_next_claim() {
        producer.sendBody("direct:push-writer", new Writer("writer", 0));

        assertThat(asked.calls()).containsExactly("writer claim", "writer map", "writer claim");
    }
}
