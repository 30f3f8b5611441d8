package org.synchub.sync;

import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** A route file as a tree whose nodes know their line. */
final class RouteTree {

    /**
     * One thing that a route file defines.
     *
     * @param type {@code route}, {@code routeTemplate}, {@code routeConfiguration} …
     * @param body what stands below the type
     */
    record Item(Path file, String type, Node body) {

        /** What tells it apart: its type and id. Templates and routes share their names. */
        String key() {
            String id = text(value(body, "id"));
            return id.isEmpty() ? at(body) + type : key(type, id);
        }

        static String key(String type, String id) {
            return (type.equals("routeConfiguration") ? "configuration " : "route ") + id;
        }

        /** Where a route begins; of a template the route inside it. */
        @Nullable
        Node from() {
            Node inner = value(body, "route");
            return value(inner == null ? body : inner, "from");
        }

        /** The steps of a route or of a template's route. */
        List<Node> steps() {
            Node from = from();
            Node below = from == null ? null : value(from, "steps");
            return items(below == null ? value(body, "steps") : below);
        }

        String at(Node node) {
            return file + ":" + (node.getStartMark().getLine() + 1) + ": ";
        }
    }

    private RouteTree() {}

    /** What the file defines, in its order; adds to the problems when it is not YAML. Quotes nothing of the file. */
    static List<Item> read(Path file, List<String> problems) {
        List<Item> found = new ArrayList<>();
        try (Reader reader = Files.newBufferedReader(file)) {
            Node root = new Yaml(new SafeConstructor(new LoaderOptions())).compose(reader);
            for (Node node : items(root)) {
                if (node instanceof MappingNode map) {
                    map.getValue().forEach(t -> found.add(new Item(file, text(t.getKeyNode()), t.getValueNode())));
                }
            }
        } catch (MarkedYAMLException e) {
            problems.add(file + ":" + (e.getProblemMark().getLine() + 1) + ": is not YAML: " + e.getProblem());
        } catch (YAMLException e) {
            problems.add(file + ": is not YAML");
        } catch (IOException e) {
            problems.add(file + ": cannot be read (" + e.getClass().getSimpleName() + ")");
        }
        return found;
    }

    /** A file's text without the items that have these keys. */
    static String without(Path file, Set<String> keys) {
        Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
        try (Reader reader = Files.newBufferedReader(file)) {
            StringWriter rest = new StringWriter();
            if (yaml.compose(reader) instanceof SequenceNode list) {
                list.getValue()
                        .removeIf(node -> node instanceof MappingNode map
                                && map.getValue().stream()
                                        .map(t -> new Item(file, text(t.getKeyNode()), t.getValueNode()))
                                        .anyMatch(item -> keys.contains(item.key())));
                yaml.serialize(list, rest);
            }
            return rest.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(file + " could not be read", e);
        }
    }

    /** Calls back for every key below a node, outermost first. */
    static void walk(Node node, BiConsumer<String, Node> visit) {
        if (node instanceof MappingNode map) {
            for (NodeTuple tuple : map.getValue()) {
                visit.accept(text(tuple.getKeyNode()), tuple.getValueNode());
                walk(tuple.getValueNode(), visit);
            }
        } else if (node instanceof SequenceNode list) {
            list.getValue().forEach(item -> walk(item, visit));
        }
    }

    /** Calls back for every text below a node that is no key, itself included. */
    static void texts(Node node, BiConsumer<String, Node> visit) {
        if (node instanceof ScalarNode scalar) {
            visit.accept(scalar.getValue(), scalar);
        } else if (node instanceof MappingNode map) {
            map.getValue().forEach(tuple -> texts(tuple.getValueNode(), visit));
        } else if (node instanceof SequenceNode list) {
            list.getValue().forEach(item -> texts(item, visit));
        }
    }

    static List<Node> items(@Nullable Node node) {
        return node instanceof SequenceNode list ? list.getValue() : List.of();
    }

    static @Nullable Node value(@Nullable Node node, String key) {
        if (node instanceof MappingNode map) {
            for (NodeTuple tuple : map.getValue()) {
                if (key.equals(text(tuple.getKeyNode()))) {
                    return tuple.getValueNode();
                }
            }
        }
        return null;
    }

    static String text(@Nullable Node node) {
        return node instanceof ScalarNode scalar ? scalar.getValue() : "";
    }
}
