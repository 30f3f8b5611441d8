package org.synchub.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutwardTest {

    @ParameterizedTest(name = "{0}: {1} becomes {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "text     | 'a'                           | 'a'",
                "text     | ' a '                         | ' a '",
                "text     | 288                           | '288'",
                "text     | 12.50                         | '12.5'",
                "text     | true                          | 'true'",
                "integer  | 4                             | 4",
                "integer  | '4'                           | 4",
                "integer  | ' -4 '                        | -4",
                "integer  | 4.0                           | 4",
                "integer  | 9007199254740993              | 9007199254740993",
                "decimal  | 12.50                         | 12.5",
                "decimal  | '12.50'                       | 12.5",
                "decimal  | '1000'                        | 1000",
                "boolean  | true                          | true",
                "boolean  | 'no'                          | false",
                "boolean  | 'Yes'                         | true",
                "boolean  | 0                             | false",
                "date     | '2010-03-28'                  | '2010-03-28'",
                "date     | '2010-03-28T00:00:00+07:00'   | '2010-03-28'",
                "date     | '2010-03-28 00:00:00'         | '2010-03-28'",
                "date     | '2024-02-29'                  | '2024-02-29'",
                "datetime | '2010-03-28T00:00:00+07:00'   | '2010-03-27T17:00:00Z'",
                "datetime | '2010-03-28T10:00:00.500Z'    | '2010-03-28T10:00:00.500Z'",
                "json     | {'a':[1,{'b':null}]}          | {'a':[1,{'b':null}]}",
            })
    void a_value_is_converted_by_its_type(String type, String value, String expected) {
        Kind kind = Given.kind("f: {path: data.v, type: " + type + "}");

        Mapped mapped = kind.outward(Given.thing("{'v':" + value + "}"));

        assertThat(mapped.problems()).isEmpty();
        assertThat(mapped.record()).isEqualTo(Given.json("{'f':" + expected + "}"));
    }

    @ParameterizedTest(name = "{0} does not take {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "text     | {'a':1}               | must be a single value",
                "text     | ['Zebra']             | must be a single value",
                "integer  | 'Zebra'               | must be a whole number such as 4",
                "integer  | 4.5                   | must be a whole number",
                "integer  | '1e9'                 | must be a whole number",
                "integer  | 99999999999999999999  | must be a whole number",
                "integer  | true                  | must be a whole number",
                "decimal  | '12,50'               | must be a number such as 12.50",
                "decimal  | 'NaN'                 | must be a number",
                "boolean  | 'perhaps'             | must be true or false",
                "boolean  | 2                     | must be true or false",
                "date     | '28/03/2010'          | must be a date such as 2010-03-28",
                "date     | '2010-02-30'          | must be a date",
                "date     | '2010-03-28Zebra'     | must be a date",
                "date     | 20100328              | must be a date",
                "datetime | '2010-03-28'          | must be a date and time with its offset",
                "datetime | '2010-03-28T10:00:00' | must be a date and time with its offset",
            })
    void a_value_that_does_not_fit_refuses_the_record_without_being_shown(String type, String value, String rule) {
        Kind kind = Given.kind("ok: {path: data.ok}\nf: {path: data.v, type: " + type + "}");

        Mapped mapped = kind.outward(Given.thing("{'ok':'yes','v':" + value + "}"));

        assertThat(mapped.ok()).isFalse();
        assertThat(mapped.record()).isEqualTo(Given.json("{'ok':'yes'}"));
        Problem problem = mapped.problems().get(0);
        assertThat(problem.toString())
                .startsWith("mappings/test.yaml:10:7: field 'f': data.v " + rule)
                .doesNotContain("Zebra", "12,50", "28/03/2010", "99999", "perhaps");
        assertThat(problem.hint()).isNotEmpty();
    }

    @Test
    void what_the_entity_does_not_say_is_absent_and_what_it_cleared_is_null() {
        Kind kind = Given.kind("""
                missing: {path: data.missing}
                blank: {path: data.blank}
                cleared: {path: data.cleared}
                emptied: {path: data.blank, direction: out, blank: clear}
                filled: {path: data.none, default: 0, type: integer}
                kept: {path: data.cleared, direction: out, default: x}
                """);

        Mapped mapped = kind.outward(Given.thing("{'blank':'  ','cleared':null}"));

        assertThat(mapped.problems()).isEmpty();
        assertThat(mapped.record()).isEqualTo(Given.json("{'cleared':null,'emptied':null,'filled':0,'kept':null}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{'v':null}", "{'v':''}", "{'v':'  '}"})
    void a_required_value_that_is_missing_refuses_the_record(String data) {
        Mapped mapped = Given.kind("f: {path: data.v, required: true}").outward(Given.thing(data));

        assertThat(mapped.problems())
                .extracting(Problem::toString)
                .containsExactly("mappings/test.yaml:9:7: field 'f': required, but data.v is missing or blank; "
                        + "fill it in in DataCollect, or drop 'required' here");
    }

    @Test
    void every_problem_of_a_record_is_reported() {
        Mapped mapped = Given.kind("a: {path: data.a, required: true}\nb: {path: data.b, type: date}")
                .outward(Given.thing("{'b':'soon'}"));

        assertThat(mapped.problems()).extracting(Problem::field).containsExactly("a", "b");
    }

    @ParameterizedTest(name = "otherwise: {0}, value {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "-",
            value = {
                "reject           | 'm' | {'f':'Male'}",
                "keep             | 'x' | {'f':'x'}",
                "omit             | 'x' | {}",
                "null             | 'x' | {'f':null}",
                "{default: Other} | 'x' | {'f':'Other'}",
                "reject           | 1   | {'f':7}",
                "reject           | '1' | {'f':7}",
                "reject           | ''  | {}",
                "reject           | 'u' | {'f':null}",
            })
    void a_table_translates_and_otherwise_decides_about_the_rest(String otherwise, String value, String expected) {
        Kind kind = Given.kind("f: {path: data.v, values: {m: Male, \"1\": 7, u: null}, otherwise: " + otherwise + "}");

        Mapped mapped = kind.outward(Given.thing("{'v':" + value + "}"));

        assertThat(mapped.problems()).isEmpty();
        assertThat(mapped.record()).isEqualTo(Given.json(expected));
    }

    @Test
    void a_value_that_the_table_lacks_is_refused_by_naming_the_table_only() {
        Mapped mapped =
                Given.kind("f: {path: data.v, values: {m: Male, f: Female}}").outward(Given.thing("{'v':'Zebra'}"));

        assertThat(mapped.problems())
                .extracting(Problem::message)
                .containsExactly("data.v is none of the known values (m, f)");
    }

    @Test
    void yes_and_no_are_words_in_a_table_and_not_true_and_false() {
        Mapped mapped =
                Given.kind("f: {path: data.v, values: {yes: on, no: off}}").outward(Given.thing("{'v':'no'}"));

        assertThat(mapped.record()).isEqualTo(Given.json("{'f':'off'}"));
    }

    @Test
    void json_in_a_text_is_opened() {
        Kind kind = Given.kind("""
                lat: {path: data.gps, parse: json, select: coords.latitude, type: decimal}
                lon: {path: data.gps, parse: json, select: coords.longitude, type: decimal}
                all: {path: data.gps, parse: json, type: json, direction: out}
                """);

        Mapped mapped = kind.outward(
                Given.thing("{'gps':'{\\'coords\\':{\\'latitude\\':17.43405,\\'longitude\\':103.17211}}'}"));

        assertThat(mapped.problems()).isEmpty();
        assertThat(mapped.record()).isEqualTo(Given.json("""
                                {'lat':17.43405,'lon':103.17211,
                                 'all':{'coords':{'latitude':17.43405,'longitude':103.17211}}}"""));
    }

    @Test
    void text_that_should_be_json_and_is_not_refuses_the_record() {
        Mapped mapped = Given.kind("lat: {path: data.gps, parse: json, select: coords.latitude}")
                .outward(Given.thing("{'gps':'17.4 N'}"));

        assertThat(mapped.problems()).extracting(Problem::message).containsExactly("data.gps must be JSON in a text");
    }

    @Test
    void a_text_is_joined_from_the_parts_that_are_there() {
        Kind kind = Given.kind("name: {join: [data.last, data.first, data.middle], separator: \", \"}");

        assertThat(kind.outward(Given.thing("{'first':'Ana','last':'Cruz','middle':''}"))
                        .record())
                .isEqualTo(Given.json("{'name':'Cruz, Ana'}"));
        assertThat(kind.outward(Given.thing("{}")).record()).isEqualTo(Given.json("{}"));
    }

    @Test
    void a_nested_object_is_absent_when_nothing_is_in_it() {
        Kind kind = Given.kind("""
                address:
                  fields:
                    country: {constant: LA}
                    city: {path: data.address.city}
                    geo:
                      fields:
                        lat: {path: data.lat, type: decimal}
                """);

        assertThat(kind.outward(Given.thing("{'lat':'1.5'}")).record())
                .isEqualTo(Given.json("{'address':{'country':'LA','geo':{'lat':1.5}}}"));
        assertThat(kind.outward(Given.thing("{}")).record()).isEqualTo(Given.json("{}"));
        assertThat(kind.outward(Given.thing("{'lat':'far'}")).problems())
                .extracting(Problem::field)
                .containsExactly("address.geo.lat");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{'p':null}", "{'p':''}", "{'p':[]}", "{'p':[null,'',' ']}"})
    void a_list_is_always_an_array(String data) {
        assertThat(Given.kind("phones: {list: data.p, key: no, fields: {no: {path: .}}}")
                        .outward(Given.thing(data))
                        .record())
                .isEqualTo(Given.json("{'phones':[]}"));
    }

    @Test
    void a_single_value_is_a_list_of_one_and_repeated_items_are_one() {
        Kind kind = Given.kind("phones: {list: data.p, key: no, fields: {no: {path: .}}}");

        assertThat(kind.outward(Given.thing("{'p':'1'}")).record()).isEqualTo(Given.json("{'phones':[{'no':'1'}]}"));
        assertThat(kind.outward(Given.thing("{'p':['1','2','1']}")).record())
                .isEqualTo(Given.json("{'phones':[{'no':'1'},{'no':'2'}]}"));
    }

    private static final String DOCUMENTS = """
            ids:
              list: data.documents
              where: {type: [nid, fb]}
              key: kind
              fields:
                kind: {path: type, values: {nid: National ID, fb: Family Book}}
                value: {path: number, required: true}
                owner: {path: $.data.name}
            """;

    @Test
    void items_are_filtered_and_read_both_themselves_and_the_entity() {
        Mapped mapped = Given.kind(DOCUMENTS).outward(Given.thing("""
                                {'name':'Ana','documents':[{'type':'passport','number':'P'},{'type':'','number':''},
                                 {'type':'fb','number':7}]}"""));

        assertThat(mapped.problems()).isEmpty();
        assertThat(mapped.record()).isEqualTo(Given.json("{'ids':[{'kind':'Family Book','value':'7','owner':'Ana'}]}"));
    }

    @Test
    void a_problem_in_an_item_names_the_item() {
        Mapped mapped = Given.kind(DOCUMENTS)
                .outward(Given.thing("{'documents':[{'type':'fb','number':'1'},{'type':'nid','number':''}]}"));

        assertThat(mapped.problems())
                .extracting(Problem::toString)
                .containsExactly(
                        "mappings/test.yaml:15:11: field 'ids.1.value': required, but 'number' of the item is missing or "
                                + "blank; fill it in in DataCollect, or drop 'required' here");
    }

    @Test
    void two_different_items_with_one_key_refuse_the_record() {
        Mapped mapped = Given.kind(DOCUMENTS)
                .outward(Given.thing("{'documents':[{'type':'fb','number':'1'},{'type':'fb','number':'2'}]}"));

        assertThat(mapped.problems())
                .extracting(Problem::message)
                .containsExactly("two different items have the same key (kind)");
    }

    @Test
    void a_reference_points_to_another_kind_by_guid() {
        String yaml = """
                version: 1
                target: test
                tenant: demo
                adapter: {type: memory}
                kinds:
                  group:
                    match: {type: group}
                    fields:
                      head: {path: data.head, reference: person}
                      members:
                        list: memberIds
                        key: person
                        fields:
                          person: {path: ., reference: person}
                  person:
                    match: {type: individual}
                    fields:
                      name: {path: name}
                """;

        Mapped mapped = Given.mapping(yaml)
                .kind("group")
                .outward(Given.entity(
                        Given.json("{'guid':'g','type':'group','data':{'head':'p1'},'memberIds':['p1','p2']}")));

        assertThat(mapped.record()).isEqualTo(Given.json("""
                                {'head':{'$ref':'p1'},
                                 'members':[{'person':{'$ref':'p1'}},{'person':{'$ref':'p2'}}]}"""));
        assertThat(mapped.references())
                .containsExactly(
                        new Reference("head", "person", "p1"),
                        new Reference("members.0.person", "person", "p1"),
                        new Reference("members.1.person", "person", "p2"));
    }

    @Test
    void the_record_s_fields_stand_in_the_file_s_order() {
        Mapped mapped = Given.kind("z: {path: data.z}\na: {path: data.a}\nm: {constant: [1, {b: c}]}")
                .outward(Given.thing("{'a':1,'z':2}"));

        assertThat(mapped.record().toString()).isEqualTo("{\"z\":\"2\",\"a\":\"1\",\"m\":[1,{\"b\":\"c\"}]}");
    }

    @Test
    void a_record_can_be_changed_without_changing_the_entity_or_the_mapping() {
        Kind kind = Given.kind("j: {path: data.j, type: json}\nc: {constant: {a: [1]}}");
        Entity entity = Given.thing("{'j':{'a':1}}");

        JsonNode record = kind.outward(entity).record();
        ((com.fasterxml.jackson.databind.node.ObjectNode) record.get("j")).put("a", 2);
        ((com.fasterxml.jackson.databind.node.ObjectNode) record.get("c")).removeAll();

        assertThat(kind.outward(entity).record()).isEqualTo(Given.json("{'j':{'a':1},'c':{'a':[1]}}"));
    }

    @Test
    void neither_entity_nor_record_shows_people_s_data_as_text() {
        Entity entity = Given.thing("{'v':'Zebra'}");
        Kind kind = Given.kind("f: {path: data.v}");

        assertThat(entity.toString() + kind.outward(entity) + kind.inward(Given.json("{'f':'Lion'}"), entity.doc()))
                .doesNotContain("Zebra", "Lion");
    }
}
