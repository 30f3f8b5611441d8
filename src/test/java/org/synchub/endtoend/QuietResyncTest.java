package org.synchub.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.synchub.demo.FieldData;
import org.synchub.ledger.Runs;
import org.synchub.ledger.State;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.sync.Cause;
import org.synchub.sync.PushRequest;
import org.synchub.sync.Pushes;
import org.synchub.sync.Resync;
import org.synchub.testing.OpenSppTarget;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;

/** A resync of field data of every odd kind, of which nothing has changed on either side. */
class QuietResyncTest {

    @Test
    void every_delivered_record_is_read_and_none_is_written_or_found_to_differ() throws Exception {
        DataSource store = TestDatabase.dataCollect();
        FieldData data = new FieldData(Clock.systemUTC());
        data.seed(store);
        try (OpenSppSimulator registry = OpenSppTarget.registry().start();
                TestHub hub = TestHub.on(store)
                        .mapping("openspp", OpenSppTarget.mapping("openspp", FieldData.TENANT, registry))
                        .start()) {
            hub.push("openspp");
            long delivered = hub.status("openspp").in(State.DELIVERED);
            assertThat(delivered).isGreaterThan(1_000);
            registry.requests().clear();

            hub.bean(Resync.class).start("openspp", Resync.Scope.FULL, "test");
            hub.bean(Pushes.class).push(PushRequest.resync("openspp", Cause.COMMAND, "test"));

            Runs.Run run = hub.lastRun("openspp");
            assertThat(run.direction()).isEqualTo("resync");
            assertThat(run.unchanged()).isEqualTo(delivered);
            assertThat(run.updated() + run.created()).isZero();
            assertThat(TestDatabase.rows(store, "SELECT kind, guid FROM hub.parked"))
                    .isEmpty();
            assertThat(registry.requests().counts().keySet())
                    .as("those that were refused are tried once more, no other is written")
                    .noneMatch(call -> call.endsWith(".write") || call.endsWith(".unlink"));
            assertThat(registry.registry().partners()).hasSize((int) delivered);
        }
    }
}
