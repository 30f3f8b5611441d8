package org.synchub.sync;

import static org.synchub.sync.RouteTree.items;
import static org.synchub.sync.RouteTree.text;
import static org.synchub.sync.RouteTree.texts;
import static org.synchub.sync.RouteTree.value;
import static org.synchub.sync.RouteTree.walk;

import java.lang.reflect.Method;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.synchub.sync.RouteTree.Item;
import org.yaml.snakeyaml.nodes.Node;

/**
 * Refuses beans, methods and settings that a route names and that are not there. Camel notices a missing method only when
 * the route gets to it.
 */
final class ReferenceCheck {

    /** {@code {{name}}}; with a default ({@code {{name:…}}}) or optional ({@code {{?name}}}) it need not be there. */
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{([^?:{}!][^:{}]*)}}");

    private final CamelContext camel;
    private final List<String> problems;

    ReferenceCheck(CamelContext camel, List<String> problems) {
        this.camel = camel;
        this.problems = problems;
    }

    void check(Item item) {
        walk(item.body(), (key, node) -> {
            if (key.equals("bean") || key.equals("method")) {
                checkBean(item, node);
            }
        });
        checkPlaceholders(item);
    }

    private void checkBean(Item item, Node call) {
        Node ref = value(call, "ref");
        String name = text(ref);
        if (ref == null || name.contains("{{") || name.contains(":")) {
            return;
        }
        Object bean = camel.getRegistry().lookupByName(name);
        if (bean == null) {
            problems.add(item.at(ref) + "there is no bean '" + name + "'");
            return;
        }
        Node method = value(call, "method");
        String asked = text(method).split("\\(", 2)[0].strip();
        Set<String> known = new TreeSet<>();
        for (Method each : bean.getClass().getMethods()) {
            if (each.getDeclaringClass() != Object.class) {
                known.add(each.getName());
            }
        }
        if (method != null && !asked.contains("{{") && !known.contains(asked)) {
            problems.add(item.at(method) + "bean '" + name + "' has no method '" + asked + "'; it has "
                    + String.join(", ", known));
        }
    }

    private void checkPlaceholders(Item item) {
        Set<String> given = new HashSet<>();
        for (Node parameter : items(value(item.body(), "parameters"))) {
            given.add(text(value(parameter, "name")));
        }
        for (Node bean : items(value(item.body(), "beans"))) {
            given.add(text(value(bean, "name")));
        }
        texts(item.body(), (text, node) -> {
            Matcher placeholder = PLACEHOLDER.matcher(text);
            while (placeholder.find()) {
                String name = placeholder.group(1).strip();
                if (!given.contains(name)
                        && camel.getPropertiesComponent().resolveProperty(name).isEmpty()) {
                    problems.add(item.at(node) + "setting '" + name + "' is not there; set it, or give a default: {{"
                            + name + ":…}}");
                }
            }
        });
    }
}
