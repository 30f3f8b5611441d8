package org.synchub.admin.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.synchub.admin.security.Role;
import org.synchub.target.Write;
import org.synchub.testing.ApiClient;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;
import org.synchub.testing.TestStore;

/** What the hub leaves to people, beside causes and conflicts. */
class LeftToPeopleTest {

    private static final String SAID = "'\\x007b2266697273745f6e616d65223a224d61726b6564227d'";

    private static DataSource store;
    private static TestHub hub;
    private static ApiClient viewer;
    private static ApiClient operator;
    private static ApiClient admin;

    @BeforeAll
    static void start() throws Exception {
        store = TestDatabase.dataCollect();
        hub = TestHub.on(store)
                .mapping("memory", TestHub.memoryMapping("memory", "t") + "\nmaxDeletes: {share: 1, number: 1}\n")
                .set("server.port", 0)
                .start();
        viewer = hub.api(Role.VIEWER);
        operator = hub.api(Role.OPERATOR);
        admin = hub.api(Role.ADMIN);
    }

    @AfterAll
    static void stop() {
        hub.close();
    }

    @Test
    void deletions_that_wait_for_a_persons_yes_go_on_with_it() throws Exception {
        TestStore field = new TestStore(store, "t")
                .household("house-1")
                .household("house-2")
                .household("house-3");
        hub.push("memory");
        field.delete("house-1", "house-2", "house-3");
        hub.push("memory");
        assertThat(viewer.get("/api/v1/records?target=memory&state=HELD").json().path("items"))
                .isNotEmpty();

        ApiClient.Answer yes = operator.post("/api/v1/targets/memory/deletions/confirm");

        assertThat(yes.status()).isEqualTo(202);
        int confirmed = yes.json().path("confirmed").asInt();
        assertThat(confirmed).isPositive();
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            assertThat(viewer.get("/api/v1/records?target=memory&state=HELD")
                            .json()
                            .path("items"))
                    .isEmpty();
            assertThat(hub.memory("memory").received().stream()
                            .filter(write -> write.operation() == Write.Operation.DELETE)
                            .map(Write::guid))
                    .contains("house-1", "house-2", "house-3");
        });
        assertThat(
                        TestDatabase.rows(
                                store,
                                "SELECT who, target, outcome, records FROM hub.audit WHERE operation = 'confirmDeletes' ORDER BY id"))
                .last()
                .asString()
                .endsWith("|memory|done|" + confirmed);
    }

    @Test
    void entities_that_do_not_hold_what_their_events_say_are_listed_shown_to_admins_and_dismissed() throws Exception {
        TestDatabase.run(
                store,
                "INSERT INTO hub.drift (tenant, guid, events, state, said) VALUES ('t', 'person-7', '{one}', 'found', "
                        + SAID + ")");

        JsonNode listed = viewer.get("/api/v1/drift?tenant=t").json();
        assertThat(listed).hasSize(1);
        assertThat(listed.at("/0/guid").asText()).isEqualTo("person-7");
        assertThat(listed.at("/0/fields")).hasToString("[\"first_name\"]");
        assertThat(listed.toString()).doesNotContain("Marked");
        assertThat(viewer.get("/api/v1/drift?tenant=other").json()).isEmpty();
        assertThat(operator.get("/api/v1/drift/t/person-7/values").status()).isEqualTo(403);
        assertThat(admin.get("/api/v1/drift/t/person-7/values")
                        .json()
                        .at("/events/first_name")
                        .asText())
                .isEqualTo("Marked");

        assertThat(operator.post("/api/v1/drift/t/person-7/dismiss").status()).isEqualTo(200);
        assertThat(viewer.get("/api/v1/drift").json()).isEmpty();
        assertThat(operator.post("/api/v1/drift/t/person-7/dismiss").status()).isEqualTo(404);
    }
}
