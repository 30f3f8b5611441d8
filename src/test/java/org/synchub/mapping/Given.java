package org.synchub.mapping;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Assertions;

/** Mappings and entities for tests. JSON may be written with single quotes. */
final class Given {

    static final ObjectMapper JSON = new ObjectMapper();
    static final Map<String, String> ENV = Map.of("OPENSPP_PASSWORD", "s3cret");

    private static final String HEAD = """
            version: 1
            target: test
            tenant: demo
            adapter: {type: memory}
            kinds:
              thing:
                match: {data.entityName: thing}
            """;

    private Given() {}

    static Mapping openspp() {
        return Mapping.load(Path.of("mappings/openspp.yaml"), ENV::get);
    }

    static Mapping founding() {
        return Mapping.load(Path.of("src/test/resources/mappings/founding-document.yaml"), name -> null);
    }

    static Mapping mapping(String yaml) {
        return Mapping.parse(Path.of("mappings/test.yaml"), yaml, name -> null, PolicyCheck.NONE);
    }

    /** A kind named thing with these fields, written without indentation. */
    static Kind kind(String fields) {
        return mapping(HEAD + "    fields:\n" + fields.indent(6)).kind("thing");
    }

    static ObjectNode json(String json) {
        try {
            return (ObjectNode) JSON.readTree(json.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            return Assertions.fail("bad JSON in a test: " + json, e);
        }
    }

    /** An entity of kind thing with this data. */
    static Entity thing(String data) {
        ObjectNode doc = json("{'id':'g1','guid':'g1','type':'individual','version':3}");
        doc.set("data", json(data).put("entityName", "thing"));
        return entity(doc);
    }

    static Entity entity(ObjectNode doc) {
        return new Entity("demo", doc.path("guid").asText(), doc.path("version").asLong(), null, doc);
    }
}
