package org.synchub.conflict;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** How a value is chosen that both sides changed, and not to the same. */
public enum Strategy {
    /**
     * The side that changed later, times corrected by the measured skew of the target's clock; if that cannot be told,
     * the side with the higher version where both are whole numbers; if neither can, the value that comes last in a fixed
     * order (absent, null, then by canonical text), so that every hub and every target decides alike.
     */
    LAST_WRITE_WINS("last-write-wins"),
    /** The store's value. Also written {@code client}, {@code local}, {@code CLIENT_WINS}. */
    INTERNAL_WINS("internal-wins"),
    /** The target's value. Also written {@code server}, {@code remote}, {@code SERVER_WINS}. */
    EXTERNAL_WINS("external-wins"),
    /** Look into nested objects and list items; only what is still contested there falls to the next rule. */
    MERGE("merge"),
    /** Somebody decides. */
    MANUAL("manual"),
    /** A {@link FieldRule} of the integrator's own, written {@code bean:name}. */
    BEAN("bean");

    /** Every other spelling that settings accept, by its plain form. */
    private static final Map<String, Strategy> SPELLINGS = spellings();

    private final String word;

    Strategy(String word) {
        this.word = word;
    }

    /** As it is written in settings and decision rows. */
    public String word() {
        return word;
    }

    /** The words that messages offer. */
    static List<String> words() {
        List<String> words = new ArrayList<>();
        for (Strategy strategy : values()) {
            words.add(strategy == BEAN ? "bean:NAME" : strategy.word);
        }
        return words;
    }

    /** Words and aliases that a misspelt one is compared with. */
    static List<String> knownWords() {
        List<String> words = new ArrayList<>(List.of("client-wins", "server-wins"));
        for (Strategy strategy : values()) {
            words.add(strategy.word);
        }
        return words;
    }

    /** Reads a word or alias, whatever its case and dashes; {@code bean:NAME} is not one of them. */
    static Optional<Strategy> parse(String word) {
        return Optional.ofNullable(SPELLINGS.get(Names.plain(word)));
    }

    private static Map<String, Strategy> spellings() {
        Map<String, Strategy> spellings = new TreeMap<>();
        for (Strategy strategy : values()) {
            if (strategy != BEAN) {
                spellings.put(Names.plain(strategy.word), strategy);
            }
        }
        for (String side : List.of("internal", "local", "client")) {
            spellings.put(side, INTERNAL_WINS);
            spellings.put(side + "wins", INTERNAL_WINS);
        }
        for (String side : List.of("external", "remote", "server")) {
            spellings.put(side, EXTERNAL_WINS);
            spellings.put(side + "wins", EXTERNAL_WINS);
        }
        spellings.put("lww", LAST_WRITE_WINS);
        return spellings;
    }
}
