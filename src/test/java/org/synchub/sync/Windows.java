package org.synchub.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
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

    private record Read(long at, JsonNode row) {}

    private final HistoryWorld world;
    private final String target;
    private final Registry registry;
    private final Duration atOnce;
    private final Map<Place, Deque<Read>> read = new HashMap<>();

    /** Of a hub that does one thing after the other: what it read last is what it goes by. */
    Windows(HistoryWorld world, String target) {
        this(world, target, Duration.ZERO);
    }

    /** @param atOnce within this time one of several readings may be what a write goes by */
    Windows(HistoryWorld world, String target, Duration atOnce) {
        this.atOnce = atOnce;
        this.world = world;
        this.target = target;
        this.registry = world.registry(target);
    }

    /** What the hub has read by now. */
    Windows copy() {
        Windows now = new Windows(world, target, atOnce);
        read.forEach((place, rows) -> now.read.put(place, new ArrayDeque<>(rows)));
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
                    .forEach(row -> remember(
                            new Place(command.path(3).asText(), row.path("id").asInt()), row));
        }
    }

    private void remember(Place place, JsonNode row) {
        long now = System.nanoTime();
        Deque<Read> rows = read.computeIfAbsent(place, any -> new ArrayDeque<>());
        rows.removeIf(each -> now - each.at() > atOnce.toNanos());
        rows.addLast(new Read(now, row));
    }

    /** What a write may go by: the last that was read of the record, and what was read just before. */
    private List<JsonNode> readOf(Place place) {
        return read.getOrDefault(place, new ArrayDeque<>()).stream()
                .map(Read::row)
                .toList();
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
        List<JsonNode> then = readOf(place);
        if (now == null) {
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
                then.forEach(row -> forgive(place, now.text(column), row.path(column)));
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
        RegistryRecord now = registry.partner(partner.id());
        List<JsonNode> then = readOf(partner);
        now.values()
                .keySet()
                .forEach(column -> then.forEach(row -> forgive(partner, now.text(column), row.path(column))));
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
        List<JsonNode> then = readOf(row);
        if (now != null) {
            now.values().forEach((column, value) -> {
                if (value instanceof String text) {
                    then.forEach(each -> forgive(owner, text, each.path(column)));
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
