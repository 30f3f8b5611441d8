package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.test.spring.junit5.CamelSpringBootTest;
import org.apache.camel.test.spring.junit5.UseAdviceWith;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.annotation.DirtiesContext.ClassMode;
import org.synchub.sync.RoutesUnderTest.Writer;

/** routes/errors.yaml: what a failed step stops, and what it does not. TargetRouteTest has the part of the targets. */
@CamelSpringBootTest
@SpringBootTest(classes = RoutesUnderTest.class, webEnvironment = WebEnvironment.NONE)
@UseAdviceWith
@DirtiesContext(classMode = ClassMode.AFTER_EACH_TEST_METHOD)
class ErrorRoutesTest {

    @Autowired
    private CamelContext camel;

    @Autowired
    private ProducerTemplate producer;

    @Autowired
    private RoutesUnderTest.Asked asked;

    @Autowired
    private RoutesUnderTest.PushesDouble pushes;

    @Autowired
    private RoutesUnderTest.PushDouble push;

    @BeforeEach
    void start() throws Exception {
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:caller").to("direct:push-writer").process(exchange -> asked.add("the caller went on"));
            }
        });
        RouteStarts.byHand(camel);
    }

    @Test
    void a_push_that_cannot_begin_is_noted_and_goes_no_further() {
        pushes.beginFails = new IllegalStateException("the database is away");
        pushes.writers = List.of(new Writer("writer", 1));

        producer.sendBody("direct:push", "request for openspp");

        assertThat(asked.calls()).containsExactly("begin: request for openspp", "failed: the database is away");
    }

    @Test
    void a_writer_that_fails_stops_where_it_is() {
        push.sendFailsFor = "writer";

        producer.sendBody("direct:push-writer", new Writer("writer", 2, 2));

        assertThat(asked.calls())
                .containsExactly("writer claim", "writer map", "writerFailed: writer, the send failed");
    }

    @Test
    void the_caller_of_a_route_that_handled_its_failure_does_not_go_on() {
        push.sendFailsFor = "failing";

        producer.sendBody("direct:caller", new Writer("failing", 1));
        assertThat(asked.calls()).doesNotContain("the caller went on");

        producer.sendBody("direct:caller", new Writer("well", 1));
        assertThat(asked.calls()).endsWith("the caller went on");
    }

    @Test
    void the_other_writers_and_the_run_go_on_without_a_writer_that_failed() {
        push.sendFailsFor = "failing";
        pushes.writers = List.of(new Writer("failing", 1), new Writer("well", 1));

        producer.sendBody("direct:push", "request for openspp");

        assertThat(asked.calls())
                .contains("writerFailed: failing, the send failed", "well settle")
                .endsWith("end: run");
    }
}
