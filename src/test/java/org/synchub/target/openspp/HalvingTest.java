package org.synchub.target.openspp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.synchub.target.TargetTrouble;
import org.synchub.target.openspp.odoo.OdooFault;

class HalvingTest {

    /** Accepts everything but the bad numbers. */
    private static final class Picky extends Halving<Integer> {

        private final Set<Integer> bad;
        private final Set<Integer> accepted = new TreeSet<>();
        private final Set<Integer> refused = new TreeSet<>();
        private int requests;

        Picky(Set<Integer> bad) {
            this.bad = bad;
        }

        @Override
        void request(List<Integer> part) {
            requests++;
            if (part.stream().anyMatch(bad::contains)) {
                throw new OdooFault(OdooFault.Kind.REFUSED, "bad", "bad");
            }
            accepted.addAll(part);
        }

        @Override
        void refused(Integer item, OdooFault fault) {
            refused.add(item);
        }

        @Override
        void contended(List<Integer> part, OdooFault fault) {
            throw new AssertionError("nothing was contended");
        }

        @Override
        void cut(List<Integer> part, TargetTrouble trouble) {
            throw new AssertionError("nothing was cut");
        }
    }

    private static List<Integer> upTo(int count) {
        return new ArrayList<>(IntStream.range(0, count).boxed().toList());
    }

    @Property(tries = 200)
    void good_items_go_through_and_bad_ones_are_found(
            @ForAll @IntRange(min = 0, max = 150) int count,
            @ForAll @IntRange(min = 1, max = 40) int size,
            @ForAll Set<@IntRange(max = 149) Integer> bad) {
        Picky picky = new Picky(bad);
        Set<Integer> wanted = new HashSet<>(bad);
        wanted.retainAll(upTo(count));

        picky.send(upTo(count), size);

        assertThat(picky.refused).isEqualTo(new TreeSet<>(wanted));
        assertThat(picky.accepted).hasSize(count - wanted.size());
    }

    @Test
    void one_bad_item_among_a_hundred_takes_fifteen_requests_at_most() {
        for (int bad = 0; bad < 100; bad++) {
            Picky picky = new Picky(Set.of(bad));

            picky.send(upTo(100), 100);

            assertThat(picky.requests).isLessThanOrEqualTo(15);
        }
    }
}
