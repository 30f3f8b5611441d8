package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.ssl.SslBundles;
import org.synchub.demo.SampleDevice;
import org.synchub.simulator.records.RecordServer;
import org.synchub.testing.SocketServer;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;

/** A server of whole records tells of updates on a WebSocket; the hub hears it and pulls sooner. */
class HintsTest {

    private static final String TARGET = "plain-rest";
    private static final String HINTS = """
            adapter:
              hints:
                url: %s
                hello: {type: connect, clientId: "sync-hub"}
                where: {type: update}
                as: sync-hub
                own: [clientId, data.clientId]
            """;

    private static final RecordServer REST =
            RecordServer.builder().wrapped().etags().start();
    private static final SocketServer SOCKET = new SocketServer();
    private static DataSource store;
    private static TestHub hub;
    private static String person;

    private final List<PullRequest> asked = new CopyOnWriteArrayList<>();
    private final Hints hints = new Hints(
            hub.bean(TargetRegistry.class),
            hub.bean(SslBundles.class),
            new PullSoon(asked::add),
            Duration.ofMillis(50));

    @BeforeAll
    static void startHub() throws SQLException, IOException {
        store = TestDatabase.dataCollect();
        String yaml = Files.readString(Path.of("mappings/examples/plain-rest.yaml"))
                .replace("adapter:\n", HINTS.formatted(SOCKET.url()));
        hub = TestHub.on(store)
                .mapping(TARGET, yaml)
                .set("PLAIN_REST_TENANT", "t")
                .set("PLAIN_REST_URL", REST.url() + "/api")
                .set("PLAIN_REST_TOKEN", RecordServer.CREDENTIAL)
                .start();
        SampleDevice device = new SampleDevice(store, "t", Clock.systemUTC(), 1);
        person = device.createPerson(device.createHousehold("House of Ann"), "Ann", "Home");
        hub.push(TARGET);
    }

    @AfterAll
    static void stopHub() {
        hub.close();
        SOCKET.close();
        REST.close();
    }

    @AfterEach
    void stop() {
        hints.close();
    }

    private static String update(String clientId, String inside) {
        return "{\"type\":\"update\",\"entityType\":\"users\",\"clientId\":\"" + clientId
                + "\",\"data\":{\"id\":\"x\",\"clientId\":\"" + inside + "\"}}";
    }

    /** Connected, and the one pull of the beginning is asked for. */
    private void listen() {
        int before = SOCKET.heard().size();
        hints.start();
        await().until(() -> SOCKET.heard().size() > before && asked.size() == 1);
    }

    @Test
    void a_frame_asks_for_a_pull_soon() {
        try (Hints own = hub.bean(Hints.class)) {
            own.start();
            await().until(() -> SOCKET.heard().contains("{\"type\":\"connect\",\"clientId\":\"sync-hub\"}"));
            await().untilAsserted(() -> assertThat(
                            TestDatabase.value(store, "SELECT count(*) FROM hub.run WHERE started_by = 'hint'"))
                    .isEqualTo("1"));
            REST.edit("users", person, "phone", "12345");

            await().untilAsserted(() -> {
                SOCKET.say(update("somebody", "somebody"));
                assertThat(TestDatabase.value(
                                store,
                                "SELECT modified->'data'->>'phone_number' FROM public.entities WHERE guid = '" + person
                                        + "'"))
                        .isEqualTo("12345");
            });
        }
    }

    @Test
    void many_frames_ask_for_one_pull() throws IOException {
        listen();

        for (int i = 0; i < 50; i++) {
            SOCKET.say(update("somebody", "somebody"));
        }

        // Two where the messages took longer than half a second to arrive.
        await().during(Duration.ofMillis(900)).until(() -> asked.size() == 2 || asked.size() == 3);
        assertThat(asked)
                .allSatisfy(request -> assertThat(request)
                        .extracting(PullRequest::target, PullRequest::cause, PullRequest::by)
                        .containsExactly(TARGET, Cause.CHANGE, "hint"));
    }

    @Test
    void the_hubs_own_frames_ask_for_nothing() throws IOException {
        listen();

        SOCKET.say(update("sync-hub", ""));
        SOCKET.say(update("", "sync-hub"));
        SOCKET.say("{\"type\":\"connect\",\"clientId\":\"somebody\"}");
        SOCKET.say("no JSON at all");
        await().during(Duration.ofMillis(900)).until(() -> asked.size() == 1);
        SOCKET.say(update("somebody", "somebody"));

        await().until(() -> asked.size() == 2);
    }

    @Test
    void a_connection_that_was_lost_is_made_again() throws IOException {
        listen();
        int greetings = SOCKET.heard().size();

        SOCKET.cut();

        await().until(() -> SOCKET.heard().size() == greetings + 1);
        await().until(() -> asked.size() == 2);
        SOCKET.say(update("somebody", "somebody"));
        await().until(() -> asked.size() == 3);
    }
}
