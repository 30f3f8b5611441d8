package org.synchub.mapping;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.synchub.crypto.Envelope;
import org.synchub.crypto.KeyRing;

/** Fields with {@code encrypt}: what a mapping file may say, and values in envelopes and out of them again. */
class EncryptedFieldTest {

    private static final String K1 = Base64.getEncoder().encodeToString(new byte[32]);
    private static final String K2 =
            Base64.getEncoder().encodeToString("0123456789abcdef0123456789ABCDEF".getBytes(UTF_8));
    private static final KeyRing RING = new KeyRing(Map.of("k1", K1, "k2", K2));

    private static final String FILE = """
            version: 1
            target: test
            tenant: demo
            adapter: {type: memory}
            kinds:
              thing:
                match: {data.entityName: thing}
                keys: [[ids.National ID], [name]]
                fields:
                  name: {path: data.name}
                  text: {path: data.text, encrypt: k1}
                  number: {path: data.number, type: integer, encrypt: k1}
                  amount: {path: data.amount, type: decimal, encrypt: k1}
                  flag: {path: data.flag, type: boolean, encrypt: k1}
                  day: {path: data.day, type: date, encrypt: k1}
                  moment: {path: data.moment, type: datetime, encrypt: k1}
                  any: {path: data.any, type: json, encrypt: k1}
                  word: {path: data.word, values: {a: 1, b: Bee, c: true, d: Dee}, encrypt: k1}
                  address: {fields: {city: {path: data.city, encrypt: k1}}}
                  ids:
                    list: data.ids
                    key: type
                    fields:
                      type: {path: type, values: {nid: National ID}}
                      no: {path: no}
                      office: {path: office, encrypt: k1}
            """;

    private static final ObjectMapper AS_STORED = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private static final Kind KIND = kind(FILE, RING);

    private static Kind kind(String yaml, KeyRing ring) {
        return Mapping.parse(Path.of("mappings/test.yaml"), yaml, name -> null, PolicyCheck.NONE, ring)
                .kind("thing");
    }

    private static List<String> problems(String old, String now) {
        assertThat(FILE).contains(old);
        MappingException broken =
                catchThrowableOfType(MappingException.class, () -> kind(FILE.replace(old, now), RING));
        return broken.problems().stream().map(Problem::toString).toList();
    }

    @Test
    void a_key_that_the_hub_does_not_have_is_named_with_its_line_and_what_to_do() {
        assertThat(problems("{path: data.text, encrypt: k1}", "{path: data.text, encrypt: archive}"))
                .containsExactly("mappings/test.yaml:11:40: 'encrypt' names the key 'archive', but there is no"
                        + " synchub.encryption.keys.archive; make a key with: openssl rand -base64 32, and give it to the hub"
                        + " from the environment or a file");
        assertThat(catchThrowableOfType(MappingException.class, () -> kind(FILE, new KeyRing(Map.of("k3", K1))))
                        .problems())
                .hasSize(10)
                .allSatisfy(problem -> assertThat(problem.message()).contains("synchub.encryption.keys.k1"));
    }

    @Test
    void what_is_searched_for_or_tells_items_apart_cannot_be_encrypted() {
        assertThat(problems("{path: data.name}", "{path: data.name, encrypt: k1}"))
                .containsExactly(
                        "mappings/test.yaml:8:32: 'keys' names 'name', which is encrypted: the target cannot be"
                                + " searched for it; take another field for the key, or drop 'encrypt' in line 10");
        assertThat(problems("{path: no}", "{path: no, encrypt: k1}"))
                .containsExactly(
                        "mappings/test.yaml:8:13: 'keys' names 'ids.National ID', which is encrypted: the target"
                                + " cannot be searched for it; take another field for the key, or drop 'encrypt' in line 25");
        assertThat(problems("values: {nid: National ID}}", "values: {nid: National ID}, encrypt: k1}"))
                .containsExactly(
                        "mappings/test.yaml:22:9: 'key' names 'type', which is encrypted; tell the items apart by"
                                + " another field, or drop 'encrypt' in line 24");
    }

    @Test
    void only_values_of_the_record_itself_can_be_encrypted() {
        assertThat(problems("{path: data.text, encrypt: k1}", "{constant: x, encrypt: k1}"))
                .containsExactly("mappings/test.yaml:11:27: unknown key 'encrypt' in field 'text'; 'encrypt' goes with"
                        + " 'path', this field has 'constant'");
        assertThat(problems("{path: data.text, encrypt: k1}", "{join: [data.a, data.b], encrypt: k1}"))
                .singleElement()
                .asString()
                .startsWith("mappings/test.yaml:11:38: unknown key 'encrypt'");
        assertThat(problems("{path: data.text, encrypt: k1}", "{path: data.text, reference: thing, encrypt: k1}"))
                .containsExactly(
                        "mappings/test.yaml:11:49: 'encrypt' does not fit a reference; a reference takes the guid"
                                + " at 'path' as it is");
    }

    @Test
    void another_key_makes_another_mapping() {
        assertThat(kind(FILE.replace("encrypt: k1", "encrypt: k2"), RING).hash())
                .isNotEqualTo(KIND.hash());
        assertThat(kind(FILE.replace(", encrypt: k1", ""), RING).hash()).isNotEqualTo(KIND.hash());
    }

    @Provide
    Arbitrary<ObjectNode> data() {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        Arbitrary<JsonNode> text = Arbitraries.strings().ofMaxLength(20).map(TextNode::valueOf);
        Arbitrary<JsonNode> whole = Arbitraries.longs().map(nodes::numberNode);
        Arbitrary<JsonNode> decimal = Arbitraries.bigDecimals().ofScale(3).map((BigDecimal n) -> nodes.numberNode(n));
        Arbitrary<JsonNode> flag = Arbitraries.of(true, false).map(nodes::booleanNode);
        Arbitrary<JsonNode> day =
                Arbitraries.integers().between(1, 28).map(n -> TextNode.valueOf("2010-03-%02d".formatted(n)));
        Arbitrary<JsonNode> moment =
                Arbitraries.integers().between(10, 23).map(n -> TextNode.valueOf("2010-03-28T" + n + ":15:00+07:00"));
        Arbitrary<JsonNode> word = Arbitraries.of("a", "b", "c", "d").map(TextNode::valueOf);
        Arbitrary<JsonNode> any = Arbitraries.oneOf(
                text,
                whole,
                decimal,
                flag,
                Arbitraries.just(nodes.objectNode().put("a", 1)),
                Arbitraries.just(nodes.arrayNode().add("x")));
        return Combinators.combine(text, whole, decimal, flag, day, moment, word, any)
                .as((t, n, d, f, on, at, w, a) -> {
                    ObjectNode data = nodes.objectNode().put("entityName", "thing");
                    data.set("text", t);
                    data.set("number", n);
                    data.set("amount", d);
                    data.set("flag", f);
                    data.set("day", on);
                    data.set("moment", at);
                    data.set("word", w);
                    data.set("any", a);
                    data.set("city", t);
                    data.putArray("ids")
                            .addObject()
                            .put("type", "nid")
                            .put("no", "1")
                            .set("office", t);
                    return data;
                });
    }

    private static JsonNode each(List<Field> fields, JsonNode record, BiFunction<Field, JsonNode, JsonNode> how) {
        ObjectNode copy = JsonNodeFactory.instance.objectNode();
        for (Field field : fields) {
            JsonNode value = record.get(field.name());
            if (value == null) {
                continue;
            }
            if (value.isArray() && field.isList()) {
                ArrayNode items = copy.putArray(field.name());
                value.forEach(item -> items.add(each(field.fields(), item, how)));
            } else {
                copy.set(
                        field.name(),
                        field.fields().isEmpty() ? how.apply(field, value) : each(field.fields(), value, how));
            }
        }
        return copy;
    }

    @Property(tries = 300, seed = "20261122")
    void values_of_every_type_come_back_as_they_went(@ForAll("data") ObjectNode data) throws Exception {
        ObjectNode made = Given.thing("{}").doc();
        made.set("data", data);
        ObjectNode doc = (ObjectNode) AS_STORED.readTree(made.toString());
        ObjectNode record = KIND.outward(Given.entity(doc)).record();

        JsonNode sent = each(KIND.fields(), record, Field::sealed);
        ObjectNode opened = (ObjectNode) each(KIND.fields(), sent, Field::opened);

        for (String name : List.of("text", "number", "amount", "flag", "day", "moment", "any", "word")) {
            if (record.has(name)) {
                assertThat(sent.path(name).asText()).as(name).matches(Envelope::looksLikeOne);
                assertThat(KIND.field(name).isStale(sent.path(name))).isFalse();
            }
        }
        assertThat(AS_STORED.readTree(opened.toString())).isEqualTo(AS_STORED.readTree(record.toString()));
        assertThat(KIND.canonical(opened, doc)).isEqualTo(record);
        assertThat(KIND.inward(opened, doc).changedPaths()).isEmpty();
        assertThat(KIND.shut(opened)).isEmpty();
    }

    private static JsonNode told(String field, String value) {
        return KIND.field(field).opened(TextNode.valueOf(value));
    }

    @Test
    void what_was_typed_over_an_envelope_is_taken_as_it_is_and_is_stale() {
        ObjectNode doc = Given.thing("{'text': 'old', 'number': 4}").doc();
        ObjectNode theirs = JsonNodeFactory.instance.objectNode();
        theirs.set("text", told("text", "new"));
        theirs.set("number", told("number", "5"));

        Inward inward = KIND.inward(theirs, doc);

        assertThat(inward.problems()).isEmpty();
        assertThat(inward.doc().path("data").path("text").asText()).isEqualTo("new");
        assertThat(inward.doc().path("data").path("number").asInt()).isEqualTo(5);
        assertThat(KIND.field("text").isStale(TextNode.valueOf("new"))).isTrue();
        assertThat(KIND.field("text").isStale(NullNode.instance)).isFalse();
        assertThat(KIND.field("text").isStale(TextNode.valueOf(" "))).isFalse();
    }

    @Test
    void any_key_of_the_ring_opens_and_what_another_than_the_mappings_sealed_is_stale() {
        JsonNode old = KIND.field("text").sealed(TextNode.valueOf("Amina"));
        Field now = kind(FILE.replace("encrypt: k1", "encrypt: k2"), RING).field("text");

        assertThat(now.opened(old).asText()).isEqualTo("Amina");
        assertThat(now.isStale(old)).isTrue();
        assertThat(now.isStale(now.sealed(TextNode.valueOf("Amina")))).isFalse();

        Field clear = kind(FILE.replace(", encrypt: k1", ""), RING).field("text");
        assertThat(clear.opened(old).asText()).as("no longer encrypted").isEqualTo("Amina");
        assertThat(clear.isStale(old)).isTrue();
        assertThat(clear.isStale(TextNode.valueOf("Amina"))).isFalse();
        assertThat(clear.sealed(TextNode.valueOf("Amina")).asText()).isEqualTo("Amina");
        Field stranger =
                kind(FILE.replace(", encrypt: k1", ""), new KeyRing(Map.of())).field("text");
        assertThat(stranger.opened(old))
                .as("an envelope of somebody else's is a text")
                .isEqualTo(old);
    }

    @Test
    void an_envelope_that_cannot_be_opened_is_a_problem_of_its_line_and_no_value() {
        ObjectNode doc = Given.thing("{'text': 'Amina', 'any': 1, 'ids': [{'type':'nid','no':'1','office':'x'}]}")
                .doc();
        String good = KIND.field("text").sealed(TextNode.valueOf("Amina")).asText();
        String bad = good.substring(0, good.length() - 2) + (good.endsWith("AA") ? "BB" : "AA");
        KeyRing other = new KeyRing(Map.of("k1", K2, "k2", K1));
        Kind elsewhere = kind(FILE, other);
        ObjectNode theirs = JsonNodeFactory.instance.objectNode();
        theirs.set("text", told("text", bad));
        theirs.set("any", elsewhere.field("any").opened(TextNode.valueOf(good)));
        theirs.putArray("ids")
                .addObject()
                .put("type", "National ID")
                .put("no", "1")
                .set("office", told("text", good.substring(0, good.length() - 30)));

        List<Problem> shut = KIND.shut(theirs.deepCopy().without("any"));
        assertThat(shut).extracting(Problem::field).containsExactly("text", "ids.0.office");
        assertThat(shut.get(0).toString())
                .startsWith(
                        "mappings/test.yaml:11:7: field 'text': the target's envelope cannot be opened. What was sealed"
                                + " with the key k1 cannot be opened: ")
                .endsWith("; give the hub that key, or have the value typed anew at the target");
        assertThat(shut.get(1).line()).isEqualTo(26);
        assertThat(elsewhere.shut(theirs)).extracting(Problem::field).contains("any");

        Inward inward = KIND.inward(theirs.without("any"), doc);
        assertThat(inward.problems()).extracting(Problem::field).contains("text");
        assertThat(inward.doc().path("data").path("text").asText()).isEqualTo("Amina");
        assertThat(KIND.field("text").sealed(told("text", bad)).asText())
                .as("goes back as it came")
                .isEqualTo(bad);
        assertThat(inward.problems().toString()).doesNotContain(bad).doesNotContain("Amina");
    }

    @Test
    void a_key_that_the_ring_lost_is_named() {
        String good = KIND.field("text").sealed(TextNode.valueOf("Amina")).asText();
        Kind later = kind(FILE.replace("encrypt: k1", "encrypt: k2"), new KeyRing(Map.of("k2", K2)));
        ObjectNode theirs = JsonNodeFactory.instance.objectNode();
        theirs.set("text", later.field("text").opened(TextNode.valueOf(good)));

        assertThat(later.shut(theirs))
                .singleElement()
                .asString()
                .contains("There is no key k1: give it as synchub.encryption.keys.k1")
                .doesNotContain(good);
        assertThat(later.field("text").isStale(TextNode.valueOf(good))).isTrue();
    }
}
