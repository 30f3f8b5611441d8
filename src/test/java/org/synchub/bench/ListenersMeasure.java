package org.synchub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a hundred listeners to the live events add to a push's time per record. They are in a process of their own, read
 * everything over HTTP and are counted as served only when each has heard of the push.
 */
final class ListenersMeasure implements Measure {

    private static final int LISTENERS = 100;

    /** That one has left shows when something is written to it. */
    private static final int ROOM = 4 * LISTENERS;

    private static final String TENANT = "listeners";

    @Override
    public String name() {
        return "listeners";
    }

    @Override
    public void run(Bench bench) throws Exception {
        for (int latency : bench.options().latencies()) {
            if (latency <= NeighbourMeasure.MOST_LATENCY) {
                try (Child client = Child.start("listeners", ListenerRole.class, bench.folder(), List.of("-Xmx256m"))) {
                    measure(bench, client, latency);
                }
            }
        }
    }

    private static void measure(Bench bench, Child client, int latency) throws Exception {
        Audience audience = new Audience(client);
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("listeners", LISTENERS);
        row.putAll(new PairedPushes(bench, TENANT, latency)
                .run(
                        audience,
                        List.of(
                                "--server.port=0",
                                "--synchub.security.requests-per-minute=100000",
                                "--synchub.events.listeners=" + ROOM)));
        row.put("fewestEventsOfOne", audience.fewest);
        row.put("eventsInAll", audience.events);
        bench.report().row("listeners", Report.figures(row));
        String where = LISTENERS + " listeners, at " + latency + " ms";
        bench.report().atMost("per cent added to a record's time by " + where, (double) row.get("addsPercent"), 10);
        bench.report().atLeast("events heard of each push by each of " + where, (double) audience.fewest, 1);
    }

    /** They come before a push and leave after it. */
    private static final class Audience implements PairedPushes.Beside {

        private final Child client;
        private long fewest;
        private long events;

        Audience(Child client) {
            this.client = client;
        }

        @Override
        public String words() {
            return LISTENERS + " listeners";
        }

        @Override
        public void begin(Child hub) throws IOException {
            JsonNode door = hub.ask("door", Map.of());
            client.ask(
                    "listen",
                    Map.of(
                            "port", door.path("port").asInt(),
                            "token", door.path("token").asText(),
                            "listeners", LISTENERS));
        }

        @Override
        public void end(Child hub) throws IOException {
            JsonNode heard = client.ask("leave", Map.of());
            fewest = Math.min(fewest, heard.path("fewest").asLong());
            events += heard.path("events").asLong();
        }

        @Override
        public void warm() {
            fewest = Long.MAX_VALUE;
            events = 0;
        }
    }
}
