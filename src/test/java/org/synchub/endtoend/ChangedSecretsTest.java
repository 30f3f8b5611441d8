package org.synchub.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.synchub.admin.security.Role;
import org.synchub.demo.SampleDevice;
import org.synchub.simulator.http.Answer;
import org.synchub.simulator.http.Fault;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.simulator.records.RecordServer;
import org.synchub.sync.Cause;
import org.synchub.sync.PushRequest;
import org.synchub.sync.Pushes;
import org.synchub.testing.ApiClient;
import org.synchub.testing.OpenSppTarget;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;

/**
 * Secrets in a config tree, laid out and replaced as Kubernetes does it: a changed one counts while the hub runs, and is
 * shown as little as the one before.
 */
@ExtendWith(OutputCaptureExtension.class)
class ChangedSecretsTest {

    private static final String WEBHOOK_SECRET = "a secret of both sides";

    @TempDir
    private static Path directory;

    private static final Map<String, String> secrets = new TreeMap<>();
    private static int generation;
    private static int minutes;
    private static DataSource store;
    private static OpenSppSimulator registry;
    private static RecordServer server;
    private static TestHub hub;
    private static SampleDevice device;

    @BeforeAll
    static void start() throws Exception {
        store = TestDatabase.dataCollect();
        registry = OpenSppTarget.registry().start();
        server = RecordServer.builder().wrapped().start();
        mount("OPENSPP_PASSWORD", OpenSppTarget.PASSWORD);
        mount("PLAIN_REST_TOKEN", RecordServer.CREDENTIAL);
        mount("synchub.webhooks.openspp", WEBHOOK_SECRET);
        for (String name : secrets.keySet()) {
            Files.createSymbolicLink(directory.resolve(name), Path.of("..data", name));
        }
        hub = TestHub.on(store)
                .mapping(
                        "openspp",
                        OpenSppTarget.mapping("openspp", "t", registry)
                                .replace("password: " + OpenSppTarget.PASSWORD, "password: ${OPENSPP_PASSWORD}"))
                .mapping("plain-rest", Files.readString(Path.of("mappings/examples/plain-rest.yaml")))
                .set("PLAIN_REST_TENANT", "t")
                .set("PLAIN_REST_URL", server.url() + "/api")
                .set("spring.config.import", "configtree:" + directory + "/")
                .set("server.port", 0)
                .start();
        device = new SampleDevice(store, "t", Clock.systemUTC(), 1);
    }

    @AfterAll
    static void stop() {
        hub.close();
        registry.close();
        server.close();
    }

    /** Writes all secrets into a new folder and moves the link that names the folder. */
    private static void mount(String name, String secret) throws IOException {
        secrets.put(name, secret);
        Path folder = Files.createDirectory(directory.resolve("..generation-" + ++generation));
        for (Map.Entry<String, String> each : secrets.entrySet()) {
            Files.writeString(folder.resolve(each.getKey()), each.getValue() + "\n");
        }
        Path next = Files.createSymbolicLink(directory.resolve("..next"), folder.getFileName());
        Files.move(next, directory.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    }

    /** When a target that needed a person is looked at again. */
    private static void later() throws SQLException {
        minutes += 6;
        TestHub.clock(store, minutes + " minutes");
    }

    private static String owed(String target) throws SQLException {
        return TestDatabase.value(
                store, "SELECT count(*) FROM hub.delivery WHERE target = '" + target + "' AND state <> 'delivered'");
    }

    private static void look(String target) {
        hub.bean(Pushes.class).push(PushRequest.of(target, Cause.SCHEDULE, "schedule"));
    }

    /** The target's side takes another secret from now on: what is owed then stays owed, and the target is stopped. */
    private static void refuse(String target, Runnable change) throws Exception {
        hub.push(target);
        assertThat(owed(target)).isEqualTo("0");
        change.run();
        device.createHousehold("House");
        hub.push(target);
        assertThat(hub.status(target).condition()).isEqualTo("stopped");
        assertThat(owed(target)).isEqualTo("1");
    }

    @Test
    void a_registry_that_was_stopped_goes_on_by_itself_with_the_changed_password(CapturedOutput output)
            throws Exception {
        refuse("openspp", () -> registry.password(OpenSppTarget.LOGIN, "second-registrar"));

        mount("OPENSPP_PASSWORD", "second-registrar");
        look("openspp");
        assertThat(owed("openspp")).as("its time has not come").isEqualTo("1");
        later();
        look("openspp");

        assertThat(owed("openspp")).isEqualTo("0");
        assertThat(hub.status("openspp").condition()).isEqualTo("running");
        assertThat(output.getAll())
                .contains("Secret file " + directory.resolve("OPENSPP_PASSWORD") + " has changed")
                .doesNotContain("second-registrar");
    }

    @Test
    void a_registry_that_was_stopped_goes_on_at_once_when_a_person_asks() throws Exception {
        refuse("openspp", () -> registry.password(OpenSppTarget.LOGIN, "third-registrar"));
        hub.push("openspp");
        assertThat(hub.status("openspp").condition())
                .as("the password is the old one")
                .isEqualTo("stopped");

        mount("OPENSPP_PASSWORD", "third-registrar");
        hub.push("openspp");

        assertThat(owed("openspp")).isEqualTo("0");
        assertThat(hub.status("openspp").condition()).isEqualTo("running");
    }

    @Test
    void a_token_that_changed_on_both_sides_counts_with_the_next_request() throws Exception {
        refuse("plain-rest", () -> server.credential("second-token"));

        mount("PLAIN_REST_TOKEN", "second-token");
        later();
        look("plain-rest");

        assertThat(owed("plain-rest")).isEqualTo("0");
        assertThat(hub.status("plain-rest").condition()).isEqualTo("running");

        server.credential("third-token");
        mount("PLAIN_REST_TOKEN", "third-token");
        device.createHousehold("House");
        hub.push("plain-rest");
        assertThat(owed("plain-rest")).as("nothing had to be refused first").isEqualTo("0");
    }

    @Test
    void neither_the_changed_secret_nor_the_one_before_is_kept_or_told(CapturedOutput output) throws Exception {
        hub.push("plain-rest");
        String before = secrets.get("PLAIN_REST_TOKEN");
        server.credential("fourth-token");
        mount("PLAIN_REST_TOKEN", "fourth-token");
        String house = device.createHousehold("House");
        server.faults()
                .next(
                        1,
                        request -> request.method().equals("POST"),
                        Fault.instead(Answer.json(
                                422,
                                JsonNodeFactory.instance
                                        .objectNode()
                                        .put("message", "The fourth-token is not " + before))));

        hub.push("plain-rest");

        assertThat(TestDatabase.value(
                        store, "SELECT state FROM hub.delivery WHERE target = 'plain-rest' AND guid = '" + house + "'"))
                .isEqualTo("rejected");
        String cause = TestDatabase.value(store, "SELECT cause FROM hub.attention WHERE key = '" + house + "'");
        ApiClient admin = hub.api(Role.ADMIN);
        ApiClient.Answer values = admin.get("/api/v1/attention/" + cause + "/exchange/values?key=" + house);
        assertThat(values.json().at("/exchange/answer/message").asText()).isEqualTo("The ‹secret› is not ‹secret›");
        String all = values.body()
                + admin.get("/api/v1/attention/" + cause + "/exchange?key=" + house)
                        .body()
                + admin.get("/api/v1/attention").body()
                + admin.get("/api/v1/configuration").body()
                + output.getAll();
        assertThat(all).doesNotContain("fourth-token").doesNotContain(before);
        TestDatabase.run(store, "UPDATE hub.delivery SET state = 'discarded', due_at = NULL WHERE state = 'rejected'");
        TestDatabase.run(store, "DELETE FROM hub.delivery WHERE state = 'discarded'");
    }

    @Test
    void a_webhook_is_signed_with_the_changed_secret_from_then_on() throws Exception {
        assertThat(webhook(WEBHOOK_SECRET, "{\"n\":1}")).isEqualTo(202);

        mount("synchub.webhooks.openspp", "another secret of both");

        assertThat(webhook(WEBHOOK_SECRET, "{\"n\":2}")).isEqualTo(401);
        assertThat(webhook("another secret of both", "{\"n\":3}")).isEqualTo(202);
    }

    private static int webhook(String secret, String body) throws Exception {
        String timestamp = String.valueOf(Instant.now().getEpochSecond());
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        String signature =
                HexFormat.of().formatHex(mac.doFinal((timestamp + "." + body).getBytes(StandardCharsets.UTF_8)));
        return new ApiClient(hub.port(), null)
                .send(
                        "POST",
                        "/api/v1/webhooks/openspp",
                        body,
                        "X-Hub-Timestamp",
                        timestamp,
                        "X-Hub-Signature",
                        "sha256=" + signature)
                .status();
    }
}
