package org.synchub.conflict;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Words in settings and messages: how constants are spelt, and what a misspelt one probably meant. */
final class Names {

    private Names() {}

    static String kebab(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The spelling under which a word is looked up: case, {@code _}, {@code -} and blanks make no difference. */
    static String plain(String word) {
        StringBuilder plain = new StringBuilder(word.length());
        word.toLowerCase(Locale.ROOT)
                .chars()
                .filter(Character::isLetterOrDigit)
                .forEach(letter -> plain.append((char) letter));
        return plain.toString();
    }

    /** {@code ; did you mean "x"?}, or nothing when no allowed word is near. */
    static String didYouMean(String word, Collection<String> allowed) {
        String nearest = nearest(word, allowed);
        return nearest == null ? "" : "; did you mean \"" + nearest + "\"?";
    }

    private static @Nullable String nearest(String word, Collection<String> allowed) {
        String wanted = plain(word);
        String best = null;
        int bestDistance = Math.max(1, wanted.length() / 3) + 1;
        for (String candidate : allowed) {
            int distance = distance(wanted, plain(candidate));
            if (distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return best;
    }

    /** Edits (insert, delete, replace, swap of neighbours) between two words. */
    private static int distance(String a, String b) {
        int[][] edits = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    edits[i][j] = i + j;
                    continue;
                }
                int replace = edits[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                edits[i][j] = Math.min(replace, Math.min(edits[i - 1][j], edits[i][j - 1]) + 1);
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    edits[i][j] = Math.min(edits[i][j], edits[i - 2][j - 2] + 1);
                }
            }
        }
        return edits[a.length()][b.length()];
    }
}
