package org.synchub.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InwardTest {

    /** The target's record for an entity of kind thing with this data. */
    private static Inward inward(Kind kind, String record, String data) {
        return kind.inward(Given.json(record), Given.thing(data).doc());
    }

    private static ObjectNode data(String data) {
        return Given.json(data).put("entityName", "thing");
    }

    @ParameterizedTest(name = "{0}: {1} with {2} becomes {3}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "text     | {'v':'a'}                           | 'b'                    | {'v':'b'}",
                "text     | {}                                  | 'b'                    | {'v':'b'}",
                "text     | {'v':4}                             | '5'                    | {'v':5}",
                "text     | {'v':4}                             | '05'                   | {'v':'05'}",
                "text     | {'v':'4'}                           | '5'                    | {'v':'5'}",
                "integer  | {'v':4}                             | 5                      | {'v':5}",
                "integer  | {'v':'4'}                           | 5                      | {'v':'5'}",
                "integer  | {'v':'4'}                           | '5'                    | {'v':'5'}",
                "integer  | {}                                  | 5                      | {'v':5}",
                "decimal  | {'v':'1.50'}                        | 2.5                    | {'v':'2.5'}",
                "boolean  | {'v':'yes'}                         | false                  | {'v':'no'}",
                "boolean  | {'v':'No'}                          | true                   | {'v':'Yes'}",
                "boolean  | {'v':1}                             | false                  | {'v':0}",
                "boolean  | {}                                  | false                  | {'v':false}",
                "date     | {'v':'2010-03-28T00:00:00+07:00'}   | '2010-03-29'           | {'v':'2010-03-29T00:00:00+07:00'}",
                "date     | {}                                  | '2010-03-29'           | {'v':'2010-03-29'}",
                "datetime | {'v':'2010-03-28T00:00:00+07:00'}   | '2010-03-28T17:00:00Z' | {'v':'2010-03-29T00:00:00+07:00'}",
                "datetime | {'v':'2010-03-28T00:00:00Z'}        | '2010-03-28T17:00:00Z' | {'v':'2010-03-28T17:00:00Z'}",
                "json     | {'v':[1]}                           | {'a':[2]}              | {'v':{'a':[2]}}",
                "text     | {'v':'a'}                           | null                   | {'v':null}",
            })
    void a_changed_value_is_written_in_the_form_the_entity_uses(
            String type, String before, String theirs, String after) {
        Inward inward = inward(Given.kind("f: {path: data.v, type: " + type + "}"), "{'f':" + theirs + "}", before);

        assertThat(inward.problems()).isEmpty();
        assertThat(inward.doc().get("data")).isEqualTo(data(after));
        assertThat(inward.changedPaths()).containsExactly("data.v");
    }

    @ParameterizedTest(name = "{0}: {1} stays although the target says {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "text     | {'v':4}                           | '4'",
                "text     | {}                                | null",
                "text     | {'v':''}                          | null",
                "text     | {'v':null}                        | null",
                "text     | {}                                | ''",
                "integer  | {'v':'04'}                        | 4",
                "decimal  | {'v':'1.50'}                      | 1.5",
                "boolean  | {'v':'Yes'}                       | true",
                "date     | {'v':'2010-03-28T00:00:00+07:00'} | '2010-03-28'",
                "date     | {'v':'2010-03-28'}                | '2010-03-28 00:00:00'",
                "datetime | {'v':'2010-03-28T00:00:00+07:00'} | '2010-03-27T17:00:00Z'",
            })
    void a_value_that_says_the_same_changes_nothing(String type, String before, String theirs) {
        Inward inward = inward(Given.kind("f: {path: data.v, type: " + type + "}"), "{'f':" + theirs + "}", before);

        assertThat(inward.problems()).isEmpty();
        assertThat(inward.doc().get("data")).isEqualTo(data(before));
        assertThat(inward.changedPaths()).isEmpty();
    }

    @Test
    void a_field_that_the_target_does_not_mention_is_left_alone() {
        assertThat(inward(Given.kind("f: {path: data.v}"), "{'other':1}", "{'v':'a'}")
                        .changedPaths())
                .isEmpty();
    }

    @Test
    void everything_that_the_mapping_does_not_know_is_left_alone() {
        Inward inward = inward(
                Given.kind("city: {path: data.address.city}"),
                "{'city':'Pakse'}",
                "{'note':'n','address':{'street':'1','city':'Vientiane'}}");

        assertThat(inward.doc())
                .isEqualTo(Given.thing("{'note':'n','address':{'street':'1','city':'Pakse'}}")
                        .doc());
        assertThat(inward.changedPaths()).containsExactly("data.address.city");
    }

    @Test
    void objects_and_lists_on_the_way_are_made() {
        Inward inward = inward(
                Given.kind("city: {path: data.address.city}\nfirst: {path: data.phones.0.no}"),
                "{'city':'Pakse','first':'1'}",
                "{}");

        assertThat(inward.doc().get("data")).isEqualTo(data("{'address':{'city':'Pakse'},'phones':[{'no':'1'}]}"));
    }

    @Test
    void a_value_in_the_way_is_not_overwritten() {
        Inward inward =
                inward(Given.kind("city: {path: data.address.city}"), "{'city':'Pakse'}", "{'address':'Main St'}");

        assertThat(inward.doc().get("data")).isEqualTo(data("{'address':'Main St'}"));
        assertThat(inward.problems())
                .extracting(Problem::message)
                .containsExactly(
                        "the target's value cannot be written to data.address.city: another value stands in the way");
    }

    @Test
    void a_table_is_read_backwards() {
        Kind kind = Given.kind("f: {path: data.v, values: {m: Male, f: Female, w: Female, 3: 30}}");

        assertThat(inward(kind, "{'f':'Male'}", "{'v':'f'}").doc().get("data")).isEqualTo(data("{'v':'m'}"));
        assertThat(inward(kind, "{'f':'Female'}", "{'v':'w'}").changedPaths())
                .as("the current value means the same")
                .isEmpty();
        assertThat(inward(kind, "{'f':'Female'}", "{'v':'m'}").doc().get("data"))
                .as("else the first of several")
                .isEqualTo(data("{'v':'f'}"));
        assertThat(inward(kind, "{'f':'30'}", "{'v':'m'}").doc().get("data"))
                .as("written as the current value is: a text")
                .isEqualTo(data("{'v':'3'}"));
        assertThat(inward(kind, "{'f':30}", "{}").doc().get("data"))
                .as("written as the mapping writes it: a number")
                .isEqualTo(data("{'v':3}"));
    }

    @Test
    void a_value_that_the_table_cannot_give_is_a_problem_and_changes_nothing() {
        Inward inward = inward(Given.kind("f: {path: data.v, values: {m: Male}}"), "{'f':'Zebra'}", "{'v':'m'}");

        assertThat(inward.changedPaths()).isEmpty();
        assertThat(inward.problems())
                .extracting(Problem::toString)
                .containsExactly("mappings/test.yaml:9:7: field 'f': the target's value is none of Male; "
                        + "add it to 'values', or write 'direction: out' here");
    }

    @Test
    void what_is_kept_outwards_is_kept_inwards() {
        Kind kind = Given.kind("f: {path: data.v, values: {m: Male}, otherwise: keep}");

        assertThat(inward(kind, "{'f':'x'}", "{'v':'m'}").doc().get("data")).isEqualTo(data("{'v':'x'}"));
    }

    @Test
    void a_default_is_no_change_and_a_value_that_would_become_one_is_refused() {
        Kind kind = Given.kind("f: {path: data.v, type: integer, default: 0}");

        assertThat(inward(kind, "{'f':0}", "{}").changedPaths()).isEmpty();
        assertThat(inward(kind, "{'f':3}", "{}").doc().get("data")).isEqualTo(data("{'v':3}"));
    }

    @Test
    void a_required_value_that_the_target_cleared_is_kept_and_reported() {
        Inward inward = inward(Given.kind("f: {path: data.v, required: true}"), "{'f':null}", "{'v':'a'}");

        assertThat(inward.doc().get("data")).isEqualTo(data("{'v':'a'}"));
        assertThat(inward.changedPaths()).isEmpty();
        assertThat(inward.problems())
                .extracting(Problem::message)
                .containsExactly("the target's value cannot be taken over: required, but data.v is missing or blank");
    }

    @Test
    void one_bad_field_does_not_stop_the_others() {
        Inward inward = inward(
                Given.kind("n: {path: data.n, type: integer}\nt: {path: data.t}"),
                "{'n':'Zebra','t':'b'}",
                "{'n':1,'t':'a'}");

        assertThat(inward.doc().get("data")).isEqualTo(data("{'n':1,'t':'b'}"));
        assertThat(inward.changedPaths()).containsExactly("data.t");
        assertThat(inward.problems())
                .extracting(Problem::message)
                .containsExactly("the target's value must be a whole number such as 4");
    }

    @Test
    void fields_that_flow_out_only_never_come_back() {
        Kind kind = Given.kind("""
                c: {constant: 1}
                g: {path: guid}
                v: {path: version, type: integer}
                o: {path: data.o, direction: out}
                j: {join: [data.a, data.b]}
                """);

        Inward inward = inward(kind, "{'c':2,'g':'x','v':9,'o':'y','j':'z'}", "{'o':'a','a':'1','b':'2'}");

        assertThat(inward.changedPaths()).isEmpty();
        assertThat(inward.problems()).isEmpty();
    }

    @Test
    void fields_that_flow_in_only_are_not_sent_but_taken() {
        Kind kind = Given.kind("i: {path: data.i, direction: in}\nb: {path: data.b}");

        assertThat(kind.outward(Given.thing("{'i':'1','b':'2'}")).record()).isEqualTo(Given.json("{'b':'2'}"));
        assertThat(inward(kind, "{'i':'3'}", "{'i':'1','b':'2'}").doc().get("data"))
                .isEqualTo(data("{'i':'3','b':'2'}"));
        assertThat(inward(kind, "{'i':'1'}", "{'i':'1','b':'2'}").changedPaths())
                .isEmpty();
    }

    @Test
    void json_in_a_text_is_changed_in_its_place() {
        Kind kind = Given.kind("lat: {path: data.gps, parse: json, select: coords.lat, type: decimal}");

        Inward inward = inward(kind, "{'lat':2.5}", "{'gps':'{\\'coords\\':{\\'lat\\':1,\\'lon\\':3}}'}");

        assertThat(inward.doc().at("/data/gps").textValue()).isEqualTo("{\"coords\":{\"lat\":2.5,\"lon\":3}}");
        assertThat(inward(kind, "{'lat':2.5}", "{}").doc().at("/data/gps").textValue())
                .isEqualTo("{\"coords\":{\"lat\":2.5}}");
        assertThat(inward(kind, "{'lat':2.5}", "{'gps':'17 N'}").problems()).hasSize(1);
    }

    @Test
    void a_nested_object_is_written_field_by_field() {
        Kind kind = Given.kind("a: {fields: {city: {path: data.city}, c: {constant: x}, zip: {path: data.zip}}}");

        Inward inward = inward(kind, "{'a':{'city':'B','c':'y','zip':null}}", "{'city':'A','zip':'1','o':1}");

        assertThat(inward.doc().get("data")).isEqualTo(data("{'city':'B','zip':null,'o':1}"));
        assertThat(inward.changedPaths()).containsExactlyInAnyOrder("data.city", "data.zip");
        assertThat(inward(kind, "{'a':'text'}", "{'city':'A'}").problems()).hasSize(1);
    }

    private static final String PHONES = "phones: {list: data.p, key: no, fields: {no: {path: .}}}";

    @ParameterizedTest(name = "{0} with {1} becomes {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'p':'1'}       | ['2']     | {'p':'2'}",
                "{}              | ['2']     | {'p':'2'}",
                "{'p':''}        | ['2']     | {'p':'2'}",
                "{'p':'1'}       | []        | {'p':null}",
                "{'p':['1']}     | []        | {'p':[]}",
                "{'p':['1']}     | ['2']     | {'p':['2']}",
                "{'p':['1','2']} | ['2','3'] | {'p':['2','3']}",
                "{'p':['1','2']} | ['2']     | {'p':['2']}",
            })
    void a_list_of_plain_values_keeps_its_form(String before, String theirs, String after) {
        ObjectNode record = Given.json("{'phones':[]}");
        Given.json("{'a':" + theirs + "}")
                .get("a")
                .forEach(no -> record.withArray("phones").addObject().set("no", no));

        Inward inward = Given.kind(PHONES).inward(record, Given.thing(before).doc());

        assertThat(inward.problems()).isEmpty();
        assertThat(inward.doc().get("data")).isEqualTo(data(after));
        assertThat(inward.changedPaths()).containsExactly("data.p");
    }

    @Test
    void several_items_do_not_silently_fit_where_there_is_room_for_one() {
        Inward inward = inward(Given.kind(PHONES), "{'phones':[{'no':'1'},{'no':'2'}]}", "{'p':'1'}");

        assertThat(inward.changedPaths()).isEmpty();
        assertThat(inward.problems())
                .extracting(Problem::message)
                .containsExactly("the target holds 2 items, but 'data.p' has room for one value");
    }

    @Test
    void several_first_keeps_the_entity_s_own_item_while_it_is_there() {
        Kind kind = Given.kind(PHONES.replace("key: no", "key: no, several: first"));

        assertThat(inward(kind, "{'phones':[{'no':'2'},{'no':'1'}]}", "{'p':'1'}")
                        .changedPaths())
                .isEmpty();
        assertThat(inward(kind, "{'phones':[{'no':'2'},{'no':'3'}]}", "{'p':'1'}")
                        .doc()
                        .get("data"))
                .isEqualTo(data("{'p':'2'}"));
    }

    @Test
    void several_list_makes_it_a_list() {
        Kind kind = Given.kind(PHONES.replace("key: no", "key: no, several: list"));

        assertThat(inward(kind, "{'phones':[{'no':'1'},{'no':'2'}]}", "{'p':'1'}")
                        .doc()
                        .get("data"))
                .isEqualTo(data("{'p':['1','2']}"));
    }

    private static final Kind DOCUMENTS = Given.kind("""
            ids:
              list: data.docs
              where: {type: [nid, fb], origin: form}
              key: kind
              fields:
                kind: {path: type, values: {nid: National ID, fb: Family Book}}
                value: {path: number, required: true}
                expiry: {path: until, type: date}
                status: {constant: valid}
            """);

    @Test
    void items_are_changed_in_place_appended_and_removed_by_key() {
        Inward inward = inward(
                DOCUMENTS,
                "{'ids':[{'kind':'National ID','value':'2','expiry':'2031-01-01','status':'invalid'}]}",
                """
                {'docs':[{'type':'fb','origin':'form','number':'9'},{'type':'passport','number':'P'},
                 {'type':'nid','origin':'form','number':'1','until':'2030-01-01T00:00:00+07:00','photo':'x'}]}""");

        assertThat(inward.problems()).isEmpty();
        assertThat(inward.doc().get("data")).isEqualTo(data("""
                                {'docs':[{'type':'passport','number':'P'},{'type':'nid','origin':'form','number':'2',
                                 'until':'2031-01-01T00:00:00+07:00','photo':'x'}]}"""));
        assertThat(inward.changedPaths()).containsExactly("data.docs");
    }

    @Test
    void a_new_item_is_made_so_that_it_is_one_of_those_meant() {
        Inward inward = inward(DOCUMENTS, "{'ids':[{'kind':'Family Book','value':'9'}]}", "{}");

        assertThat(inward.problems()).isEmpty();
        assertThat(inward.doc().get("data")).isEqualTo(data("{'docs':[{'type':'fb','number':'9','origin':'form'}]}"));
    }

    @Test
    void an_item_of_the_target_that_the_mapping_never_sends_is_none_of_its_business() {
        Inward inward = inward(
                DOCUMENTS,
                "{'ids':[{'kind':'Data Collect GUID','value':'g1'},{'kind':'Family Book','value':'9'}]}",
                "{'docs':[{'type':'fb','origin':'form','number':'9'}]}");

        assertThat(inward.problems()).isEmpty();
        assertThat(inward.changedPaths()).isEmpty();
    }

    @Test
    void a_new_item_without_a_required_value_is_refused() {
        Inward inward = inward(DOCUMENTS, "{'ids':[{'kind':'Family Book','value':null}]}", "{'docs':[]}");

        assertThat(inward.doc().get("data")).isEqualTo(data("{'docs':[]}"));
        assertThat(inward.problems())
                .extracting(Problem::message)
                .containsExactly(
                        "the target's value cannot be taken over: required, but 'number' of the item is missing or blank");
    }

    @Test
    void two_items_with_one_key_in_the_target_are_a_problem() {
        Inward inward = inward(
                DOCUMENTS,
                "{'ids':[{'kind':'Family Book','value':'1'},{'kind':'Family Book','value':'2'}]}",
                "{'docs':[]}");

        assertThat(inward.problems())
                .extracting(Problem::message)
                .containsExactly("the target holds two items with the same key (kind)");
    }

    private static final Kind MEMBER = Given.mapping("""
                    version: 1
                    target: test
                    tenant: demo
                    adapter: {type: memory}
                    kinds:
                      thing:
                        match: {data.entityName: thing}
                        fields:
                          memberships:
                            list: data.parentGuid
                            key: group
                            fields:
                              group: {path: ., reference: thing}
                              kind: {path: $.data.relationship, values: {"1": Head}, otherwise: omit}
                    """).kind("thing");

    @Test
    void a_member_moves_to_another_household_and_becomes_its_head() {
        Inward inward = inward(
                MEMBER,
                "{'memberships':[{'group':{'$ref':'h2'},'kind':'Head'}]}",
                "{'parentGuid':'h1','relationship':'3'}");

        assertThat(inward.problems()).isEmpty();
        assertThat(inward.doc().get("data")).isEqualTo(data("{'parentGuid':'h2','relationship':'1'}"));
        assertThat(inward.changedPaths()).containsExactlyInAnyOrder("data.parentGuid", "data.relationship");
    }

    @Test
    void a_membership_in_a_group_that_the_hub_does_not_know_is_left_alone() {
        Inward inward = inward(
                MEMBER,
                "{'memberships':[{'group':{'$ref':'h1'}},{'group':{'$ref':null}},{'group':17}]}",
                "{'parentGuid':'h1','relationship':'2'}");

        assertThat(inward.problems()).isEmpty();
        assertThat(inward.changedPaths()).isEmpty();
    }

    @Test
    void a_reference_that_the_hub_does_not_know_is_a_problem_outside_of_a_list_s_key() {
        Kind kind = Given.mapping("""
                        version: 1
                        target: test
                        tenant: demo
                        adapter: {type: memory}
                        kinds:
                          thing:
                            match: {data.entityName: thing}
                            fields:
                              head: {path: data.head, reference: thing}
                        """).kind("thing");

        assertThat(inward(kind, "{'head':{'$ref':'x'}}", "{'head':'y'}")
                        .doc()
                        .at("/data/head")
                        .textValue())
                .isEqualTo("x");
        assertThat(inward(kind, "{'head':17}", "{'head':'y'}").problems())
                .extracting(Problem::message)
                .containsExactly("the target points to a record that the hub does not know as a thing");
    }

    @Test
    void the_target_s_record_is_seen_in_the_mapping_s_form() {
        Entity entity = Given.thing("{'docs':[{'type':'nid','origin':'form','number':'1'},"
                + "{'type':'fb','origin':'form','number':'2'}]}");

        ObjectNode seen = DOCUMENTS.canonical(Given.json("""
                        {'write_date':'2026-11-20','ids':[{'id':7,'kind':'Other','value':'x'},
                         {'kind':'Family Book','value':2,'expiry':null,'status':'valid'},
                         {'kind':'National ID','value':'1','expiry':'','status':'valid'}]}"""), entity.doc());

        assertThat(seen).isEqualTo(DOCUMENTS.outward(entity).record());
    }

    @Test
    void neither_argument_is_changed() {
        ObjectNode record = Given.json("{'ids':[{'kind':'National ID','value':'2'}]}");
        ObjectNode doc = Given.thing("{'docs':[{'type':'nid','origin':'form','number':'1'}]}")
                .doc();
        ObjectNode recordBefore = record.deepCopy();
        ObjectNode docBefore = doc.deepCopy();

        Inward inward = DOCUMENTS.inward(record, doc);

        assertThat(inward.changedPaths()).isNotEmpty();
        assertThat(record).isEqualTo(recordBefore);
        assertThat(doc).isEqualTo(docBefore);
    }
}
