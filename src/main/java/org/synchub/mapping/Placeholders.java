package org.synchub.mapping;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Fills in environment variables and the contents of secret files, as {@code docs/mapping.md} describes. */
final class Placeholders {

    /**
     * @param text with everything filled in
     * @param outside whether a part of it came from outside the file, so that messages must not quote it
     * @param secret whether its source says that it is secret
     */
    record Filled(String text, boolean outside, boolean secret) {}

    private final Function<String, @Nullable String> env;
    private final Path directory;
    private final Problems problems;

    /** @param directory relative paths of secret files start here */
    Placeholders(Function<String, @Nullable String> env, Path directory, Problems problems) {
        this.env = env;
        this.directory = directory;
        this.problems = problems;
    }

    Filled fill(Node node) {
        String text = node.text();
        if (text.indexOf("${") < 0) {
            return new Filled(text, false, false);
        }
        StringBuilder filled = new StringBuilder();
        boolean outside = false;
        boolean secret = false;
        int from = 0;
        for (int at = text.indexOf("${"); at >= 0; at = text.indexOf("${", from)) {
            if (at > 0 && text.charAt(at - 1) == '$') {
                filled.append(text, from, at - 1).append("${");
                from = at + 2;
                continue;
            }
            int end = text.indexOf('}', at);
            String inside = end < 0 ? "" : text.substring(at + 2, end);
            if (end < 0 || inside.contains("${")) {
                problems.error(
                        node,
                        end < 0 ? "'${' without a closing '}'" : "a placeholder inside a placeholder",
                        "write ${NAME}, ${NAME:default} or ${file:/run/secrets/name}; for the characters themselves $${");
                return new Filled("", true, true);
            }
            filled.append(text, from, at).append(value(inside, node));
            outside = true;
            secret |= inside.startsWith("file:") || SecretNames.isSecret(name(inside));
            from = end + 1;
        }
        return new Filled(filled.append(text.substring(from)).toString(), outside, secret);
    }

    private static String name(String inside) {
        int colon = inside.indexOf(':');
        return colon < 0 ? inside : inside.substring(0, colon);
    }

    private String value(String inside, Node node) {
        if (inside.startsWith("file:")) {
            return file(inside.substring("file:".length()), node);
        }
        String name = name(inside);
        if (!isVariable(name)) {
            problems.error(
                    node,
                    "'${" + name + "}' is no name of an environment variable",
                    "use capital letters, digits and '_': ${OPENSPP_URL}");
            return "";
        }
        String value = env.apply(name);
        if (value != null && !value.isEmpty()) {
            return value;
        }
        if (inside.length() > name.length()) {
            return inside.substring(name.length() + 1);
        }
        problems.error(
                node,
                "environment variable " + name + " is not set, or is empty",
                "set " + name + " before the hub starts, or give a default: ${" + name + ":…}");
        return "";
    }

    private static boolean isVariable(String name) {
        return !name.isEmpty()
                && name.chars()
                        .allMatch(c ->
                                c == '_' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'));
    }

    private String file(String name, Node node) {
        try {
            String text = Files.readString(directory.resolve(name.strip()));
            if (!text.isBlank()) {
                return text.stripTrailing();
            }
            problems.error(node, "secret file " + name + " is empty", "put the secret into it, without quotes");
        } catch (IOException | InvalidPathException e) {
            problems.error(
                    node,
                    "secret file " + name + " cannot be read",
                    "create it, readable by the user that runs the hub, or mount the secret there");
        }
        return "";
    }
}
