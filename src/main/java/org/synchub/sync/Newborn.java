package org.synchub.sync;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.synchub.mapping.Kind;
import org.synchub.mapping.Mapping;

/** The document of an entity that is to be made from a target's record. */
final class Newborn {

    private Newborn() {}

    /** A document of the kind, with nothing in it but what makes it one. */
    static ObjectNode blank(Mapping mapping, Kind kind, String guid) {
        ObjectNode doc = JsonNodeFactory.instance.objectNode();
        doc.put("id", guid).put("guid", guid).put("type", "individual").put("version", 0);
        doc.putObject("data");
        for (Map.Entry<String, List<String>> condition : kind.match().entrySet()) {
            String[] steps = condition.getKey().split("\\.", -1);
            ObjectNode at = doc;
            for (int i = 0; i < steps.length - 1; i++) {
                at = at.withObjectProperty(steps[i]);
            }
            at.put(steps[steps.length - 1], condition.getValue().get(0));
        }
        if (mapping.kindOf(doc).filter(kind::equals).isEmpty()) {
            throw new IllegalStateException("An entity made for kind " + kind.name()
                    + " would be taken by another kind of " + mapping.file() + ": look at their order");
        }
        return doc;
    }
}
