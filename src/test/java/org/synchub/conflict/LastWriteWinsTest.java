package org.synchub.conflict;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LastWriteWinsTest {

    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final Policy LAST =
            Policies.read("c", Policies.map("strategy", "lww", "deleteConflict", "lww"), Map.of());

    /** Times in seconds after noon; the external clock runs ahead by {@code ahead} seconds. */
    @ParameterizedTest(name = "internal +{0} v{1}, external +{2} v{3}, ahead {4}, tolerance {5}: {6} by {7}")
    @CsvSource(
            nullValues = "-",
            value = {
                "10,-,20,-,0,0,EXTERNAL,changed later",
                "20,-,10,-,0,0,INTERNAL,changed later",
                // the target's clock is 30 seconds ahead, so its 30 is really 0
                "10,-,30,-,30,0,INTERNAL,changed later",
                "10,-,0,-,-30,0,EXTERNAL,changed later",
                // too close to tell: versions
                "10,7,11,6,0,1,INTERNAL,higher version",
                "10,7,12,6,0,1,EXTERNAL,changed later",
                "10,7,10,60,0,0,EXTERNAL,higher version",
                "-,7,10,6,0,0,INTERNAL,higher version",
                "-,99999999999999999999,-,100000000000000000000,0,0,EXTERNAL,higher version",
                // versions that are no numbers, equal, or missing: the fixed order (external's text comes last)
                "-,7a,-,6,0,0,EXTERNAL,fixed order",
                "-,7,-,7,0,0,EXTERNAL,fixed order",
                "-,-,-,6,0,0,EXTERNAL,fixed order",
                "10,-,10,-,0,0,EXTERNAL,fixed order",
                "-,-,-,-,0,0,EXTERNAL,fixed order",
            })
    void the_later_writer_is_told_by_time_then_version_then_a_fixed_order(
            @Nullable Integer internal,
            @Nullable String internalVersion,
            @Nullable Integer external,
            @Nullable String externalVersion,
            int ahead,
            int tolerance,
            Side winner,
            String reason) {
        Situation situation = Situation.of(Shape.plain())
                .base(Json.record("{n:'a'}"))
                .internal(Json.record("{n:'INTERNAL'}"), stamp(internal, internalVersion))
                .external(Json.record("{n:'ZEXTERNAL'}"), stamp(external, externalVersion))
                .clocks(new Situation.Clocks(Duration.ofSeconds(ahead), Duration.ofSeconds(tolerance)))
                .build();

        FieldDecision decision = Merge.resolve(situation, LAST).decisions().get(0);

        assertThat(decision.result())
                .isEqualTo(winner == Side.INTERNAL ? Json.value("'INTERNAL'") : Json.value("'ZEXTERNAL'"));
        assertThat(decision.rule()).isEqualTo("last-write-wins");
        assertThat(decision.reason()).contains(reason);
    }

    @Test
    void the_fixed_order_does_not_care_which_side_is_which() {
        Situation one = MergeTest.situation("{n:1}", "{n:2}", "{n:3}");
        Situation two = MergeTest.situation("{n:1}", "{n:3}", "{n:2}");

        assertThat(Merge.resolve(one, LAST).merged())
                .isEqualTo(Merge.resolve(two, LAST).merged())
                .isEqualTo(Json.record("{n:3}"));
    }

    @Test
    void the_later_writer_wins_every_contested_field_and_without_one_each_value_counts() {
        Situation told = Situation.of(Shape.plain())
                .base(Json.record("{a:1,b:1}"))
                .internal(Json.record("{a:9,b:2}"), Stamp.at(NOON.plusSeconds(1)))
                .external(Json.record("{a:5,b:7}"), Stamp.at(NOON))
                .build();
        Situation untold = MergeTest.situation("{a:1,b:1,c:1,d:1}", "{a:9,b:2,c:null,d:3}", "{a:5,b:7,d:null}");

        assertThat(Merge.resolve(told, LAST).merged()).isEqualTo(Json.record("{a:9,b:2}"));
        assertThat(Merge.resolve(untold, LAST).merged()).isEqualTo(Json.record("{a:9,b:7,c:null,d:3}"));
    }

    @Test
    void a_later_deletion_beats_a_change_but_not_when_nothing_tells_which_was_later() {
        Situation told = Situation.of(Shape.plain())
                .base(Json.record("{n:1}"))
                .internal(Json.record("{n:2}"), Stamp.at(NOON))
                .external(State.gone(State.Departure.ARCHIVED, Stamp.at(NOON.plusSeconds(1))))
                .build();
        Situation untold = MergeTest.situation("{n:1}", "{n:2}", "-");

        assertThat(Merge.resolve(told, LAST).verdict()).isEqualTo(Verdict.DELETE);
        assertThat(Merge.resolve(untold, LAST).verdict()).isEqualTo(Verdict.TAKE_INTERNAL);
        assertThat(Merge.resolve(untold, LAST).decisions().get(0).reason())
                .isEqualTo("neither times nor versions tell; the record exists on the internal side");
    }

    private static Stamp stamp(@Nullable Integer seconds, @Nullable String version) {
        return new Stamp(seconds == null ? null : NOON.plusSeconds(seconds), version);
    }
}
