package org.synchub.conflict;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes decision rows, and tells whose change a decision lost. */
final class Rows {

    private Rows() {}

    static FieldDecision row(
            Situation situation,
            Path path,
            Shape.Node at,
            @Nullable JsonNode base,
            @Nullable JsonNode internal,
            @Nullable JsonNode external,
            Arbiter.Award award) {
        boolean open = award.state() == FieldDecision.State.OPEN;
        JsonNode result = open ? base : award.result();
        Set<Side> overruled = EnumSet.noneOf(Side.class);
        if (!open) {
            for (Side side : Side.values()) {
                JsonNode value = side == Side.INTERNAL ? internal : external;
                if (touched(situation, at, base, value)
                        && !situation.shape().sameness().same(result, value, at)) {
                    overruled.add(side);
                }
            }
        }
        return new FieldDecision(
                path,
                copy(base),
                copy(internal),
                copy(external),
                copy(result),
                award.rule(),
                award.reason(),
                award.state(),
                Set.copyOf(overruled));
    }

    /** Whether a side's value is a change of its own: differs from the base or, without one, says anything. */
    static boolean touched(Situation situation, Shape.Node at, @Nullable JsonNode base, @Nullable JsonNode value) {
        return situation.base() == null
                ? Sameness.isFilled(value)
                : !situation.shape().sameness().same(base, value, at);
    }

    static @Nullable JsonNode copy(@Nullable JsonNode value) {
        return value == null ? null : value.deepCopy();
    }
}
