package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;

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

/** routes/pull.yaml: what starts a pull, the order of its steps, and what a failure stops. */
@CamelSpringBootTest
@SpringBootTest(classes = RoutesUnderTest.class, webEnvironment = WebEnvironment.NONE)
@UseAdviceWith
@MockEndpointsAndSkip("seda:pull.*")
@DirtiesContext(classMode = ClassMode.AFTER_EACH_TEST_METHOD)
class PullRoutesTest {

    @Autowired
    private CamelContext camel;

    @Autowired
    private ProducerTemplate producer;

    @Autowired
    private RoutesUnderTest.Asked asked;

    @Autowired
    private RoutesUnderTest.PullsDouble pulls;

    @Autowired
    private RoutesUnderTest.PullDouble pull;

    @Autowired
    private RoutesUnderTest.VanishedDouble vanished;

    @BeforeEach
    void start() throws Exception {
        RouteStarts.byHand(camel);
    }

    @Test
    void the_schedule_queues_every_target() throws Exception {
        MockEndpoint queue = camel.getEndpoint("mock:seda:pull", MockEndpoint.class);
        queue.expectedBodiesReceived("pull of a", "pull of b");

        producer.sendBody("direct:start-pull-on-schedule", "");

        queue.assertIsSatisfied();
    }

    @Test
    void page_after_page_is_read_and_applied_then_what_was_parked_is_tried_again() {
        pulls.pages = 2;

        producer.sendBody("direct:pull", "pull of a");

        assertThat(asked.calls())
                .containsExactly("begin pull of a", "read", "apply", "read", "apply", "retry parked", "end pull of a");
    }

    @Test
    void a_pull_that_cannot_begin_ends_at_once() {
        pulls.nothingToDo = true;

        producer.sendBody("direct:pull", "pull of a");

        assertThat(asked.calls()).containsExactly("begin pull of a");
    }

    @Test
    void a_page_that_fails_ends_the_run_before_the_next_page() {
        pulls.pages = 3;
        pull.applyFails = true;

        producer.sendBody("direct:pull", "pull of a");

        assertThat(asked.calls()).containsExactly("begin pull of a", "read", "failed: the page could not be applied");
    }

    @Test
    void every_target_is_asked_what_vanished_even_when_one_does_not_answer() {
        vanished.failsFor = "sweep of a";

        producer.sendBody("direct:start-vanished-on-schedule", "");

        assertThat(asked.calls())
                .containsExactly(
                        "begin sweep of a",
                        "failed: the target was not asked",
                        "begin sweep of b",
                        "look for what vanished: sweep of b",
                        "retry parked",
                        "end sweep of b");
    }
}
