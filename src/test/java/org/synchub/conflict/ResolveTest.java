package org.synchub.conflict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResolveTest {

    /** n and ids[N].v contested; i and e changed on one side only. */
    private static final Situation CONTESTED = MergeTest.situation(
            "{n:1, i:1, e:1, address:{city:'A'}, reg_ids:[{id_type:'N',v:1}]}",
            "{n:2, i:2, e:1, address:{city:'A'}, reg_ids:[{id_type:'N',v:2}]}",
            "{n:3, i:1, e:3, address:{city:'A'}, reg_ids:[{id_type:'N',v:3}]}");

    @Test
    void a_chosen_side_takes_the_contested_places_and_leaves_the_rest_merged() {
        Resolution internal = Resolve.apply(CONTESTED, Policy.careful(), Choice.internal());
        Resolution external = Resolve.apply(CONTESTED, Policy.careful(), Choice.external());

        assertThat(internal.merged())
                .isEqualTo(Json.record("{n:2, i:2, e:3, address:{city:'A'}, reg_ids:[{id_type:'N',v:2}]}"));
        assertThat(internal.verdict()).isEqualTo(Verdict.MERGED);
        assertThat(internal.kind()).isEqualTo(ConflictKind.UPDATE_UPDATE);
        assertThat(external.merged())
                .isEqualTo(Json.record("{n:3, i:2, e:3, address:{city:'A'}, reg_ids:[{id_type:'N',v:3}]}"));
        assertThat(external.decisions())
                .filteredOn(row -> row.rule().equals("operator: external"))
                .extracting(row -> row.path().text())
                .containsExactly("n", "reg_ids[id_type=N].v");
        assertThat(external.overruling()).hasSize(2);
    }

    @Test
    void given_fields_settle_what_is_open_and_may_change_more() {
        Resolution resolution = Resolve.apply(
                CONTESTED,
                Policy.careful(),
                merged("n", "9", "reg_ids[id_type=N].v", "8", "address.city", "'B'", "i", null));

        assertThat(resolution.merged())
                .isEqualTo(Json.record("{n:9, e:3, address:{city:'B'}, reg_ids:[{id_type:'N',v:8}]}"));
        assertThat(resolution.verdict()).isEqualTo(Verdict.MERGED);
        assertThat(resolution.unresolved()).isEmpty();
        assertThat(resolution.decisions())
                .filteredOn(row -> row.rule().equals("operator: merged"))
                .extracting(row -> row.path().text())
                .containsExactlyInAnyOrder("n", "i", "reg_ids[id_type=N].v", "address.city");
        FieldDecision n = resolution.decisions().stream()
                .filter(row -> row.path().equals(Path.parse("n")))
                .findFirst()
                .orElseThrow();
        assertThat(n.overruled()).containsExactlyInAnyOrder(Side.INTERNAL, Side.EXTERNAL);
    }

    @Test
    void a_whole_list_covers_its_open_items() {
        Resolution resolution =
                Resolve.apply(CONTESTED, Policy.careful(), merged("n", "3", "reg_ids", "[{id_type:'Q'}]"));

        assertThat(resolution.merged())
                .isEqualTo(Json.record("{n:3, i:2, e:3, address:{city:'A'}, reg_ids:[{id_type:'Q'}]}"));
    }

    @Test
    void given_fields_that_make_one_sides_record_say_so() {
        Situation situation = MergeTest.situation("{n:1}", "{n:2}", "{n:3}");

        assertThat(Resolve.apply(situation, Policy.careful(), merged("n", "3.0"))
                        .verdict())
                .isEqualTo(Verdict.TAKE_EXTERNAL);
        assertThat(Resolve.apply(situation, Policy.careful(), merged("n", "2")).verdict())
                .isEqualTo(Verdict.TAKE_INTERNAL);
        assertThat(Resolve.apply(situation, Policy.careful(), merged("n", null)).merged())
                .isEqualTo(Json.record("{}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "nn | 1 | nn: unknown: neither side nor the base has it; did you mean \"n\"?",
                "address.cty | 1 | address.cty: unknown: neither side nor the base has it; did you mean"
                        + " \"address.city\"?",
                "zzzzzz | 1 | zzzzzz: unknown: neither side nor the base has it",
                "a..b | 1 | *: a field of the choice is no field path: expected a field name at character 3; write"
                        + " name, address.city or list[key=value].field",
                "* | {} | *: give single fields, or choose internal or external for the whole record",
                "reg_ids[id_type=N].id_type | 'P' | reg_ids[id_type=…].id_type: the key of a list item cannot be"
                        + " changed; give the whole list instead",
                "reg_ids[kind=N].v | 1 | reg_ids[kind=…].v: items of this list are told apart by id_type, not kind",
                "address[city=A] | 1 | address[city=…]: this is no list of items with a key; give the whole value",
                "address[A] | 1 | address[…]: this is no set; give the whole value",
                "reg_ids[id_type=N] | {id_type:'P'} | reg_ids[id_type=…]: an item must be an object with the same"
                        + " id_type",
                "reg_ids[id_type=N] | 5 | reg_ids[id_type=…]: an item must be an object with the same id_type",
                "reg_ids | [{id_type:'N'},{id_type:'N'}] | reg_ids: every item of this list must be an object with"
                        + " its own id_type",
            })
    void a_field_that_cannot_be_given_is_refused_by_its_path(String path, String value, String message) {
        ChoiceException refused = catchThrowableOfType(
                ChoiceException.class,
                () -> Resolve.apply(
                        CONTESTED, Policy.careful(), merged("n", "1", "reg_ids[id_type=N].v", "1", path, value)));

        assertThat(refused).hasMessage(message);
    }

    @Test
    void every_mistake_is_told_at_once_without_values_or_keys() {
        Situation situation = MergeTest.situation(
                "{n:1, phones:[{number:'0170',k:1}]}",
                "{n:2, phones:[{number:'0170',k:2}]}",
                "{n:3, phones:[{number:'0170',k:3}]}");

        ChoiceException refused = catchThrowableOfType(
                ChoiceException.class,
                () -> Resolve.apply(situation, Policy.careful(), merged("unheardof", "'Secret'")));

        assertThat(refused.problems().stream().map(ChoiceException.Problem::toString))
                .containsExactly(
                        "unheardof: unknown: neither side nor the base has it",
                        "n: missing: it waits for a decision, so give its value",
                        "phones[number=…].k: missing: it waits for a decision, so give its value");
        assertThat(refused.getMessage()).doesNotContain("Secret").doesNotContain("0170");
        assertThatThrownBy(() -> Resolve.apply(situation, Policy.careful(), merged()))
                .hasMessageStartingWith("*: merged needs at least one field\nn: missing");
    }

    @Test
    void ignoring_leaves_each_side_as_it_is_and_says_so() {
        Resolution resolution = Resolve.apply(CONTESTED, Policy.careful(), Choice.ignore());

        assertThat(resolution.verdict()).isEqualTo(Verdict.KEEP);
        assertThat(resolution.merged()).isNull();
        assertThat(resolution.unresolved()).isEmpty();
        assertThat(resolution.decisions()).extracting(FieldDecision::rule).containsOnly("operator: ignore");
    }

    @ParameterizedTest(name = "internal {0}, external {1}, {2}: {3} {4}")
    @CsvSource({
        "{n:2},-,internal,TAKE_INTERNAL,{n:2}",
        "{n:2},-,external,DELETE,-",
        "{n:1},-,internal,TAKE_INTERNAL,{n:1}",
        "{n:1},-,external,DELETE,-",
        "-,{n:2},internal,DELETE,-",
        "-,{n:2},external,TAKE_EXTERNAL,{n:2}",
        "{n:2},-,merged,MERGED,{n:7}",
        "-,{n:2},merged,MERGED,{n:7}",
        "{n:2},-,ignore,KEEP,-",
        "-,-,internal,AGREED,-",
    })
    void a_deletion_is_settled_by_the_same_choices(
            String internal, String external, String word, Verdict verdict, String merged) {
        Map<String, @Nullable JsonNode> fields = word.equals("merged") ? Map.of("n", Json.value("7")) : Map.of();

        Resolution resolution = Resolve.apply(
                MergeTest.situation("{n:1}", internal, external), Policy.careful(), Choice.of(word, fields));

        assertThat(resolution.verdict()).isEqualTo(verdict);
        assertThat(resolution.merged()).isEqualTo(merged.equals("-") ? null : Json.record(merged));
    }

    @Test
    void fields_cannot_be_given_for_a_record_that_nobody_holds() {
        assertThatThrownBy(
                        () -> Resolve.apply(MergeTest.situation("{n:1}", "-", "-"), Policy.careful(), merged("n", "1")))
                .hasMessage("*: neither side holds the record any more, so it takes no fields");
    }

    @Test
    void a_value_that_is_taken_can_be_neither_chosen_nor_given_again() {
        Situation situation = DetectionTest.situation("{n:'a'}", "{n:'taken'}", "{n:'a'}")
                .constraint(Path.parse("n"), Side.EXTERNAL)
                .build();
        Policy careful = Policy.careful();

        assertThatThrownBy(() -> Resolve.apply(situation, careful, Choice.internal()))
                .hasMessage("n: the external side refuses the internal value, because another record holds it; choose"
                        + " external, or merged with another value");
        assertThatThrownBy(() -> Resolve.apply(situation, careful, merged("n", "'taken'")))
                .hasMessage("n: the external side refuses this value, because another record holds it");
        assertThat(Resolve.apply(situation, careful, Choice.external()).merged())
                .isEqualTo(Json.record("{n:'a'}"));
        assertThat(Resolve.apply(situation, careful, merged("n", "'free'")).merged())
                .isEqualTo(Json.record("{n:'free'}"));
    }

    @Test
    void a_refused_creation_needs_another_value_or_none() {
        Situation named = DetectionTest.situation("-", "{n:'taken',m:1}", "-")
                .constraint(Path.parse("n"), Side.EXTERNAL)
                .build();
        Situation unnamed = DetectionTest.situation("-", "{n:'taken',m:1}", "-")
                .constraint(Path.RECORD, Side.EXTERNAL)
                .build();
        Policy careful = Policy.careful();

        assertThat(Resolve.apply(named, careful, merged("n", "'free'")).merged())
                .isEqualTo(Json.record("{n:'free',m:1}"));
        assertThat(Resolve.apply(named, careful, Choice.external()).merged()).isEqualTo(Json.record("{m:1}"));
        assertThat(Resolve.apply(unnamed, careful, merged("m", "2")).merged())
                .isEqualTo(Json.record("{n:'taken',m:2}"));
        assertThatThrownBy(() -> Resolve.apply(unnamed, careful, Choice.external()))
                .hasMessage(
                        "*: the external side holds no record to take; choose merged with another value, or ignore");
    }

    @Test
    void what_a_rule_proposes_stands_once_it_is_approved() {
        Policy policy = Policies.read(
                "c", Policies.map("strategy", "client", "approval", "admin", "deleteConflict", "client"), Map.of());
        Situation update = MergeTest.situation("{n:1,m:1}", "{n:2,m:1}", "{n:3,m:3}");
        Situation delete = MergeTest.situation("{n:1}", "-", "{n:3}");

        Resolution updated = Resolve.apply(update, policy, Choice.approve());
        Resolution deleted = Resolve.apply(delete, policy, Choice.approve());

        assertThat(updated.verdict()).isEqualTo(Verdict.MERGED);
        assertThat(updated.merged()).isEqualTo(Json.record("{n:2,m:3}"));
        assertThat(updated.decisions().get(0).rule()).isEqualTo("approved: internal-wins");
        assertThat(deleted.verdict()).isEqualTo(Verdict.DELETE);
        assertThatThrownBy(() -> Resolve.apply(update, Policy.careful(), Choice.approve()))
                .hasMessage("n: no rule proposes a value to approve; decide it yourself");
        assertThatThrownBy(
                        () -> Resolve.apply(MergeTest.situation("{n:1}", "{n:2}", "{n:1}"), policy, Choice.approve()))
                .hasMessage("*: nothing waits for an approval");
    }

    @Test
    void a_record_that_moved_on_since_it_was_shown_is_not_touched() {
        String shown = CONTESTED.fingerprint();
        Situation spelledOtherwise = MergeTest.situation(
                "{n:1.0, i:1, e:1, address:{city:'A'}, reg_ids:[{v:1,id_type:'N'}]}",
                "{i:2, n:2, e:1, address:{city:'A'}, reg_ids:[{id_type:'N',v:2}]}",
                "{n:3, i:1, e:3, address:{city:'A'}, reg_ids:[{id_type:'N',v:3}]}");
        Situation moved = MergeTest.situation(
                "{n:1, i:1, e:1, address:{city:'A'}, reg_ids:[{id_type:'N',v:1}]}",
                "{n:2, i:2, e:1, address:{city:'A'}, reg_ids:[{id_type:'N',v:2}]}",
                "{n:4, i:1, e:3, address:{city:'A'}, reg_ids:[{id_type:'N',v:3}]}");

        assertThat(Resolve.apply(spelledOtherwise, shown, Policy.careful(), Choice.internal())
                        .unresolved())
                .isEmpty();
        assertThatThrownBy(() -> Resolve.apply(moved, shown, Policy.careful(), Choice.internal()))
                .isInstanceOf(MovedOnException.class)
                .hasMessageContaining("look at it again");
    }

    @Test
    void a_fingerprint_tells_every_part_of_a_situation_apart() {
        assertThat(java.util.stream.Stream.of(
                                MergeTest.situation("{n:1}", "{n:2}", "{n:3}"),
                                MergeTest.situation("{n:2}", "{n:1}", "{n:3}"),
                                MergeTest.situation("{n:1}", "{n:3}", "{n:2}"),
                                MergeTest.situation("-", "{n:2}", "{n:3}"),
                                MergeTest.situation("{n:1}", "-", "{n:3}"),
                                MergeTest.situation("{n:1}", "{n:3}", "-"),
                                DetectionTest.situation("{n:1}", "{n:3}", "-")
                                        .external(State.gone(State.Departure.ARCHIVED, Stamp.UNKNOWN))
                                        .build(),
                                DetectionTest.situation("{n:1}", "{n:2}", "{n:3}")
                                        .constraint(Path.parse("n"), Side.EXTERNAL)
                                        .build())
                        .map(Situation::fingerprint))
                .doesNotHaveDuplicates()
                .allSatisfy(print -> assertThat(print).matches("[0-9a-f]{64}"));
    }

    @ParameterizedTest
    @CsvSource({
        "internal,Take[side=INTERNAL]",
        "Client,Take[side=INTERNAL]",
        "SERVER_WINS,Take[side=EXTERNAL]",
        "remote,Take[side=EXTERNAL]",
        "merge,Merged[0 fields]",
        "merged,Merged[0 fields]",
        "IGNORE,Ignore[]",
        "approve,Approve[]",
    })
    void choices_are_read_as_people_and_systems_write_them(String word, String choice) {
        assertThat(Choice.of(word, Map.of())).hasToString(choice);
    }

    @Test
    void what_is_no_choice_is_refused_with_what_would_be_one() {
        assertThatThrownBy(() -> Choice.of("intenal", Map.of()))
                .hasMessage("\"intenal\" is no resolution; allowed are internal, external, merged, ignore, approve; did"
                        + " you mean \"internal\"?");
        assertThatThrownBy(() -> Choice.of("manual", Map.of())).hasMessageContaining("is no resolution");
        assertThatThrownBy(() -> Choice.of("internal", Map.of("n", Json.value("1"))))
                .hasMessage("\"internal\" takes no fields; only \"merged\" does");
    }

    @Test
    void an_authority_is_kept_whatever_a_person_chooses_for_the_rest() {
        Policy policy =
                Policy.careful().withField("n", Policies.written("f", Policies.map("authority", "external")), Map.of());

        ObjectNode merged = Resolve.apply(CONTESTED, policy, Choice.internal()).merged();

        assertThat(merged).isEqualTo(Json.record("{n:3, i:2, e:3, address:{city:'A'}, reg_ids:[{id_type:'N',v:2}]}"));
    }

    /** Pairs of a path and JSON; null removes. */
    private static Choice merged(@Nullable String... pathsAndValues) {
        Map<String, @Nullable JsonNode> fields = new LinkedHashMap<>();
        for (int i = 0; i < pathsAndValues.length; i += 2) {
            String value = pathsAndValues[i + 1];
            fields.put(String.valueOf(pathsAndValues[i]), value == null ? null : Json.value(value));
        }
        return Choice.merged(fields);
    }
}
