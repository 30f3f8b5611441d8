package org.synchub.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one dead target adds to another one's time per record. The dead one is owed the same records, and is tried every
 * second, far more often than by the hub's own settings.
 */
final class NeighbourMeasure implements Measure {

    /** More latency would hide what the hub does beside waiting. */
    static final int MOST_LATENCY = 20;

    private static final String TENANT = "neighbours";
    private static final String DEAD = "dead";

    @Override
    public String name() {
        return "neighbour";
    }

    @Override
    public void run(Bench bench) throws Exception {
        for (DeadServer.Way way : DeadServer.Way.values()) {
            for (int latency : bench.options().latencies()) {
                if (latency <= MOST_LATENCY) {
                    try (DeadServer server = new DeadServer(way)) {
                        measure(bench, way, server, latency);
                    }
                }
            }
        }
    }

    private static void measure(Bench bench, DeadServer.Way way, DeadServer server, int latency) throws Exception {
        PairedPushes pushes = new PairedPushes(bench, TENANT, latency);
        Dead dead = new Dead(way, server, pushes.database());
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("deadTarget", way.words());
        row.putAll(pushes.run(dead, List.of("--synchub.longest-retry=1s", DEAD + "=" + TENANT + "=" + server.url())));
        int tries = dead.triesSinceWarm();
        row.put("triesOfTheDead", tries);
        bench.report().row("neighbour", Report.figures(row));
        String where = " beside a target that " + way.words() + ", at " + latency + " ms";
        bench.report().atMost("per cent added to a record's time" + where, (double) row.get("addsPercent"), 5);
        bench.report().atLeast("tries of the dead target" + where, tries, PairedPushes.PAIRS);
    }

    /** A dead target that the hub is let at for one push. */
    private static final class Dead implements PairedPushes.Beside {

        private final DeadServer.Way way;
        private final DeadServer server;
        private final String database;
        private int tries;
        private int callersBefore;

        Dead(DeadServer.Way way, DeadServer server, String database) {
            this.way = way;
            this.server = server;
            this.database = database;
        }

        @Override
        public String words() {
            return "a target that " + way.words();
        }

        @Override
        public void prepare(Child hub) throws IOException {
            pause(hub, true);
            hub.ask("owe", Map.of("target", DEAD, "unasked", true));
        }

        @Override
        public void begin(Child hub) throws IOException {
            pause(hub, false);
        }

        @Override
        public void end(Child hub) throws IOException, SQLException {
            // Of the one that is silent the wait is not over by then.
            tries += Integer.parseInt(
                    Databases.value(database, "SELECT failures FROM hub.target WHERE name = '" + DEAD + "'"));
            pause(hub, true);
            // A try that is under way still belongs to this turn.
            hub.ask("quiet", Map.of());
        }

        @Override
        public void warm() {
            tries = 0;
            callersBefore = server.callers();
        }

        int triesSinceWarm() {
            return way == DeadServer.Way.REFUSES ? tries : server.callers() - callersBefore;
        }

        private static void pause(Child hub, boolean pause) throws IOException {
            hub.ask("pause", Map.of("target", DEAD, "pause", pause));
        }
    }
}
