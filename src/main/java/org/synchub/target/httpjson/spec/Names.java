package org.synchub.target.httpjson.spec;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.synchub.mapping.Node;
import org.synchub.mapping.Settings;
import org.synchub.mapping.Suggest;

/**
 * The placeholders that a request may use.
 *
 * @param known whole names
 * @param fields names of the mapping's fields, for {@code record.…}
 * @param constants names below {@code constants}
 * @param kinds by record kind, what it says of itself below {@code kinds}
 * @param isStep whether they are for a further step of a request
 */
record Names(
        Set<String> known, Set<String> fields, Set<String> constants, Map<String, Set<String>> kinds, boolean isStep) {

    Names(Set<String> known, Set<String> fields, Set<String> constants, Map<String, Set<String>> kinds) {
        this(known, fields, constants, kinds, false);
    }

    /** For the next step of a request, which may use what the step before took from its answer. */
    Names step(Set<String> taken) {
        Names more = plus(taken.toArray(String[]::new));
        return new Names(more.known, fields, constants, kinds, true);
    }

    Names plus(String... more) {
        Set<String> all = new TreeSet<>(known);
        all.addAll(Set.of(more));
        return new Names(all, fields, constants, kinds, isStep);
    }

    void check(Settings settings, Node at, String name) {
        int dot = name.indexOf('.');
        String head = dot < 0 ? name : name.substring(0, dot);
        String tail = dot < 0 ? "" : name.substring(dot + 1);
        if (head.equals("kind") && !tail.equals("name")) {
            kinds.forEach((kind, said) -> {
                if (!said.contains(tail)) {
                    throw settings.failure(
                            at,
                            "'{" + name + "}' is used, but kind '" + kind + "' does not say its '" + tail + "'",
                            "write it below adapter.kinds: " + kind + ": {" + tail + ": …}");
                }
            });
        } else if (head.equals("constants") && !tail.isEmpty()) {
            one(settings, at, name, tail, constants, "constants.");
        } else if (head.equals("record") && !tail.isEmpty() && known.contains("record")) {
            one(settings, at, name, tail, fields, "record.");
        } else if (!name.equals("kind.name")) {
            one(settings, at, name, name, known, "");
        }
    }

    private static void one(Settings settings, Node at, String name, String wanted, Set<String> there, String before) {
        if (there.contains(wanted)) {
            return;
        }
        String nearest = Suggest.nearest(wanted, there);
        throw settings.failure(
                at,
                "'{" + name + "}' is no placeholder here",
                nearest != null
                        ? "did you mean '{" + before + nearest + "}'?"
                        : there.isEmpty()
                                ? "there are none of this sort"
                                : "known are {" + before + String.join("}, {" + before, there) + "}");
    }
}
