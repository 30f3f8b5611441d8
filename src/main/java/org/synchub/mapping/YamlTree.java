package org.synchub.mapping;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.reader.ReaderException;

/**
 * YAML text to {@link Node}s. SnakeYAML's own constructor would lose the positions, take the last of two equal keys
 * and read {@code no} as false; its node graph does none of that.
 */
final class YamlTree {

    private static final int MAX_NODES = 100_000;
    private static final int MAX_DEPTH = 40;

    private final Problems problems;
    private final Set<org.yaml.snakeyaml.nodes.Node> path = Collections.newSetFromMap(new IdentityHashMap<>());
    private int count;
    private boolean tooLarge;

    private YamlTree(Problems problems) {
        this.problems = problems;
    }

    /** The file's one document; null, with the reason among the problems, when there is none. */
    static @Nullable Node read(String yaml, Problems problems) {
        String text = yaml.startsWith("\uFEFF") ? yaml.substring(1) : yaml;
        org.yaml.snakeyaml.nodes.Node root;
        try {
            LoaderOptions options = new LoaderOptions();
            options.setMaxAliasesForCollections(Integer.MAX_VALUE);
            root = new Yaml(options).compose(new StringReader(text));
        } catch (MarkedYAMLException e) {
            syntaxError(e, problems);
            return null;
        } catch (ReaderException e) {
            int line = 1
                    + (int) text.codePoints()
                            .limit(e.getPosition())
                            .filter(c -> c == '\n')
                            .count();
            problems.error(
                    line,
                    1,
                    "the file holds a character that YAML does not allow (code " + e.getCodePoint() + ")",
                    "delete it; it is often pasted in unseen");
            return null;
        } catch (YAMLException e) {
            problems.error(1, 1, "the file is too large or too deeply nested for a mapping", "split it up");
            return null;
        }
        if (root == null) {
            problems.error(1, 1, "the file is empty", "start from mappings/openspp.yaml");
            return null;
        }
        return new YamlTree(problems).node(root);
    }

    /** SnakeYAML's full message quotes the file, which may hold a secret: only its problem and place are taken. */
    private static void syntaxError(MarkedYAMLException e, Problems problems) {
        Mark mark = e.getProblemMark() == null ? e.getContextMark() : e.getProblemMark();
        int line = mark == null ? 1 : mark.getLine() + 1;
        int column = mark == null ? 1 : mark.getColumn() + 1;
        String context = e.getContext() == null ? "" : e.getContext();
        String problem = e.getProblem() == null ? "cannot be read" : e.getProblem();
        Said said = said(context, problem);
        problems.error(line, column, "not valid YAML: " + said.message(), said.hint());
    }

    /** A complaint of SnakeYAML's, in an integrator's words. */
    private record Said(String message, String hint) {}

    private static Said said(String context, String problem) {
        if (problem.contains("(TAB)")) {
            return new Said("a tab stands where spaces are expected", "indent with spaces, not with tabs");
        }
        if (problem.contains("cannot start any token")) {
            int end = problem.indexOf(". (");
            return new Said(
                    end < 0 ? problem : problem.substring(0, end),
                    "put a value that starts with this character in quotes");
        }
        if (problem.contains("mapping values are not allowed")) {
            return new Said(
                    "a second ': ' in one line", "check the indentation, and put a value that holds ': ' in quotes");
        }
        if (problem.contains("undefined alias")) {
            return new Said(problem, "put a value that starts with '*' in quotes");
        }
        if (context.contains("expected a single document")) {
            return new Said("a second document begins here", "a mapping file holds one: remove the line '---'");
        }
        if (problem.contains("but got [")) {
            return new Said(
                    problem,
                    "put a value that holds brackets in quotes; a list's item is named by position: data.phones.0");
        }
        if (problem.contains("but got {")) {
            return new Said(problem, "between { and } put a value that holds braces in quotes: \"${NAME}\"");
        }
        if (problem.contains("expected <block end>") || problem.contains("could not find expected ':'")) {
            return new Said(
                    problem, "check the indentation of this line and the one above, and that each key ends with ':'");
        }
        return new Said(problem, "check quotes, brackets and indentation here and in the line above");
    }

    private @Nullable Node node(org.yaml.snakeyaml.nodes.Node source) {
        int line = source.getStartMark().getLine() + 1;
        int column = source.getStartMark().getColumn() + 1;
        if (++count > MAX_NODES || path.size() > MAX_DEPTH) {
            if (!tooLarge) {
                tooLarge = true;
                problems.error(line, column, "the file is too large or too deeply nested for a mapping", "split it up");
            }
            return null;
        }
        if (source instanceof ScalarNode scalar) {
            return Node.scalar(line, column, scalar.getValue(), scalar.getScalarStyle() != ScalarStyle.PLAIN);
        }
        if (!path.add(source)) {
            problems.error(line, column, "this anchor contains itself", "remove the alias (*name) that points back");
            return null;
        }
        try {
            return source instanceof MappingNode map ? map(line, column, map) : list(line, column, source);
        } finally {
            path.remove(source);
        }
    }

    private Node map(int line, int column, MappingNode source) {
        Map<String, Node.Entry> entries = new LinkedHashMap<>();
        for (NodeTuple tuple : source.getValue()) {
            Node value = node(tuple.getValueNode());
            Node key = node(tuple.getKeyNode());
            if (key == null || value == null) {
                continue;
            }
            if (!key.isScalar()) {
                problems.error(key, "a key must be a single word, not " + key.describe(), "");
            } else if (key.text().equals("<<") && !key.quoted()) {
                problems.error(key, "merge keys (<<) are not supported", "write the keys out, or use an alias (*name)");
            } else if (entries.containsKey(key.text())) {
                Node first = entries.get(key.text()).key();
                problems.error(
                        key,
                        "key '" + key.text() + "' is given twice",
                        "it stands in line " + first.line() + " already; keep one of the two");
            } else {
                entries.put(key.text(), new Node.Entry(key, value));
            }
        }
        return Node.map(line, column, entries);
    }

    private Node list(int line, int column, org.yaml.snakeyaml.nodes.Node source) {
        List<Node> items = new ArrayList<>();
        for (org.yaml.snakeyaml.nodes.Node item : ((SequenceNode) source).getValue()) {
            Node node = node(item);
            if (node != null) {
                items.add(node);
            }
        }
        return Node.list(line, column, items);
    }
}
