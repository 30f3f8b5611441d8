package org.synchub.conflict;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.domains.DomainContextBase;
import org.jspecify.annotations.Nullable;

/**
 * Random records over few names, keys and values, so that two of them often touch the same places; among them equal values
 * in different spelling, nulls beside absence, references, and lists whose items cannot be told apart.
 */
class Records extends DomainContextBase {

    private static final List<String> SCALARS = List.of(
            "null",
            "true",
            "false",
            "0",
            "1",
            "1.0",
            "2.5",
            "123456789012345678901234567890",
            "''",
            "'a'",
            "'b'",
            "'1'",
            "'Jos\u00e9'",
            "'Jose\u0301'",
            "'\ud83d\ude00'",
            "{$ref:'g1'}",
            "{$ref:'g2'}");

    private static final List<Shape> SHAPES = List.of(
            shape().build(),
            shape().absentIsNull().build(),
            shape().normalizeText().build(),
            Shape.plain());

    private static Shape.Builder shape() {
        return Shape.builder().list("ids", "type").list("ids.parts", "type").set("tags");
    }

    /** How two sides came to hold what they hold. */
    record History(
            Shape shape,
            @Nullable ObjectNode base,
            ObjectNode internal,
            ObjectNode external,
            Stamp internalStamp,
            Stamp externalStamp) {

        Situation situation() {
            return situation(base, internal, external);
        }

        Situation situation(@Nullable ObjectNode base, ObjectNode internal, ObjectNode external) {
            Situation.Builder builder =
                    Situation.of(shape).internal(internal, internalStamp).external(external, externalStamp);
            return (base == null ? builder : builder.base(base)).build();
        }

        History swapped() {
            return new History(shape, base, external, internal, externalStamp, internalStamp);
        }

        @Override
        public String toString() {
            return "base " + base + "\n internal " + internal + " " + internalStamp + "\n external " + external + " "
                    + externalStamp + "\n " + SHAPES.indexOf(shape);
        }
    }

    @Provide
    Arbitrary<Shape> shapes() {
        return Arbitraries.of(SHAPES);
    }

    @Provide
    Arbitrary<ObjectNode> records() {
        return recordsOf(3);
    }

    /** Each side keeps most of the base's fields and has some of its own. */
    @Provide
    Arbitrary<History> histories() {
        Arbitrary<ObjectNode> records = recordsOf(3);
        Arbitrary<Integer> masks = Arbitraries.integers().between(0, 255);
        Arbitrary<ObjectNode> sides = records;
        return Combinators.combine(
                        shapes(),
                        records.injectNull(0.2),
                        sides,
                        sides,
                        Combinators.combine(masks, masks).as(List::of),
                        Combinators.combine(stamps(), stamps()).as(List::of))
                .as((shape, base, internal, external, mask, stamps) -> new History(
                        shape,
                        base,
                        mixed(base, internal, mask.get(0)),
                        mixed(base, external, mask.get(1)),
                        stamps.get(0),
                        stamps.get(1)));
    }

    /** Policies that decide without people, and some that ask. */
    @Provide
    Arbitrary<Policy> policies() {
        Arbitrary<String> words = Arbitraries.of("lww", "internal", "external", "manual");
        return Combinators.combine(Arbitraries.of(true, false), words, words.injectNull(0.6))
                .as((merge, word, inner) -> {
                    Map<String, Object> settings =
                            merge ? Policies.map("strategy", "merge", "then", word) : Policies.map("strategy", word);
                    if (inner != null) {
                        settings.put("fields", Policies.map("nested.a", inner, "ids.v", inner));
                    }
                    return Policies.read("policy", settings, Map.of());
                });
    }

    private static Arbitrary<Stamp> stamps() {
        Arbitrary<@Nullable Instant> times =
                Arbitraries.integers().between(0, 2).map(Instant::ofEpochSecond).injectNull(0.5);
        Arbitrary<@Nullable String> versions = Arbitraries.of("1", "2", "x").injectNull(0.5);
        return Combinators.combine(times, versions).as(Stamp::new);
    }

    private static ObjectNode mixed(@Nullable ObjectNode base, ObjectNode own, int mask) {
        if (base == null) {
            return own;
        }
        ObjectNode mixed = Json.MAPPER.createObjectNode();
        int bit = 0;
        for (String name : List.of("n", "m", "nested", "ids", "tags", "list")) {
            JsonNode value = (mask >> bit++ & 1) == 0 ? base.get(name) : own.get(name);
            if (value != null) {
                mixed.set(name, value.deepCopy());
            }
        }
        return mixed;
    }

    private static Arbitrary<ObjectNode> recordsOf(int depth) {
        return Combinators.combine(
                        scalars().injectNull(0.2),
                        scalars().injectNull(0.2),
                        nested(depth).injectNull(0.2),
                        items(depth).injectNull(0.2),
                        arrays().injectNull(0.2),
                        arrays().injectNull(0.3))
                .as((n, m, nested, ids, tags, list) -> {
                    ObjectNode record = Json.MAPPER.createObjectNode();
                    put(record, "n", n);
                    put(record, "m", m);
                    put(record, "nested", nested);
                    put(record, "ids", ids);
                    put(record, "tags", tags);
                    put(record, "list", list);
                    return record;
                });
    }

    private static Arbitrary<JsonNode> scalars() {
        return Arbitraries.of(SCALARS).map(Json::value);
    }

    private static Arbitrary<JsonNode> nested(int depth) {
        Arbitrary<JsonNode> inner = depth == 0 ? scalars() : Arbitraries.lazy(() -> nested(depth - 1));
        Arbitrary<JsonNode> objects = Combinators.combine(
                        scalars().injectNull(0.3), scalars().injectNull(0.3), inner.injectNull(0.5))
                .as((a, b, deeper) -> {
                    ObjectNode object = Json.MAPPER.createObjectNode();
                    put(object, "a", a);
                    put(object, "b", b);
                    put(object, "c", deeper);
                    return object;
                });
        return Arbitraries.frequencyOf(Tuple.of(8, objects), Tuple.of(1, scalars()));
    }

    private static Arbitrary<JsonNode> items(int depth) {
        Arbitrary<String> keys = Arbitraries.of("'N'", "'P'", "1", "1.0", "{$ref:'g1'}");
        Arbitrary<JsonNode> inner = depth == 0 ? scalars() : Arbitraries.lazy(() -> items(0));
        Arbitrary<JsonNode> item = Combinators.combine(
                        keys, scalars().injectNull(0.3), scalars().injectNull(0.3), inner.injectNull(0.6))
                .as((key, v, w, parts) -> {
                    ObjectNode object = Json.MAPPER.createObjectNode();
                    object.set("type", Json.value(key));
                    put(object, "v", v);
                    put(object, "w", w);
                    put(object, "parts", parts);
                    return object;
                });
        Arbitrary<JsonNode> clear = item.list()
                .ofMaxSize(3)
                .uniqueElements(o -> o.get("type").toString().replace(".0", ""))
                .map(Records::array);
        Arbitrary<JsonNode> unclear = item.list().ofMinSize(2).ofMaxSize(3).map(Records::array);
        return Arbitraries.frequencyOf(Tuple.of(8, clear), Tuple.of(1, unclear), Tuple.of(1, scalars()));
    }

    private static Arbitrary<JsonNode> arrays() {
        return Arbitraries.frequencyOf(
                Tuple.of(8, scalars().list().ofMaxSize(3).map(Records::array)), Tuple.of(1, scalars()));
    }

    private static JsonNode array(List<JsonNode> elements) {
        ArrayNode array = Json.MAPPER.createArrayNode();
        return array.addAll(elements);
    }

    private static void put(ObjectNode object, String name, @Nullable JsonNode value) {
        if (value != null) {
            object.set(name, value);
        }
    }
}
