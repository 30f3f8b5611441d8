package org.synchub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.synchub.bench.PreparedPush.Share;
import org.synchub.mapping.Entity;
import org.synchub.testing.OpenSppTarget;

/** What the hub is compared with: the bare loop and the sequential client, in a process like the hub's. */
final class ClientRole {

    /** As many records as a writer of the hub claims at a time. */
    private static final int SHARE = 500;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, List<Share>> prepared = new HashMap<>();
    private int writers;

    private ClientRole() {}

    public static void main(String[] arguments) throws IOException {
        PrintStream answers = System.out;
        Child.serve(answers, new ClientRole()::handle);
    }

    private ObjectNode handle(String command, JsonNode arguments) throws Exception {
        String database = arguments.path("database").asText();
        String tenant = arguments.path("tenant").asText();
        String url = arguments.path("url").asText();
        return switch (command) {
            case "prepare" -> prepare(database, tenant, url);
            case "bare" -> bare(database, tenant, url);
            case "sequential" ->
                sequential(database, tenant, url, arguments.path("records").asInt());
            default -> throw new IllegalArgumentException("The client knows no command " + command);
        };
    }

    private ObjectNode prepare(String database, String tenant, String url) throws IOException, SQLException {
        try (JsonRpcPost http = new JsonRpcPost(url, 2)) {
            PreparedPush push = new PreparedPush(OpenSppTarget.mapping("bench", tenant, url), http);
            writers = push.writers();
            prepared.put(tenant, push.shares(households(database, tenant), SHARE));
        }
        return JsonNodeFactory.instance.objectNode();
    }

    private static List<List<Entity>> households(String database, String tenant) throws SQLException, IOException {
        Map<String, List<Entity>> households = new LinkedHashMap<>();
        try (Connection connection = Databases.source(database).getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement select = connection.prepareStatement(
                    "SELECT guid, modified::text FROM public.entities WHERE tenant_id = ? ORDER BY last_updated")) {
                select.setFetchSize(1000);
                select.setString(1, tenant);
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        String guid = row.getString(1);
                        ObjectNode doc = (ObjectNode) JSON.readTree(row.getString(2));
                        boolean household =
                                doc.path("data").path("entityName").asText().equals("household");
                        String lane = household
                                ? guid
                                : doc.path("data").path("parentGuid").asText();
                        households
                                .computeIfAbsent(lane, any -> new ArrayList<>())
                                .add(new Entity(tenant, guid, 1, null, doc));
                    }
                }
            }
        }
        return List.copyOf(households.values());
    }

    private ObjectNode bare(String database, String tenant, String url) throws Exception {
        List<Share> shares = prepared.get(tenant);
        if (shares == null) {
            throw new IllegalStateException("Nothing was prepared for " + tenant);
        }
        Databases.run(database, BareLoop.OWE.formatted(tenant));
        Databases.run(database, "CHECKPOINT");
        try (Usage usage = new Usage();
                JsonRpcPost http = new JsonRpcPost(url, writers)) {
            BareLoop loop = new BareLoop(database, tenant, http);
            long start = System.nanoTime();
            loop.run(shares, writers);
            double seconds = (System.nanoTime() - start) / 1e9;
            return JsonNodeFactory.instance
                    .objectNode()
                    .put("seconds", seconds)
                    .put("cpuSeconds", usage.cpuSeconds())
                    .put("requests", loop.requests())
                    .put("records", loop.records())
                    .put("writers", writers);
        }
    }

    private static ObjectNode sequential(String database, String tenant, String url, int records) throws Exception {
        List<JsonNode> docs = SequentialClient.read(database, tenant, records);
        try (Usage usage = new Usage();
                JsonRpcPost http = new JsonRpcPost(url, 1)) {
            SequentialClient client = new SequentialClient(http);
            long start = System.nanoTime();
            int requests = client.send(docs);
            double seconds = (System.nanoTime() - start) / 1e9;
            return JsonNodeFactory.instance
                    .objectNode()
                    .put("seconds", seconds)
                    .put("cpuSeconds", usage.cpuSeconds())
                    .put("requests", requests)
                    .put("records", docs.size());
        }
    }
}
