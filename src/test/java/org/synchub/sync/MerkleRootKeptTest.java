package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.synchub.store.MerkleRoot;
import org.synchub.target.ConfigurationProblem;
import org.synchub.testing.OpenSppTarget;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;

/** The root over the tenant's events is right in the end, whatever happens to the hub that wrote some. */
class MerkleRootKeptTest {

    private static String computed(DataSource store) throws SQLException {
        try (Connection connection = store.getConnection()) {
            connection.setAutoCommit(false);
            return MerkleRoot.compute(connection, PullRig.TENANT);
        }
    }

    private static String stored(DataSource store) throws SQLException {
        return TestDatabase.value(store, "SELECT root FROM public.merkle_root WHERE tenant_id = 't'");
    }

    @Test
    void a_hub_that_stops_after_a_page_leaves_the_root_to_the_next_pull() throws Exception {
        try (PullRig rig = PullRig.alone(text -> text)) {
            rig.registry().write(rig.externalId(rig.person), Map.of("occupation", "Driver"));
            rig.pull();
            assertThat(stored(rig.store)).isEqualTo(computed(rig.store));
            rig.registry().write(rig.externalId(rig.person), Map.of("occupation", "Teacher"));
            try (TestHub dying = TestHub.on(rig.store)
                    .mapping("openspp", OpenSppTarget.mapping("openspp", PullRig.TENANT, rig.server))
                    .start()) {
                PullRun run = dying.bean(Pulls.class).begin(PullRequest.of("openspp", Cause.COMMAND, "test"));
                assertThat(run).isNotNull();
                dying.bean(Pull.class).read(run);
                dying.bean(Pull.class).apply(run);
            }
            assertThat(rig.data(rig.person).path("profession").asText()).isEqualTo("Teacher");
            assertThat(stored(rig.store)).isNotEqualTo(computed(rig.store));

            rig.pull();

            assertThat(stored(rig.store)).isEqualTo(computed(rig.store));
            assertThat(rig.externalEvents()).isEqualTo(2);
            assertThat(rig.rows("SELECT stream FROM hub.cursor ORDER BY stream"))
                    .containsExactly("changes");
        }
    }

    @Test
    void a_hub_does_not_start_on_the_chain_of_a_later_datacollect() throws Exception {
        DataSource store = TestDatabase.dataCollect();
        TestDatabase.run(store, "INSERT INTO public.merkle_root (tenant_id, root) VALUES ('t', 'v2:0a1b')");

        assertThatThrownBy(() ->
                        TestHub.on(store).memoryTarget("memory", "t").start().close())
                .isInstanceOf(ConfigurationProblem.class)
                .hasMessageContaining("memory.yaml: The stored root of tenant t starts with v2:")
                .hasMessageContaining("Use a version of Sync Hub made for it");
    }
}
