package org.synchub.mapping;

/** A value that must not be printed. Only {@link #reveal()} gives it away. */
public final class Secret {

    /** What stands in a secret's place wherever something is shown. */
    public static final String MASK = "******";

    private final String value;

    public Secret(String value) {
        this.value = value;
    }

    /** The value itself: for the wire only, never for a log, an error or a metric. */
    public String reveal() {
        return value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && secret.value.equals(value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return MASK;
    }
}
