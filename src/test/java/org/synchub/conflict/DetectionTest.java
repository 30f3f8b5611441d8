package org.synchub.conflict;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DetectionTest {

    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

    /** A dash is a side that does not hold the record. */
    @ParameterizedTest(name = "base {0}, internal {1}, external {2}: {3} {4}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                // nobody, or one side, changed anything
                "{n:1} | {n:1} | {n:1} | NONE | ~~",
                "{n:1} | {n:1} | {n:1.0} | NONE | ~~",
                "{n:1} | {n:2} | {n:1} | NONE | ~~",
                "{n:1} | {n:1} | {n:2} | NONE | ~~",
                // both changed, without meeting
                "{n:1} | {n:2} | {n:2} | NONE | ~~",
                "{n:1,m:1} | {n:2,m:1} | {n:1,m:2} | NONE | ~~",
                "{a:{x:1,y:1}} | {a:{x:2,y:1}} | {a:{x:1,y:2}} | NONE | ~~",
                "{reg_ids:[]} | {reg_ids:[{id_type:'N'}]} | {reg_ids:[{id_type:'P'}]} | NONE | ~~",
                "{tags:['a']} | {tags:['a','b']} | {tags:[]} | NONE | ~~",
                "{} | {a:{x:1}} | {a:{y:1}} | NONE | ~~",
                // both changed one thing
                "{n:1} | {n:2} | {n:3} | UPDATE_UPDATE | n",
                "{n:1} | {n:2} | {} | UPDATE_UPDATE | n",
                "{} | {n:1} | {n:2} | UPDATE_UPDATE | n",
                "{n:1} | {n:null} | {n:2} | UPDATE_UPDATE | n",
                "{n:1,m:1} | {n:2,m:2} | {n:3,m:2} | UPDATE_UPDATE | n",
                "{a:{x:1}} | {a:{x:2}} | {a:{x:3}} | UPDATE_UPDATE | a.x",
                "{a:{x:1}} | {a:null} | {a:{x:3}} | UPDATE_UPDATE | a",
                "{reg_ids:[{id_type:'N',v:1}]} | {reg_ids:[{id_type:'N',v:2}]} | {reg_ids:[]} | UPDATE_UPDATE"
                        + " | reg_ids[id_type=N]",
                "{reg_ids:[{id_type:'N',v:1}]} | {reg_ids:[{id_type:'N',v:2}]} | {reg_ids:[{id_type:'N',v:3}]}"
                        + " | UPDATE_UPDATE | reg_ids[id_type=N].v",
                // deletions
                "{n:1} | - | {n:1} | DELETION | ~~",
                "{n:1} | {n:1} | - | DELETION | ~~",
                "{n:1} | {n:2} | - | UPDATE_DELETE | ~~",
                "{n:1} | - | {n:2} | DELETE_UPDATE | ~~",
                "{n:1} | - | - | DELETE_DELETE | ~~",
                // never linked
                "- | {n:1} | - | NONE | ~~",
                "- | - | {n:1} | NONE | ~~",
                "- | - | - | NONE | ~~",
                "- | {n:1} | {n:1} | NONE | ~~",
                "- | {n:1} | {n:2} | CREATE_CREATE | n",
                "- | {n:1} | {m:2} | CREATE_CREATE | ~~",
            })
    void each_kind_is_told_from_base_and_both_sides(
            String base, String internal, String external, ConflictKind kind, String contested) {
        Detection detection = Detection.of(situation(base, internal, external).build());

        assertThat(detection.kind()).isEqualTo(kind);
        assertThat(texts(detection.contested())).isEqualTo(contested);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{n:1,m:1} | {n:2,m:1} | {n:3,m:1} | STALE_PUSH",
                "{n:1,m:1} | {n:2,m:1} | {n:1,m:2} | STALE_PUSH",
                "{n:1} | {n:2} | {n:1} | NONE",
                "{n:1} | {n:2} | {n:2} | NONE",
                "{n:1} | {n:1} | {n:2} | NONE",
                "{n:1} | {n:2} | - | UPDATE_DELETE",
                "{n:1} | - | {n:2} | DELETE_UPDATE",
                "- | {n:1} | {n:2} | CREATE_CREATE",
            })
    void a_target_that_moved_before_a_push_makes_it_stale(
            String base, String internal, String external, ConflictKind kind) {
        Situation situation = situation(base, internal, external)
                .during(Situation.Occasion.PUSH)
                .build();

        assertThat(Detection.of(situation).kind()).isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"{n:1} | {n:2} | {n:1}", "- | {n:2} | -", "{n:1} | {n:2} | -", "- | {n:1} | {n:2}"})
    void a_value_that_is_taken_is_its_own_kind(String base, String internal, String external) {
        Situation situation = situation(base, internal, external)
                .constraint(Path.parse("n"), Side.EXTERNAL)
                .build();

        assertThat(Detection.of(situation).kind()).isEqualTo(ConflictKind.CONSTRAINT);
    }

    @Test
    void says_what_each_side_changed_and_by_what_it_was_seen() {
        Situation situation = Situation.of(Shapes.PERSON)
                .base(Json.record("{n:1,m:1}"), new Stamp(NOON, "3"), new Stamp(NOON, "a"))
                .internal(Json.record("{n:2,m:1}"), new Stamp(NOON.plusSeconds(1), "3"))
                .external(Json.record("{n:1,m:1}"), new Stamp(NOON, "b"))
                .build();

        Detection detection = Detection.of(situation);

        assertThat(detection.internal().delta().changedFields()).containsExactly("n");
        assertThat(detection.internal().signs())
                .containsExactlyInAnyOrder(Detection.Sign.TIMESTAMP, Detection.Sign.CONTENT);
        assertThat(detection.external().signs()).containsExactly(Detection.Sign.VERSION);
        assertThat(detection.external().changed()).isFalse();
        assertThat(detection.external().echo()).isTrue();
        assertThat(detection.internal().echo()).isFalse();
        assertThat(detection.seenBy()).containsExactlyInAnyOrder(Detection.Sign.values());
    }

    @Test
    void unknown_versions_and_times_are_no_signs() {
        Situation situation = Situation.of(Shapes.PERSON)
                .base(Json.record("{n:1}"))
                .internal(Json.record("{n:1}"), new Stamp(NOON, "1"))
                .external(State.gone(State.Departure.ARCHIVED, Stamp.UNKNOWN))
                .build();

        Detection detection = Detection.of(situation);

        assertThat(detection.internal().signs()).isEmpty();
        assertThat(detection.external().signs()).containsExactly(Detection.Sign.CONTENT);
        assertThat(detection.external().gone()).isTrue();
    }

    static Situation.Builder situation(String base, String internal, String external) {
        Situation.Builder builder = Situation.of(Shapes.PERSON);
        if (!base.equals("-")) {
            builder.base(Json.record(base));
        }
        builder.internal(state(internal, base));
        return builder.external(state(external, base));
    }

    private static State state(String record, @Nullable String base) {
        if (!record.equals("-")) {
            return State.of(Json.record(record), Stamp.UNKNOWN);
        }
        return "-".equals(base)
                ? new State(null, null, Stamp.UNKNOWN)
                : State.gone(State.Departure.DELETED, Stamp.UNKNOWN);
    }

    static String texts(Set<Path> paths) {
        return paths.stream().map(Path::text).collect(Collectors.joining("; "));
    }
}
