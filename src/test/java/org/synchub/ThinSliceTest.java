package org.synchub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synchub.admin.security.Role;
import org.synchub.demo.SampleDevice;
import org.synchub.ledger.State;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.simulator.openspp.RegistryRecord;
import org.synchub.testing.ApiClient;
import org.synchub.testing.OpenSppTarget;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;

/** The whole way: out of the store into OpenSPP over HTTP, a change back, and a resync by HTTP and by JMX. */
class ThinSliceTest {

    private DataSource store;
    private OpenSppSimulator registry;
    private TestHub hub;

    @BeforeEach
    void start() throws Exception {
        store = TestDatabase.dataCollect();
        registry = OpenSppTarget.registry().start();
        hub = TestHub.on(store)
                .mapping("openspp", OpenSppTarget.mapping("openspp", "t", registry))
                .set("server.port", 0)
                .set("spring.jmx.enabled", true)
                .start();
    }

    @AfterEach
    void stop() {
        hub.close();
        registry.close();
    }

    private RegistryRecord onlyPerson() {
        return registry.registry().partners().stream()
                .filter(p -> !p.flag("is_group"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void a_household_and_its_member_go_out_and_a_change_comes_back() throws Exception {
        SampleDevice device = new SampleDevice(store, "t", Clock.systemUTC(), 1);
        String household = device.createHousehold("House of Ann");
        String person = device.createPerson(household, "Ann", "Home");

        hub.push("openspp");

        assertThat(hub.status("openspp").in(State.DELIVERED)).isEqualTo(2);
        assertThat(registry.registry().partners()).hasSize(2);

        registry.registry().write(onlyPerson().id(), Map.of("occupation", "Teacher"));
        hub.pull("openspp");

        assertThat(TestDatabase.rows(
                        store,
                        "SELECT modified->'data'->>'profession' FROM public.entities WHERE guid = '" + person + "'"))
                .containsExactly("Teacher");
        assertThat(TestDatabase.rows(
                        store,
                        "SELECT sync_level, type FROM public.events WHERE entity_guid = '" + person
                                + "' ORDER BY \"timestamp\" DESC LIMIT 1"))
                .containsExactly("2|update-individual");

        int requests = registry.requests().entries().size();
        hub.push("openspp");
        assertThat(registry.requests().entries()).as("nothing is pushed back").hasSize(requests);
    }

    @Test
    void a_resync_by_http_and_one_by_jmx_put_the_registry_right() throws Exception {
        SampleDevice device = new SampleDevice(store, "t", Clock.systemUTC(), 1);
        device.createPerson(device.createHousehold("House of Ann"), "Ann", "Home");
        hub.push("openspp");
        ApiClient.Answer answer = hub.api(Role.OPERATOR).post("/api/v1/targets/openspp/resync");

        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.body()).contains("\"owedAgain\":2");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(runs("resync")).containsExactly("success|2"));

        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        Object owed = server.invoke(
                new ObjectName("org.synchub:type=Target,name=openspp"),
                "resync",
                new Object[] {"individual"},
                new String[] {String.class.getName()});

        assertThat(owed).isEqualTo(1);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(runs("resync")).containsExactly("success|2", "success|1"));
    }

    private List<String> runs(String direction) throws Exception {
        return TestDatabase.rows(
                store,
                "SELECT status, unchanged FROM hub.run WHERE direction = '" + direction
                        + "' AND ended_at IS NOT NULL ORDER BY id");
    }
}
