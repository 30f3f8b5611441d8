package org.synchub.target.openspp.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synchub.mapping.Field;
import org.synchub.mapping.Mapping;
import org.synchub.mapping.PolicyCheck;
import org.synchub.target.openspp.odoo.OdooField;

class ValuesTest {

    private static final Field MAPPED = Mapping.parse(
                    Path.of("mappings/test.yaml"), """
                    version: 1
                    target: test
                    tenant: demo
                    adapter: {type: memory}
                    kinds:
                      thing:
                        match: {data.entityName: thing}
                        fields:
                          x: {path: data.x}
                    """, name -> null, PolicyCheck.NONE)
            .kind("thing")
            .field("x");

    private final Values values = new Values(model -> new Vocabulary(
            model,
            Vocabulary.labelOf(model, Set.of("name", "code")),
            List.of(row(1, "Head"), row(2, "Spouse"), row(3, "Twice"), row(4, "Twice"))));

    private static ObjectNode row(long id, String label) {
        return (ObjectNode) json("{'id':" + id + ",'name':'" + label + "','code':'" + label + "'}");
    }

    private static JsonNode json(String json) {
        try {
            return new ObjectMapper().readTree(json.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("bad JSON in a test: " + json, e);
        }
    }

    private static OdooField field(String type, @Nullable String relation) {
        return new OdooField("x", type, false, false, relation, null, List.of());
    }

    private static OdooField field(String type) {
        String relation = type.startsWith("many2") ? "g2p.group.membership.kind" : null;
        return field(type, relation);
    }

    private @Nullable JsonNode read(String type, String odoo) {
        return values.neutral(new Column(field(type), MAPPED), json(odoo));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "char | 'text' | 'text'",
                "char | 7 | '7'",
                "char | null | false",
                "char | '' | false",
                "integer | 4 | 4",
                "integer | null | false",
                "boolean | true | true",
                "boolean | null | false",
                "date | '2026-01-02' | '2026-01-02'",
                "datetime | '2026-01-02T03:04:05+07:00' | '2026-01-01 20:04:05'",
                "datetime | '2026-01-02T03:04:05.678Z' | '2026-01-02 03:04:05'",
                "many2one | 'Head' | 1",
                "many2one | null | false",
                "many2many | 'Head' | [[6,0,[1]]]",
                "many2many | ['Head','Spouse'] | [[6,0,[1,2]]]",
                "many2many | [{'name':'Spouse'}] | [[6,0,[2]]]",
                "many2many | null | [[6,0,[]]]"
            })
    void neutral_values_become_odoos(String type, String neutral, String odoo) {
        JsonNode written = values.odoo(field(type), json(neutral));

        assertThat(written.toString()).isEqualTo(json(odoo).toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "char | 'text' | 'text'",
                "char | false | null",
                "integer | 0 | 0",
                "boolean | false | false",
                "datetime | '2026-01-02 03:04:05' | '2026-01-02T03:04:05Z'",
                "many2one | [1,'Head'] | 'Head'",
                "many2one | [9,'New'] | 'New'",
                "many2one | false | null",
                "many2many | [1] | 'Head'",
                "many2many | [2,1] | ['Spouse','Head']",
                "many2many | [] | null"
            })
    void odoos_values_become_neutral(String type, String odoo, String neutral) {
        JsonNode value = read(type, odoo);

        assertThat(String.valueOf(value)).isEqualTo(json(neutral).toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "integer | null | 0 | true",
                "float | 1 | 1.0 | true",
                "float | 1 | 1.5 | false",
                "boolean | null | false | true",
                "boolean | true | false | false",
                "char | null | '' | true",
                "char | 'a' | 'A' | false",
                "datetime | '2026-01-02T03:04:05Z' | '2026-01-02T10:04:05.9+07:00' | true",
                "many2many | ['Head','Spouse'] | ['Spouse','Head'] | true",
                "many2many | 'Head' | [{'name':'Head'}] | true",
                "many2many | null | [] | true"
            })
    void values_are_the_same_when_the_server_cannot_tell_them_apart(String type, String a, String b, boolean same) {
        assertThat(values.same(field(type), json(a), json(b))).isEqualTo(same);
        assertThat(values.same(field(type), json(b), json(a))).isEqualTo(same);
    }

    @Test
    void references_go_by_id() {
        OdooField partner = field("many2one", "res.partner");

        assertThat(values.odoo(partner, json("{'$ext':'42'}")).longValue()).isEqualTo(42);
        assertThat(values.neutral(new Column(partner, MAPPED), json("[42,'Ann Doe']")))
                .isEqualTo(json("{'$ext':'42'}"));
        assertThatThrownBy(() -> values.odoo(partner, json("{'$ref':'guid'}"))).isInstanceOf(UnknownName.class);
    }

    @Test
    void a_name_that_is_unknown_or_not_unique_cannot_be_sent_and_is_not_quoted() {
        assertThatThrownBy(() -> values.odoo(field("many2one"), json("'Ann Doe'")))
                .isInstanceOf(UnknownName.class)
                .hasMessageContaining("has no g2p.group.membership.kind with this name")
                .hasMessageNotContaining("Ann Doe");
        assertThatThrownBy(() -> values.odoo(field("many2one"), json("'Twice'")))
                .isInstanceOf(UnknownName.class)
                .hasMessageContaining("several");
    }

    @Test
    void areas_go_by_code() {
        assertThat(Vocabulary.labelOf("spp.area", Set.of("code", "name"))).isEqualTo("code");
        assertThat(Vocabulary.labelOf("x", Set.of("code"))).isEqualTo("display_name");
    }

    @Test
    void times_of_odoo_are_utc_in_whole_seconds() {
        assertThat(Values.time(Instant.parse("2026-01-02T03:04:05.999Z"))).isEqualTo("2026-01-02 03:04:05");
        assertThat(Values.instant("2026-01-02 03:04:05")).isEqualTo(Instant.parse("2026-01-02T03:04:05Z"));
        assertThat(Values.instant("")).isNull();
    }
}
