package org.synchub.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.synchub.demo.FieldData;
import org.synchub.ledger.Runs;
import org.synchub.ledger.State;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.testing.OpenSppTarget;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;

/** The registry takes a batch whole or not at all, and does not say which row was at fault. */
class OneBadRowTest {

    private static final int HOUSEHOLDS = 2_000;
    private static final int MEMBERS = 4;

    @Test
    void one_bad_row_among_ten_thousand_is_rejected_in_the_servers_words_and_all_others_are_delivered()
            throws Exception {
        DataSource store = TestDatabase.dataCollect();
        FieldData.bulk(store, "t", HOUSEHOLDS, MEMBERS, 11);
        String bad = TestDatabase.value(store, """
                UPDATE public.entities SET modified = jsonb_set(modified, '{data,phone_number}', '"12"')
                WHERE guid = (SELECT guid FROM public.entities WHERE modified->'data'->>'entityName' = 'individual'
                              ORDER BY guid OFFSET 4321 LIMIT 1)
                RETURNING guid""");
        try (OpenSppSimulator registry = OpenSppTarget.registry().start();
                TestHub hub = TestHub.on(store)
                        .mapping("openspp", OpenSppTarget.mapping("openspp", "t", registry))
                        .start()) {

            hub.push("openspp");

            assertThat(hub.status("openspp").in(State.DELIVERED)).isEqualTo(9_999);
            assertThat(hub.status("openspp").in(State.REJECTED)).isEqualTo(1);
            assertThat(TestDatabase.rows(store, "SELECT guid, reason FROM hub.delivery WHERE state <> 'delivered'"))
                    .containsExactly(bad + "|Impossible number ‹value›: not enough digits.");
            Runs.Run run = hub.lastRun("openspp");
            assertThat(run.status()).isEqualTo("partial");
            assertThat(run.created()).isEqualTo(9_999);
            assertThat(run.rejected()).isEqualTo(1);
            assertThat(registry.registry().partners()).hasSize(9_999);
            assertThat(registry.registry().partnersByRegId(bad)).isEmpty();
            assertThat(run.requests()).as("requests per record").isLessThan(9_999 / 20);
        }
    }
}
