package org.synchub.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.synchub.cli.Commands;
import org.synchub.cli.ExitCode;
import org.synchub.demo.FieldData;
import org.synchub.ledger.State;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.simulator.openspp.RegistryRecord;
import org.synchub.testing.OpenSppTarget;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;

/** Deleting an app in DataCollect deletes its whole tenant, and must not empty a registry by itself. */
class DeletedTenantTest {

    @Test
    void the_registry_stays_as_it_is_until_somebody_confirms() throws Exception {
        DataSource store = TestDatabase.dataCollect();
        FieldData.bulk(store, "t", 20, 4, 3);
        try (OpenSppSimulator registry = OpenSppTarget.registry().start();
                TestHub hub = TestHub.on(store)
                        .mapping("openspp", OpenSppTarget.mapping("openspp", "t", registry))
                        .start()) {
            Commands commands = hub.bean(Commands.class);
            assertThat(commands.push("openspp", false)).isEqualTo(ExitCode.OK);
            TestDatabase.run(store, "DELETE FROM public.entities WHERE tenant_id = 't'");

            assertThat(commands.push("openspp", false)).isEqualTo(ExitCode.ATTENTION);

            assertThat(hub.status("openspp").in(State.HELD)).isEqualTo(100);
            assertThat(hub.status("openspp").attention()).allSatisfy(cause -> {
                assertThat(cause.code()).isEqualTo("too-many-deletes");
                assertThat(cause.reason())
                        .isEqualTo("More deletions at once than maxDeletes allows;"
                                + " push openspp --confirm-deletes lets them go on");
            });
            assertThat(registry.registry().partners()).hasSize(100).allMatch(partner -> partner.flag("active"));

            assertThat(commands.push("openspp", true)).isEqualTo(ExitCode.OK);

            assertThat(registry.registry().partners()).hasSize(100).noneMatch(partner -> partner.flag("active"));
            assertThat(registry.registry().all("g2p.group.membership"))
                    .hasSize(80)
                    .allMatch((RegistryRecord membership) -> membership.flag("is_ended"));
            assertThat(hub.lastRun("openspp").deleted()).isEqualTo(100);
            assertThat(registry.requests().counts().keySet()).noneMatch(call -> call.contains("unlink"));
        }
    }
}
