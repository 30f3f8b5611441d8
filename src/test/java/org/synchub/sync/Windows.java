package org.synchub.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synchub.simulator.openspp.Registry;
import org.synchub.simulator.openspp.RegistryRecord;

/**
 * What one hub has read at a registry and not written yet.
 *
 * <p>OpenSPP 17 has no lock that a client could use, so what a registrar enters after the hub has read the record and
 * before its write arrives is written over unseen. That this window is all that is ever lost is what a history checks:
 * here, and only here, a value counts as replaced although nobody saw it.
 */
final class Windows {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, String> LISTS = Map.of(
            "phone_number_ids", "g2p.phone.number",
            "reg_ids", "g2p.reg.id",
            "individual_membership_ids", "g2p.group.membership");

    private record Place(String model, int id) {}

    private final HistoryWorld world;
    private final String target;
    private final Registry registry;
    private final Map<Place, JsonNode> read = new HashMap<>();

    Windows(HistoryWorld world, String target) {
        this.world = world;
        this.target = target;
        this.registry = world.registry(target);
    }

    /** What the hub has read by now. */
    Windows copy() {
        Windows now = new Windows(world, target);
        now.read.putAll(read);
        return now;
    }

    /** The hub sets to work: what it read before is no reason to write over anything. */
    void begin() {
        read.clear();
    }

    /** A request reaches the registry. */
    void arrives(byte[] request) {
        JsonNode command = command(request);
        if (command.path(4).asText().equals("write")) {
            forgiveTheWindow(command.path(3).asText(), command.path(5));
        }
    }

    /** The registry has answered. */
    void answered(byte[] request, byte[] answer) {
        JsonNode command = command(request);
        if (command.path(4).asText().equals("search_read")) {
            parse(answer)
                    .path("result")
                    .forEach(row -> read.put(
                            new Place(command.path(3).asText(), row.path("id").asInt()), row));
        }
    }

    private static JsonNode command(byte[] request) {
        return parse(request).path("params").path("args");
    }

    private void forgiveTheWindow(String model, JsonNode arguments) {
        for (JsonNode id : arguments.path(0)) {
            if (arguments.path(1).path("active").isBoolean()) {
                takesAway(new Place(model, id.asInt()));
            }
            overwrites(new Place(model, id.asInt()), arguments.path(1));
        }
    }

    private void overwrites(Place place, JsonNode values) {
        RegistryRecord now = registry.find(place.model(), place.id()).orElse(null);
        JsonNode then = read.get(place);
        if (now == null || then == null) {
            return;
        }
        values.fieldNames().forEachRemaining(column -> {
            String model = LISTS.get(column);
            if (model != null) {
                values.path(column).forEach(command -> {
                    // Change and removal of a row: [1, id, values], [2, id, 0].
                    if (command.path(0).asInt() == 1 || command.path(0).asInt() == 2) {
                        overwritesRow(new Place(model, command.path(1).asInt()), place);
                    }
                });
            } else {
                forgive(place, now.text(column), then.path(column));
            }
        });
    }

    /**
     * Whoever takes a record away, or back, has seen what it held when it was read. What the registry added to a record
     * that the store deleted is no reason to keep it, and stays on it out of sight.
     */
    private void takesAway(Place partner) {
        String guid = world.guid(target, partner.id());
        if (guid != null) {
            // Taking a household away ends its memberships.
            world.provenance.ended(guid);
        }
        JsonNode then = read.get(partner);
        registry.partner(partner.id()).values().keySet().forEach(column -> {
            if (then != null) {
                forgive(partner, registry.partner(partner.id()).text(column), then.path(column));
            }
        });
        List<RegistryRecord> rows = new ArrayList<>(registry.phones(partner.id()));
        rows.addAll(registry.regIds(partner.id()));
        rows.forEach(row -> row.values()
                .values()
                .forEach(
                        value -> forgive(partner, value instanceof String text ? text : null, NullNode.getInstance())));
        for (RegistryRecord row : registry.all("g2p.group.membership")) {
            if (row.reference("individual") == partner.id()) {
                forgive(partner, world.guid(target, row.reference("group")), NullNode.getInstance());
            }
        }
    }

    private void overwritesRow(Place row, Place owner) {
        RegistryRecord now = registry.find(row.model(), row.id()).orElse(null);
        JsonNode then = read.get(row);
        if (now != null && then != null) {
            now.values().forEach((column, value) -> {
                if (value instanceof String text) {
                    forgive(owner, text, then.path(column));
                }
            });
        }
    }

    private void forgive(Place owner, @Nullable String now, JsonNode then) {
        String guid = world.guid(target, owner.id());
        boolean asRead = then.isMissingNode() || then.asText().equals(now);
        if (now != null && guid != null && !asRead && world.provenance.isKnown(guid, now)) {
            world.tell("  in the window of a write: %s of %s at %s", now, guid, target);
            world.provenance.replaced(guid, now);
        }
    }

    private static JsonNode parse(byte[] json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
