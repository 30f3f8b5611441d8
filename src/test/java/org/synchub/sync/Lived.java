package org.synchub.sync;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of one seed.
 *
 * @param faults how often each kind of fault was injected
 * @param failure everything that was wrong in the end; null when nothing was
 * @param timeline what happened, line by line
 */
public record Lived(
        long seed,
        double seconds,
        Map<String, Integer> faults,
        @Nullable String failure,
        String timeline) {

    /** A life, which fails as a check does or breaks off otherwise. */
    @FunctionalInterface
    interface Life {
        void live() throws Exception;
    }

    static @Nullable String failureOf(Life life) {
        try {
            life.live();
            return null;
        } catch (AssertionError wrong) {
            return String.valueOf(wrong.getMessage());
        } catch (Exception broken) {
            StringWriter text = new StringWriter();
            broken.printStackTrace(new PrintWriter(text));
            return "broke off: " + text;
        }
    }

    public boolean failed() {
        return failure != null;
    }
}
