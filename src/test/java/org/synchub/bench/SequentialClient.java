package org.synchub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.synchub.testing.OpenSppTarget;

/**
 * Sends what DataCollect's own connector sends today: for a household one create and two writes of a group above it, for
 * a person one create and one write of the household, 2.2 requests per record with four members each, one after the
 * other, with no look before, no key and nothing noted afterwards.
 *
 * <p>Where the simulator would refuse the connector's own values (words that are not in its vocabularies, a membership
 * that is there already) the nearest that it takes is sent, in as many requests.
 */
final class SequentialClient {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final JsonRpcPost http;
    private int user;
    private int requests;

    SequentialClient(JsonRpcPost http) {
        this.http = http;
    }

    /** The first records of a tenant, households before their members, read before the clock runs. */
    static List<JsonNode> read(String database, String tenant, int records) throws SQLException, IOException {
        List<JsonNode> docs = new ArrayList<>();
        try (Connection connection = Databases.source(database).getConnection();
                PreparedStatement select =
                        connection.prepareStatement("SELECT modified::text FROM public.entities WHERE tenant_id = ?"
                                + " ORDER BY last_updated LIMIT ?")) {
            select.setString(1, tenant);
            select.setInt(2, records);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    docs.add(JSON.readTree(row.getString(1)));
                }
            }
        }
        return docs;
    }

    /** @return how many requests it took */
    int send(List<JsonNode> docs) throws IOException {
        requests = 0;
        user = execute(
                        "common",
                        "authenticate",
                        NODES.arrayNode()
                                .add("openspp")
                                .add(OpenSppTarget.LOGIN)
                                .add(OpenSppTarget.PASSWORD)
                                .add(NODES.objectNode()))
                .asInt();
        ObjectNode above = registrant("Village", true);
        long root = create(above);
        requests = 1;
        Map<String, Long> households = new HashMap<>();
        for (JsonNode doc : docs) {
            JsonNode data = doc.path("data");
            if (data.path("entityName").asText().equals("household")) {
                ObjectNode household = registrant(data.path("household_name").asText(), true);
                long id = create(household);
                households.put(doc.path("guid").asText(), id);
                write(root, member(id));
                write(root, NODES.objectNode().put("name", "Village"));
            } else {
                String given = data.path("first_name").asText();
                String family = data.path("last_name").asText();
                ObjectNode person = registrant(family + ", " + given, false)
                        .put("given_name", given)
                        .put("family_name", family)
                        .put("birthdate", data.path("date_of_birth").asText().substring(0, 10))
                        .put("gender", data.path("gender").asText().equals("male") ? "Male" : "Female")
                        .put("occupation", data.path("profession").asText());
                long id = create(person);
                Long household = households.get(data.path("parentGuid").asText());
                if (household == null) {
                    throw new IllegalStateException("A person came before its household");
                }
                write(household, member(id));
            }
        }
        return requests;
    }

    private static ObjectNode registrant(String name, boolean group) {
        return NODES.objectNode()
                .put("is_registrant", true)
                .put("is_group", group)
                .put("name", name);
    }

    private static ObjectNode member(long id) {
        ObjectNode values = NODES.objectNode();
        ArrayNode command = values.putArray("group_membership_ids").addArray();
        command.add(0).add(0).addObject().put("individual", id);
        return values;
    }

    private long create(ObjectNode values) throws IOException {
        return call("create", NODES.arrayNode().add(values)).asLong();
    }

    private void write(long id, ObjectNode values) throws IOException {
        ArrayNode arguments = NODES.arrayNode();
        arguments.addArray().add(id);
        arguments.add(values);
        call("write", arguments);
    }

    private JsonNode call(String method, ArrayNode arguments) throws IOException {
        ArrayNode all = NODES.arrayNode()
                .add("openspp")
                .add(user)
                .add(OpenSppTarget.PASSWORD)
                .add("res.partner")
                .add(method)
                .add(arguments)
                .add(NODES.objectNode());
        return execute("object", "execute_kw", all);
    }

    private JsonNode execute(String service, String method, ArrayNode arguments) throws IOException {
        ObjectNode body = NODES.objectNode();
        body.put("jsonrpc", "2.0").put("method", "call").put("id", ++requests);
        body.putObject("params").put("service", service).put("method", method).set("args", arguments);
        return JsonRpcPost.result(http.send(JSON.writeValueAsBytes(body)));
    }
}
