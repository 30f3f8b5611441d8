package org.synchub.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.simulator.openspp.RegistryRecord;
import org.synchub.target.TargetHttp;
import org.synchub.target.TargetTrouble;

/**
 * One hub's way to a simulator in this process: no sockets, but the same bytes, and a connection that can break.
 *
 * <p>OpenSPP 17 has no lock that a client could use, so what a registrar enters after the hub has read the record and
 * before its write arrives is written over unseen. That this window is all that is ever lost is what a history checks:
 * here, and only here, a value counts as replaced although nobody saw it.
 */
final class HistoryTarget implements TargetHttp {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, String> LISTS = Map.of(
            "phone_number_ids", "g2p.phone.number",
            "reg_ids", "g2p.reg.id",
            "individual_membership_ids", "g2p.group.membership");

    private record Place(String model, int id) {}

    private final HistoryWorld world;
    private final String target;
    private final OpenSppSimulator server;
    private final Boundaries boundaries;
    private final Map<Place, JsonNode> read = new HashMap<>();
    private @Nullable Random weather;

    HistoryTarget(HistoryWorld world, String target, Boundaries boundaries) {
        this.world = world;
        this.target = target;
        this.server = world.server(target);
        this.boundaries = boundaries;
    }

    /** From now on one in fifty requests, or its answer, is lost. */
    void storm(@Nullable Random random) {
        weather = random;
    }

    /** The hub sets to work: what it read before is no reason to write over anything. */
    void begin() {
        read.clear();
    }

    @Override
    public Answer exchange(Call call) {
        byte[] body = call.body();
        if (body == null) {
            throw new IllegalArgumentException("Only JSON-RPC is spoken here");
        }
        int luck = weather == null ? 50 : weather.nextInt(50);
        if (luck == 0) {
            throw cut(call);
        }
        boundaries.request("before " + call.label());
        JsonNode command = parse(body).path("params").path("args");
        if (command.path(4).asText().equals("write")) {
            forgiveTheWindow(command.path(3).asText(), command.path(5));
        }
        byte[] answer = server.answer(body);
        if (command.path(4).asText().equals("search_read")) {
            parse(answer)
                    .path("result")
                    .forEach(row -> read.put(
                            new Place(command.path(3).asText(), row.path("id").asInt()), row));
        }
        boundaries.request("after " + call.label());
        if (luck == 1) {
            throw cut(call);
        }
        String date =
                DateTimeFormatter.RFC_1123_DATE_TIME.format(world.time(target).atOffset(ZoneOffset.UTC));
        return new Answer(200, Map.of("Date", List.of(date), "Content-Type", List.of("application/json")), answer);
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
        RegistryRecord now = server.registry().find(place.model(), place.id()).orElse(null);
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
        server.registry().partner(partner.id()).values().keySet().forEach(column -> {
            if (then != null) {
                forgive(partner, server.registry().partner(partner.id()).text(column), then.path(column));
            }
        });
        List<RegistryRecord> rows = new ArrayList<>(server.registry().phones(partner.id()));
        rows.addAll(server.registry().regIds(partner.id()));
        rows.forEach(row -> row.values()
                .values()
                .forEach(
                        value -> forgive(partner, value instanceof String text ? text : null, NullNode.getInstance())));
        for (RegistryRecord row : server.registry().all("g2p.group.membership")) {
            if (row.reference("individual") == partner.id()) {
                forgive(partner, world.guid(target, row.reference("group")), NullNode.getInstance());
            }
        }
    }

    private void overwritesRow(Place row, Place owner) {
        RegistryRecord now = server.registry().find(row.model(), row.id()).orElse(null);
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

    private static TargetTrouble cut(Call call) {
        return new TargetTrouble(
                TargetTrouble.Kind.UNREACHABLE,
                "the connection broke during " + call.label(),
                !call.repeatable(),
                null);
    }
}
