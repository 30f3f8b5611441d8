package org.synchub.mapping;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** The whole file as JSON, fit to be shown: settings filled in, secrets replaced. */
final class Masked {

    private Masked() {}

    static ObjectNode of(Node root, String tenant, Settings adapter) {
        ObjectNode json = (ObjectNode) root.json();
        json.put("tenant", tenant);
        json.set("adapter", adapter.masked());
        return json;
    }
}
