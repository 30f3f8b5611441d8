package org.synchub.conflict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyTest {

    private static final FieldRule ABSTAINS = contest -> FieldRule.Ruling.abstain();
    private static final Map<String, FieldRule> BEANS = Map.of("newestPhone", ABSTAINS, "longest", ABSTAINS);

    @Test
    void without_settings_it_is_careful() {
        Policy careful = Policies.read("conflict", null, BEANS);

        assertThat(words(careful.rule())).isEqualTo("merge > manual");
        assertThat(words(careful.deleteConflict())).isEqualTo("manual");
        assertThat(careful.onDelete(Side.INTERNAL, State.Departure.DELETED)).isEqualTo(Policy.OnDelete.DELETE);
        assertThat(Arrays.stream(State.Departure.values()).map(how -> careful.onDelete(Side.EXTERNAL, how)))
                .containsOnly(Policy.OnDelete.ASK);
        assertThat(careful.fieldNames()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "last-write-wins,last-write-wins",
        "LAST_WRITE_WINS,last-write-wins",
        "Last Write Wins,last-write-wins",
        "lww,last-write-wins",
        "internal-wins,internal-wins",
        "internal,internal-wins",
        "CLIENT_WINS,internal-wins",
        "client-wins,internal-wins",
        "client,internal-wins",
        "local,internal-wins",
        "external-wins,external-wins",
        "SERVER_WINS,external-wins",
        "server,external-wins",
        "remote,external-wins",
        "External,external-wins",
        "merge,merge > manual",
        "MANUAL,manual",
        "bean:longest,bean:longest > manual",
        "Bean: longest,bean:longest > manual",
    })
    void reads_every_name_and_alias_of_a_strategy(String word, String expected) {
        assertThat(words(Policies.read("conflict", word, BEANS).rule())).isEqualTo(expected);
        assertThat(words(Policies.read("conflict", Map.of("strategy", word), BEANS)
                        .rule()))
                .isEqualTo(expected);
    }

    @Test
    void what_is_set_for_a_field_comes_before_kind_target_and_default() {
        Policy target = Policies.read(
                "conflict",
                map("strategy", "merge", "then", "last-write-wins", "fields", map("name", "manual", "x", "internal")),
                BEANS);
        Policy kind = target.with(Policies.written("person.conflict", map("strategy", "external-wins")), BEANS);
        Policy field = kind.withField("phone", Policies.written("person.fields", map("authority", "internal")), BEANS);

        assertThat(words(target.at(Path.parse("other")).rule())).isEqualTo("merge > last-write-wins");
        assertThat(words(field.at(Path.parse("other")).rule())).isEqualTo("external-wins");
        assertThat(words(field.at(Path.parse("name")).rule())).isEqualTo("manual");
        assertThat(words(field.at(Path.parse("x")).rule())).isEqualTo("internal-wins");
        assertThat(field.at(Path.parse("phone")).authority()).isEqualTo(Side.INTERNAL);
        assertThat(field.fieldNames()).containsExactly("name", "phone", "x");
        assertThat(words(Policy.careful().at(Path.parse("name")).rule())).isEqualTo("merge > manual");
    }

    @Test
    void a_merge_falls_to_the_rule_of_the_next_wider_place() {
        Policy target = Policies.read("conflict", "external-wins", BEANS);
        Policy kind = target.with(Policies.written("person.conflict", "merge"), BEANS);
        Policy field = kind.withField("name", Policies.written("person.fields", map("then", "manual")), BEANS);

        assertThat(words(kind.rule())).isEqualTo("merge > external-wins");
        assertThat(words(field.at(Path.parse("name")).rule())).isEqualTo("merge > manual");
    }

    @Test
    void approval_is_inherited_until_a_narrower_place_takes_it_back() {
        Policy target = Policies.read("conflict", map("strategy", "client-wins", "approval", "admin"), BEANS);
        Policy kind = target.with(
                Policies.written("kind", map("fields", map("a", "lww", "b", map("approval", "none")))), BEANS);

        assertThat(kind.rule().approval()).isTrue();
        assertThat(kind.deleteConflict().approval()).isTrue();
        assertThat(kind.at(Path.parse("a")).rule().approval()).isTrue();
        assertThat(words(kind.at(Path.parse("b")).rule())).isEqualTo("internal-wins");
        assertThat(kind.at(Path.parse("b")).rule().approval()).isFalse();
    }

    @Test
    void settings_for_a_list_hold_for_its_items_and_the_most_specific_wins() {
        Policy policy = Policies.read(
                "conflict",
                map(
                        "fields",
                        map(
                                "reg_ids",
                                "external-wins",
                                "reg_ids[id_type=National ID]",
                                map("authority", "external"),
                                "reg_ids.status",
                                "internal-wins",
                                "reg_ids[id_type=Phone].status",
                                "manual")),
                BEANS);

        assertThat(words(policy.at(Path.parse("reg_ids[id_type=X].value")).rule()))
                .isEqualTo("external-wins");
        assertThat(policy.at(Path.parse("reg_ids[id_type=National ID].value")).authority())
                .isEqualTo(Side.EXTERNAL);
        assertThat(words(policy.at(Path.parse("reg_ids[id_type=X].status")).rule()))
                .isEqualTo("internal-wins");
        assertThat(policy.at(Path.parse("reg_ids[id_type=X].status")).authority())
                .isNull();
        assertThat(words(policy.at(Path.parse("reg_ids[id_type=Phone].status.deep"))
                        .rule()))
                .isEqualTo("manual");
        assertThat(policy.reachesInto(Path.parse("reg_ids"))).isTrue();
        assertThat(policy.reachesInto(Path.parse("reg_ids[id_type=X]"))).isTrue();
        assertThat(policy.reachesInto(Path.parse("reg_ids[id_type=X].value"))).isFalse();
        assertThat(policy.reachesInto(Path.parse("name"))).isFalse();
    }

    @Test
    void a_strategy_further_inside_ends_an_authority_set_outside() {
        Policy policy = Policies.read(
                "conflict", map("fields", map("address", map("authority", "server"), "address.city", "manual")), BEANS);

        assertThat(policy.at(Path.parse("address.zip")).authority()).isEqualTo(Side.EXTERNAL);
        assertThat(policy.at(Path.parse("address.city")).authority()).isNull();
    }

    @Test
    void deletions_are_answered_each_in_its_way() {
        Policy policy = Policies.read(
                "conflict",
                map(
                        "onExternalDelete",
                        map("archived", "delete-entity", "disabled", "IGNORE", "deleted", "delete"),
                        "deleteConflict",
                        "lww"),
                BEANS);

        assertThat(policy.onDelete(Side.EXTERNAL, State.Departure.ARCHIVED)).isEqualTo(Policy.OnDelete.DELETE);
        assertThat(policy.onDelete(Side.EXTERNAL, State.Departure.DISABLED)).isEqualTo(Policy.OnDelete.IGNORE);
        assertThat(policy.onDelete(Side.EXTERNAL, State.Departure.DELETED)).isEqualTo(Policy.OnDelete.DELETE);
        assertThat(policy.onDelete(Side.EXTERNAL, State.Departure.VANISHED)).isEqualTo(Policy.OnDelete.ASK);
        assertThat(policy.onDelete(Side.INTERNAL, State.Departure.DELETED)).isEqualTo(Policy.OnDelete.DELETE);
        assertThat(policy.withInternalDelete(Policy.OnDelete.ASK).onDelete(Side.INTERNAL, State.Departure.DELETED))
                .isEqualTo(Policy.OnDelete.ASK);
        assertThat(words(policy.withInternalDelete(Policy.OnDelete.ASK).deleteConflict()))
                .isEqualTo("last-write-wins");
        assertThat(words(policy.deleteConflict())).isEqualTo("last-write-wins");
        assertThat(Policies.read("c", map("onExternalDelete", "ignore"), BEANS)
                        .onDelete(Side.EXTERNAL, State.Departure.VANISHED))
                .isEqualTo(Policy.OnDelete.IGNORE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "strategy | mereg | c.conflict.strategy: \"mereg\" is no strategy; allowed are last-write-wins, internal-wins,"
                        + " external-wins, merge, manual, bean:NAME; did you mean \"merge\"?",
                "strategy | sever-wins | c.conflict.strategy: \"sever-wins\" is no strategy; allowed are last-write-wins,"
                        + " internal-wins, external-wins, merge, manual, bean:NAME; did you mean \"server-wins\"?",
                "strategy | zzz | c.conflict.strategy: \"zzz\" is no strategy; allowed are last-write-wins, internal-wins,"
                        + " external-wins, merge, manual, bean:NAME",
                "strategy | bean:longst | c.conflict.strategy: \"bean:longst\" names no rule that is there; there are longest,"
                        + " newestPhone; did you mean \"longest\"?",
                "then | merge | c.conflict.then: \"merge\" is no next rule: what reaches it is merged already",
                "deleteConflict | merge | c.conflict.deleteConflict: \"merge\" cannot join a deletion with a change; choose a"
                        + " side, last-write-wins, a bean or manual",
                "approval | boss | c.conflict.approval: \"boss\" is no approval; allowed are admin, none",
                "onExternalDelete | delet | c.onExternalDelete: \"delet\" is no answer to a deletion; allowed are ask,"
                        + " delete-entity, ignore",
                "onExternalDelete | ak | c.onExternalDelete: \"ak\" is no answer to a deletion; allowed are ask,"
                        + " delete-entity, ignore; did you mean \"ask\"?",
                "stratgy | merge | c.conflict: \"stratgy\" is no setting here; allowed are strategy, then, approval,"
                        + " deleteConflict, fields; did you mean \"strategy\"?",
                "authority | both | c.authority: \"both\" is no side; allowed are internal, external",
                "fields | x | c.conflict.fields: \"x\" must be a map of settings",
            })
    void a_setting_that_cannot_be_followed_is_quoted_with_what_would_be_right(
            String key, String value, String message) {
        assertThatThrownBy(() -> Policies.read("c", Map.of(key, value), BEANS))
                .isInstanceOf(PolicyException.class)
                .hasMessage(message);
    }

    @Test
    void every_mistake_is_told_at_once_with_its_place() {
        Object settings = map(
                "strategy",
                List.of("merge"),
                "onExternalDelete",
                map("archivd", "ask", "vanished", 7),
                "fields",
                map(
                        "a..b",
                        "manual",
                        "*",
                        "manual",
                        "name",
                        map("authority", "both"),
                        "x",
                        map("authority", "internal", "strategy", "manual"),
                        "y",
                        map("strategy", "manual", "then", "lww"),
                        "z",
                        map("authority", "client-wins")));

        PolicyException refused =
                catchThrowableOfType(PolicyException.class, () -> Policies.read("c", settings, Map.of()));

        assertThat(refused.problems().stream().map(PolicyException.Problem::toString))
                .containsExactlyInAnyOrder(
                        "c.conflict.strategy: \"[merge]\" must be one word: last-write-wins, internal-wins, external-wins, merge,"
                                + " manual, bean:NAME",
                        "c.onExternalDelete: \"archivd\" is no way for a record to go; allowed are deleted, archived,"
                                + " disabled, vanished; did you mean \"archived\"?",
                        "c.onExternalDelete.vanished: \"7\" must be one word: ask, delete-entity, ignore",
                        "c.conflict.fields: \"a..b\" is no field path: expected a field name at character 3; write name,"
                                + " address.city or list[key=value].field",
                        "c.conflict.fields: \"*\" is the whole record; set the strategy beside \"fields\" instead",
                        "c.conflict.fields.name.authority: \"both\" is no side; allowed are internal, external",
                        "c.conflict.fields.z.authority: \"client-wins\" is no side; allowed are internal, external",
                        "c.conflict.fields.x.authority: \"internal\" leaves nothing to decide; remove it, or \"strategy\" and"
                                + " \"then\"",
                        "c.conflict.fields.y.then: \"last-write-wins\" would never be asked, because \"manual\" always decides;"
                                + " \"then\" belongs to merge and bean:NAME");
    }

    @Test
    void an_authority_may_be_set_for_a_whole_record_kind_and_ended_for_a_field() {
        Policy policy = Policies.read("c", map("authority", "external"), BEANS)
                .withField("notes", Policies.written("kind.notes", "manual"), BEANS);

        assertThat(policy.at(Path.parse("name")).authority()).isEqualTo(Side.EXTERNAL);
        assertThat(policy.at(Path.parse("notes")).authority()).isNull();
        assertThat(policy.with(Policies.written("kind", "merge"), BEANS)
                        .at(Path.parse("name"))
                        .authority())
                .isNull();
    }

    @Test
    void a_field_takes_no_settings_for_records() {
        assertThatThrownBy(() -> Policy.careful()
                        .withField("name", new Policy.Written("p.name", map("fields", map()), null, "ask"), BEANS))
                .hasMessage("p.name.conflict: \"fields\" is no setting here; allowed are strategy, then, approval\n"
                        + "p.name.onExternalDelete: a deletion is of a whole record; set it for the record kind");
    }

    @Test
    void rules_made_in_code_are_held_to_the_same_sense() {
        Rule manual = Rule.of(Strategy.MANUAL);
        assertThatThrownBy(() -> Rule.of(Strategy.MERGE)).hasMessageContaining("\"then\" belongs to");
        assertThatThrownBy(() -> Rule.of(Strategy.BEAN)).hasMessageContaining("a bean belongs to");
        assertThatThrownBy(() -> Rule.mergeThen(Rule.mergeThen(manual))).hasMessageContaining("no next rule");
        assertThat(Rule.bean("longest", ABSTAINS, manual).word()).isEqualTo("bean:longest");
    }

    private static String words(@Nullable Rule rule) {
        return rule == null ? "" : rule.word() + (rule.then() == null ? "" : " > " + words(rule.then()));
    }

    private static Map<String, Object> map(Object... keysAndValues) {
        return Policies.map(keysAndValues);
    }
}
