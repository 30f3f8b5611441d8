package org.synchub.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Mapping must never be what a push waits for. */
class OutwardSpeedTest {

    private static final int RECORDS = 20_000;
    private static final double WANTED_PER_SECOND = 200_000;
    private static final int ROUNDS = 200;

    @Test
    void one_core_maps_200_000_simple_records_a_second() {
        Kind kind = Given.founding().kind("beneficiary");
        List<Entity> entities = new ArrayList<>(RECORDS);
        for (int i = 0; i < RECORDS; i++) {
            ObjectNode doc = Given.json("""
                    {'id':'e','guid':'e','type':'individual','version':7,'data':{'name':'Ana Cruz',
                     'birthDate':'1990-02-03','contactNumber':'+639171234567',
                     'address':{'street':'1 Main St','city':'Cebu','province':'PH-CEB'}}}""");
            entities.add(Given.entity(doc.put("guid", "e" + i)));
        }

        assertThat(best(kind, entities)).isGreaterThan(WANTED_PER_SECOND);
    }

    /** The best of many rounds, because other builds may share the machine; stops at the first that is good enough. */
    private static double best(Kind kind, List<Entity> entities) {
        double best = 0;
        for (int round = 0; round < ROUNDS && best <= WANTED_PER_SECOND; round++) {
            long fields = 0;
            long start = System.nanoTime();
            for (Entity entity : entities) {
                fields += kind.outward(entity).record().size();
            }
            best = Math.max(best, entities.size() * 1e9 / (System.nanoTime() - start));
            assertThat(fields).isEqualTo(8L * entities.size());
        }
        return best;
    }
}
