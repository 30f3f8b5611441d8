package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;

import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestStore;

/** DataCollect's server can have a connector of its own, which an administrator may configure at any time. */
@ExtendWith(OutputCaptureExtension.class)
class OtherConnectorTest {

    private static long warnings(CapturedOutput output) {
        return output.getAll()
                .lines()
                .filter(line -> line.contains("registry: DataCollect's own external sync is configured for tenant t."))
                .count();
    }

    @Test
    void a_connector_that_is_configured_later_is_warned_of_once_and_again_when_it_comes_back(CapturedOutput output)
            throws Exception {
        DataSource store = TestStore.withHub();
        TestDatabase.run(
                store,
                "INSERT INTO public.app_configs (id, name, entity_forms) VALUES ('t', 'T', '[]'), ('other', 'O', '[]')");
        try (BareHub hub = BareHub.on(store).target("registry", "t").start()) {
            hub.captures.housekeeping();
            TestDatabase.run(
                    store, "UPDATE public.app_configs SET external_sync = '{\"type\": \"a\"}' WHERE id = 'other'");
            hub.captures.housekeeping();
            assertThat(warnings(output))
                    .as("another tenant's is none of its business")
                    .isZero();

            TestDatabase.run(store, "UPDATE public.app_configs SET external_sync = '{\"type\": \"a\"}'");
            hub.captures.housekeeping();
            hub.captures.housekeeping();
            assertThat(warnings(output)).isEqualTo(1);

            TestDatabase.run(store, "UPDATE public.app_configs SET external_sync = NULL");
            hub.captures.housekeeping();
            TestDatabase.run(store, "UPDATE public.app_configs SET external_sync = '{\"type\": \"a\"}'");
            hub.captures.housekeeping();
            assertThat(warnings(output)).isEqualTo(2);
        }
    }
}
