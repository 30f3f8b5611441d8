package org.synchub.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** What DataCollect keeps of one entity: its present state, and the one it started from. Both are EntityDoc JSON. */
record EntityPair(ObjectNode initial, ObjectNode modified) {

    boolean hasLocalChanges() {
        return initial.path("version").asInt() != modified.path("version").asInt();
    }

    boolean isGroup() {
        return "group".equals(modified.path("type").asText());
    }
}
