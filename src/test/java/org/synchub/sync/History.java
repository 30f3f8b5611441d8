package org.synchub.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;
import org.synchub.conflict.Choice;
import org.synchub.ledger.ConflictQueue.Case;

/**
 * One random history: a device, the registrars of two registries and an operator edit, move, delete and restore the same
 * few people and households while hubs push and pull, get in each other's way, are cut off anywhere and started again. A
 * seed makes the same history again.
 */
final class History implements AutoCloseable {

    private static final List<String> STRATEGIES = List.of(
            "last-write-wins",
            "external-wins",
            "internal-wins",
            "{strategy: merge, then: last-write-wins}",
            "{strategy: merge, then: manual}",
            "{strategy: merge, then: internal-wins, approval: admin}");
    private static final List<String> DELETE_CONFLICTS =
            List.of("manual", "internal-wins", "external-wins", "last-write-wins");
    private static final List<String> DELETES = List.of("ask", "delete-entity");
    private static final int ROUNDS = 16;

    private final HistoryWorld world;
    private final HistoryDevice device;
    private final HistoryRegistrars registrars;
    private final HistoryHubs hubs;

    History(DataSource store, CamelContext camel, long seed) {
        world = new HistoryWorld(store, seed);
        device = new HistoryDevice(world);
        registrars = new HistoryRegistrars(world);
        hubs = new HistoryHubs(world, camel, 1 + world.random.nextInt(3), this::withRules);
    }

    private String withRules(String target, String mapping) {
        String rules = "conflict: " + world.pick(STRATEGIES) + "\nonExternalDelete: " + world.pick(DELETES) + "\n";
        String deleteConflict = "    conflict: {deleteConflict: " + world.pick(DELETE_CONFLICTS) + "}\n";
        String owner = world.once(4) ? world.pick(List.of(", authority: internal", ", authority: external")) : "";
        if (owner.endsWith("internal")) {
            world.storeOwnsProfession.add(target);
        }
        world.tell("%s: %s, %s%s", target, rules.strip().replace("\n", ", "), deleteConflict.strip(), owner);
        return mapping.replace("kinds:\n", rules + "kinds:\n")
                .replace("    onDelete: archive", deleteConflict + "    onDelete: archive")
                .replace("{path: data.profession, blank: clear", "{path: data.profession, blank: clear" + owner)
                .replace("  share: 0.05", "  share: 1")
                .replace("    lane: data.parentGuid", "    lane: data.parentGuid\n    createFromOutside: true");
    }

    /** Lives the history and checks its end. */
    void live(int steps) throws SQLException {
        device.createHousehold();
        device.createHousehold();
        device.createGroup();
        device.createPerson();
        for (int i = 0; i < steps; i++) {
            world.clock.tick(Duration.ofMillis(1 + world.random.nextInt(2_500)));
            step();
        }
        settle();
        new HistoryEnd(world).check();
    }

    private void step() throws SQLException {
        int dice = world.random.nextInt(100);
        if (dice < 14) {
            device.edit(false);
        } else if (dice < 24) {
            device.edit(true);
        } else if (dice < 32) {
            device.look();
        } else if (dice < 50) {
            registrars.edit(world.anyTarget());
        } else if (dice < 53) {
            registrars.archive(world.anyTarget());
        } else if (dice < 57) {
            registrars.restore(world.anyTarget());
        } else if (dice < 60) {
            device.delete();
        } else if (dice < 63) {
            device.createPerson();
        } else if (dice < 65) {
            registrars.create(world.anyTarget(), hubs);
        } else if (dice < 68) {
            serverSavesOverAPull();
        } else if (dice < 73) {
            operator();
        } else {
            hubs.work(this::somebodyActs);
        }
    }

    private void serverSavesOverAPull() throws SQLException {
        String target = world.anyTarget();
        device.editWhile(() -> hubs.any("pull " + target, hub -> hub.pull(target)));
    }

    private void somebodyActs() {
        try {
            if (world.random.nextBoolean()) {
                device.edit(world.once(3));
            } else {
                registrars.edit(world.anyTarget());
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    // ---- the operator ----

    private void operator() {
        List<Case> open = conflicts();
        if (open.isEmpty()) {
            hubs.any("confirm deletes", hub -> world.targets().forEach(hub::confirmDeletes));
        } else {
            answer(world.pick(open));
        }
    }

    private List<Case> conflicts() {
        List<Case> open = new ArrayList<>();
        world.targets().forEach(target -> open.addAll(hubs.conflicts().list(target, 100)));
        return open;
    }

    private void answer(Case open) {
        if (open.what().guid() == null) {
            world.tell("operator answers %d %s: link", open.id(), open.what());
            hubs.any(
                    "link",
                    hub -> hub.conflicts()
                            .link(open.id(), open.what().candidates().get(0), "operator"));
            return;
        }
        boolean ofPush = open.what().externalId().startsWith("push:");
        Choice merged = world.once(3) ? merged(open) : null;
        Choice choice = ofPush || world.random.nextBoolean() ? Choice.internal() : Choice.external();
        world.tell("operator answers %d %s: %s", open.id(), open.what(), merged == null ? choice : merged);
        hubs.any(
                "resolve",
                hub -> world.tell(
                        "  -> %s",
                        hub.conflicts()
                                .resolve(
                                        open.id(),
                                        merged == null ? choice : merged,
                                        open.what().fingerprint(),
                                        "operator")
                                .effect()));
    }

    /** A third value for each open field, where all of them are columns; null where another answer is due. */
    private static @Nullable Choice merged(Case open) {
        Map<String, @Nullable JsonNode> fields = new LinkedHashMap<>();
        for (String path : open.what().paths()) {
            if (!List.of("given_name", "addl_name", "occupation").contains(path)) {
                return null;
            }
            fields.put(path, TextNode.valueOf("Decided " + open.id()));
        }
        return open.what().departure() == null
                        && open.what().internal() != null
                        && open.what().external() != null
                ? Choice.merged(fields)
                : null;
    }

    // ---- the end ----

    /** Without further edits and faults everything comes to rest, and soon. */
    private void settle() throws SQLException {
        hubs.restart();
        world.tell("no more edits");
        String before = "";
        for (int round = 0; round < ROUNDS; round++) {
            hubs.letTimePass();
            world.clock.tick(Duration.ofSeconds(5));
            device.findHomes();
            for (Case open : conflicts()) {
                answer(open);
            }
            hubs.any("housekeeping", HistoryHub::housekeeping);
            for (String target : world.targets()) {
                hubs.any("confirm deletes of " + target, hub -> hub.confirmDeletes(target));
                hubs.any("push " + target, hub -> hub.push(target));
                hubs.any("pull " + target, hub -> hub.pull(target));
            }
            String now = state();
            if (now.equals(before) && conflicts().isEmpty()) {
                world.tell("at rest after %d rounds", round);
                return;
            }
            before = now;
        }
        throw new AssertionError("Not at rest after " + ROUNDS + " rounds: something bounces or is never settled");
    }

    private String state() {
        StringBuilder state = new StringBuilder();
        state.append(world.db()
                .sql("SELECT coalesce(string_agg(d.target || d.guid || d.state, ' ' ORDER BY d.target, d.guid), '')"
                        + " FROM hub.delivery d JOIN hub.target t ON t.name = d.target WHERE t.tenant = :tenant")
                .param("tenant", world.tenant)
                .query(String.class)
                .single());
        state.append(world.db()
                .sql("SELECT count(*) || ' ' || coalesce(md5(string_agg(guid || data::text, '' ORDER BY guid)), '')"
                        + " FROM public.events WHERE tenant_id = :tenant")
                .param("tenant", world.tenant)
                .query(String.class)
                .single());
        for (String target : world.targets()) {
            world.registry(target)
                    .partners()
                    .forEach(p ->
                            state.append(p.id()).append(p.text("write_date")).append(';'));
        }
        return state.toString();
    }

    /** For a failure's message. */
    String told() {
        return world.told();
    }

    @Override
    public void close() {
        hubs.close();
        world.close();
    }
}
