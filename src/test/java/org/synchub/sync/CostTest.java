package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;

import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.synchub.demo.FieldData;
import org.synchub.ledger.State;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.testing.CountingDataSource;
import org.synchub.testing.MemoryAdapter;
import org.synchub.testing.OpenSppTarget;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;
import org.synchub.testing.TestStore;

/** What can be counted of a push's cost. How long it takes is the benchmark's. */
class CostTest {

    private static final int HOUSEHOLDS = 200;
    private static final int MEMBERS = 4;
    private static final int RECORDS = HOUSEHOLDS * (1 + MEMBERS);

    /** What the hub asks a server once: login, fields and vocabularies. */
    private static final int TO_GET_TO_KNOW_IT = 15;

    private static long requests(OpenSppSimulator registry) {
        return registry.requests().counts().values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    @Test
    void a_thousand_new_records_take_two_requests_per_hundred_and_nothing_owed_takes_none() throws Exception {
        DataSource store = TestDatabase.dataCollect();
        FieldData.bulk(store, "t", HOUSEHOLDS, MEMBERS, 1);
        try (OpenSppSimulator registry = OpenSppTarget.registry().start();
                TestHub hub = TestHub.on(store)
                        .mapping("openspp", OpenSppTarget.mapping("openspp", "t", registry))
                        .start()) {
            hub.push("openspp");

            assertThat(registry.registry().partners()).hasSize(RECORDS);
            assertThat(hub.status("openspp").in(State.DELIVERED)).isEqualTo(RECORDS);
            assertThat(requests(registry)).isLessThanOrEqualTo(RECORDS * 2 / 100 + TO_GET_TO_KNOW_IT);
            assertThat(requests(registry)).isLessThanOrEqualTo((long) (RECORDS * 0.05));

            long before = requests(registry);
            hub.push("openspp");

            assertThat(requests(registry)).isEqualTo(before);
        }
    }

    @Test
    void a_household_comes_with_its_members_in_one_claim_however_many_are_due() throws Exception {
        DataSource store = TestStore.withHub();
        // Several pages of the backfill: the members of a household are owed on other pages than the household.
        FieldData.bulk(store, "t", 1_300, MEMBERS, 1);
        MemoryAdapter memory = new MemoryAdapter();
        try (BareHub hub = BareHub.on(store)
                .target("openspp", "t")
                .memory("openspp", memory)
                .start()) {
            hub.push("openspp");

            assertThat(hub.runs.newest("openspp", null).orElseThrow().created()).isEqualTo(1_300 * (1 + MEMBERS));
            assertThat(hub.runs.newest("openspp", null).orElseThrow().blocked()).isZero();
        }
    }

    @Test
    void to_find_that_nothing_is_owed_takes_a_handful_of_statements_however_much_is_delivered() throws Exception {
        CountingDataSource counted = new CountingDataSource(TestStore.withHub());
        FieldData.bulk(counted, "t", HOUSEHOLDS, MEMBERS, 1);
        MemoryAdapter memory = new MemoryAdapter();
        try (BareHub hub = BareHub.on(counted)
                .target("openspp", "t")
                .memory("openspp", memory)
                .start()) {
            hub.push("openspp");
            counted.takeCount();

            hub.captures.drain();
            boolean pushed = hub.pushOnly("openspp", Cause.SCHEDULE).isPresent();

            assertThat(pushed).isFalse();
            assertThat(counted.takeCount()).isLessThanOrEqualTo(6);
        }
    }
}
