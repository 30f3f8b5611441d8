package org.synchub.conflict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DiffTest {

    private static final Shape LENIENT = Shape.builder().absentIsNull().build();
    private static final Shape COMPOSED =
            Shape.builder().list("ids", "type").normalizeText().build();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{a:1, b:2} | {b:2, a:1}",
                "{a:1} | {a:1.0}",
                "{a:0.0} | {a:-0.0}",
                "{a:1e3} | {a:1000}",
                "{a:123456789012345678901234567890} | {a:1.2345678901234567890123456789e29}",
                "{a:{b:[1, {c:2}]}} | {a:{b:[1.0, {c:2.00}]}}",
                "{tags:['a','b']} | {tags:['b','a','b']}",
                "{tags:[1,2]} | {tags:[2.0,1]}",
                "{reg_ids:[{id_type:'N',value:'1'},{id_type:'P',value:'2'}]} | {reg_ids:[{value:'2',id_type:'P'},{id_type:'N',value:'1'}]}",
                "{head:{$ref:'g1'}} | {head:{$ref:'g1'}}",
                "{a:null} | {a:null}",
                "{a:[]} | {a:[]}",
            })
    void equal_records_have_no_differences(String a, String b) {
        Delta delta = Diff.between(exact(a), exact(b), Shapes.PERSON);

        assertThat(delta.changes()).isEmpty();
        assertThat(delta.isEmpty()).isTrue();
        assertThat(Shapes.PERSON.canonical(exact(a))).isEqualTo(Shapes.PERSON.canonical(exact(b)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{} | {a:1} | ADDED a",
                "{a:1} | {} | REMOVED a",
                "{a:1} | {a:2} | CHANGED a",
                "{a:0.1} | {a:0.10000000000000000000001} | CHANGED a",
                "{a:1} | {a:'1'} | CHANGED a",
                "{a:true} | {a:'true'} | CHANGED a",
                "{a:0} | {a:false} | CHANGED a",
                "{a:null} | {} | REMOVED a",
                "{} | {a:null} | ADDED a",
                "{a:''} | {a:null} | CHANGED a",
                "{a:[]} | {a:null} | CHANGED a",
                "{a:9007199254740993} | {a:9007199254740992.0} | CHANGED a",
                "{a:[1,2]} | {a:[2,1]} | CHANGED a",
                "{a:{b:1}} | {a:5} | CHANGED a",
                "{a:{b:1,c:2}} | {a:{b:1,c:3,d:4}} | CHANGED a.c; ADDED a.d",
                "{a:{b:{c:{d:1}}}} | {a:{b:{c:{d:2}}}} | CHANGED a.b.c.d",
                "{tags:['a']} | {tags:['b']} | ADDED tags[b]; REMOVED tags[a]",
                "{tags:['a']} | {tags:null} | CHANGED tags",
                "{head:{$ref:'g1'}} | {head:{$ref:'g2'}} | CHANGED head",
                "{reg_ids:[{id_type:'N',value:'1'}]} | {reg_ids:[{id_type:'N',value:'2'},{id_type:'P'}]} | CHANGED reg_ids[id_type=N].value; ADDED reg_ids[id_type=P]",
                "{reg_ids:[{id_type:'N'}]} | {reg_ids:[]} | REMOVED reg_ids[id_type=N]",
                "{reg_ids:[{id_type:1,v:1}]} | {reg_ids:[{id_type:1.0,v:2}]} | CHANGED reg_ids[id_type=1].v",
                "{reg_ids:[{id_type:'N',value:'1'}]} | {} | REMOVED reg_ids",
                "{members:[{id:1,v:1}]} | {members:[{id:1,v:2}]} | CHANGED members",
            })
    void differences_are_told_at_the_deepest_place(String from, String to, String expected) {
        Delta delta = Diff.between(exact(from), exact(to), Shapes.PERSON);

        assertThat(words(delta)).isEqualTo(expected);
        assertThat(Shapes.PERSON.same(delta.apply(exact(from)), exact(to))).isTrue();
        assertThat(Shapes.PERSON.canonical(exact(from))).isNotEqualTo(Shapes.PERSON.canonical(exact(to)));
    }

    @Test
    void everything_is_added_when_there_was_no_record() {
        Delta delta = Diff.between(null, Json.record("{name:'A', address:{city:'B'}}"), Shape.plain());

        assertThat(words(delta)).isEqualTo("ADDED name; ADDED address");
        assertThat(delta.apply(null)).isEqualTo(Json.record("{name:'A', address:{city:'B'}}"));
    }

    @Test
    void lists_within_items_of_lists_are_compared_item_by_item() {
        ObjectNode from = Json.record("{members:[{individual:{$ref:'g1'}, roles:['head','x'],"
                + " reg_ids:[{id_type:'N', value:'1'}, {id_type:'P', value:'2'}]}]}");
        ObjectNode to = Json.record("{members:[{individual:{$ref:'g1'}, roles:['x','payee'],"
                + " reg_ids:[{id_type:'P', value:'3'}, {id_type:'N', value:'1'}]}, {individual:{$ref:'g2'}}]}");

        Delta delta = Diff.between(from, to, Shapes.HOUSEHOLD);

        assertThat(words(delta))
                .isEqualTo("ADDED members[individual=@g1].roles[payee]; REMOVED members[individual=@g1].roles[head];"
                        + " CHANGED members[individual=@g1].reg_ids[id_type=P].value; ADDED members[individual=@g2]");
        assertThat(delta.changedFields()).containsExactly("members");
        assertThat(Shapes.HOUSEHOLD.same(delta.apply(from), to)).isTrue();
    }

    @Test
    void items_may_be_told_apart_by_several_fields_of_which_some_are_empty() {
        Shape shape = Shape.builder().list("m", "group", "start").build();
        ObjectNode from = Json.record("{m:[{group:'g',start:'2020'},{group:'g',start:null},{group:'h'}]}");
        ObjectNode to =
                Json.record("{m:[{group:'h',start:null,role:'x'},{group:'g',start:'2020',role:'y'},{start:'2020'}]}");

        Delta delta = Diff.between(from, to, shape);

        assertThat(words(delta))
                .isEqualTo("ADDED m[group=h,start=null].start; ADDED m[group=h,start=null].role;"
                        + " ADDED m[group=g,start=\"2020\"].role; ADDED m[group=null,start=\"2020\"];"
                        + " REMOVED m[group=g,start=null]");
        assertThat(shape.same(delta.apply(from), to)).isTrue();
        assertThat(words(Diff.between(from, Json.record("{m:[{group:null}]}"), shape)))
                .isEqualTo("CHANGED m");
    }

    @Test
    void absent_equals_null_only_where_the_shape_says_so() {
        assertThat(Diff.between(Json.record("{a:null, n:{x:null}}"), Json.record("{b:null, n:{}}"), LENIENT)
                        .isEmpty())
                .isTrue();
        assertThat(Diff.between(Json.record("{}"), Json.record("{a:null}"), Shape.plain())
                        .isEmpty())
                .isFalse();
        assertThat(words(Diff.between(Json.record("{a:1}"), Json.record("{}"), LENIENT)))
                .isEqualTo("REMOVED a");
        assertThat(LENIENT.canonical(Json.record("{a:null, n:{x:null}}")))
                .isEqualTo(LENIENT.canonical(Json.record("{n:{}, b:null}")));
    }

    @Test
    void accents_are_one_letter_or_two_only_where_the_shape_says_so() {
        ObjectNode composed = Json.record("{name:'Jos\u00e9', ids:[{type:'caf\u00e9', v:1}]}");
        ObjectNode decomposed = Json.record("{name:'Jose\u0301', ids:[{v:1, type:'cafe\u0301'}]}");

        assertThat(Diff.between(composed, decomposed, COMPOSED).isEmpty()).isTrue();
        assertThat(Diff.between(composed, decomposed, Shape.plain()).changedFields())
                .containsExactly("name", "ids");
        assertThat(COMPOSED.canonical(composed)).isEqualTo(COMPOSED.canonical(decomposed));
        Delta delta =
                Diff.between(decomposed, Json.record("{name:'Jos\u00e9', ids:[{type:'caf\u00e9', v:2}]}"), COMPOSED);
        assertThat(words(delta)).isEqualTo("CHANGED ids[type=caf\u00e9].v");
        assertThat(delta.apply(decomposed).at("/ids/0/v").intValue()).isEqualTo(2);
        assertThat(delta.apply(decomposed).get("ids")).hasSize(1);
    }

    @Test
    void text_beyond_the_basic_plane_is_kept() {
        ObjectNode from = Json.record("{name:'\ud83d\ude00'}");
        ObjectNode to = Json.record("{name:'\ud83d\ude01', \u0438\u043c\u044f:'\u05d0\u0628'}");

        assertThat(Diff.between(from, to, Shape.plain()).apply(from)).isEqualTo(to);
    }

    @Test
    void numbers_of_any_size_are_compared_without_writing_them_out() {
        ObjectNode huge = Json.MAPPER.createObjectNode();
        huge.set("n", DecimalNode.valueOf(new BigDecimal("1E+1000000000")));
        ObjectNode same = Json.MAPPER.createObjectNode();
        same.set("n", DecimalNode.valueOf(new BigDecimal("10E+999999999")));
        ObjectNode notANumber = Json.MAPPER.createObjectNode();
        notANumber.set("n", DoubleNode.valueOf(Double.NaN));

        assertThat(Diff.between(huge, same, Shape.plain()).isEmpty()).isTrue();
        assertThat(Shape.plain().canonical(huge))
                .isEqualTo(Shape.plain().canonical(same))
                .hasSizeLessThan(40);
        assertThat(Diff.between(notANumber, notANumber.deepCopy(), Shape.plain())
                        .isEmpty())
                .isTrue();
        assertThat(words(Diff.between(huge, notANumber, Shape.plain()))).isEqualTo("CHANGED n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{id_type:'N',value:'1'},{id_type:'N',value:'2'}]",
                "[{id_type:'N',value:'1'},{value:'2'}]",
                "[{id_type:null,value:'2'}]",
                "[{id_type:['N'],value:'2'}]",
                "['N']",
                "[null]",
            })
    void a_list_whose_items_cannot_be_told_apart_is_one_value(String list) {
        ObjectNode clear = Json.record("{reg_ids:[{id_type:'N',value:'9'}]}");
        ObjectNode unclear = Json.record("{reg_ids:" + list + "}");

        assertThat(words(Diff.between(clear, unclear, Shapes.PERSON))).isEqualTo("CHANGED reg_ids");
        assertThat(words(Diff.between(unclear, clear, Shapes.PERSON))).isEqualTo("CHANGED reg_ids");
        assertThat(Diff.between(unclear, unclear.deepCopy(), Shapes.PERSON).isEmpty())
                .isTrue();
    }

    @Test
    void items_with_one_key_twice_are_still_compared_without_order() {
        ObjectNode a = Json.record("{reg_ids:[{id_type:'N',value:'1'},{id_type:'N',value:'2'}]}");
        ObjectNode b = Json.record("{reg_ids:[{id_type:'N',value:'2'},{id_type:'N',value:'1'}]}");
        ObjectNode once = Json.record("{reg_ids:[{id_type:'N',value:'1'}]}");

        assertThat(Diff.between(a, b, Shapes.PERSON).isEmpty()).isTrue();
        assertThat(Diff.between(a, once, Shapes.PERSON).isEmpty()).isFalse();
    }

    @Test
    void a_delta_refuses_a_record_in_which_the_item_is_there_twice() {
        Delta delta = Diff.between(
                Json.record("{reg_ids:[{id_type:'N',value:'1'}]}"),
                Json.record("{reg_ids:[{id_type:'N',value:'2'}]}"),
                Shapes.PERSON);

        assertThatThrownBy(() -> delta.apply(Json.record("{reg_ids:[{id_type:'N'},{id_type:'N'}]}")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("two items of the list share the key of reg_ids[id_type=\u2026].value;"
                        + " give the whole list instead");
    }

    @Test
    void a_delta_on_another_record_makes_what_is_missing_and_keeps_the_rest() {
        Delta delta = Diff.between(
                Json.record("{address:{city:'A'}, reg_ids:[{id_type:'N',value:'1'}], tags:['x'], gone:1}"),
                Json.record("{address:{city:'B'}, reg_ids:[{id_type:'N',value:'2'}], tags:['y']}"),
                Shapes.PERSON);

        assertThat(delta.apply(Json.record("{name:'kept', address:'text', tags:['z']}")))
                .isEqualTo(Json.record(
                        "{name:'kept', address:{city:'B'}, tags:['z','y']," + " reg_ids:[{id_type:'N',value:'2'}]}"));
    }

    @Test
    void the_changed_part_holds_whole_new_values_and_null_for_what_went() {
        ObjectNode to = Json.record("{name:'A', address:{city:'B', zip:'1'}}");
        Delta delta =
                Diff.between(Json.record("{name:'A', address:{city:'C', zip:'1'}, phone:'5'}"), to, Shape.plain());

        assertThat(delta.changedPart(to)).isEqualTo(Json.record("{address:{city:'B', zip:'1'}, phone:null}"));
    }

    @Test
    void applying_leaves_the_given_record_and_the_delta_alone() {
        ObjectNode from = Json.record("{address:{city:'A'}}");
        ObjectNode to = Json.record("{address:{city:'A'}, more:{x:1}}");
        Delta delta = Diff.between(from, to, Shape.plain());

        ObjectNode first = delta.apply(from);
        ((ObjectNode) first.get("more")).put("x", 2);

        assertThat(from).isEqualTo(Json.record("{address:{city:'A'}}"));
        assertThat(delta.apply(from)).isEqualTo(to);
    }

    @Test
    void a_delta_is_json_without_values_in_its_words() throws Exception {
        Delta delta = Diff.between(
                Json.record("{name:null, phones:[{number:'0170', kind:'a'}]}"),
                Json.record("{name:'Secret', phones:[]}"),
                Shapes.PERSON);

        JsonNode json = Json.MAPPER.valueToTree(delta);

        assertThat(json)
                .isEqualTo(Json.value("{changes:[{path:'name', kind:'CHANGED', from:null, to:'Secret'},"
                        + " {path:'phones[number=\"0170\"]', kind:'REMOVED', from:{number:'0170', kind:'a'}}]}"));
        assertThat(delta.changes().toString()).doesNotContain("Secret").doesNotContain("0170");
        Change read = Json.MAPPER.treeToValue(json.at("/changes/1"), Change.class);
        assertThat(read).isEqualTo(delta.changes().get(1));
    }

    @Test
    void a_shape_refuses_declarations_that_contradict_each_other() {
        Shape.Builder builder = Shape.builder().list("a.b", "id");

        assertThatThrownBy(() -> builder.set("a.b")).hasMessage("\"a.b\" is declared twice");
        assertThatThrownBy(() -> builder.list("c", " "))
                .hasMessage("list \"c\" needs the name of the field that is its key");
        assertThatThrownBy(() -> builder.set("*")).hasMessage("the record itself is neither a list nor a set");
        assertThatThrownBy(() -> builder.set("a[id=1].b"))
                .hasMessage("\"a[id=1].b\" must be field names joined by dots, without items in brackets");
    }

    private static String words(Delta delta) {
        List<String> words = delta.changes().stream()
                .map(change -> change.kind() + " " + change.path().text())
                .toList();
        return String.join("; ", words);
    }

    /** Parsed without rounding decimals to doubles where they would lose digits. */
    private static ObjectNode exact(String json) {
        return Json.exact(json);
    }
}
