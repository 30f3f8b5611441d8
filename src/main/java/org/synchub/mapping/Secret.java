package org.synchub.mapping;

import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A value that must not be printed. Only {@link #reveal()} gives it away, as it counts at that moment: a secret from a
 * file may change while the hub runs, so whoever needs it asks at each login or request and keeps nothing.
 */
public final class Secret {

    /** What stands in a secret's place wherever something is shown. */
    public static final String MASK = "******";

    private final Supplier<String> value;

    /** One that stays as it is. */
    public Secret(String value) {
        this(() -> value);
    }

    /** @param value gives what counts now */
    Secret(Supplier<String> value) {
        this.value = value;
    }

    /** The value itself: for the wire only, never for a log, an error or a metric. */
    public String reveal() {
        return value.get();
    }

    /** A secret made of this one, and changing with it. */
    public Secret as(UnaryOperator<String> change) {
        return new Secret(() -> change.apply(reveal()));
    }

    @Override
    public String toString() {
        return MASK;
    }
}
