package org.synchub.sync;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;

/**
 * One random history: a device, the registrars of two registries and an operator edit, move, delete and restore the same
 * few people and households while hubs push and pull, get in each other's way, are cut off anywhere and started again. A
 * seed makes the same history again.
 */
final class History implements AutoCloseable {

    private static final int ROUNDS = 16;

    /** Of minutes; a database's clock may have been set back by several of these. */
    private static final int LONG_TIMES = 12;

    private final HistoryWorld world;
    private final CamelContext camel;
    private final HistoryDevice device;
    private final HistoryRegistrars registrars;
    private final HistoryHubs hubs;
    private final HistoryOperator operator;

    History(DataSource store, HistoryNet net, long seed) {
        this(store, net, seed, Planted.NOTHING);
    }

    History(DataSource store, HistoryNet net, long seed, Planted bug) {
        world = new HistoryWorld(store, seed, net);
        camel = new DefaultCamelContext();
        device = new HistoryDevice(world);
        registrars = new HistoryRegistrars(world);
        hubs = new HistoryHubs(world, camel, 1 + world.random.nextInt(3), HistoryRules.of(world), bug);
        operator = new HistoryOperator(world, hubs);
    }

    /** Lives the history and checks its end. */
    void live(int steps) throws SQLException {
        device.createHousehold();
        device.createHousehold();
        device.createGroup();
        device.createPerson();
        for (int i = 0; i < steps; i++) {
            world.tick(Duration.ofMillis(1 + world.random.nextInt(2_500)));
            step();
        }
        boolean rests = settle();
        HistoryEnd end = new HistoryEnd(world);
        if (!rests) {
            end.isWrong("Not at rest after " + ROUNDS + " rounds: something bounces or is never settled");
        }
        end.check();
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
            operator.act();
        } else if (dice < 74) {
            hubs.setAClock();
        } else if (dice < 76) {
            world.tell("time passes");
            hubs.letTimePass();
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

    // ---- the end ----

    /** Without further edits and faults everything comes to rest, and soon. */
    private boolean settle() throws SQLException {
        hubs.restart();
        world.tell("no more edits");
        for (int i = 0; i < LONG_TIMES; i++) {
            hubs.letTimePass();
        }
        String before = "";
        for (int round = 0; round < ROUNDS; round++) {
            hubs.letTimePass();
            world.tick(Duration.ofSeconds(5));
            device.findHomes();
            operator.answerAll();
            hubs.any("housekeeping", HistoryHub::housekeeping);
            for (String target : world.targets()) {
                hubs.any("confirm deletes of " + target, hub -> hub.confirmDeletes(target));
                hubs.any("push " + target, hub -> hub.push(target));
                hubs.any("pull " + target, hub -> hub.pull(target));
            }
            String now = world.state();
            // A server that was merely slow twice running is asked again.
            if (now.equals(before)
                    && operator.conflicts().isEmpty()
                    && world.owed().isEmpty()) {
                world.tell("at rest after %d rounds", round);
                return true;
            }
            before = now;
        }
        return false;
    }

    /** For a failure's message. */
    String told() {
        return world.told();
    }

    Map<String, Integer> faults() {
        return world.faults();
    }

    @Override
    public void close() {
        hubs.close();
        camel.stop();
        world.close();
    }
}
