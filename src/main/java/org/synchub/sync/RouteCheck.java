package org.synchub.sync;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.EndpointUriFactory;
import org.jspecify.annotations.Nullable;
import org.synchub.target.ConfigurationProblem;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Refuses the mistakes in route files that Camel 4.18 accepts without a word: two routes with one id (one vanishes), an
 * unknown template parameter (ignored), a misspelt option of an HTTP endpoint (sent to the server in the query string,
 * secret included), an outbound route that lets stray headers through, and a circuit breaker that goes on as if it had
 * sent.
 */
final class RouteCheck {

    private final CamelContext camel;
    private final List<String> problems = new ArrayList<>();
    private final Map<String, Set<String>> templates = new HashMap<>();

    RouteCheck(CamelContext camel) {
        this.camel = camel;
    }

    /**
     * Checks these files.
     *
     * @throws ConfigurationProblem with everything found, each with file and line
     */
    void check(List<Path> files, List<Path> local) {
        Map<String, String> ids = new HashMap<>();
        Map<Path, Node> trees = new HashMap<>();
        for (Path file : files) {
            compose(file, trees);
        }
        for (Path file : local) {
            compose(file, trees);
        }
        trees.forEach((file, tree) -> collectTemplates(tree));
        files.forEach(file -> checkFile(file, trees.get(file), ids));
        Map<String, String> localIds = new HashMap<>();
        local.forEach(file -> checkFile(file, trees.get(file), localIds));
        if (!problems.isEmpty()) {
            throw new ConfigurationProblem(problems);
        }
    }

    private void compose(Path file, Map<Path, Node> trees) {
        try (Reader reader = Files.newBufferedReader(file)) {
            Node tree = new Yaml(new SafeConstructor(new LoaderOptions())).compose(reader);
            if (tree != null) {
                trees.put(file, tree);
            }
        } catch (IOException e) {
            problems.add(file + ": cannot be read: " + e.getMessage());
        } catch (YAMLException e) {
            problems.add(file + ": is not YAML: " + e.getMessage());
        }
    }

    private void collectTemplates(Node tree) {
        for (Node item : items(tree)) {
            Node template = value(item, "routeTemplate");
            if (template == null) {
                continue;
            }
            Set<String> names = new TreeSet<>();
            Node parameters = value(template, "parameters");
            if (parameters != null) {
                for (Node parameter : items(parameters)) {
                    names.add(text(value(parameter, "name")));
                }
            }
            templates.put(text(value(template, "id")), names);
        }
    }

    private void checkFile(Path file, @Nullable Node tree, Map<String, String> ids) {
        if (tree == null) {
            return;
        }
        for (Node item : items(tree)) {
            Node route = value(item, "route");
            Node template = value(item, "routeTemplate");
            Node templated = value(item, "templatedRoute");
            if (route != null) {
                checkId(file, route, ids);
                checkRoute(file, route, value(route, "from"));
            } else if (template != null) {
                checkId(file, template, ids);
                Node inner = value(template, "route");
                checkRoute(file, template, inner == null ? value(template, "from") : value(inner, "from"));
            } else if (templated != null) {
                checkTemplated(file, templated);
            }
        }
    }

    private void checkId(Path file, Node route, Map<String, String> ids) {
        Node id = value(route, "id");
        if (id == null) {
            problems.add(at(file, route) + "a route needs an id: logs, the console and overrides name it");
            return;
        }
        String here = file + ":" + (id.getStartMark().getLine() + 1);
        String before = ids.putIfAbsent(text(id), here);
        if (before != null) {
            problems.add(at(file, id) + "route id '" + text(id) + "' is taken by " + before
                    + "; Camel would drop one of them. To replace a route put yours in routes/local/");
        }
    }

    private void checkTemplated(Path file, Node templated) {
        String template = text(value(templated, "routeTemplateRef"));
        Set<String> known = templates.get(template);
        if (known == null) {
            problems.add(at(file, templated) + "there is no route template '" + template + "'");
            return;
        }
        Node parameters = value(templated, "parameters");
        if (parameters == null) {
            return;
        }
        for (Node parameter : items(parameters)) {
            Node name = value(parameter, "name");
            if (!known.contains(text(name))) {
                problems.add(at(file, parameter) + "template '" + template + "' has no parameter '" + text(name)
                        + "'; it has " + String.join(", ", known));
            }
        }
    }

    private void checkRoute(Path file, Node route, @Nullable Node from) {
        boolean outbound = hasHttpEndpoint(route);
        Node steps = from == null ? null : value(from, "steps");
        if (outbound && (steps == null || !startsByRemovingHeaders(steps))) {
            problems.add(at(file, route)
                    + "a route that calls out over HTTP must begin with removeHeaders: {pattern: \"*\"};"
                    + " else a stray header such as CamelHttpUri redirects the call");
        }
        walk(file, route);
    }

    private static boolean startsByRemovingHeaders(Node steps) {
        List<Node> list = items(steps);
        Node remove = list.isEmpty() ? null : value(list.get(0), "removeHeaders");
        if (remove == null) {
            return false;
        }
        Node pattern = remove instanceof ScalarNode ? remove : value(remove, "pattern");
        return "*".equals(text(pattern)) && value(remove, "excludePattern") == null;
    }

    private boolean hasHttpEndpoint(Node node) {
        if (node instanceof MappingNode map) {
            for (NodeTuple tuple : map.getValue()) {
                String key = text(tuple.getKeyNode());
                if (key.equals("to") || key.equals("toD")) {
                    Node uri = tuple.getValueNode() instanceof ScalarNode
                            ? tuple.getValueNode()
                            : value(tuple.getValueNode(), "uri");
                    if (isHttp(text(uri))) {
                        return true;
                    }
                }
                if (hasHttpEndpoint(tuple.getValueNode())) {
                    return true;
                }
            }
        } else if (node instanceof SequenceNode list) {
            return list.getValue().stream().anyMatch(this::hasHttpEndpoint);
        }
        return false;
    }

    private static boolean isHttp(String uri) {
        return uri.startsWith("http:") || uri.startsWith("https:") || uri.startsWith("{{url}}");
    }

    private void walk(Path file, Node node) {
        if (node instanceof MappingNode map) {
            for (NodeTuple tuple : map.getValue()) {
                String key = text(tuple.getKeyNode());
                if (key.equals("to") || key.equals("toD")) {
                    checkEndpoint(file, tuple.getValueNode());
                } else if (key.equals("circuitBreaker")) {
                    checkBreaker(file, tuple.getValueNode());
                }
                walk(file, tuple.getValueNode());
            }
        } else if (node instanceof SequenceNode list) {
            list.getValue().forEach(item -> walk(file, item));
        }
    }

    private void checkBreaker(Path file, Node breaker) {
        Node settings = value(breaker, "resilience4jConfiguration");
        Node refuses = settings == null ? null : value(settings, "throwExceptionWhenHalfOpenOrOpenState");
        if (!"true".equals(text(refuses))) {
            problems.add(at(file, breaker) + "a circuitBreaker needs resilience4jConfiguration:"
                    + " {throwExceptionWhenHalfOpenOrOpenState: true}; else an open circuit goes on as if it had sent");
        }
    }

    private void checkEndpoint(Path file, Node endpoint) {
        Node uriNode = endpoint instanceof ScalarNode ? endpoint : value(endpoint, "uri");
        String uri = text(uriNode);
        if (!isHttp(uri)) {
            return;
        }
        Set<String> asked = new HashSet<>();
        int query = uri.indexOf('?');
        if (query >= 0) {
            for (String pair : uri.substring(query + 1).split("&", -1)) {
                asked.add(pair.split("=", 2)[0]);
            }
        }
        Node parameters = value(endpoint, "parameters");
        if (parameters instanceof MappingNode map) {
            map.getValue().forEach(tuple -> asked.add(text(tuple.getKeyNode())));
        }
        Set<String> known = httpOptions();
        for (String option : asked) {
            if (!known.contains(option)) {
                problems.add(
                        at(file, endpoint) + "'" + option + "' is no option of an HTTP endpoint; Camel would send it"
                                + " to the server in the query string");
            }
        }
    }

    private Set<String> httpOptions() {
        EndpointUriFactory http = camel.getCamelContextExtension().getEndpointUriFactory("http");
        if (http == null) {
            throw new IllegalStateException("camel-http is not on the class path");
        }
        return http.propertyNames();
    }

    private static String at(Path file, Node node) {
        return file + ":" + (node.getStartMark().getLine() + 1) + ": ";
    }

    private static List<Node> items(Node node) {
        return node instanceof SequenceNode list ? list.getValue() : List.of();
    }

    private static @Nullable Node value(@Nullable Node node, String key) {
        if (node instanceof MappingNode map) {
            for (NodeTuple tuple : map.getValue()) {
                if (key.equals(text(tuple.getKeyNode()))) {
                    return tuple.getValueNode();
                }
            }
        }
        return null;
    }

    private static String text(@Nullable Node node) {
        return node instanceof ScalarNode scalar ? scalar.getValue() : "";
    }
}
