package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.synchub.ledger.Runs;
import org.synchub.simulator.openspp.HeldTransaction;

/** What the registry commits late, with the time at which it began, arrives once and whole (recorded exchange 89). */
class LateCommitTest {

    private static final int ROWS = 300;

    @Test
    void three_hundred_rows_older_than_the_cursor_and_of_one_time_across_a_page_edge_are_neither_missed_nor_doubled()
            throws Exception {
        try (PullRig rig = PullRig.start(text -> text.replace("longestWrite: 1s", "longestWrite: 2m")
                .replace("    lane: data.parentGuid", "    lane: data.parentGuid\n    createFromOutside: true"))) {
            HeldTransaction late = rig.registry().begin();
            for (int i = 0; i < ROWS; i++) {
                Map<String, Object> person = new HashMap<>(Map.of("is_registrant", true, "is_group", false));
                person.putAll(Map.of("name", "LATE, L" + i, "given_name", "L" + i, "family_name", "Late"));
                late.create("res.partner", person);
            }
            rig.registry().write(rig.externalId(rig.person), Map.of("occupation", "Teacher"));
            rig.pull();
            assertThat(rig.value("SELECT count(*) FROM public.entities"))
                    .as("the cursor stands after the transaction's time, and nothing of it is there yet")
                    .isEqualTo("2");

            late.commit();
            Runs.Run run = rig.pull();

            assertThat(rig.value("SELECT count(*) FROM public.entities")).isEqualTo(Integer.toString(ROWS + 2));
            assertThat(rig.value(
                            "SELECT count(*) FROM public.events WHERE type = 'create-individual' AND sync_level = 2"))
                    .isEqualTo(Integer.toString(ROWS));
            assertThat(run.parked()).isZero();
            assertThat(rig.pull().pulled())
                    .as("nothing is doubled by the overlap")
                    .isZero();
            assertThat(rig.puller.pull()).hasSizeGreaterThanOrEqualTo(ROWS);
            assertThat(rig.puller.entities()).isEqualTo(ROWS + 2);
        }
    }
}
