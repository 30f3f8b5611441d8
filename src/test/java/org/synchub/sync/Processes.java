package org.synchub.sync;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.synchub.testing.OwnPostgres;

/**
 * Lives histories with two hubs in processes of their own on one database, which are killed, stopped and cut off while
 * people work. The operator's hub is in this process and does nothing by itself.
 */
public final class Processes implements AutoCloseable {

    private static final int STEPS = 100;
    private static final int HUBS = 2;
    private static final Duration STARTED = Duration.ofMinutes(4);
    private static final Duration AT_REST = Duration.ofMinutes(2);

    private final HikariDataSource store;
    private final OwnPostgres postgres;
    private final String database;
    private final HistoryWorld world;
    private final HistoryDevice device;
    private final HistoryRegistrars registrars;
    private final CamelContext camel = new DefaultCamelContext();
    private final HistoryHubs office;
    private final HistoryOperator operator;
    private final List<HistoryProcess> hubs = new ArrayList<>();
    private int started;
    private Duration ahead = Duration.ZERO;
    private Duration furthest = Duration.ZERO;

    private Processes(HikariDataSource store, OwnPostgres postgres, String database, long seed) {
        this.store = store;
        this.postgres = postgres;
        this.database = database;
        world = HistoryWorld.running(store, seed, new RunningWire());
        device = new HistoryDevice(world);
        registrars = new HistoryRegistrars(world);
        office = new HistoryHubs(world, camel, 1, HistoryRules.of(world), Planted.NOTHING);
        operator = new HistoryOperator(world, office);
    }

    /**
     * Lives the history of a seed, in which the server goes down now and then.
     *
     * @param store a migrated database
     * @param postgres the server it is on
     * @param database the name it has there
     */
    public static Lived live(HikariDataSource store, OwnPostgres postgres, String database, long seed) {
        long start = System.nanoTime();
        try (Processes history = new Processes(store, postgres, postgres.url(database), seed)) {
            String failure = Lived.failureOf(history::live);
            String said = failure == null ? "" : history.said();
            return new Lived(
                    seed,
                    (System.nanoTime() - start) / 1e9,
                    history.world.faults(),
                    failure,
                    history.world.told() + said);
        }
    }

    private String said() {
        StringBuilder said = new StringBuilder();
        hubs.forEach(hub -> said.append('\n').append(hub.said()));
        return said.toString();
    }

    private void live() throws Exception {
        synchronized (world) {
            device.createHousehold();
            device.createHousehold();
            device.createGroup();
            device.createPerson();
        }
        for (int i = 0; i < HUBS; i++) {
            start();
        }
        awaitUp();
        for (int i = 0; i < STEPS; i++) {
            pause(Duration.ofMillis(20 + world.random.nextInt(100)));
            if (world.once(8)) {
                somethingGoesWrong();
            } else {
                somebodyActs();
            }
        }
        settle();
    }

    private HistoryProcess start() throws IOException {
        HistoryProcess hub = new HistoryProcess(world, ++started, database, office.mappings());
        hubs.add(hub);
        return hub;
    }

    /** The pace of people, who wait for nobody. */
    private static void pause(Duration time) {
        long until = System.nanoTime() + time.toNanos();
        while (until - System.nanoTime() > 0) {
            LockSupport.parkNanos(until - System.nanoTime());
        }
    }

    private void awaitUp() {
        long until = System.nanoTime() + STARTED.toNanos();
        while (!hubs.stream().allMatch(HistoryProcess::isUp)) {
            if (System.nanoTime() - until > 0) {
                throw new AssertionError("A hub did not start");
            }
            pause(Duration.ofMillis(50));
        }
    }

    private void somebodyActs() throws SQLException {
        int dice = world.random.nextInt(100);
        if (dice < 8) {
            operator.act();
            return;
        }
        // What reaches a registry waits, so that it is known what was there.
        synchronized (world) {
            if (dice < 30) {
                device.edit(false);
            } else if (dice < 45) {
                device.edit(true);
            } else if (dice < 55) {
                device.look();
            } else if (dice < 78) {
                registrars.edit(world.anyTarget());
            } else if (dice < 82) {
                registrars.archive(world.anyTarget());
            } else if (dice < 87) {
                registrars.restore(world.anyTarget());
            } else if (dice < 91) {
                device.delete();
            } else if (dice < 96) {
                device.createPerson();
            } else {
                registrars.create(world.anyTarget(), office);
            }
        }
    }

    private void somethingGoesWrong() throws IOException, InterruptedException {
        hubs.forEach(HistoryProcess::deliverLate);
        HistoryProcess hub = world.pick(hubs);
        int dice = world.random.nextInt(14);
        if (hub.isStopped()) {
            hub.goOn();
        } else if (dice == 0 && hub.isUp()) {
            hub.kill();
            hub.close();
            hubs.remove(hub);
            start();
        } else if (dice < 4) {
            hub.stop();
        } else if (dice < 6 && hubs.stream().allMatch(HistoryProcess::isUp)) {
            // One that is still starting would end, and be started again by whoever watches over it.
            world.tell("all sessions of hubs are ended");
            world.fault("database sessions ended");
            JdbcClient.create(world.store)
                    .sql("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                            + " WHERE datname = current_database() AND application_name = 'sync-hub'")
                    .query(Boolean.class)
                    .list();
        } else if (dice == 6 && hubs.stream().allMatch(HistoryProcess::isUp)) {
            losePower();
        } else if (dice == 7) {
            setTheClock();
        } else {
            hub.trouble(world.anyTarget(), new Random(world.random.nextLong()));
        }
    }

    /** Of the database: what it had not committed is gone, and every session with it. */
    private void losePower() throws IOException, InterruptedException {
        // Nobody is at a registry meanwhile, because what stands there is compared with the store.
        synchronized (world) {
            world.tell("the database goes down and comes back");
            world.fault("database restarted");
            postgres.down();
            postgres.up();
            store.getHikariPoolMXBean().softEvictConnections();
        }
    }

    /** That of the database, by some minutes either way. */
    private void setTheClock() {
        Duration jump = Duration.ofSeconds(world.random.nextInt(1_200) - 600L);
        world.tell("the database's clock is set by %s", jump);
        world.fault("clock of the database set");
        world.jump(jump);
        ahead = ahead.plus(jump);
        furthest = furthest.compareTo(ahead) < 0 ? ahead : furthest;
    }

    /** Without further edits and faults everything comes to rest by itself, but for what the operator is asked. */
    private void settle() throws Exception {
        world.tell("no more edits");
        for (HistoryProcess hub : hubs) {
            if (hub.isStopped()) {
                hub.goOn();
            }
            hub.calm();
        }
        // What was put off by the clock as it was is not waited for.
        world.jump(furthest.minus(ahead));
        String before = "";
        long until = System.nanoTime() + AT_REST.toNanos();
        while (true) {
            operator.answerAll();
            office.any("confirm deletes", hub -> world.targets().forEach(hub::confirmDeletes));
            synchronized (world) {
                device.findHomes();
            }
            HistoryEnd end = new HistoryEnd(world);
            String now = world.state();
            if (now.equals(before)
                    && operator.conflicts().isEmpty()
                    && end.wrong().isEmpty()) {
                return;
            }
            if (System.nanoTime() - until > 0) {
                end.isWrong("Not at rest after " + AT_REST.toMinutes() + " minutes");
                end.check();
            }
            before = now;
            pause(Duration.ofSeconds(2));
        }
    }

    @Override
    public void close() {
        hubs.forEach(HistoryProcess::close);
        office.close();
        camel.stop();
        world.close();
    }
}
