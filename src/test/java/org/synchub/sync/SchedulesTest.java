package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.ServiceStatus;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synchub.demo.FieldData;
import org.synchub.ledger.State;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;

/** What starts by itself: routes that poll tables and the clustered scheduler, on a real database. */
class SchedulesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private DataSource store;

    @BeforeEach
    void anEmptyStore() throws SQLException {
        store = TestDatabase.dataCollect();
    }

    private TestHub.Builder hub() {
        return TestHub.on(store).memoryTarget("memory", "t");
    }

    @Test
    void what_a_device_syncs_goes_out_without_anybody_asking() throws Exception {
        try (TestHub hub = hub().set("synchub.schedules", "true").start()) {
            FieldData.bulk(store, "t", 5, 4, 7);

            await().atMost(PATIENCE).until(() -> hub.status("memory").in(State.DELIVERED) == 25);
        }
    }

    @Test
    void without_triggers_the_scheduler_polls() throws Exception {
        try (TestHub hub = hub().set("synchub.schedules", "true")
                .set("synchub.capture", "poll")
                .set("synchub.poll.cron", "* * * * * ?")
                .start()) {
            FieldData.bulk(store, "t", 5, 4, 7);

            await().atMost(PATIENCE).until(() -> hub.status("memory").in(State.DELIVERED) == 25);
            assertThat(TestDatabase.value(store, "SELECT count(*) > 0 FROM hub.qrtz_triggers"))
                    .as("the schedule is the cluster's, not this process's")
                    .isEqualTo("t");
        }
    }

    @Test
    void a_one_shot_command_starts_nothing_by_itself() {
        try (TestHub hub = hub().start()) {
            CamelContext camel = hub.bean(CamelContext.class);

            for (String route :
                    new String[] {"drain", "poll", "sweep", "housekeeping", "push-when-due", "push-on-schedule"}) {
                assertThat(camel.getRouteController().getRouteStatus(route))
                        .as(route)
                        .isEqualTo(ServiceStatus.Stopped);
            }
            assertThat(camel.getRouteController().getRouteStatus("push")).isEqualTo(ServiceStatus.Started);
        }
    }
}
