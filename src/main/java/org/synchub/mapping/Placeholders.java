package org.synchub.mapping;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Fills in environment variables and the contents of secret files, as {@code docs/mapping.md} describes. */
final class Placeholders {

    /**
     * @param text with everything filled in
     * @param outside whether a part of it came from outside the file, so that messages must not quote it
     * @param secret whether its source says that it is secret
     * @param now fills it in once more, with what variables and files hold then
     */
    record Filled(String text, boolean outside, boolean secret, Supplier<String> now) {

        static Filled unchanging(String text, boolean outside, boolean secret) {
            return new Filled(text, outside, secret, () -> text);
        }
    }

    private final Outside env;
    private final Path directory;
    private final Problems problems;

    /** @param directory relative paths of secret files start here */
    Placeholders(Outside env, Path directory, Problems problems) {
        this.env = env;
        this.directory = directory;
        this.problems = problems;
    }

    Filled fill(Node node) {
        String text = node.text();
        if (text.indexOf("${") < 0) {
            return Filled.unchanging(text, false, false);
        }
        List<Supplier<String>> parts = new ArrayList<>();
        boolean outside = false;
        boolean secret = false;
        int from = 0;
        for (int at = text.indexOf("${"); at >= 0; at = text.indexOf("${", from)) {
            if (at > 0 && text.charAt(at - 1) == '$') {
                String plain = text.substring(from, at - 1) + "${";
                parts.add(() -> plain);
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
                return Filled.unchanging("", true, true);
            }
            String plain = text.substring(from, at);
            parts.add(() -> plain);
            parts.add(value(inside, node));
            outside = true;
            secret |= inside.startsWith("file:") || SecretNames.isSecret(name(inside));
            from = end + 1;
        }
        String rest = text.substring(from);
        parts.add(() -> rest);
        Supplier<String> now = () -> parts.stream().map(Supplier::get).collect(Collectors.joining());
        return new Filled(now.get(), outside, secret, now);
    }

    private static String name(String inside) {
        int colon = inside.indexOf(':');
        return colon < 0 ? inside : inside.substring(0, colon);
    }

    private Supplier<String> value(String inside, Node node) {
        if (inside.startsWith("file:")) {
            return file(inside.substring("file:".length()), node);
        }
        String name = name(inside);
        if (!isVariable(name)) {
            problems.error(
                    node,
                    "'${" + name + "}' is no name of an environment variable",
                    "use capital letters, digits and '_': ${OPENSPP_URL}");
            return () -> "";
        }
        String value = env.variable(name);
        boolean set = value != null && !value.isEmpty();
        if (set || inside.length() > name.length()) {
            String otherwise =
                    inside.length() > name.length() ? inside.substring(name.length() + 1) : String.valueOf(value);
            return () -> {
                String now = env.variable(name);
                return now == null || now.isEmpty() ? otherwise : now;
            };
        }
        problems.error(
                node,
                "environment variable " + name + " is not set, or is empty",
                "set " + name + " before the hub starts, or give a default: ${" + name + ":…}");
        return () -> "";
    }

    private static boolean isVariable(String name) {
        return !name.isEmpty()
                && name.chars()
                        .allMatch(c ->
                                c == '_' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'));
    }

    private Supplier<String> file(String name, Node node) {
        try {
            Path file = directory.resolve(name.strip());
            String text = Files.readString(file);
            if (!text.isBlank()) {
                return new SecretFile(file, String::stripTrailing, text.stripTrailing(), env.watcher())::text;
            }
            problems.error(node, "secret file " + name + " is empty", "put the secret into it, without quotes");
        } catch (IOException | InvalidPathException e) {
            problems.error(
                    node,
                    "secret file " + name + " cannot be read",
                    "create it, readable by the user that runs the hub, or mount the secret there");
        }
        return () -> "";
    }
}
