package org.synchub.target.openspp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.synchub.mapping.Entity;

/** Records of the store as field devices fill them in. JSON may be written with single quotes. */
final class Forms {

    static final String TENANT = "demo";
    private static final ObjectMapper JSON = new ObjectMapper();

    private Forms() {}

    static String guid(String name) {
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
    }

    /** A household called by its name, with a guid made from it. */
    static Entity household(String name) {
        return household(name, "{}");
    }

    static Entity household(String name, String more) {
        ObjectNode data = json(more);
        data.put("entityName", "household");
        if (!data.has("household_name")) {
            data.put("household_name", name);
        }
        return entity(guid(name), data);
    }

    /** A person called by the given name, of a household called by its own. */
    static Entity person(String name, String household) {
        return person(name, household, "{}");
    }

    static Entity person(String name, String household, String more) {
        ObjectNode data =
                json("{'entityName':'individual','last_name':'Doe','date_of_birth':'1990-02-03','gender':'female'}");
        data.put("first_name", name);
        data.put("parentGuid", guid(household));
        data.setAll(json(more));
        return entity(guid(name), data);
    }

    static Entity entity(String guid, ObjectNode data) {
        ObjectNode doc = JSON.createObjectNode();
        doc.put("id", guid).put("guid", guid).put("type", "individual").put("version", 1);
        doc.set("data", data);
        return new Entity(TENANT, guid, 1, null, doc);
    }

    static ObjectNode json(String json) {
        try {
            return (ObjectNode) JSON.readTree(json.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("bad JSON in a test: " + json, e);
        }
    }
}
