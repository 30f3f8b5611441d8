package org.synchub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.synchub.demo.FieldData;
import org.synchub.demo.SampleDevice;
import org.synchub.testing.TestStore;

/**
 * How long a change takes from the device's form to the registry while a backfill is owed and sent. The hub follows its
 * own schedules; the records were there before it. From the moment it begins to owe them, five forms a second come in,
 * of five sorts in turn, until two minutes after the first twentieth has been delivered, or the backfill is through.
 */
final class BackfillMeasure implements Measure {

    private static final String TENANT = "backfill";
    private static final int LATENCY = 20;
    private static final Duration BETWEEN_FORMS = Duration.ofMillis(200);
    private static final Duration LIVE = Duration.ofMinutes(2);
    private static final Duration LAST_ARRIVES = Duration.ofMinutes(2);
    private static final int WARM_PART = 20;
    private static final int SLOWEST = 5;
    private static final int MOST_MILLIS = 2_000;

    private static final String UNSENT = "SELECT guid FROM hub.delivery WHERE target = '" + TENANT
            + "' AND due_at IS NOT NULL AND priority >= 200 AND state = 'pending' AND kind = '%s' ORDER BY priority DESC, due_at DESC LIMIT 10";

    /** What a device does. */
    private enum Sort {
        NEW_HOUSEHOLD("a new household"),
        NEW_PERSON("a person in it"),
        EDIT_OF_DELIVERED("an edit of what is delivered"),
        EDIT_OF_OWED("an edit of what the backfill still owes"),
        PERSON_IN_OWED("a person in a household still owed");

        private final String words;

        Sort(String words) {
            this.words = words;
        }
    }

    private enum Phase {
        OWING("while it is owed"),
        WARMING_UP("while the hub warms up"),
        RUNNING("while it runs");

        private final String words;

        Phase(String words) {
            this.words = words;
        }
    }

    /** @param at microseconds of the epoch when the device's form came in, before the server began to take it in */
    private record Form(String mark, Sort sort, Phase phase, long at, double takenInMillis) {}

    @Override
    public String name() {
        return "backfill";
    }

    @Override
    public void run(Bench bench) throws Exception {
        int size = bench.options().backfill() / 5 * 5;
        String database = bench.databases().create(TENANT);
        bench.say("filling a store with " + size + " records");
        FieldData.bulk(Databases.source(database), TENANT, size / 5, 4, size);
        Databases.run(database, "VACUUM ANALYZE");
        Databases.run(database, "CHECKPOINT");
        try (Child simulator = bench.simulator("-Xmx8g");
                HikariDataSource store = TestStore.pool(Databases.source(database))) {
            String url = simulator
                    .ask("open", Map.of("name", TENANT, "latency", LATENCY))
                    .path("url")
                    .asText();
            simulator.ask("watch", Map.of("name", TENANT));
            try (Child hub = bench.hub(database, List.of(TENANT + "=" + TENANT + "=" + url))) {
                new Field(bench, simulator, hub, database, store, size).run();
            }
        }
        bench.databases().drop(TENANT);
    }

    private static final class Field {

        private final Bench bench;
        private final Child simulator;
        private final Child hub;
        private final String database;
        private final int size;
        private final SampleDevice device;
        private final List<Form> forms = new ArrayList<>();
        private String household = "";
        private final List<String> people = new ArrayList<>();
        private final Set<String> edited = new HashSet<>();

        Field(Bench bench, Child simulator, Child hub, String database, HikariDataSource store, int size) {
            this.bench = bench;
            this.simulator = simulator;
            this.hub = hub;
            this.database = database;
            this.size = size;
            this.device = new SampleDevice(store, TENANT, Clock.systemUTC(), 1);
        }

        void run() throws IOException, SQLException {
            for (String route : List.of("drain", "push-when-due", "housekeeping")) {
                hub.ask("route", Map.of("id", route, "running", true));
            }
            CompletableFuture<JsonNode> owing = CompletableFuture.supplyAsync(() -> {
                try {
                    return hub.ask("owe", Map.of("target", TENANT));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            comeIn(Phase.OWING, owing::isDone);
            double owedSeconds = owing.join().path("seconds").asDouble();
            bench.say(size + " records are owed after " + Math.round(owedSeconds) + " s");
            comeIn(Phase.WARMING_UP, () -> partners() >= size / WARM_PART);
            int before = partners();
            long start = System.nanoTime();
            comeIn(Phase.RUNNING, () -> System.nanoTime() - start > LIVE.toNanos() || nothingMoreOwed());
            double seconds = (System.nanoTime() - start) / 1e9;
            int sent = partners() - before;
            boolean running = !nothingMoreOwed();
            report(arrivals(), owedSeconds, seconds, sent, running);
        }

        @FunctionalInterface
        private interface Condition {
            boolean holds() throws IOException, SQLException;
        }

        private int partners() throws IOException {
            return simulator
                    .ask("count", Map.of("name", TENANT))
                    .path("partners")
                    .asInt();
        }

        private boolean nothingMoreOwed() throws SQLException {
            return unsent("household").isEmpty() && unsent("individual").isEmpty();
        }

        /** Some of those that the backfill will come to last. */
        private List<String> unsent(String kind) throws SQLException {
            return Databases.values(database, UNSENT.formatted(kind));
        }

        /** Forms at their steady pace, whatever the one before took. */
        private void comeIn(Phase phase, Condition until) throws IOException, SQLException {
            long next = System.nanoTime();
            while (!until.holds()) {
                submit(phase);
                next += BETWEEN_FORMS.toNanos();
                while (next - System.nanoTime() > 0) {
                    LockSupport.parkNanos(next - System.nanoTime());
                }
            }
        }

        private void submit(Phase phase) throws SQLException {
            Sort sort = Sort.values()[forms.size() % Sort.values().length];
            String mark = Arrivals.MARK + forms.size();
            List<String> concerned = switch (sort) {
                case NEW_HOUSEHOLD -> List.of("");
                case NEW_PERSON -> List.of(household);
                case EDIT_OF_DELIVERED -> delivered();
                case EDIT_OF_OWED -> unsent("individual");
                case PERSON_IN_OWED -> unsent("household");
            };
            // A second edit of a record before the first has left would be sent as one.
            Optional<String> record =
                    concerned.stream().filter(guid -> !edited.contains(guid)).findFirst();
            if (record.isEmpty()) {
                sort = Sort.NEW_HOUSEHOLD;
            }
            String guid = record.orElse("");
            long at = Arrivals.micros(Instant.now());
            switch (sort) {
                case NEW_HOUSEHOLD -> household = device.createHousehold(mark);
                case NEW_PERSON -> people.add(device.createPerson(guid, mark, "Keomany"));
                case EDIT_OF_DELIVERED, EDIT_OF_OWED -> {
                    device.update(guid, "first_name", mark);
                    edited.add(guid);
                }
                case PERSON_IN_OWED -> device.createPerson(guid, mark, "Inthavong");
            }
            double taken = (Arrivals.micros(Instant.now()) - at) / 1000.0;
            forms.add(new Form(mark, sort, phase, at, taken));
        }

        /** People who came in as live changes and have arrived. */
        private List<String> delivered() throws SQLException {
            return Databases.values(
                    database,
                    "SELECT guid FROM hub.delivery WHERE target = '" + TENANT
                            + "' AND state = 'delivered' AND guid IN ('" + String.join("', '", people) + "')");
        }

        /** Waits for the last one. */
        private JsonNode arrivals() throws IOException {
            long until = System.nanoTime() + LAST_ARRIVES.toNanos();
            while (true) {
                JsonNode arrived = simulator.ask("arrivals", Map.of("name", TENANT));
                if (forms.stream().allMatch(form -> arrived.has(form.mark())) || System.nanoTime() - until > 0) {
                    return arrived;
                }
                LockSupport.parkNanos(BETWEEN_FORMS.toNanos());
            }
        }

        private void report(JsonNode arrived, double owedSeconds, double seconds, int sent, boolean running) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("records", size);
            row.put("latencyMs", LATENCY);
            row.put("owedInSeconds", Report.rounded(owedSeconds));
            row.put("liveSeconds", Report.rounded(seconds));
            row.put("sentMeanwhile", sent);
            row.put("recordsPerSecond", Report.rounded(sent / seconds));
            row.put("stillRunningAtTheEnd", running);
            row.put(
                    "serverTookInAFormMs",
                    Report.rounded(Report.median(
                            forms.stream().map(Form::takenInMillis).toList())));
            bench.report().row("backfill", Report.figures(row));
            for (Phase phase : Phase.values()) {
                List<Form> those =
                        forms.stream().filter(form -> form.phase() == phase).toList();
                row(phase.words, "all", those, arrived);
            }
            List<Form> measured =
                    forms.stream().filter(form -> form.phase() == Phase.RUNNING).toList();
            for (Sort sort : Sort.values()) {
                row(
                        Phase.RUNNING.words,
                        sort.words,
                        measured.stream().filter(form -> form.sort() == sort).toList(),
                        arrived);
            }
            tellSlowest(arrived);
            long lost = forms.stream().filter(form -> !arrived.has(form.mark())).count();
            bench.report().atMost("changes that did not arrive during a backfill", (double) lost, 0);
            List<Double> times = millis(measured, arrived);
            bench.report().atLeast("changes measured while a backfill of " + size + " runs", times.size(), 20);
            bench.report()
                    .atMost(
                            "ms at the 99th percentile from a form to the registry while a backfill of " + size
                                    + " runs",
                            percentile(times, 99),
                            MOST_MILLIS);
        }

        private void tellSlowest(JsonNode arrived) {
            forms.stream()
                    .filter(form -> arrived.has(form.mark()))
                    .sorted(Comparator.comparing(
                            form -> form.at() - arrived.path(form.mark()).asLong()))
                    .limit(SLOWEST)
                    .forEach(form -> bench.say(form.mark() + ", " + form.sort().words + ", " + form.phase().words
                            + ", after "
                            + (form.at() - forms.get(0).at()) / 1_000_000 + " s: arrived after "
                            + (arrived.path(form.mark()).asLong() - form.at()) / 1000 + " ms"));
            forms.stream()
                    .filter(form -> !arrived.has(form.mark()))
                    .limit(SLOWEST)
                    .forEach(form -> bench.say(
                            form.mark() + ", " + form.sort().words + ", " + form.phase().words + ", did not arrive"));
        }

        private void row(String phase, String sort, List<Form> those, JsonNode arrived) {
            List<Double> times = millis(those, arrived);
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("when", phase);
            row.put("what", sort);
            row.put("changes", those.size());
            row.put("p50Ms", Report.rounded(percentile(times, 50)));
            row.put("p99Ms", Report.rounded(percentile(times, 99)));
            row.put("maxMs", Report.rounded(percentile(times, 100)));
            bench.report().row("backfill, live changes", Report.figures(row));
        }

        private static List<Double> millis(List<Form> those, JsonNode arrived) {
            return those.stream()
                    .filter(form -> arrived.has(form.mark()))
                    .map(form -> (arrived.path(form.mark()).asLong() - form.at()) / 1000.0)
                    .sorted()
                    .toList();
        }

        /** The smallest time within which so many of a hundred were; 0 of none. */
        private static double percentile(List<Double> sorted, int percent) {
            return sorted.isEmpty() ? 0 : sorted.get((int) Math.ceil(sorted.size() * percent / 100.0) - 1);
        }
    }
}
