package org.synchub.sync;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.synchub.mapping.Mapping;
import org.synchub.store.Expected;
import org.synchub.store.PulledChange;
import org.synchub.target.RemoteChange;

/**
 * Makes the EXTERNAL events of a pull: whole snapshots, because devices may drop all but one of several updates. External
 * ids are namespaced by target, and a stamp says which agreement a state contains, so that an older copy that a device or
 * the server writes back is recognised.
 */
final class Incoming {

    static final String STAMPS = "syncHub";

    private Incoming() {}

    /**
     * @param doc the entity as it shall be; altered
     * @param revision the link's revision once this is applied
     * @param version of the entity before it, 0 when there was none
     */
    static PulledChange upsert(
            Mapping mapping,
            RemoteChange remote,
            String guid,
            ObjectNode doc,
            long revision,
            long version,
            Expected expected) {
        String target = mapping.target();
        ObjectNode data = doc.withObjectProperty("data");
        ObjectNode stamps = data.path(STAMPS) instanceof ObjectNode known ? known : data.putObject(STAMPS);
        stamps.putObject(target)
                .put("revision", revision)
                .put("version", remote.version() == null ? "" : remote.version());
        if (!data.path("externalId").isTextual()) {
            data.put("externalId", target + ":" + remote.externalId());
        }
        doc.set("externalId", data.get("externalId"));
        doc.put("version", (int) version + 1);
        String what = doc.path("type").asText("individual").equals("group") ? "group" : "individual";
        return new PulledChange(
                guid,
                (version == 0 ? "create-" : "update-") + what,
                data.deepCopy(),
                doc,
                event(mapping, remote, revision),
                user(mapping.target()),
                expected);
    }

    /** The link's revision as of which an entity contains what was pulled from a target; 0 when it contains nothing. */
    static long stamp(String target, ObjectNode doc) {
        return doc.path("data").path(STAMPS).path(target).path("revision").asLong(0);
    }

    static PulledChange delete(Mapping mapping, RemoteChange remote, String guid, long revision, Expected expected) {
        ObjectNode data = JsonNodeFactory.instance
                .objectNode()
                .put(
                        "reason",
                        "The record is " + remote.state().name().toLowerCase(java.util.Locale.ROOT) + " at "
                                + mapping.target());
        return new PulledChange(
                guid, "delete-entity", data, null, event(mapping, remote, revision), user(mapping.target()), expected);
    }

    private static UUID event(Mapping mapping, RemoteChange remote, long revision) {
        return UUID.nameUUIDFromBytes(String.join(
                        "\n",
                        mapping.tenant(),
                        mapping.target(),
                        remote.externalId(),
                        Long.toString(revision),
                        String.valueOf(remote.version()))
                .getBytes(StandardCharsets.UTF_8));
    }

    /** The guid of an entity that was born at a target: the same whenever it is met. */
    static String newGuid(Mapping mapping, String externalId) {
        return UUID.nameUUIDFromBytes(String.join("\n", "entity", mapping.tenant(), mapping.target(), externalId)
                        .getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    /** Whom the events of a pull from this target name. */
    static String user(String target) {
        return "external-" + target;
    }
}
