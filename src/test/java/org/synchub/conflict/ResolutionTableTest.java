package org.synchub.conflict;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every kind of conflict under every strategy. The internal side wrote last, by its time. A dash is a side that does not
 * hold the record; the result's dash is a record that goes, or (KEEP) none to write.
 */
@DisplayName("Detection \u00d7 resolution")
class ResolutionTableTest {

    private static final Stamp EARLY = Stamp.at(Instant.parse("2026-11-20T10:00:00Z"));
    private static final Stamp LATE = Stamp.at(Instant.parse("2026-11-20T11:00:00Z"));
    private static final Map<String, FieldRule> BEANS = Map.of("join", ResolutionTableTest::join);

    /** Gives {@code internal+external}; a record that one side deleted stays. */
    private static FieldRule.Ruling join(FieldRule.Contest contest) {
        if (contest.path().isRecord()) {
            return FieldRule.Ruling.take(contest.internal() == null ? Side.EXTERNAL : Side.INTERNAL, "it stays");
        }
        String both = text(contest.internal()) + "+" + text(contest.external());
        return FieldRule.Ruling.give(Json.MAPPER.getNodeFactory().textNode(both), "joined");
    }

    private static String text(com.fasterxml.jackson.databind.@Nullable JsonNode value) {
        return value == null ? "" : value.asText();
    }

    @ParameterizedTest(name = "{0} under {1}: {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                // base {n:'b', x:'b'}; internal n:'i', x unchanged; external n:'e', x:'e' (one-sided, always kept)
                "UPDATE_UPDATE | last-write-wins | MERGED | {n:'i',x:'e'} | ~~",
                "UPDATE_UPDATE | internal-wins   | MERGED | {n:'i',x:'e'} | ~~",
                "UPDATE_UPDATE | external-wins   | TAKE_EXTERNAL | {n:'e',x:'e'} | ~~",
                "UPDATE_UPDATE | merge           | MANUAL | {n:'b',x:'e'} | n",
                "UPDATE_UPDATE | manual          | MANUAL | {n:'b',x:'e'} | n",
                "UPDATE_UPDATE | bean:join       | MERGED | {n:'i+e',x:'e'} | ~~",
                "UPDATE_UPDATE | approval        | MANUAL | {n:'i',x:'e'} | n",
                "STALE_PUSH    | last-write-wins | MERGED | {n:'i',x:'e'} | ~~",
                "STALE_PUSH    | internal-wins   | MERGED | {n:'i',x:'e'} | ~~",
                "STALE_PUSH    | external-wins   | TAKE_EXTERNAL | {n:'e',x:'e'} | ~~",
                "STALE_PUSH    | merge           | MANUAL | {n:'b',x:'e'} | n",
                "STALE_PUSH    | manual          | MANUAL | {n:'b',x:'e'} | n",
                "STALE_PUSH    | bean:join       | MERGED | {n:'i+e',x:'e'} | ~~",
                "STALE_PUSH    | approval        | MANUAL | {n:'i',x:'e'} | n",
                // internal {n:'i', x:'b'}; external gone
                "UPDATE_DELETE | last-write-wins | TAKE_INTERNAL | {n:'i',x:'b'} | ~~",
                "UPDATE_DELETE | internal-wins   | TAKE_INTERNAL | {n:'i',x:'b'} | ~~",
                "UPDATE_DELETE | external-wins   | DELETE | - | ~~",
                "UPDATE_DELETE | manual          | MANUAL | {n:'b',x:'b'} | *",
                "UPDATE_DELETE | merge           | MANUAL | {n:'b',x:'b'} | *",
                "UPDATE_DELETE | bean:join       | TAKE_INTERNAL | {n:'i',x:'b'} | ~~",
                "UPDATE_DELETE | approval        | MANUAL | {n:'i',x:'b'} | *",
                // internal gone, and last; external {n:'e', x:'e'}
                "DELETE_UPDATE | last-write-wins | DELETE | - | ~~",
                "DELETE_UPDATE | internal-wins   | DELETE | - | ~~",
                "DELETE_UPDATE | external-wins   | TAKE_EXTERNAL | {n:'e',x:'e'} | ~~",
                "DELETE_UPDATE | manual          | MANUAL | {n:'b',x:'b'} | *",
                "DELETE_UPDATE | merge           | MANUAL | {n:'b',x:'b'} | *",
                "DELETE_UPDATE | bean:join       | TAKE_EXTERNAL | {n:'e',x:'e'} | ~~",
                "DELETE_UPDATE | approval        | MANUAL | - | *",
                // gone on both sides: nothing to settle under any strategy
                "DELETE_DELETE | last-write-wins | AGREED | - | ~~",
                "DELETE_DELETE | internal-wins   | AGREED | - | ~~",
                "DELETE_DELETE | external-wins   | AGREED | - | ~~",
                "DELETE_DELETE | merge           | AGREED | - | ~~",
                "DELETE_DELETE | manual          | AGREED | - | ~~",
                "DELETE_DELETE | bean:join       | AGREED | - | ~~",
                "DELETE_DELETE | approval        | AGREED | - | ~~",
                // no base; internal {n:'i', x:''}; external {n:'e', x:'e'}
                "CREATE_CREATE | last-write-wins | MERGED | {n:'i',x:'e'} | ~~",
                "CREATE_CREATE | internal-wins   | MERGED | {n:'i',x:'e'} | ~~",
                "CREATE_CREATE | external-wins   | TAKE_EXTERNAL | {n:'e',x:'e'} | ~~",
                "CREATE_CREATE | merge           | MANUAL | {x:'e'} | n",
                "CREATE_CREATE | manual          | MANUAL | {x:'e'} | n",
                "CREATE_CREATE | bean:join       | MERGED | {n:'i+e',x:'e'} | ~~",
                "CREATE_CREATE | approval        | MANUAL | {n:'i',x:'e'} | n",
                // internal {n:'i', x:'b'}, n refused by the target; external {n:'b', x:'e'}
                "CONSTRAINT    | last-write-wins | MANUAL | {n:'b',x:'e'} | n",
                "CONSTRAINT    | internal-wins   | MANUAL | {n:'b',x:'e'} | n",
                "CONSTRAINT    | external-wins   | TAKE_EXTERNAL | {n:'b',x:'e'} | ~~",
                "CONSTRAINT    | merge           | MANUAL | {n:'b',x:'e'} | n",
                "CONSTRAINT    | manual          | MANUAL | {n:'b',x:'e'} | n",
                "CONSTRAINT    | bean:join       | MERGED | {n:'i+b',x:'e'} | ~~",
                "CONSTRAINT    | approval        | MANUAL | {n:'b',x:'e'} | n",
                // internal {n:'b', x:'b'}; external gone, which settings ask about whatever the strategy
                "DELETION      | last-write-wins | MANUAL | {n:'b',x:'b'} | *",
                "DELETION      | internal-wins   | MANUAL | {n:'b',x:'b'} | *",
                "DELETION      | external-wins   | MANUAL | {n:'b',x:'b'} | *",
                "DELETION      | merge           | MANUAL | {n:'b',x:'b'} | *",
                "DELETION      | manual          | MANUAL | {n:'b',x:'b'} | *",
                "DELETION      | bean:join       | MANUAL | {n:'b',x:'b'} | *",
                "DELETION      | approval        | MANUAL | {n:'b',x:'b'} | *",
                // internal {n:'i', x:'b'}; external {n:'b', x:'e'}: no strategy is asked
                "NONE          | last-write-wins | MERGED | {n:'i',x:'e'} | ~~",
                "NONE          | internal-wins   | MERGED | {n:'i',x:'e'} | ~~",
                "NONE          | external-wins   | MERGED | {n:'i',x:'e'} | ~~",
                "NONE          | merge           | MERGED | {n:'i',x:'e'} | ~~",
                "NONE          | manual          | MERGED | {n:'i',x:'e'} | ~~",
                "NONE          | bean:join       | MERGED | {n:'i',x:'e'} | ~~",
                "NONE          | approval        | MERGED | {n:'i',x:'e'} | ~~",
            })
    void every_kind_under_every_strategy(
            ConflictKind kind, String strategy, Verdict verdict, String merged, String unresolved) {
        Resolution resolution = Merge.resolve(situation(kind), policy(strategy));

        assertThat(resolution.kind()).isEqualTo(kind);
        assertThat(resolution.verdict()).isEqualTo(verdict);
        assertThat(resolution.merged()).isEqualTo(merged.equals("-") ? null : Json.record(merged));
        assertThat(DetectionTest.texts(resolution.unresolved())).isEqualTo(unresolved);
    }

    /** A merge cannot join a deletion with a change, so there it is left to the default, which asks. */
    private static Policy policy(String strategy) {
        Map<String, Object> settings = strategy.equals("approval")
                ? Policies.map("strategy", "internal-wins", "approval", "admin", "deleteConflict", "internal-wins")
                : Policies.map("strategy", strategy);
        if (!strategy.equals("merge") && !strategy.equals("approval")) {
            settings.put("deleteConflict", strategy);
        }
        return Policies.read("conflict", settings, BEANS);
    }

    private static Situation situation(ConflictKind kind) {
        Situation.Builder builder = Situation.of(Shape.plain());
        if (kind != ConflictKind.CREATE_CREATE) {
            builder.base(Json.record("{n:'b',x:'b'}"));
        }
        State gone = State.gone(State.Departure.DELETED, EARLY);
        State goneLate = State.gone(State.Departure.DELETED, LATE);
        return switch (kind) {
            case NONE ->
                builder.internal(here("{n:'i',x:'b'}"))
                        .external(there("{n:'b',x:'e'}"))
                        .build();
            case UPDATE_UPDATE ->
                builder.internal(here("{n:'i',x:'b'}"))
                        .external(there("{n:'e',x:'e'}"))
                        .build();
            case STALE_PUSH ->
                builder.internal(here("{n:'i',x:'b'}"))
                        .external(there("{n:'e',x:'e'}"))
                        .during(Situation.Occasion.PUSH)
                        .build();
            case UPDATE_DELETE ->
                builder.internal(here("{n:'i',x:'b'}")).external(gone).build();
            case DELETE_UPDATE ->
                builder.internal(goneLate).external(there("{n:'e',x:'e'}")).build();
            case DELETE_DELETE -> builder.internal(goneLate).external(gone).build();
            case CREATE_CREATE ->
                builder.internal(here("{n:'i',x:''}"))
                        .external(there("{n:'e',x:'e'}"))
                        .build();
            case CONSTRAINT ->
                builder.internal(here("{n:'i',x:'b'}"))
                        .external(there("{n:'b',x:'e'}"))
                        .constraint(Path.parse("n"), Side.EXTERNAL)
                        .build();
            case DELETION ->
                builder.internal(here("{n:'b',x:'b'}")).external(gone).build();
        };
    }

    private static State here(String record) {
        return State.of(Json.record(record), LATE);
    }

    private static State there(String record) {
        return State.of(Json.record(record), EARLY);
    }
}
