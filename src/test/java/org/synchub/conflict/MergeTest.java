package org.synchub.conflict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MergeTest {

    private static final Map<String, FieldRule> NO_BEANS = Map.of();
    private static final Policy INTERNAL = Policies.read("c", "internal-wins", NO_BEANS);
    private static final Policy EXTERNAL = Policies.read("c", "external-wins", NO_BEANS);

    @ParameterizedTest(name = "base {0}, internal {1}, external {2}: {3}, unresolved {4}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                // fields
                "{n:1} | {n:1} | {n:2} | {n:2} | ~~",
                "{n:1} | {} | {n:1} | {} | ~~",
                "{n:1} | {} | {} | {} | ~~",
                "{n:1} | {n:null} | {n:1} | {n:null} | ~~",
                "{} | {a:1} | {b:2} | {a:1,b:2} | ~~",
                "{n:1} | {} | {n:2} | {n:1} | n",
                "{n:1} | {n:2} | {n:2.0} | {n:2} | ~~",
                "{n:1} | {n:1.0} | {n:2} | {n:2} | ~~",
                // nested objects
                "{a:{x:1,y:1}} | {a:{x:2,y:1}} | {a:{x:1,y:3}} | {a:{x:2,y:3}} | ~~",
                "{a:{x:1,y:1}} | {a:{x:2,y:1}} | {a:{x:3,y:4}} | {a:{x:1,y:4}} | a.x",
                "{} | {a:{x:1}} | {a:{y:1}} | {a:{x:1,y:1}} | ~~",
                "{a:1} | {a:{x:1}} | {a:{x:1,y:2}} | {a:{x:1,y:2}} | ~~",
                "{a:{b:{c:{d:1,e:1}}}} | {a:{b:{c:{d:2,e:1}}}} | {a:{b:{c:{d:1,e:2}}}} | {a:{b:{c:{d:2,e:2}}}} | ~~",
                "{a:{x:1}} | {a:{x:2}} | {} | {a:{x:1}} | a",
                // references are one value
                "{h:{$ref:'1'}} | {h:{$ref:'2'}} | {h:{$ref:'3'}} | {h:{$ref:'1'}} | h",
                "{h:{$ref:'1'}} | {h:{$ref:'2'}} | {h:{$ref:'1'}} | {h:{$ref:'2'}} | ~~",
                // lists by key
                "{reg_ids:[{id_type:'N',v:1}]} | {reg_ids:[{id_type:'N',v:1},{id_type:'P',v:2}]}"
                        + " | {reg_ids:[{id_type:'N',v:3}]} | {reg_ids:[{id_type:'N',v:3},{id_type:'P',v:2}]} | ~~",
                "{reg_ids:[{id_type:'N',v:1}]} | {reg_ids:[]} | {reg_ids:[{id_type:'N',v:1},{id_type:'P'}]}"
                        + " | {reg_ids:[{id_type:'P'}]} | ~~",
                "{reg_ids:[{id_type:'N',v:1}]} | {reg_ids:[]} | {reg_ids:[{id_type:'N',v:2}]}"
                        + " | {reg_ids:[{id_type:'N',v:1}]} | reg_ids[id_type=N]",
                "{reg_ids:[{id_type:'N',v:1}]} | {reg_ids:[]} | {reg_ids:[]} | {reg_ids:[]} | ~~",
                "{reg_ids:[{id_type:'N',v:1,w:1}]} | {reg_ids:[{id_type:'N',v:2,w:1}]} | {reg_ids:[{id_type:'N',v:1,w:2}]}"
                        + " | {reg_ids:[{id_type:'N',v:2,w:2}]} | ~~",
                "{} | {reg_ids:[{id_type:'N'}]} | {reg_ids:[{id_type:'P'}]}"
                        + " | {reg_ids:[{id_type:'N'},{id_type:'P'}]} | ~~",
                "{reg_ids:null} | {reg_ids:[{id_type:'N'}]} | {reg_ids:[{id_type:'P'}]}"
                        + " | {reg_ids:[{id_type:'N'},{id_type:'P'}]} | ~~",
                "{reg_ids:[{id_type:'N'}]} | {reg_ids:null} | {reg_ids:[{id_type:'N'},{id_type:'P'}]}"
                        + " | {reg_ids:[{id_type:'N'}]} | reg_ids",
                // sets
                "{tags:['a','b']} | {tags:['b','c']} | {tags:['d','b','a']} | {tags:['b','c','d']} | ~~",
                "{} | {tags:['a']} | {tags:['b']} | {tags:['a','b']} | ~~",
                "{tags:['a']} | {tags:[]} | {tags:[]} | {tags:[]} | ~~",
                // arrays without a key are one value
                "{l:[1]} | {l:[1,2]} | {l:[1,3]} | {l:[1]} | l",
                "{l:[1]} | {l:[1]} | {l:[1,3]} | {l:[1,3]} | ~~",
                // one key twice: the list is one value, one-sided changes still pass
                "{reg_ids:[{id_type:'N',v:1}]} | {reg_ids:[{id_type:'N',v:1},{id_type:'N',v:2}]}"
                        + " | {reg_ids:[{id_type:'N',v:1}]} | {reg_ids:[{id_type:'N',v:1},{id_type:'N',v:2}]} | ~~",
                "{reg_ids:[{id_type:'N',v:1}]} | {reg_ids:[{id_type:'N',v:1},{id_type:'N',v:2}]}"
                        + " | {reg_ids:[{id_type:'N',v:3}]} | {reg_ids:[{id_type:'N',v:1}]} | reg_ids",
            })
    void by_default_one_sided_changes_pass_and_contested_ones_wait(
            String base, String internal, String external, String merged, String unresolved) {
        Resolution resolution =
                Merge.resolve(DetectionTest.situation(base, internal, external).build(), Policy.careful());

        assertMerged(resolution, merged);
        assertThat(DetectionTest.texts(resolution.unresolved())).isEqualTo(unresolved);
        assertThat(resolution.verdict() == Verdict.MANUAL).isEqualTo(!unresolved.isEmpty());
    }

    @ParameterizedTest(name = "internal {0}, external {1}: {2}, unresolved {3}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{n:1} | {n:1.0} | {n:1} | ~~",
                "{n:'a'} | {} | {n:'a'} | ~~",
                "{n:null} | {n:'a'} | {n:'a'} | ~~",
                "{n:'  '} | {n:'a'} | {n:'a'} | ~~",
                "{n:[]} | {n:[1]} | {n:[1]} | ~~",
                "{n:false} | {n:''} | {n:false} | ~~",
                "{n:0} | {n:null} | {n:0} | ~~",
                "{n:null} | {} | {n:null} | ~~",
                "{n:''} | {n:null} | {n:null} | ~~",
                "{n:'a'} | {n:'b'} | {} | n",
                "{a:{x:1,y:''}} | {a:{y:2,z:3}} | {a:{x:1,y:2,z:3}} | ~~",
                "{a:{x:1}} | {a:{x:2,z:3}} | {a:{z:3}} | a.x",
                "{reg_ids:[{id_type:'N',v:1}]} | {reg_ids:[{id_type:'P'},{id_type:'N',v:1}]}"
                        + " | {reg_ids:[{id_type:'N',v:1},{id_type:'P'}]} | ~~",
                "{reg_ids:[{id_type:'N',v:1}]} | {reg_ids:[{id_type:'N',v:2}]} | {reg_ids:[{id_type:'N'}]}"
                        + " | reg_ids[id_type=N].v",
                "{tags:['a']} | {tags:['b']} | {tags:['a','b']} | ~~",
            })
    void two_records_linked_for_the_first_time_fill_each_other_up(
            String internal, String external, String merged, String unresolved) {
        Resolution resolution =
                Merge.resolve(DetectionTest.situation("-", internal, external).build(), Policy.careful());

        assertMerged(resolution, merged);
        assertThat(DetectionTest.texts(resolution.unresolved())).isEqualTo(unresolved);
    }

    @Test
    void a_winning_side_wins_whole_fields_and_items_but_a_merge_looks_into_them() {
        Situation situation = situation(
                "{a:{x:1,y:1}, reg_ids:[{id_type:'N',v:1,w:1},{id_type:'P'}], tags:['a']}",
                "{a:{x:2,y:1}, reg_ids:[{id_type:'N',v:2,w:1},{id_type:'P'},{id_type:'Q'}], tags:['a','b']}",
                "{a:{x:1,y:3}, reg_ids:[{id_type:'N',v:1,w:3}], tags:['c']}");

        assertThat(merged(situation, INTERNAL))
                .isEqualTo(Json.record("{a:{x:2,y:1}, reg_ids:[{id_type:'N',v:2,w:1},{id_type:'Q'}], tags:['b','c']}"));
        assertThat(merged(situation, EXTERNAL))
                .isEqualTo(Json.record("{a:{x:1,y:3}, reg_ids:[{id_type:'N',v:1,w:3},{id_type:'Q'}], tags:['b','c']}"));
        assertThat(merged(situation, Policy.careful()))
                .isEqualTo(Json.record("{a:{x:2,y:3}, reg_ids:[{id_type:'N',v:2,w:3},{id_type:'Q'}], tags:['b','c']}"));
        assertThat(Detection.of(situation).kind()).isEqualTo(ConflictKind.NONE);
        assertThat(Merge.resolve(situation, INTERNAL).kind()).isEqualTo(ConflictKind.UPDATE_UPDATE);
    }

    @Test
    void a_rule_set_further_inside_is_followed_there() {
        Policy policy = Policies.read(
                "c",
                Policies.map(
                        "strategy",
                        "external-wins",
                        "fields",
                        Policies.map("a.x", "internal-wins", "reg_ids[id_type=N].v", "internal-wins")),
                NO_BEANS);
        Situation situation = situation(
                "{a:{x:1,y:1}, reg_ids:[{id_type:'N',v:1,w:1},{id_type:'P',v:1,w:1}]}",
                "{a:{x:2,y:2}, reg_ids:[{id_type:'N',v:2,w:2},{id_type:'P',v:2,w:1}]}",
                "{a:{x:3,y:3}, reg_ids:[{id_type:'N',v:3,w:3},{id_type:'P',v:1,w:3}]}");

        assertThat(merged(situation, policy))
                .isEqualTo(Json.record("{a:{x:2,y:3}, reg_ids:[{id_type:'N',v:2,w:3},{id_type:'P',v:1,w:3}]}"));
    }

    @Test
    void lists_within_members_are_merged_item_by_item() {
        Situation situation = Situation.of(Shapes.HOUSEHOLD)
                .base(Json.record("{members:[{individual:{$ref:'1'}, reg_ids:[{id_type:'N',v:1}], roles:['head']},"
                        + " {individual:{$ref:'2'}}]}"))
                .internal(Json.record("{members:[{individual:{$ref:'1'}, reg_ids:[{id_type:'N',v:1},{id_type:'P'}],"
                        + " roles:['head','payee']}, {individual:{$ref:'2'}}, {individual:{$ref:'3'}}]}"))
                .external(Json.record("{members:[{individual:{$ref:'1'}, reg_ids:[{id_type:'N',v:2}], roles:[]}]}"))
                .build();

        Resolution resolution = Merge.resolve(situation, Policy.careful());

        assertThat(resolution.merged())
                .isEqualTo(Json.record("{members:[{individual:{$ref:'1'}, reg_ids:[{id_type:'N',v:2},{id_type:'P'}],"
                        + " roles:['payee']}, {individual:{$ref:'3'}}]}"));
        assertThat(resolution.kind()).isEqualTo(ConflictKind.NONE);
        assertThat(resolution.verdict()).isEqualTo(Verdict.MERGED);
    }

    @Test
    void a_field_under_an_authority_keeps_that_side_and_records_what_it_overrode() {
        Policy policy = Policies.read(
                "c",
                Policies.map(
                        "fields",
                        Policies.map(
                                "status",
                                Policies.map("authority", "external"),
                                "notes",
                                Policies.map("authority", "internal"),
                                "reg_ids.v",
                                Policies.map("authority", "external"))),
                NO_BEANS);
        Situation situation = situation(
                "{status:'a', notes:'a', reg_ids:[{id_type:'N',v:1,w:1}]}",
                "{status:'b', notes:'a', reg_ids:[{id_type:'N',v:2,w:2}]}",
                "{status:'a', notes:'c', reg_ids:[{id_type:'N',v:1,w:1}]}");

        Resolution resolution = Merge.resolve(situation, policy);

        assertThat(resolution.merged())
                .isEqualTo(Json.record("{status:'a', notes:'a', reg_ids:[{id_type:'N',v:1,w:2}]}"));
        assertThat(resolution.verdict()).isEqualTo(Verdict.MERGED);
        assertThat(resolution.kind()).isEqualTo(ConflictKind.NONE);
        assertThat(resolution.overruling()).hasSize(3);
        assertThat(resolution.overruling().get(0)).satisfies(row -> {
            assertThat(row.path()).isEqualTo(Path.parse("status"));
            assertThat(row.rule()).isEqualTo("authority: external");
            assertThat(row.overruled()).containsExactly(Side.INTERNAL);
            assertThat(row.internal()).isEqualTo(Json.value("'b'"));
            assertThat(row.result()).isEqualTo(Json.value("'a'"));
        });
    }

    @Test
    void an_authority_holds_without_a_base_too() {
        Policy policy =
                Policy.careful().withField("n", Policies.written("f", Policies.map("authority", "internal")), NO_BEANS);

        assertThat(merged(situation("-", "{m:1}", "{n:2}"), policy)).isEqualTo(Json.record("{m:1}"));
    }

    @Test
    void an_authority_that_replaces_the_targets_change_waits_for_approval_where_that_is_asked() {
        Policy policy = Policy.careful()
                .withField(
                        "n",
                        Policies.written("f", Policies.map("authority", "internal", "approval", "admin")),
                        NO_BEANS);

        Resolution replacing = Merge.resolve(situation("{n:1}", "{n:1}", "{n:2}"), policy);
        Resolution leading = Merge.resolve(situation("{n:1}", "{n:2}", "{n:1}"), policy);

        assertThat(replacing.verdict()).isEqualTo(Verdict.MANUAL);
        assertThat(replacing.kind()).isEqualTo(ConflictKind.UPDATE_UPDATE);
        assertThat(replacing.decisions()).singleElement().satisfies(row -> {
            assertThat(row.rule()).isEqualTo("authority: internal");
            assertThat(row.state()).isEqualTo(FieldDecision.State.PROPOSED);
            assertThat(row.result()).isEqualTo(Json.value("1"));
        });
        assertThat(leading.verdict()).isEqualTo(Verdict.TAKE_INTERNAL);
    }

    @Test
    void approval_is_needed_only_where_a_rule_replaces_what_the_target_changed() {
        Policy policy = Policies.read("c", Policies.map("strategy", "lww", "approval", "admin"), NO_BEANS);
        Situation newerOutside = Situation.of(Shape.plain())
                .base(Json.record("{n:1,m:1}"))
                .internal(Json.record("{n:2,m:2}"), Stamp.version("1"))
                .external(Json.record("{n:3,m:1}"), Stamp.version("2"))
                .build();

        Resolution resolution = Merge.resolve(newerOutside, policy);

        assertThat(resolution.verdict()).isEqualTo(Verdict.MERGED);
        assertThat(resolution.merged()).isEqualTo(Json.record("{n:3,m:2}"));
    }

    @Test
    void every_decision_says_what_was_there_what_came_out_and_why() {
        Resolution resolution =
                Merge.resolve(situation("{a:1,b:1,c:1,d:1}", "{a:2,b:1,c:2,d:2}", "{a:1,b:2,c:2,d:3}"), EXTERNAL);

        assertThat(resolution.decisions().stream().map(FieldDecision::toString))
                .containsExactly(
                        "a: one-sided (only the internal side changed it) SETTLED",
                        "b: one-sided (only the external side changed it) SETTLED",
                        "c: agreement (both sides changed it alike) SETTLED",
                        "d: external-wins (the external side wins) SETTLED");
        assertThat(resolution.overruling()).singleElement().satisfies(row -> {
            assertThat(row.path()).isEqualTo(Path.parse("d"));
            assertThat(row.base()).isEqualTo(Json.value("1"));
            assertThat(row.internal()).isEqualTo(Json.value("2"));
            assertThat(row.external()).isEqualTo(Json.value("3"));
            assertThat(row.result()).isEqualTo(Json.value("3"));
            assertThat(row.overruled()).containsExactly(Side.INTERNAL);
        });
    }

    @Test
    void a_record_on_one_side_that_was_never_linked_is_taken_as_it_is() {
        Resolution born = Merge.resolve(situation("-", "-", "{n:1}"), Policy.careful());
        Resolution made = Merge.resolve(situation("-", "{n:1}", "-"), Policy.careful());

        assertThat(born.verdict()).isEqualTo(Verdict.TAKE_EXTERNAL);
        assertThat(made.verdict()).isEqualTo(Verdict.TAKE_INTERNAL);
        assertThat(made.merged()).isEqualTo(Json.record("{n:1}"));
        assertThat(made.kind()).isEqualTo(ConflictKind.NONE);
        assertThat(Merge.resolve(situation("-", "-", "-"), Policy.careful()).verdict())
                .isEqualTo(Verdict.AGREED);
    }

    @Test
    void a_record_that_is_known_to_have_gone_is_not_made_again_for_want_of_a_base() {
        Situation archived = Situation.of(Shape.plain())
                .internal(Json.record("{n:1}"))
                .external(State.gone(State.Departure.ARCHIVED, Stamp.UNKNOWN))
                .build();

        Resolution careful = Merge.resolve(archived, Policy.careful());

        assertThat(careful.kind()).isEqualTo(ConflictKind.UPDATE_DELETE);
        assertThat(careful.verdict()).isEqualTo(Verdict.MANUAL);
        assertThat(careful.merged()).isNull();
        assertThat(Merge.resolve(archived, Policies.read("c", Map.of("onExternalDelete", "delete-entity"), NO_BEANS))
                        .verdict())
                .isEqualTo(Verdict.MANUAL);
        assertThat(Resolve.apply(archived, Policy.careful(), Choice.internal()).verdict())
                .isEqualTo(Verdict.TAKE_INTERNAL);
    }

    @ParameterizedTest
    @CsvSource({
        "onExternalDelete,ask,{n:1},-,MANUAL",
        "onExternalDelete,delete-entity,{n:1},-,DELETE",
        "onExternalDelete,ignore,{n:1},-,KEEP",
        "onExternalDelete,delete-entity,{n:2},-,MANUAL",
        "onExternalDelete,ignore,{n:2},-,KEEP",
        "onDelete,ask,-,{n:1},MANUAL",
        "onDelete,delete,-,{n:1},DELETE",
        "onDelete,ignore,-,{n:1},KEEP",
        "onDelete,delete,-,{n:2},MANUAL",
        "onDelete,ignore,-,{n:2},KEEP",
    })
    void a_deletion_is_answered_as_the_settings_say_and_never_against_a_change(
            String setting, String answer, String internal, String external, Verdict verdict) {
        Policy policy = setting.equals("onDelete")
                ? Policy.careful().withInternalDelete(Policy.OnDelete.valueOf(answer.toUpperCase(Locale.ROOT)))
                : Policies.read("c", Map.of(setting, answer), NO_BEANS);

        Resolution resolution = Merge.resolve(situation("{n:1}", internal, external), policy);

        assertThat(resolution.verdict()).isEqualTo(verdict);
        assertThat(resolution.decisions())
                .singleElement()
                .satisfies(row -> assertThat(row.path()).isEqualTo(Path.RECORD));
        if (verdict == Verdict.KEEP || verdict == Verdict.DELETE) {
            assertThat(resolution.merged()).isNull();
            assertThat(resolution.decisions().get(0).rule())
                    .isEqualTo(answer.equals("delete") ? "one-sided" : setting + ": " + answer);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "n | {n:'taken'}",
                "a.b | {a:{b:'taken'}}",
                "reg_ids[id_type=N].v | {reg_ids:[{id_type:'N',v:'taken'}]}",
                "tags[taken] | {tags:['taken']}",
            })
    void a_refused_value_never_stands_wherever_it_lies(String path, String internal) {
        Situation situation = DetectionTest.situation("{}", internal, "{other:1}")
                .constraint(Path.parse(path), Side.EXTERNAL)
                .build();

        Resolution careful = Merge.resolve(situation, Policy.careful());
        Resolution external = Merge.resolve(situation, EXTERNAL);

        assertThat(careful.verdict()).isEqualTo(Verdict.MANUAL);
        assertThat(careful.kind()).isEqualTo(ConflictKind.CONSTRAINT);
        assertThat(external.verdict()).isEqualTo(Verdict.TAKE_EXTERNAL);
        assertThat(external.merged()).isEqualTo(Json.record("{other:1}"));
    }

    @Test
    void a_refused_value_is_not_saved_by_an_authority_or_a_rule_that_repeats_it() {
        Map<String, FieldRule> beans = Map.of(
                "same", contest -> FieldRule.Ruling.take(Side.INTERNAL, "as it is"),
                "other", contest -> FieldRule.Ruling.give(Json.value("'free'"), "another"));
        Situation situation = DetectionTest.situation("{n:'a'}", "{n:'taken'}", "{n:'a'}")
                .constraint(Path.parse("n"), Side.EXTERNAL)
                .build();

        assertThat(Merge.resolve(
                                situation,
                                Policy.careful()
                                        .withField(
                                                "n",
                                                Policies.written("f", Policies.map("authority", "internal")),
                                                beans))
                        .verdict())
                .isEqualTo(Verdict.MANUAL);
        assertThat(Merge.resolve(situation, Policies.read("c", "bean:same", beans))
                        .verdict())
                .isEqualTo(Verdict.MANUAL);
        assertThat(merged(situation, Policies.read("c", "bean:other", beans))).isEqualTo(Json.record("{n:'free'}"));
    }

    @Test
    void a_value_that_the_store_refuses_leaves_the_stores_own() {
        Situation situation = DetectionTest.situation("{n:'a',m:1}", "{n:'a',m:1}", "{n:'taken',m:2}")
                .constraint(Path.parse("n"), Side.INTERNAL)
                .build();

        assertThat(Merge.resolve(situation, EXTERNAL).verdict()).isEqualTo(Verdict.MANUAL);
        assertThat(merged(situation, INTERNAL)).isEqualTo(Json.record("{n:'a',m:2}"));
    }

    @Test
    void a_refusal_that_no_differing_field_explains_waits_for_people() {
        Resolution unnamed = Merge.resolve(
                DetectionTest.situation("{n:1}", "{n:2}", "{n:1}")
                        .constraint(Path.RECORD, Side.EXTERNAL)
                        .build(),
                EXTERNAL);
        Resolution agreed = Merge.resolve(
                DetectionTest.situation("{n:1}", "{n:1}", "{n:1}")
                        .constraint(Path.parse("n"), Side.EXTERNAL)
                        .build(),
                EXTERNAL);
        Resolution creation = Merge.resolve(
                DetectionTest.situation("-", "{n:1}", "-")
                        .constraint(Path.parse("n"), Side.EXTERNAL)
                        .build(),
                EXTERNAL);

        assertThat(unnamed.unresolved()).containsExactly(Path.RECORD);
        assertThat(agreed.unresolved()).containsExactly(Path.RECORD);
        assertThat(creation.unresolved()).containsExactly(Path.parse("n"));
        assertThat(List.of(unnamed.kind(), agreed.kind(), creation.kind())).containsOnly(ConflictKind.CONSTRAINT);
    }

    @Test
    void an_own_rule_may_choose_give_remove_ask_or_leave_it_to_the_next() {
        Map<String, FieldRule> beans =
                Map.of("own", contest -> switch (contest.path().text()) {
                    case "take" -> FieldRule.Ruling.take(Side.EXTERNAL, "r");
                    case "give" -> FieldRule.Ruling.give(Json.value("'x'"), "r");
                    case "remove" -> FieldRule.Ruling.remove("r");
                    case "ask" -> FieldRule.Ruling.ask("too close to call");
                    default -> FieldRule.Ruling.abstain();
                });
        Policy policy = Policies.read("c", Policies.map("strategy", "bean:own", "then", "internal"), beans);

        Resolution resolution = Merge.resolve(
                situation("{}", "{take:1,give:1,remove:1,ask:1,other:1}", "{take:2,give:2,remove:2,ask:2,other:2}"),
                policy);

        assertThat(resolution.merged()).isEqualTo(Json.record("{take:2,give:'x',other:1}"));
        assertThat(DetectionTest.texts(resolution.unresolved())).isEqualTo("ask");
        assertThat(resolution.decisions().stream().map(FieldDecision::rule))
                .containsExactly("bean:own", "bean:own", "bean:own", "bean:own", "internal-wins");
        assertThat(resolution.decisions().get(3).reason()).isEqualTo("too close to call");
    }

    @Test
    void an_own_rule_that_fails_is_named_with_the_place_and_without_the_key() {
        FieldRule fails = contest -> {
            throw new IllegalArgumentException("broken");
        };
        FieldRule wrongKey = contest -> FieldRule.Ruling.give(Json.value("{number:'2'}"), "r");
        Situation situation =
                situation("{phones:[{number:'1',k:1}]}", "{phones:[{number:'1',k:2}]}", "{phones:[{number:'1',k:3}]}");

        assertThatThrownBy(() -> Merge.resolve(situation, Policies.read("c", "bean:bad", Map.of("bad", fails))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("bean:bad failed to decide on phones[number=\u2026]")
                .hasRootCauseMessage("broken");
        assertThatThrownBy(() -> Merge.resolve(situation, Policies.read("c", "bean:bad", Map.of("bad", wrongKey))))
                .hasMessage("bean:bad gave phones[number=\u2026] a value without the item's own number");
        assertThatThrownBy(() -> Merge.resolve(
                        situation("{n:1}", "{n:2}", "-"),
                        Policies.read(
                                "c",
                                Map.of("deleteConflict", "bean:bad"),
                                Map.of("bad", contest -> FieldRule.Ruling.give(Json.value("1"), "r")))))
                .hasMessage("bean:bad must give the whole record as an object, not number");
    }

    @Test
    void the_given_records_are_left_alone() {
        ObjectNode base = Json.record("{a:{x:1}, reg_ids:[{id_type:'N',v:1}]}");
        ObjectNode internal = Json.record("{a:{x:2}, reg_ids:[{id_type:'N',v:1},{id_type:'P'}]}");
        ObjectNode external = Json.record("{a:{x:1,y:1}, reg_ids:[]}");
        List<JsonNode> before = List.of(base.deepCopy(), internal.deepCopy(), external.deepCopy());

        Resolution resolution = Merge.resolve(
                Situation.of(Shapes.PERSON)
                        .base(base)
                        .internal(internal)
                        .external(external)
                        .build(),
                Policy.careful());
        resolution.decisions().forEach(decision -> scribble(decision.internal()));
        scribble(resolution.merged());

        assertThat(List.<JsonNode>of(base, internal, external)).isEqualTo(before);
    }

    @Test
    void decisions_and_resolutions_are_json_and_keep_people_out_of_logs() throws Exception {
        Resolution resolution = Merge.resolve(
                situation("{name:'Secret1'}", "{name:'Secret2'}", "{phones:[{number:'Secret3'}]}"), Policy.careful());

        JsonNode json = Json.MAPPER.valueToTree(resolution);

        assertThat(json.at("/decisions/0"))
                .isEqualTo(Json.value("{path:'name', base:'Secret1', internal:'Secret2', result:'Secret1',"
                        + " rule:'manual', reason:'somebody has to decide', state:'OPEN', overruled:[]}"));
        assertThat(json.get("unresolved")).isEqualTo(Json.value("['name']"));
        assertThat(Json.MAPPER.treeToValue(json.at("/decisions/0"), FieldDecision.class))
                .isEqualTo(resolution.decisions().get(0));
        assertThat(Json.MAPPER.treeToValue(json, Resolution.class)).isEqualTo(resolution);
        assertThat(resolution + resolution.decisions().toString()).doesNotContain("Secret");
        assertThat(resolution.likeness()).isEqualTo("UPDATE_UPDATE name");
    }

    private static void scribble(@Nullable JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.forEach(MergeTest::scribble);
            object.put("scribble", true);
        } else if (node != null && node.isArray()) {
            node.forEach(MergeTest::scribble);
        }
    }

    private static void assertMerged(Resolution resolution, String expected) {
        assertThat(Shapes.PERSON.same(resolution.merged(), Json.record(expected)))
                .as("%s should be %s", resolution.merged(), expected)
                .isTrue();
    }

    static Situation situation(String base, String internal, String external) {
        return DetectionTest.situation(base, internal, external).build();
    }

    private static @Nullable ObjectNode merged(Situation situation, Policy policy) {
        Resolution resolution = Merge.resolve(situation, policy);
        assertThat(resolution.verdict()).isNotEqualTo(Verdict.MANUAL);
        return resolution.merged();
    }
}
