package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.Test;
import org.synchub.demo.SampleDevice;
import org.synchub.testing.TestStore;

/** The people of a history do what its checker relies on. */
class HistoryDeviceTest {

    private static final long SEED = 2_000_000;

    @Test
    void who_lost_their_household_is_never_entered_into_one_where_they_lived_before() throws Exception {
        try (HikariDataSource store = TestStore.withHub();
                HistoryWorld world = new HistoryWorld(store, SEED, HistoryNet.offline())) {
            HistoryDevice device = new HistoryDevice(world);
            SampleDevice elsewhere = new SampleDevice(store, world.tenant, world.clock, (int) SEED + 1);
            device.createHousehold();
            device.createPerson();
            device.createHousehold();
            String person = world.people.get(0);
            String first = world.households.get(0);
            String second = world.households.get(1);

            elsewhere.delete(first);
            device.findHomes();
            assertThat(home(world, person)).isEqualTo(second);

            elsewhere.delete(second);
            device.findHomes();
            assertThat(world.households).as("there is no other, so one is made").hasSize(3);
            assertThat(home(world, person)).isEqualTo(world.households.get(2));
        }
    }

    private static String home(HistoryWorld world, String person) {
        return HistoryFields.HOME.inForm(world.data(person));
    }
}
