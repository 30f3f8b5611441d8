package org.synchub.store;

import org.jspecify.annotations.Nullable;

/**
 * What a writer believes about an entity's row when it writes: a change made from an older state is not written, because
 * it would silently take back what a device has changed since.
 */
public final class Expected {

    private enum Kind {
        ANYTHING,
        ABSENT,
        ROW,
        VERSION
    }

    private static final Expected ANYTHING = new Expected(Kind.ANYTHING, "");
    private static final Expected ABSENT = new Expected(Kind.ABSENT, "");

    private final Kind kind;
    private final String value;

    private Expected(Kind kind, String value) {
        this.kind = kind;
        this.value = value;
    }

    /** No expectation: the row is overwritten as it is. */
    public static Expected anything() {
        return ANYTHING;
    }

    /** There is no such entity yet. */
    public static Expected absent() {
        return ABSENT;
    }

    /** The very row that was read: {@code xmin} as text. The sharpest check, because every write changes it. */
    public static Expected row(String xmin) {
        return new Expected(Kind.ROW, xmin);
    }

    /** The entity's {@code modified.version}. Two writers can arrive at the same number, so prefer {@link #row}. */
    public static Expected version(int version) {
        return new Expected(Kind.VERSION, Integer.toString(version));
    }

    boolean agreesWith(@Nullable EntityRow found) {
        return switch (kind) {
            case ANYTHING -> true;
            case ABSENT -> found == null;
            case ROW -> found != null && value.equals(found.xmin());
            case VERSION -> found != null && value.equals(found.version());
        };
    }

    @Override
    public String toString() {
        return kind + (value.isEmpty() ? "" : " " + value);
    }
}
