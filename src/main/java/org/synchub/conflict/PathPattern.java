package org.synchub.conflict;

import java.util.Comparator;
import java.util.List;

/** Matches the paths of settings, in which items may be left out to mean every item, with places in records. */
final class PathPattern {

    /** By depth in fields, then by whether items are named. */
    static final Comparator<Path> MORE_SPECIFIC = Comparator.comparingInt(PathPattern::fieldCount)
            .thenComparingInt(path -> path.segments().size());

    enum Match {
        /** The pattern's place is the place, or the place lies in it. */
        COVERS,
        /** The pattern's place lies strictly inside the place. */
        INSIDE,
        /** They have nothing to do with each other. */
        APART
    }

    private PathPattern() {}

    static Match match(Path pattern, Path place) {
        List<Path.Segment> wanted = pattern.segments();
        List<Path.Segment> steps = place.segments();
        int next = 0;
        for (int i = 0; i < steps.size() && next < wanted.size(); i++) {
            boolean every = !(steps.get(i) instanceof Path.Field) && wanted.get(next) instanceof Path.Field;
            if (!every) {
                if (!steps.get(i).equals(wanted.get(next))) {
                    return Match.APART;
                }
                next++;
            }
        }
        return next == wanted.size() ? Match.COVERS : Match.INSIDE;
    }

    private static int fieldCount(Path path) {
        return Math.toIntExact(
                path.segments().stream().filter(Path.Field.class::isInstance).count());
    }
}
