package org.synchub.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.synchub.admin.security.Role;
import org.synchub.admin.security.Tokens;
import org.synchub.demo.SampleDevice;
import org.synchub.ledger.ApiTokens;
import org.synchub.ledger.Attention;
import org.synchub.ledger.Audit;
import org.synchub.ledger.AuditKeys;
import org.synchub.ledger.Exchanges;
import org.synchub.ledger.HubTables;
import org.synchub.ledger.SealedTable;
import org.synchub.ledger.TestKeys;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.simulator.records.RecordServer;
import org.synchub.testing.ApiClient;
import org.synchub.testing.HubCommand;
import org.synchub.testing.OpenSppTarget;
import org.synchub.testing.OtlpReceiver;
import org.synchub.testing.OtlpReceiver.Received;
import org.synchub.testing.TestDatabase;

/**
 * People and secrets with values that are found again wherever they get to: after a hub in a process of its own has pushed,
 * pulled, refused, been refused and failed, nothing that leaves it holds one of them in clear, and none of its tables: those
 * that the operator's guide names hold them sealed.
 */
class MarkedValuesTest {

    /** In every name, word and secret. */
    private static final String MARK = "Zq7x";

    private static final String PHONE = "+8562099770011";
    private static final String NATIONAL_ID = "990077001122";
    private static final String BAD_ID = "Zq7x-no-id";
    private static final String PASSWORD = "Zq7xPassword";
    private static final String WRONG_PASSWORD = "Zq7xWrongPassword";
    private static final String WEBHOOK_SECRET = "Zq7xWebhookSecret";

    @TempDir
    private static Path folder;

    private static OpenSppSimulator registry;
    private static RecordServer server;
    private static OtlpReceiver collector;
    private static DataSource store;
    private static HubCommand hub;
    private static int port;
    private static String viewerToken;
    private static String adminToken;
    private static final Map<String, String> answers = new LinkedHashMap<>();

    @BeforeAll
    static void runTheHub() throws Exception {
        registry = OpenSppTarget.registry().login(OpenSppTarget.LOGIN, PASSWORD).start();
        server = RecordServer.builder().wrapped().start();
        collector = new OtlpReceiver();
        store = TestDatabase.dataCollect();
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path mappings = Files.createDirectory(folder.resolve("mappings"));
        Files.writeString(mappings.resolve("openspp.yaml"), registryMapping("openspp", "OPENSPP_PASSWORD"));
        Files.writeString(mappings.resolve("refusing.yaml"), registryMapping("refusing", "REFUSING_PASSWORD"));
        Files.copy(Path.of("mappings/examples/plain-rest.yaml"), mappings.resolve("plain-rest.yaml"));
        PGSimpleDataSource database = (PGSimpleDataSource) store;
        hub = HubCommand.start(
                folder,
                Map.of(
                        "OPENSPP_PASSWORD",
                        PASSWORD,
                        "REFUSING_PASSWORD",
                        WRONG_PASSWORD,
                        "PLAIN_REST_TENANT",
                        "t",
                        "PLAIN_REST_URL",
                        server.url() + "/api",
                        "PLAIN_REST_TOKEN",
                        RecordServer.CREDENTIAL,
                        "SYNCHUB_WEBHOOKS_OPENSPP",
                        WEBHOOK_SECRET,
                        "SYNCHUB_ENCRYPTION_KEYS_K1",
                        TestKeys.text("k1")),
                "run",
                "--spring.datasource.url=" + database.getUrl(),
                "--spring.datasource.username=" + database.getUser(),
                "--synchub.capture=trigger",
                "--synchub.encryption.at-rest=k1",
                "--synchub.routes=" + Path.of("routes").toAbsolutePath(),
                "--server.port=" + port,
                "--logging.level.org.synchub.report=INFO",
                "--logging.file.name=" + folder.resolve("hub.json"),
                "--logging.structured.format.file=ecs",
                "--management.otlp.tracing.endpoint=" + collector.endpoint(),
                "--management.tracing.opentelemetry.export.schedule-delay=100ms");
        await().atMost(Duration.ofMinutes(2))
                .ignoreExceptions()
                .until(() -> new ApiClient(port, null)
                                .get("/actuator/health/readiness")
                                .status()
                        == 200);
        Tokens tokens = new Tokens(
                new ApiTokens(JdbcClient.create(store)), new Audit(JdbcClient.create(store)), new AuditKeys(null));
        viewerToken = tokens.create("viewer", Role.VIEWER, Duration.ofHours(1), "test")
                .text();
        adminToken =
                tokens.create("admin", Role.ADMIN, Duration.ofHours(1), "test").text();
        live();
    }

    private static String registryMapping(String target, String password) {
        return OpenSppTarget.mapping(target, "t", registry)
                .replace("password: " + OpenSppTarget.PASSWORD, "password: ${" + password + "}");
    }

    @AfterAll
    static void stop() throws Exception {
        hub.close();
        registry.close();
        server.close();
        collector.close();
    }

    private static ObjectNode form(String household, String gender, String nationalId) {
        ObjectNode form = JsonNodeFactory.instance.objectNode();
        form.put("entityName", "individual").put("first_name", MARK + "Ann").put("last_name", MARK + "Home");
        form.put("parentGuid", household).put("gender", gender).put("profession", MARK + "Farmer");
        form.put("email_address", MARK + "@example.org").put("phone_number", PHONE);
        form.putArray("document_ids").addObject().put("id_type", "national_id").put("id_number", nationalId);
        return form;
    }

    private static int partner(String guid) throws SQLException {
        return Integer.parseInt(TestDatabase.value(
                store, "SELECT external_id FROM hub.link WHERE target = 'openspp' AND guid = '" + guid + "'"));
    }

    private static void awaitRow(String sql) {
        await().atMost(Duration.ofMinutes(2))
                .until(() -> !TestDatabase.rows(store, sql).isEmpty());
    }

    /** A day of a hub: records that arrive, that the mapping or the target refuse, a conflict, a database that refuses. */
    private static void live() throws Exception {
        ApiClient admin = new ApiClient(port, adminToken);
        SampleDevice device = new SampleDevice(store, "t", Clock.systemUTC(), 1);
        String household = device.createHousehold(MARK + "House");
        String good = device.create(form(household, "female", NATIONAL_ID));
        device.create(form(household, MARK + "gender", "880077001122"));
        device.create(form(household, "female", BAD_ID));
        String other = device.create(form(household, "female", "990077003344"));
        awaitRow(
                "SELECT 1 FROM hub.delivery WHERE target = 'openspp' HAVING count(*) FILTER (WHERE state = 'rejected') = 2"
                        + " AND count(*) FILTER (WHERE state = 'delivered') = 3");
        awaitRow("SELECT 1 FROM hub.delivery WHERE target = 'plain-rest' AND state = 'delivered'");
        awaitRow("SELECT 1 FROM hub.target WHERE name = 'refusing' AND state = 'stopped'");
        int partner = partner(good);

        device.update(good, "profession", MARK + "Teacher");
        registry.registry().write(partner, Map.of("occupation", MARK + "Driver"));
        await().atMost(Duration.ofMinutes(2)).until(() -> {
            admin.post("/api/v1/targets/openspp/pull");
            return !TestDatabase.rows(store, "SELECT 1 FROM hub.conflict WHERE state = 'open'")
                    .isEmpty();
        });
        String conflict = TestDatabase.value(store, "SELECT id FROM hub.conflict WHERE state = 'open'");

        // What PostgreSQL says of a duplicate key quotes it.
        TestDatabase.run(store, """
                INSERT INTO public.entities (id, guid, modified, tenant_id)
                VALUES ('x', 'x', '{"id": "x", "guid": "x", "data": {"first_name": "%1$sRenamed"}}', 'other');
                CREATE UNIQUE INDEX renamed_once ON public.entities ((modified->'data'->>'first_name'))
                WHERE modified->'data'->>'first_name' LIKE '%%Renamed'""".formatted(MARK));
        int before =
                Integer.parseInt(TestDatabase.value(store, "SELECT count(*) FROM hub.run WHERE status = 'failed'"));
        registry.registry().write(partner(other), Map.of("given_name", MARK + "Renamed"));
        await().atMost(Duration.ofMinutes(2)).until(() -> {
            admin.post("/api/v1/targets/openspp/pull");
            return Integer.parseInt(TestDatabase.value(store, "SELECT count(*) FROM hub.run WHERE status = 'failed'"))
                    > before;
        });

        keep("malformed", admin.post("/api/v1/conflicts/" + conflict + "/resolve", "{\"choice\": \"" + MARK));
        keep(
                "no choice",
                admin.post(
                        "/api/v1/conflicts/" + conflict + "/resolve",
                        "{\"choice\": \"both\", \"fields\": {\"occupation\": \"" + MARK + "Smith\"}}"));
        keep("stranger", new ApiClient(port, "synchub_" + MARK + "_nobody").get("/api/v1/targets"));
        keep(
                "password",
                new ApiClient(port, null)
                        .post(
                                "/api/v1/auth/login",
                                "{\"user\": \"" + MARK + "\", \"password\": \"" + MARK + "Password\"}"));
        keep("JWT", new ApiClient(port, "eyJhbGciOiJSUzI1NiJ9." + MARK + "." + MARK).get("/api/v1/targets"));
        keep(
                "forged webhook",
                new ApiClient(port, null)
                        .send(
                                "POST",
                                "/api/v1/webhooks/openspp",
                                "{\"n\": \"" + MARK + "\"}",
                                "X-Hub-Timestamp",
                                "1",
                                "X-Hub-Signature",
                                "sha256=" + MARK));
        asViewer();
    }

    private static void keep(String what, ApiClient.Answer answer) {
        assertThat(answer.status()).as(what).isBetween(400, 499);
        answers.put(what, answer.headers().map() + answer.body());
    }

    private static void asViewer() throws SQLException {
        ApiClient viewer = new ApiClient(port, viewerToken);
        List<String> paths = new ArrayList<>(List.of("/actuator/prometheus", "/actuator/health", "/api/openapi"));
        Map<String, String> values = new LinkedHashMap<>();
        values.put("target", "openspp");
        values.put("id", TestDatabase.value(store, "SELECT max(id) FROM hub.run"));
        values.put("guid", TestDatabase.value(store, "SELECT min(guid) FROM hub.delivery"));
        values.put("cause", viewer.get("/api/v1/attention").json().at("/0/id").asText());
        String conflict = TestDatabase.value(store, "SELECT id FROM hub.conflict WHERE state = 'open'");
        viewer.get("/api/openapi").json().path("paths").properties().forEach(path -> {
            JsonNode get = path.getValue().path("get");
            if (get.path("x-role").asText().equals("viewer") && !path.getKey().endsWith("/events")) {
                String asked = path.getKey();
                values.put("id", path.getKey().contains("/conflicts/") ? conflict : values.get("id"));
                for (Map.Entry<String, String> value : values.entrySet()) {
                    asked = asked.replace("{" + value.getKey() + "}", value.getValue());
                }
                paths.add(asked.endsWith("/records") ? asked + "?target=openspp" : asked);
            }
        });
        for (String path : paths) {
            ApiClient.Answer answer = viewer.get(path);
            answers.put("GET " + path, answer.body());
        }
        answers.put(
                "GET /api/v1/configuration",
                new ApiClient(port, adminToken).get("/api/v1/configuration").body());
    }

    private static Map<String, String> marked(Map<String, String> texts) {
        Map<String, String> found = new LinkedHashMap<>();
        texts.forEach((where, text) -> {
            for (String mark : List.of(
                    MARK,
                    PHONE,
                    PHONE.substring(4),
                    NATIONAL_ID,
                    RecordServer.CREDENTIAL,
                    TestKeys.text("k1"),
                    viewerToken,
                    adminToken)) {
                int at = text.indexOf(mark);
                if (at >= 0) {
                    found.put(where, text.substring(Math.max(0, at - 150), Math.min(text.length(), at + 60)));
                }
            }
        });
        return found;
    }

    @Test
    void neither_the_console_nor_the_structured_log_holds_a_marked_value() throws Exception {
        String log = Files.readString(folder.resolve("hub.json"));

        assertThat(hub.said()).contains("openspp: push", "refusing: stopped");
        assertThat(log)
                .contains("\"message\":\"openspp: push", "\"correlation\":\"")
                .contains("A pull could not go on");
        assertThat(marked(Map.of("console", hub.said(), "JSON", log))).isEmpty();
    }

    @Test
    void no_trace_holds_a_marked_value_or_names_a_record_and_a_line_of_the_log_says_to_which_it_belongs()
            throws Exception {
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(collector.spans())
                        .extracting(Received::name)
                        .contains(
                                "push",
                                "pull",
                                "claim",
                                "batch",
                                "res.partner.create",
                                "http post /api/v1/conflicts/{id}/resolve",
                                "http post /api/v1/webhooks/{target}"));
        List<Received> spans = collector.spans();
        Map<String, String> texts = new LinkedHashMap<>();
        spans.forEach(span -> texts.put(span.name() + " " + span.id(), span.whole()));

        assertThat(spans)
                .extracting(span -> span.attribute("synchub.target"))
                .contains("openspp", "plain-rest", "refusing");
        assertThat(spans).anyMatch(span -> span.name().equals("pull") && span.failed());
        assertThat(spans).anyMatch(span -> span.attribute("error.type").equals("login_refused"));
        assertThat(marked(texts)).isEmpty();
        String all = String.join("\n", texts.values());
        assertThat(TestDatabase.rows(store, "SELECT guid FROM hub.delivery UNION SELECT guid FROM hub.link"))
                .isNotEmpty()
                .allSatisfy(guid -> assertThat(all).doesNotContain(guid));
        assertThat(Files.readString(folder.resolve("hub.json")).lines())
                .anyMatch(line -> line.contains("\"message\":\"openspp: push")
                        && spans.stream()
                                .anyMatch(span -> span.name().equals("push")
                                        && line.contains("\"" + span.trace() + "\"")
                                        && line.contains("\"" + span.id() + "\"")));
    }

    @Test
    void no_answer_to_a_viewer_or_to_somebody_in_error_holds_a_marked_value() {
        assertThat(answers)
                .containsKeys(
                        "GET /api/v1/attention", "GET /api/v1/conflicts", "GET /actuator/prometheus", "malformed");
        assertThat(answers.get("GET /api/v1/attention")).contains("gender").contains("National ID");
        assertThat(answers.get("GET /api/v1/configuration"))
                .contains(
                        "synchub.webhooks.openspp",
                        "synchub.encryption.keys.k1",
                        "SYNCHUB_ENCRYPTION_KEYS_K1",
                        "******");
        assertThat(marked(answers)).isEmpty();
    }

    @Test
    void no_table_holds_a_marked_value_in_clear_and_those_that_the_guide_names_hold_them_sealed() throws Exception {
        Map<String, String> lying = HubTables.asTheyLie(store);
        Map<String, String> opened = HubTables.opened(store, TestKeys.vault("k1", "k1"));

        assertThat(lying).containsKeys("delivery", "run", "audit", "happening", "target", "api_token", "link");
        assertThat(marked(lying)).isEmpty();
        assertThat(marked(opened)).as("the marks are looked for rightly").containsKeys("link", "conflict", "exchange");
        String guide = Files.readString(Path.of("docs/operating.md"));
        assertThat(SealedTable.values()).allSatisfy(table -> assertThat(guide).contains("`hub." + table.table() + "`"));
    }

    @Test
    void what_was_exchanged_is_kept_without_any_secret_and_masked_without_any_value() throws Exception {
        List<String> clear = new ArrayList<>();
        List<String> masked = new ArrayList<>();
        Exchanges exchanges = new Exchanges(JdbcClient.create(store), TestKeys.vault("k1", "k1"), Duration.ofDays(30));
        for (String row : TestDatabase.rows(store, "SELECT target, upper(direction), key FROM hub.exchange")) {
            String[] key = row.split("\\|", 3);
            Attention.Direction direction = Attention.Direction.valueOf(key[1]);
            clear.add(String.valueOf(exchanges.find(key[0], direction, key[2], true)));
            masked.add(String.valueOf(exchanges.find(key[0], direction, key[2], false)));
        }

        assertThat(String.join("\n", clear))
                .contains(BAD_ID, "res.partner.create")
                .doesNotContain(PASSWORD, WRONG_PASSWORD, WEBHOOK_SECRET, RecordServer.CREDENTIAL);
        assertThat(marked(Map.of("masked", String.join("\n", masked)))).isEmpty();
        assertThat(answers)
                .anySatisfy((asked, answer) -> assertThat(asked + answer).contains("/exchange", "res.partner.create"));
    }

    @Test
    void no_attribute_of_an_mbean_holds_a_marked_value() throws Exception {
        VirtualMachine machine = VirtualMachine.attach(String.valueOf(hub.pid()));
        Map<String, String> attributes = new LinkedHashMap<>();
        try (JMXConnector connector = connect(machine.startLocalManagementAgent())) {
            MBeanServerConnection beans = connector.getMBeanServerConnection();
            for (String domain :
                    List.of("org.synchub:*", "org.apache.camel:*", ManagementFactory.RUNTIME_MXBEAN_NAME)) {
                for (ObjectName bean : beans.queryNames(new ObjectName(domain), null)) {
                    for (MBeanAttributeInfo attribute : beans.getMBeanInfo(bean).getAttributes()) {
                        attributes.put(bean + " " + attribute.getName(), value(beans, bean, attribute.getName()));
                    }
                }
            }
        } finally {
            machine.detach();
        }

        assertThat(attributes).hasSizeGreaterThan(500);
        assertThat(attributes.keySet())
                .anyMatch(name -> name.startsWith("org.synchub:"))
                .anyMatch(name -> name.startsWith("org.apache.camel:"));
        assertThat(marked(attributes)).isEmpty();
    }

    @SuppressWarnings("BanJNDI") // of the test's own process
    private static JMXConnector connect(String address) throws IOException {
        return JMXConnectorFactory.connect(new JMXServiceURL(address));
    }

    private static String value(MBeanServerConnection beans, ObjectName bean, String attribute) {
        try {
            return String.valueOf(beans.getAttribute(bean, attribute));
        } catch (Exception unreadable) {
            // What cannot be read by whoever attaches is not told; what is said instead is looked at too.
            return String.valueOf(unreadable.getMessage());
        }
    }
}
