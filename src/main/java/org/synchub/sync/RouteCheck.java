package org.synchub.sync;

import static org.synchub.sync.RouteTree.items;
import static org.synchub.sync.RouteTree.text;
import static org.synchub.sync.RouteTree.value;
import static org.synchub.sync.RouteTree.walk;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;
import org.synchub.sync.RouteTree.Item;
import org.synchub.target.ConfigurationProblem;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;

/**
 * Refuses the mistakes in route files that Camel 4.18 accepts without a word: two routes with one id (one vanishes), an
 * unknown parameter of a template or an unknown error handling (both ignored), an outbound route that lets stray headers
 * through, a circuit breaker that goes on as if it had sent, and what {@link EndpointCheck} and {@link ReferenceCheck}
 * find. Messages name options and settings, never their values.
 */
final class RouteCheck {

    private static final Set<String> WITH_ID = Set.of("route", "routeTemplate", "routeConfiguration");

    private final List<String> problems = new ArrayList<>();
    private final EndpointCheck endpoints;
    private final ReferenceCheck references;

    RouteCheck(CamelContext camel) {
        this.endpoints = new EndpointCheck(camel, problems);
        this.references = new ReferenceCheck(camel, problems);
    }

    /**
     * Checks these files as they will work together.
     *
     * @param local files whose routes, templates and configurations replace those of the same id
     * @throws ConfigurationProblem with everything found, each with file and line
     */
    void check(List<Path> files, List<Path> local) {
        List<Item> theirs = read(files);
        List<Item> own = read(local);
        Map<String, Item> effective = new LinkedHashMap<>();
        add(theirs, effective);
        add(own, effective);
        Collection<Item> all = effective.values();
        for (Item item : all) {
            switch (item.type()) {
                case "route", "routeTemplate" -> checkRoute(item, effective);
                case "routeConfiguration" -> checkBelow(item);
                case "templatedRoute" -> checkTemplated(item, effective);
                case "from" ->
                    problems.add(
                            item.at(item.body()) + "a route needs an id: write it as `- route:` with `id` and `from`");
                default -> {
                    // Beans, REST and the like: Camel refuses what it does not know.
                }
            }
        }
        endpoints.checkAddressees(all);
        if (!problems.isEmpty()) {
            throw new ConfigurationProblem(problems);
        }
    }

    private List<Item> read(List<Path> files) {
        List<Item> found = new ArrayList<>();
        for (Path file : files) {
            found.addAll(RouteTree.read(file, problems));
        }
        return found;
    }

    /** Adds the items of one layer, in which no id may come twice, over those of the layers before. */
    private void add(List<Item> layer, Map<String, Item> effective) {
        Map<String, String> places = new HashMap<>();
        for (Item item : layer) {
            if (!WITH_ID.contains(item.type())) {
                effective.put(item.file() + "#" + effective.size(), item);
                continue;
            }
            Node id = value(item.body(), "id");
            if (id == null) {
                problems.add(
                        item.at(item.body()) + "a " + item.type() + " needs an id: logs, status and overrides name it");
                continue;
            }
            String here = item.file() + ":" + (id.getStartMark().getLine() + 1);
            String before = places.putIfAbsent(item.key(), here);
            if (before != null) {
                problems.add(item.at(id) + item.type() + " id '" + text(id) + "' is taken by " + before
                        + "; Camel would drop one of them. To replace it put yours in routes/local/");
            }
            effective.put(item.key(), item);
        }
    }

    private void checkRoute(Item route, Map<String, Item> all) {
        if (endpoints.isOutbound(route.body()) && !startsByRemovingHeaders(route.steps())) {
            problems.add(route.at(route.body())
                    + "a route that calls out over HTTP must begin with removeHeaders: {pattern: \"*\"};"
                    + " else a stray header such as CamelHttpUri redirects the call");
        }
        checkConfiguration(route, value(route.body(), "routeConfigurationId"), all);
        Node inner = value(route.body(), "route");
        if (inner != null) {
            checkConfiguration(route, value(inner, "routeConfigurationId"), all);
        }
        Node from = route.from();
        if (from != null) {
            endpoints.check(route, from);
        }
        checkBelow(route);
    }

    private void checkConfiguration(Item route, @Nullable Node asked, Map<String, Item> all) {
        if (asked == null) {
            return;
        }
        for (String id : text(asked).split(",", -1)) {
            boolean pattern = id.contains("*") || id.contains("{{");
            if (!pattern && !all.containsKey(Item.key("routeConfiguration", id.strip()))) {
                problems.add(route.at(asked) + "there is no routeConfiguration '" + id.strip()
                        + "'; Camel would run the route without its error handling");
            }
        }
    }

    private static boolean startsByRemovingHeaders(List<Node> steps) {
        Node remove = steps.isEmpty() ? null : value(steps.get(0), "removeHeaders");
        if (remove == null) {
            return false;
        }
        Node pattern = remove instanceof ScalarNode ? remove : value(remove, "pattern");
        return "*".equals(text(pattern)) && value(remove, "excludePattern") == null;
    }

    private void checkTemplated(Item templated, Map<String, Item> all) {
        String name = text(value(templated.body(), "routeTemplateRef"));
        Item template = all.get(Item.key("routeTemplate", name));
        if (template == null || !template.type().equals("routeTemplate")) {
            problems.add(templated.at(templated.body()) + "there is no route template '" + name + "'");
            return;
        }
        Set<String> known = new TreeSet<>();
        items(value(template.body(), "parameters")).forEach(p -> known.add(text(value(p, "name"))));
        for (Node parameter : items(value(templated.body(), "parameters"))) {
            Node asked = value(parameter, "name");
            if (!known.contains(text(asked))) {
                problems.add(templated.at(parameter) + "template '" + name + "' has no parameter '" + text(asked)
                        + "' and Camel would ignore it; it has " + String.join(", ", known));
            }
        }
    }

    private void checkBelow(Item item) {
        walk(item.body(), (key, node) -> {
            if (EndpointCheck.SENDS.contains(key)) {
                endpoints.check(item, node);
            } else if (key.equals("circuitBreaker")) {
                checkBreaker(item, node);
            }
        });
        references.check(item);
    }

    private void checkBreaker(Item item, Node breaker) {
        Node settings = value(breaker, "resilience4jConfiguration");
        Node refuses = settings == null ? null : value(settings, "throwExceptionWhenHalfOpenOrOpenState");
        if (!"true".equals(text(refuses))) {
            problems.add(item.at(breaker) + "a circuitBreaker needs resilience4jConfiguration:"
                    + " {throwExceptionWhenHalfOpenOrOpenState: true}; else an open circuit goes on as if it had sent");
        }
    }
}
