package org.synchub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.synchub.demo.FieldData;

/**
 * First pushes shared by one, two and three hubs on one database, two writers each, to a target of 100 ms whose limit of
 * six batches at a time holds for all hubs together. At last three share one more, and one of them is killed at a third
 * of it.
 */
final class HubsMeasure implements Measure {

    private static final String TENANT = "shared";
    private static final String WARM = "warm";
    private static final String KILLED = "killed";
    private static final int HUBS = 3;
    private static final int LATENCY = 100;
    private static final int AT_ONCE = 6;
    private static final String LIMIT = "adapter:limits: {concurrency: " + AT_ONCE + "}";

    /** The default of {@code synchub.lease}, said here so that nobody else's setting counts. */
    private static final int LEASE_SECONDS = 60;

    /** After the lease: the longest write is waited out, the records are looked up, and what is missing is sent. */
    private static final int TAKING_OVER_SECONDS = 10;

    /** Of what that many hubs could do if nothing were shared. */
    private static final double GROWTH = 0.75;

    private static final long BETWEEN_LOOKS_NANOS = 100_000_000;
    private static final long CLAIMS_END_NANOS = 5_000_000_000L;

    @Override
    public String name() {
        return "hubs";
    }

    @Override
    public void run(Bench bench) throws Exception {
        int records = bench.options().records() / 5 * 5;
        String database = bench.databases().create(TENANT);
        FieldData.bulk(Databases.source(database), TENANT, records / 5, 4, 1);
        Databases.run(database, "VACUUM ANALYZE");
        try (Child simulator = bench.simulator()) {
            List<String> more = new ArrayList<>(List.of("--synchub.lease=" + LEASE_SECONDS + "s", LIMIT));
            for (int hubs = 1; hubs <= HUBS; hubs++) {
                more.add(target(simulator, WARM + hubs, 0));
                for (int round = 1; round <= bench.options().rounds(); round++) {
                    more.add(target(simulator, turn(hubs, round), LATENCY));
                }
            }
            more.add(target(simulator, KILLED, LATENCY));
            try (Child first = bench.hub("hub-1", database, more);
                    Child second = bench.hub("hub-2", database, more);
                    Child third = bench.hub("hub-3", database, more)) {
                new Sharing(bench, simulator, List.of(first, second, third), database, records).run();
            }
        }
        bench.databases().drop(TENANT);
    }

    private static String turn(int hubs, int round) {
        return "hubs" + hubs + "round" + round;
    }

    private static String target(Child simulator, String name, int latency) throws IOException {
        String url = simulator
                .ask("open", Map.of("name", name, "latency", latency))
                .path("url")
                .asText();
        return name + "=" + TENANT + "=" + url;
    }

    private record Sharing(Bench bench, Child simulator, List<Child> hubs, String database, int records) {

        void run() throws IOException, SQLException {
            for (int i = 0; i < HUBS; i++) {
                owe(hubs.subList(i, i + 1), WARM + (i + 1));
                push(hubs.subList(i, i + 1), WARM + (i + 1)).forEach(CompletableFuture::join);
            }
            Map<Integer, List<Turn>> turns = new LinkedHashMap<>();
            for (int round = 1; round <= bench.options().rounds(); round++) {
                for (int number = 1; number <= HUBS; number++) {
                    turns.computeIfAbsent(number, n -> new ArrayList<>())
                            .add(turn(number, HubsMeasure.turn(number, round)));
                }
            }
            turns.forEach((number, those) -> report(number, those, turns.get(1)));
            kill();
        }

        /** What the hubs ask the server once after their start is no part of any turn. */
        private void owe(List<Child> those, String target) throws IOException, SQLException {
            for (Child hub : those) {
                hub.ask("owe", Map.of("target", target));
            }
            Databases.run(database, "CHECKPOINT");
        }

        /** Asks all of them at once; each is done when nothing is due any more. */
        private List<CompletableFuture<JsonNode>> push(List<Child> those, String target) {
            return those.stream()
                    .map(hub -> CompletableFuture.supplyAsync(() -> {
                        try {
                            return hub.ask("push", Map.of("target", target, "size", records, "looks", 0));
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    }))
                    .toList();
        }

        private record Turn(double rate, double requestsPerSecond, int atOnce, long doubled) {}

        private Turn turn(int number, String target) throws IOException, SQLException {
            owe(hubs.subList(0, number), target);
            long before = read(target).path("requests").asLong();
            long start = System.nanoTime();
            List<JsonNode> ran = push(hubs.subList(0, number), target).stream()
                    .map(CompletableFuture::join)
                    .toList();
            double seconds = (System.nanoTime() - start) / 1e9;
            JsonNode read = read(target);
            int created =
                    ran.stream().mapToInt(run -> run.path("created").asInt()).sum();
            if (created != records || read.path("partners").asInt() != records) {
                throw new IllegalStateException("The hubs created " + created + " and the server has "
                        + read.path("partners") + " of " + records + " records: " + ran);
            }
            Turn turn = new Turn(
                    records / seconds,
                    (read.path("requests").asLong() - before) / seconds,
                    read.path("atOnce").asInt(),
                    doubled(target));
            bench.say(number + " hubs: " + Math.round(turn.rate()) + " records/s, at most " + turn.atOnce()
                    + " requests at once");
            simulator.ask("close", Map.of("name", target));
            return turn;
        }

        private JsonNode read(String target) throws IOException {
            return simulator.ask("read", Map.of("name", target));
        }

        private long doubled(String target) throws IOException {
            return simulator
                    .ask("doubled", Map.of("name", target))
                    .path("doubled")
                    .asLong();
        }

        private void report(int number, List<Turn> turns, List<Turn> ofOne) {
            double rate = Report.median(turns.stream().map(Turn::rate).toList());
            double one = Report.median(ofOne.stream().map(Turn::rate).toList());
            int atOnce = turns.stream().mapToInt(Turn::atOnce).max().orElse(0);
            long doubled = turns.stream().mapToLong(Turn::doubled).sum();
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("hubs", number);
            row.put("records", records);
            row.put("latencyMs", LATENCY);
            row.put("recordsPerSecond", Report.rounded(rate));
            row.put("timesOneHub", Report.rounded(rate / one));
            row.put(
                    "requestsPerSecond",
                    Report.rounded(Report.median(
                            turns.stream().map(Turn::requestsPerSecond).toList())));
            row.put("mostRequestsAtOnce", atOnce);
            row.put("doubled", doubled);
            bench.report().row("hubs", Report.figures(row));
            bench.report().atMost("requests at once of " + number + " hubs", atOnce, AT_ONCE);
            bench.report().atMost("records doubled by " + number + " hubs", (double) doubled, 0);
            if (number > 1) {
                bench.report().atLeast("times one hub's records/s by " + number, rate / one, number * GROWTH);
            }
        }

        /** The third is killed; what it had claimed is the others' when its leases are over. */
        private void kill() throws IOException, SQLException {
            owe(hubs, KILLED);
            List<CompletableFuture<JsonNode>> pushes = push(hubs, KILLED);
            while (read(KILLED).path("partners").asInt() < records / HUBS) {
                LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
            }
            Child third = hubs.get(HUBS - 1);
            third.kill();
            Databases.run(database, """
                    CREATE TABLE public.claimed AS
                    SELECT guid, token, clock_timestamp() AS at FROM hub.delivery
                    WHERE target = '%s' AND state = 'in_flight'""".formatted(KILLED));
            int held = heldByTheKilled();
            bench.say("one of three hubs is killed with " + held + " records in its hands");
            if (pushes.get(HUBS - 1).handle((ran, failure) -> failure == null).join()) {
                throw new IllegalStateException("The hub had done its part before it was killed");
            }
            for (Child hub : hubs.subList(0, HUBS - 1)) {
                pushes.get(hubs.indexOf(hub)).join();
                hub.ask("route", Map.of("id", "push-when-due", "running", true));
            }
            await("SELECT count(*) FROM hub.delivery WHERE target = '%s' AND state <> 'delivered'".formatted(KILLED));
            double seconds = Double.parseDouble(Databases.value(database, """
                    SELECT extract(epoch FROM max(d.settled_at) - min(c.at))
                    FROM hub.delivery d JOIN public.claimed c ON c.guid = d.guid WHERE d.target = '%s'""".formatted(KILLED)));
            int missing = records - read(KILLED).path("partners").asInt();
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("records", records);
            row.put("heldByTheKilled", held);
            row.put("leaseSeconds", LEASE_SECONDS);
            row.put("lastOfThemSettledAfterSeconds", Report.rounded(seconds));
            row.put("doubled", doubled(KILLED));
            row.put("missing", missing);
            bench.report().row("hubs, one killed", Report.figures(row));
            bench.report().atLeast("records in the hands of the killed hub", held, 1);
            bench.report()
                    .atMost(
                            "seconds until the last of them was settled by another, with a lease of " + LEASE_SECONDS,
                            seconds,
                            LEASE_SECONDS + TAKING_OVER_SECONDS);
            bench.report()
                    .atMost("records doubled or missing after a kill", (double) doubled(KILLED) + Math.abs(missing), 0);
        }

        /** What nobody has settled or claimed anew long after every living hub has ended its claims. */
        private int heldByTheKilled() throws SQLException {
            int held = -1;
            long since = System.nanoTime();
            while (System.nanoTime() - since < CLAIMS_END_NANOS) {
                int now = Integer.parseInt(Databases.value(database, """
                        SELECT count(*) FROM hub.delivery d JOIN public.claimed c ON c.guid = d.guid AND c.token = d.token
                        WHERE d.target = '%s' AND d.state = 'in_flight'""".formatted(KILLED)));
                if (now != held) {
                    held = now;
                    since = System.nanoTime();
                }
                LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
            }
            return held;
        }

        private void await(String nothing) throws SQLException {
            long until = System.nanoTime() + 2L * LEASE_SECONDS * 1_000_000_000L;
            while (!"0".equals(Databases.value(database, nothing))) {
                if (System.nanoTime() - until > 0) {
                    throw new IllegalStateException("Not everything was taken over within two leases");
                }
                LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
            }
        }
    }
}
