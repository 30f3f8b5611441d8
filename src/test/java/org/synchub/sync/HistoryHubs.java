package org.synchub.sync;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.synchub.mapping.Mapping;
import org.synchub.target.TargetHttp;
import org.synchub.testing.OpenSppTarget;

/** The hubs of a history, which share the work of its targets. Each may be cut off anywhere; another takes its place. */
final class HistoryHubs implements AutoCloseable {

    private final HistoryWorld world;
    private final CamelContext camel;
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
            Map<String, TargetHttp> ways = new LinkedHashMap<>();
            for (String target : world.targets()) {
                HistoryTarget line = new HistoryTarget(world, target, boundaries);
                ways.put(target, line);
                lines.add(line);
            }
            hub = new HistoryHub(world.store, boundaries, mappings, ways, camel, world.clock, number == 1);
        }
    }

    /** @param rules of a target and its shipped mapping makes the mapping it gets */
    HistoryHubs(HistoryWorld world, CamelContext camel, int hubs, BinaryOperator<String> rules) {
        this.world = world;
        this.camel = camel;
        try {
            mappings = Files.createTempDirectory("history");
            for (String target : world.targets()) {
                String shipped = OpenSppTarget.mapping(target, world.tenant, "http://127.0.0.1:1");
                Files.writeString(mappings.resolve(target + ".yaml"), rules.apply(target, shipped));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (int i = 0; i < hubs; i++) {
            lives.add(new Life());
        }
    }

    Mapping mapping(String target) {
        return lives.get(0).hub.mapping(target);
    }

    Conflicts conflicts() {
        return lives.get(0).hub.conflicts();
    }

    /** One of the hubs works; it may be cut off, meet others at work or lose connections. */
    void work(Runnable somebodyActs) {
        Life life = world.pick(lives);
        if (world.once(4)) {
            life.boundaries.cutAfter(1 + world.random.nextInt(60));
        } else if (world.once(2)) {
            boolean otherHub = lives.size() > 1 && world.random.nextBoolean();
            life.boundaries.meanwhile(1 + world.random.nextInt(12), otherHub ? () -> anotherWorks(life) : somebodyActs);
        }
        if (world.once(8)) {
            Random weather = new Random(world.random.nextLong());
            life.lines.forEach(line -> line.storm(weather));
        }
        doSomething(life, world.anyTarget());
        life.boundaries.quiet();
        life.lines.forEach(line -> line.storm(null));
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
            if (!life.boundaries.isDead()) {
                throw cut;
            }
            world.tell("hub %d is %s", life.number, cut.getMessage());
            life.hub.close();
            lives.set(lives.indexOf(life), new Life());
            leasesToRunOut = true;
        } finally {
            working = !outermost;
        }
        if (outermost && leasesToRunOut) {
            letTimePass();
        }
    }

    /** A hub that is still waiting for an answer would keep its leases meanwhile, so it must not be while one works. */
    void letTimePass() {
        leasesToRunOut = false;
        world.db()
                .sql("UPDATE hub.clock SET clock_offset = clock_offset + interval '10 minutes'")
                .update();
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
    }
}
