package org.synchub.sync;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.springframework.util.FileSystemUtils;
import org.synchub.mapping.Mapping;
import org.synchub.store.StoreConnection;
import org.synchub.target.TargetHttp;

/** The hubs of a history, which share the work of its targets. Each may be cut off anywhere; another takes its place. */
final class HistoryHubs implements AutoCloseable {

    private final HistoryWorld world;
    private final CamelContext camel;
    private final Planted bug;
    private final Path mappings;
    private final List<Life> lives = new ArrayList<>();
    private int started;
    private boolean working;
    private boolean leasesToRunOut;

    /** One process of a hub. */
    private final class Life {
        private final int number = ++started;
        private final Boundaries boundaries = new Boundaries();
        private final List<HistoryTarget> lines = new ArrayList<>();
        private final HistoryHub hub;

        private Life() {
            hub = new HistoryHub(
                    world.store,
                    boundaries,
                    mappings,
                    this::way,
                    bug,
                    camel,
                    world.hubClock,
                    world::nanoTime,
                    number == 1 ? targets -> world.net.connect(camel, targets) : null);
        }

        private TargetHttp way(String target, TargetHttp http) {
            Windows windows = new Windows(world, target);
            HistoryTarget line = new HistoryTarget(windows, boundaries, world.net.way(world, target, windows, http));
            lines.add(line);
            return bug.on(line);
        }
    }

    /** @param rules of a target and its shipped mapping makes the mapping it gets */
    HistoryHubs(HistoryWorld world, CamelContext camel, int hubs, BinaryOperator<String> rules, Planted bug) {
        this.world = world;
        this.bug = bug;
        this.camel = camel;
        try {
            mappings = Files.createTempDirectory("history");
            for (String target : world.targets()) {
                String shipped = world.net.mapping(target, world.tenant);
                Files.writeString(mappings.resolve(target + ".yaml"), rules.apply(target, shipped));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (int i = 0; i < hubs; i++) {
            lives.add(new Life());
        }
    }

    /** The folder of the mappings. */
    Path mappings() {
        return mappings;
    }

    Mapping mapping(String target) {
        return lives.get(0).hub.mapping(target);
    }

    Conflicts conflicts() {
        return lives.get(0).hub.conflicts();
    }

    /** One of the hubs works; it may be cut off, stopped, meet others at work or lose connections. */
    void work(Runnable somebodyActs) {
        Life life = world.pick(lives);
        if (world.once(4)) {
            life.boundaries.cutAfter(1 + world.random.nextInt(60));
        } else if (world.once(2)) {
            boolean otherHub = lives.size() > 1 && world.random.nextBoolean();
            Runnable action = otherHub
                    ? world.once(3) ? () -> stopped(life, somebodyActs) : () -> anotherWorks(life)
                    : somebodyActs;
            life.boundaries.meanwhile(1 + world.random.nextInt(12), action);
        }
        if (world.once(10)) {
            life.boundaries.breakDatabaseAfter(1 + world.random.nextInt(60));
        }
        String target = world.anyTarget();
        if (world.once(8)) {
            Random weather = new Random(world.random.nextLong());
            life.lines.forEach(line -> line.storm(weather));
        } else {
            world.net.trouble(world, target);
        }
        doSomething(life, target);
        life.boundaries.quiet();
        life.lines.forEach(line -> line.storm(null));
        world.net.calm();
    }

    /** Somebody sets a clock: that of the machine on which the hubs run, or that of the database. */
    void setAClock() {
        if (world.random.nextBoolean()) {
            Duration jump = Duration.ofMinutes(world.random.nextInt(361) - 180L);
            world.tell("the hubs' clock is set by %s", jump);
            world.hubClock.tick(jump);
            world.fault("clock of the hubs set");
        } else {
            Duration jump = Duration.ofMinutes(-1L - world.random.nextInt(30));
            world.tell("the database's clock is set by %s", jump);
            world.jump(jump);
            world.fault("clock of the database set back");
        }
    }

    /** The hub stands still while its leases run out and another hub takes over, and then goes on. */
    private void stopped(Life life, Runnable somebodyActs) {
        world.tell("hub %d is stopped", life.number);
        world.fault("stop and continue");
        letTimePass();
        if (world.random.nextBoolean()) {
            somebodyActs.run();
        }
        anotherWorks(life);
    }

    private void doSomething(Life life, String target) {
        int dice = world.random.nextInt(20);
        if (dice < 9) {
            at(life, "push " + target, hub -> hub.push(target));
        } else if (dice < 17) {
            at(life, "pull " + target, hub -> hub.pull(target));
        } else if (dice < 18) {
            at(life, "sweep " + target, hub -> hub.sweep(target));
        } else {
            at(life, "housekeeping", HistoryHub::housekeeping);
        }
    }

    /** While one hub waits for an answer, another works, and may be cut off itself. On a thread of its own, as it is. */
    private void anotherWorks(Life waiting) {
        Life other = world.pick(lives.stream().filter(life -> life != waiting).toList());
        if (world.once(4)) {
            other.boundaries.cutAfter(1 + world.random.nextInt(60));
        }
        String target = world.anyTarget();
        Throwable[] thrown = new Throwable[1];
        Thread thread = new Thread(() -> doSomething(other, target), "hub " + other.number);
        thread.setUncaughtExceptionHandler((t, e) -> thrown[0] = e);
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        other.boundaries.quiet();
        if (thrown[0] instanceof RuntimeException || thrown[0] instanceof AssertionError) {
            throw new AssertionError("hub " + other.number + " failed", thrown[0]);
        } else if (thrown[0] instanceof Error error) {
            throw error;
        }
        world.tell("hub %d goes on", waiting.number);
    }

    /** Lets any of the hubs do something. */
    void any(String what, Consumer<HistoryHub> work) {
        at(world.pick(lives), what, work);
    }

    /** Where a hub is cut off, another one is started after its leases have run out. */
    private void at(Life life, String what, Consumer<HistoryHub> work) {
        boolean outermost = !working;
        working = true;
        try {
            world.tell("hub %d: %s", life.number, what);
            life.lines.forEach(HistoryTarget::begin);
            work.accept(life.hub);
        } catch (CutOff | RuntimeException cut) {
            if (!life.boundaries.isDead() && life.boundaries.isBroken() && StoreConnection.isAway(cut)) {
                world.tell("hub %d lost its database", life.number);
                return;
            }
            if (!life.boundaries.isDead()) {
                throw cut;
            }
            world.fault("kill");
            world.tell("hub %d is %s", life.number, cut.getMessage());
            life.hub.close();
            lives.set(lives.indexOf(life), new Life());
            leasesToRunOut = true;
        } finally {
            working = !outermost;
            if (life.boundaries.isBroken()) {
                world.fault("database session ended");
            }
        }
        if (outermost && leasesToRunOut) {
            letTimePass();
        }
    }

    /** A hub that is still waiting for an answer would keep its leases meanwhile, so it must not be while one works. */
    void letTimePass() {
        leasesToRunOut = false;
        world.letTimePass(Duration.ofMinutes(10));
    }

    /** Every hub is started anew, as after an update. */
    void restart() {
        for (int i = 0; i < lives.size(); i++) {
            lives.get(i).hub.close();
            lives.set(i, new Life());
        }
    }

    /** The guid that a record born at a target gets. */
    String newGuid(String target, int partner) {
        return Incoming.newGuid(mapping(target), Integer.toString(partner));
    }

    @Override
    public void close() {
        lives.forEach(life -> life.hub.close());
        try {
            FileSystemUtils.deleteRecursively(mappings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
