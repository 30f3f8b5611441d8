package org.synchub.sync;

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

    public boolean failed() {
        return failure != null;
    }
}
