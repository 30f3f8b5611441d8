package org.synchub.conflict;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.synchub.crypto.Sha256;

/**
 * Everything that decides how two sides of one record come together. Holds the given records as they are: do not alter
 * them while the situation is in use.
 *
 * @param shape how to compare the record kind
 * @param base the last state both sides agreed on; null when the two were never linked, or it is lost
 * @param internal what the store holds
 * @param external what the target holds
 * @param occasion in which direction the hub was working
 * @param clocks how far the target's clock can be compared with the store's
 * @param constraint the refusal of a value that must be unique, when there was one
 */
public record Situation(
        Shape shape,
        @Nullable Base base,
        State internal,
        State external,
        Occasion occasion,
        Clocks clocks,
        @Nullable Constraint constraint) {

    /**
     * The last agreed state.
     *
     * @param record what both sides held
     * @param internal the store's time and version of it
     * @param external the target's time and version of it
     */
    public record Base(ObjectNode record, Stamp internal, Stamp external) {
        /** Without the record's content. */
        @Override
        public String toString() {
            return "base, internal " + internal + ", external " + external;
        }
    }

    /** In which direction the hub was working when it met the situation. */
    public enum Occasion {
        /** Reading the target's changes. */
        PULL,
        /** About to write to the target, after reading what it holds. */
        PUSH
    }

    /**
     * What is known about the target's clock.
     *
     * @param externalAhead how far the target's clock runs ahead of the store's; negative when behind
     * @param tolerance times no further apart than this count as equal: the error of the measurement, or the
     *     resolution of the coarser clock (Odoo shows whole seconds)
     */
    public record Clocks(Duration externalAhead, Duration tolerance) {
        /** Both clocks are taken to be right. */
        public static final Clocks TRUSTED = new Clocks(Duration.ZERO, Duration.ZERO);

        public Clocks {
            if (tolerance.isNegative()) {
                throw new IllegalArgumentException("tolerance of clocks must not be negative: " + tolerance);
            }
        }
    }

    /**
     * A side's refusal of the other side's value, because another record holds it and it must be unique.
     *
     * @param field the refused field; {@link Path#RECORD} when the refusal names none
     * @param refusedBy the side that refuses, and whose own value therefore is the only one of the two that can stand
     */
    public record Constraint(Path field, Side refusedBy) {}

    /** The state of one side. */
    public State state(Side side) {
        return side == Side.INTERNAL ? internal : external;
    }

    boolean bothPresent() {
        return internal.present() && external.present();
    }

    /** The base's record; null when there is no base. */
    @Nullable
    ObjectNode baseRecord() {
        return base == null ? null : base.record();
    }

    /** The stamp of one side as it was at the base. */
    Stamp baseStamp(Side side) {
        if (base == null) {
            return Stamp.UNKNOWN;
        }
        return side == Side.INTERNAL ? base.internal() : base.external();
    }

    /** The stamp of one side now, the target's time corrected to the store's clock. */
    Stamp correctedStamp(Side side) {
        Stamp stamp = state(side).stamp();
        return side == Side.INTERNAL || stamp.at() == null
                ? stamp
                : new Stamp(stamp.at().minus(clocks.externalAhead()), stamp.version());
    }

    FieldRule.Contest contest(
            Path path, @Nullable JsonNode base, @Nullable JsonNode internal, @Nullable JsonNode external) {
        return new FieldRule.Contest(
                path, base, internal, external, correctedStamp(Side.INTERNAL), correctedStamp(Side.EXTERNAL));
    }

    /**
     * A digest (SHA-256, hex) of what base and both sides hold, versions and times left out. Show it with a conflict and
     * ask for it with the answer: it differs when the record has moved on in between.
     */
    public String fingerprint() {
        String text = String.join(
                "\n",
                canonical(baseRecord()),
                canonical(internal.record()),
                canonical(external.record()),
                departure(internal),
                departure(external),
                constraint == null ? "" : constraint.field().text() + constraint.refusedBy());
        return Sha256.hex(text);
    }

    private String canonical(@Nullable ObjectNode record) {
        return record == null ? "" : shape.canonical(record);
    }

    private static String departure(State state) {
        return Optional.ofNullable(state.departure()).map(Enum::name).orElse("");
    }

    /** Without the records' content, so that it may be logged. */
    @Override
    public String toString() {
        return "Situation[" + occasion + ", " + (base == null ? "no base" : base) + ", internal " + internal
                + ", external " + external + "]";
    }

    public static Builder of(Shape shape) {
        return new Builder(shape);
    }

    /** Collects a situation. A side that is not given does not hold the record and never did. */
    public static final class Builder {
        private final Shape shape;
        private @Nullable Base base;
        private State internal = new State(null, null, Stamp.UNKNOWN);
        private State external = internal;
        private Occasion occasion = Occasion.PULL;
        private Clocks clocks = Clocks.TRUSTED;
        private @Nullable Constraint constraint;

        private Builder(Shape shape) {
            this.shape = shape;
        }

        public Builder base(ObjectNode record) {
            return base(record, Stamp.UNKNOWN, Stamp.UNKNOWN);
        }

        public Builder base(ObjectNode record, Stamp internalStamp, Stamp externalStamp) {
            base = new Base(record, internalStamp, externalStamp);
            return this;
        }

        public Builder internal(ObjectNode record) {
            return internal(State.of(record, Stamp.UNKNOWN));
        }

        public Builder internal(ObjectNode record, Stamp stamp) {
            return internal(State.of(record, stamp));
        }

        public Builder internal(State state) {
            internal = state;
            return this;
        }

        public Builder external(ObjectNode record) {
            return external(State.of(record, Stamp.UNKNOWN));
        }

        public Builder external(ObjectNode record, Stamp stamp) {
            return external(State.of(record, stamp));
        }

        public Builder external(State state) {
            external = state;
            return this;
        }

        public Builder during(Occasion occasion) {
            this.occasion = occasion;
            return this;
        }

        public Builder clocks(Clocks clocks) {
            this.clocks = clocks;
            return this;
        }

        public Builder constraint(Path field, Side refusedBy) {
            constraint = new Constraint(field, refusedBy);
            return this;
        }

        public Situation build() {
            return new Situation(shape, base, internal, external, occasion, clocks, constraint);
        }
    }
}
