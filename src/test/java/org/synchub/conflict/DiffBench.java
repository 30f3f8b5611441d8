package org.synchub.conflict;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.LongSupplier;

/**
 * Differences and merges per second on one core. Run by hand:
 * {@code java -cp target/classes:target/test-classes:$(dependencies) org.synchub.conflict.DiffBench}.
 */
final class DiffBench {

    private static final int ROUNDS = 7;
    private static final int CALLS = 400_000;

    private DiffBench() {}

    public static void main(String[] args) {
        ObjectNode flat = flat();
        ObjectNode same = flat();
        ObjectNode changed = flat();
        changed.put("field7", "another");
        ObjectNode listed = listed();
        ObjectNode listedToo = listed();
        ObjectNode reordered = listed();
        reordered.withArray("reg_ids").add(reordered.withArray("reg_ids").remove(0));
        ObjectNode changedItem = listed();
        ((ObjectNode) changedItem.withArray("reg_ids").get(1)).put("value", "9");

        report("diff, 20 equal fields", () -> diff(flat, same));
        report("diff, 20 fields, one changed", () -> diff(flat, changed));
        report("diff, 20 equal fields with two lists", () -> diff(listed, listedToo));
        report("diff, the same, a list in another order", () -> diff(listed, reordered));
        Situation situation = Situation.of(Shapes.PERSON)
                .base(listed)
                .internal(changedItem)
                .external(changed)
                .build();
        report(
                "merge, one item and eighteen fields changed",
                () -> Merge.resolve(situation, Policy.careful()).decisions().size());
    }

    private static long diff(ObjectNode from, ObjectNode to) {
        return Diff.between(from, to, Shapes.PERSON).changes().size();
    }

    /** Best of some rounds, the first of which only warm up. */
    private static void report(String what, LongSupplier call) {
        long best = Long.MAX_VALUE;
        long sum = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            for (int i = 0; i < CALLS; i++) {
                sum += call.getAsLong();
            }
            best = Math.min(best, System.nanoTime() - start);
        }
        System.out.printf("%-45s %,12.0f /s  (%d)%n", what, CALLS * 1e9 / best, sum);
    }

    private static ObjectNode flat() {
        ObjectNode record = Json.MAPPER.createObjectNode();
        for (int i = 0; i < 16; i++) {
            record.put("field" + i, "value number " + i);
        }
        return record.put("number", 42)
                .put("decimal", 1.5)
                .put("flag", true)
                .set("head", Json.MAPPER.createObjectNode().put(Shape.REFERENCE, "0b5e-guid"));
    }

    private static ObjectNode listed() {
        ObjectNode record = flat();
        record.remove("field0");
        record.remove("field1");
        for (int i = 0; i < 3; i++) {
            record.withArray("reg_ids").addObject().put("id_type", "type " + i).put("value", "" + i);
            record.withArray("tags").add("tag " + i);
        }
        return record;
    }
}
