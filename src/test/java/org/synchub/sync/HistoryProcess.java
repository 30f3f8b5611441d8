package org.synchub.sync;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.synchub.endtoend.HubProcess;
import org.synchub.testing.FaultProxy;

/** One hub of a history as its users start it, in a process of its own, behind proxies of its own. */
final class HistoryProcess implements AutoCloseable {

    static final Duration LEASE = Duration.ofSeconds(3);

    /** A push and a pull of this process may be at the same record within this time. */
    private static final Duration AT_ONCE = Duration.ofSeconds(5);

    private static final String UP = "Ctrl-C stops it";

    private final HistoryWorld world;
    private final int number;
    private final Map<String, FaultProxy> proxies = new LinkedHashMap<>();
    private final HubProcess process;
    private boolean stopped;

    HistoryProcess(HistoryWorld world, int number, String database, Path mappings) throws IOException {
        this.world = world;
        this.number = number;
        List<String> command = new ArrayList<>(List.of(
                "run",
                "--server.port=0",
                "--synchub.capture=trigger",
                "--synchub.drain.poll=200",
                "--synchub.push.poll=200",
                "--synchub.longest-retry=1s",
                "--synchub.attempts=1000",
                "--synchub.push.cron=*/5 * * * * ?",
                "--synchub.pull.cron=*/2 * * * * ?",
                "--synchub.pull.every=1s",
                "--synchub.pull.fastest=1s",
                "--synchub.pull.slowest=1s",
                "--synchub.housekeeping.cron=*/5 * * * * ?",
                "--spring.datasource.hikari.connection-timeout=3000"));
        Map<String, String> addresses = new LinkedHashMap<>();
        for (String target : world.targets()) {
            FaultProxy proxy = new FaultProxy(world.server(target).url());
            Windows windows = new Windows(world, target, AT_ONCE);
            proxy.through((body, server) -> {
                synchronized (world) {
                    windows.arrives(body);
                    byte[] answer = server.answer();
                    windows.answered(body, FaultProxy.body(answer));
                    return HistoryWire.dated(answer, world, target);
                }
            });
            proxies.put(target, proxy);
            addresses.put(RunningWire.addressOf(target), proxy.url());
        }
        process = HubProcess.real(database, mappings, LEASE, addresses, command.toArray(String[]::new));
        world.tell("hub %d is started", number);
    }

    boolean isUp() {
        return process.said().contains(UP);
    }

    boolean isStopped() {
        return stopped;
    }

    void kill() throws InterruptedException {
        world.tell("hub %d is killed", number);
        world.fault("kill");
        process.kill();
        proxies.values().forEach(FaultProxy::deliverLate);
    }

    void stop() throws IOException, InterruptedException {
        world.tell("hub %d is stopped", number);
        world.fault("stop and continue");
        process.stop();
        stopped = true;
    }

    void goOn() throws IOException, InterruptedException {
        world.tell("hub %d goes on", number);
        process.goOn();
        stopped = false;
    }

    void trouble(String target, Random weather) {
        FaultProxy proxy = proxies.get(target);
        if (proxy != null) {
            proxy.follow(Weather.withoutLongWaits(weather, fault -> HistoryWire.struck(world, target, fault)));
        }
    }

    void calm() {
        proxies.values().forEach(FaultProxy::calm);
        deliverLate();
    }

    void deliverLate() {
        proxies.values().forEach(FaultProxy::deliverLate);
    }

    /** What it printed, for a failure's message. */
    String said() {
        return "hub " + number + " said:\n" + process.said();
    }

    @Override
    public void close() {
        process.close();
        proxies.values().forEach(FaultProxy::close);
    }
}
