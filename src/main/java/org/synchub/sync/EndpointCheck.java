package org.synchub.sync;

import static org.synchub.sync.RouteTree.text;
import static org.synchub.sync.RouteTree.texts;
import static org.synchub.sync.RouteTree.value;
import static org.synchub.sync.RouteTree.walk;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.EndpointUriFactory;
import org.jspecify.annotations.Nullable;
import org.synchub.sync.RouteTree.Item;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;

/**
 * Refuses options that an endpoint does not have (an HTTP endpoint would send them to the server in the query string,
 * secret included) and messages to a {@code direct:} or {@code seda:} name that no route listens to.
 */
final class EndpointCheck {

    /** Steps that send somewhere. */
    static final Set<String> SENDS = Set.of("to", "toD", "wireTap", "enrich", "pollEnrich", "poll");

    /** Steps that send somewhere that only an expression tells. */
    private static final Set<String> SENDS_SOMEWHERE = Set.of("recipientList", "routingSlip", "dynamicRouter");

    private final CamelContext camel;
    private final List<String> problems;

    EndpointCheck(CamelContext camel, List<String> problems) {
        this.camel = camel;
        this.problems = problems;
    }

    /** Whether anything below sends over HTTP, or to an address that only a parameter tells. */
    boolean isOutbound(Node node) {
        AtomicBoolean outbound = new AtomicBoolean();
        walk(node, (key, below) -> {
            if (SENDS.contains(key)) {
                texts(below instanceof ScalarNode ? below : orItself(value(below, "uri"), below), (uri, at) -> {
                    if (isHttp(uri)) {
                        outbound.set(true);
                    }
                });
            } else if (SENDS_SOMEWHERE.contains(key)) {
                texts(below, (uri, at) -> {
                    if (uri.contains("http:") || uri.contains("https:")) {
                        outbound.set(true);
                    }
                });
            }
        });
        return outbound.get();
    }

    private static Node orItself(@Nullable Node node, Node itself) {
        return node == null ? itself : node;
    }

    /** An address that begins with a parameter may be any; here it is a target's. */
    private static boolean isHttp(String uri) {
        return uri.startsWith("http:") || uri.startsWith("https:") || uri.startsWith("{{");
    }

    /** Checks the options of one endpoint, in its address and below {@code parameters}. */
    void check(Item item, Node endpoint) {
        String uri = uri(endpoint);
        String scheme = isHttp(uri) ? "http" : uri.split(":", 2)[0];
        EndpointUriFactory component = scheme.isEmpty() || scheme.contains("$")
                ? null
                : camel.getCamelContextExtension().getEndpointUriFactory(scheme);
        if (component == null) {
            return;
        }
        for (String option : options(uri, endpoint)) {
            boolean prefixed = component.multiValuePrefixes().values().stream().anyMatch(option::startsWith);
            if (!prefixed && !component.propertyNames().contains(option)) {
                problems.add(item.at(endpoint) + "'" + option + "' is no option of a " + scheme + " endpoint"
                        + (scheme.equals("http") ? "; Camel would send it to the server in the query string" : ""));
            }
        }
    }

    private static String uri(Node endpoint) {
        return text(endpoint instanceof ScalarNode ? endpoint : value(endpoint, "uri"));
    }

    private static Set<String> options(String uri, Node endpoint) {
        Set<String> options = new TreeSet<>();
        // RAW(…) holds a value as it is, ampersands included.
        String plain = uri.replaceAll("RAW\\([^)]*\\)|RAW\\{[^}]*}", "");
        int query = plain.indexOf('?');
        if (query >= 0) {
            for (String pair : plain.substring(query + 1).split("&", -1)) {
                options.add(pair.split("=", 2)[0]);
            }
        }
        if (value(endpoint, "parameters") instanceof MappingNode map) {
            map.getValue().forEach(tuple -> options.add(text(tuple.getKeyNode())));
        }
        options.remove("");
        return options;
    }

    /** Checks that what is sent to {@code direct:} and {@code seda:} is listened to. */
    void checkAddressees(Collection<Item> items) {
        Set<String> heard = new TreeSet<>();
        for (Item item : items) {
            Node from = item.from();
            if (from != null) {
                heard.add(address(uri(from)));
            }
        }
        for (Item item : items) {
            walk(item.body(), (key, node) -> {
                String address = SENDS.contains(key) ? address(uri(node)) : "";
                boolean inside = address.startsWith("direct:") || address.startsWith("seda:");
                if (inside && !address.contains("{{") && !address.contains("${") && !heard.contains(address)) {
                    problems.add(item.at(node) + "no route begins with " + address);
                }
            });
        }
    }

    private static String address(String uri) {
        return uri.split("\\?", 2)[0].replace("://", ":");
    }
}
