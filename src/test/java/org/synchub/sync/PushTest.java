package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synchub.demo.FieldData;
import org.synchub.ledger.State;
import org.synchub.testing.MemoryAdapter;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;

/** A push through the project's own routes, on a real database, to a target in memory. */
class PushTest {

    private DataSource store;
    private TestHub hub;

    @BeforeEach
    void startAHubOnAnEmptyStore() throws SQLException {
        store = TestDatabase.dataCollect();
        hub = TestHub.on(store).memoryTarget("memory", "t").start();
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    private MemoryAdapter target() {
        return hub.memory("memory");
    }

    @Test
    void everything_that_is_there_is_sent_once_and_nothing_again() throws Exception {
        FieldData.bulk(store, "t", 60, 4, 7);

        hub.push("memory");

        assertThat(target().records()).hasSize(300);
        assertThat(hub.status("memory").in(State.DELIVERED)).isEqualTo(300);
        int batches = target().batches();

        hub.push("memory");

        assertThat(target().batches()).isEqualTo(batches);
        assertThat(target().received()).hasSize(300);
    }
}
