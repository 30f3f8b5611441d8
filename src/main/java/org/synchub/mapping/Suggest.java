package org.synchub.mapping;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** "Did you mean": the known word nearest to one that is not known. */
public final class Suggest {

    /** What other tools call the same thing. */
    private static final Map<String, String> SYNONYMS = Map.ofEntries(
            Map.entry("string", "text"),
            Map.entry("varchar", "text"),
            Map.entry("int", "integer"),
            Map.entry("long", "integer"),
            Map.entry("number", "decimal"),
            Map.entry("float", "decimal"),
            Map.entry("double", "decimal"),
            Map.entry("bool", "boolean"),
            Map.entry("timestamp", "datetime"),
            Map.entry("object", "json"),
            Map.entry("yes", "true"),
            Map.entry("on", "true"),
            Map.entry("no", "false"),
            Map.entry("off", "false"),
            Map.entry("mapping", "values"),
            Map.entry("map", "values"),
            Map.entry("mandatory", "required"),
            Map.entry("source", "path"),
            Map.entry("from", "path"),
            Map.entry("value", "constant"),
            Map.entry("outbound", "out"),
            Map.entry("inbound", "in"));

    private Suggest() {}

    /** "did you mean 'path'?", or the known words where none is near. */
    static String hint(String word, Collection<String> known) {
        String nearest = nearest(word, known);
        if (nearest != null) {
            return "did you mean '" + nearest + "'?";
        }
        return known.isEmpty() ? "" : "known are " + String.join(", ", known);
    }

    /** As {@link #hint}, but empty where no known word is near: for messages that list them already. */
    static String nearestHint(Node value, Collection<String> known) {
        String nearest = value.isScalar() ? nearest(value.text(), known) : null;
        return nearest == null ? "" : "did you mean '" + nearest + "'?";
    }

    public static @Nullable String nearest(String word, Collection<String> known) {
        String wanted = plain(word);
        String synonym = SYNONYMS.get(wanted);
        if (synonym != null && known.contains(synonym)) {
            return synonym;
        }
        String best = null;
        int bestDistance = Integer.MAX_VALUE;
        for (String candidate : known) {
            String other = plain(candidate);
            int allowed = Math.max(1, Math.min(wanted.length(), other.length()) / 3);
            int distance = distance(wanted, other);
            if (distance <= allowed && distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return best;
    }

    private static String plain(String word) {
        StringBuilder letters = new StringBuilder(word.length());
        for (char c : word.toLowerCase(Locale.ROOT).toCharArray()) {
            if (c != '_' && c != '-' && c != ' ') {
                letters.append(c);
            }
        }
        return letters.toString();
    }

    /** Edits between two words, a swap of neighbours counting as one. */
    private static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            cost[i][0] = i;
        }
        for (int j = 0; j <= b.length(); j++) {
            cost[0][j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            for (int j = 1; j <= b.length(); j++) {
                int replace = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                cost[i][j] = Math.min(replace, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
                boolean swap =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swap) {
                    cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
                }
            }
        }
        return cost[a.length()][b.length()];
    }
}
