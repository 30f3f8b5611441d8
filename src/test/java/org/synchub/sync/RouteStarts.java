package org.synchub.sync;

import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteDefinition;

/** Lets a test start by hand what a table or a clock would start. */
final class RouteStarts {

    private RouteStarts() {}

    /** Starts the routes; one that begins at {@code sql:} or {@code quartz:} begins at {@code direct:start-<id>} now. */
    static void byHand(CamelContext camel) throws Exception {
        Model model = camel.getCamelContextExtension().getContextPlugin(Model.class);
        for (RouteDefinition route : List.copyOf(model.getRouteDefinitions())) {
            String begin = route.getInput().getEndpointUri();
            if (begin.startsWith("sql:") || begin.startsWith("quartz:")) {
                AdviceWith.adviceWith(
                        camel, route.getRouteId(), r -> r.replaceFromWith("direct:start-" + route.getRouteId()));
            }
        }
        camel.start();
    }
}
