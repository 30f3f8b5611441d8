package org.synchub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.synchub.demo.FieldData;
import org.synchub.demo.SampleDevice;
import org.synchub.testing.TestStore;

/**
 * Two hubs at constant work by their own schedules: devices write, the registry's staff edit, and once a minute the
 * registry meets everything of {@link Weather}. At last it comes to rest, and both sides must agree.
 */
final class SoakMeasure implements Measure {

    private static final String TENANT = "soak";
    private static final int HOUSEHOLDS = 400;
    private static final int MEMBERS = 4;
    private static final Duration BETWEEN_FORMS = Duration.ofMillis(100);
    private static final int FORMS_A_SECOND_AT_LEAST = 5;
    private static final int FORMS_TO_A_STAFF_EDIT = 3;
    private static final Duration AT_REST = Duration.ofMinutes(5);
    private static final long BETWEEN_LOOKS_NANOS = 1_000_000_000;

    /** As often as people would do it by hand, so that much of it happens in half an hour. */
    private static final List<String> SCHEDULES = List.of(
            "--synchub.schedules=true",
            "--server.port=0",
            "--synchub.pull.cron=*/5 * * * * ?",
            "--synchub.pull.every=5s",
            "--synchub.pull.fastest=5s",
            "--synchub.pull.slowest=5s",
            "--synchub.push.cron=*/30 * * * * ?",
            "--synchub.housekeeping.cron=*/20 * * * * ?",
            "--synchub.sweep.cron=0 */3 * * * ?",
            "--synchub.vanished.cron=30 */3 * * * ?",
            "--synchub.longest-retry=5s");

    private static final String OWED = "SELECT (SELECT count(*) FROM hub.delivery WHERE state NOT IN"
            + " ('delivered', 'excluded', 'discarded')) + (SELECT count(*) FROM hub.parked)"
            + " + (SELECT count(*) FROM hub.change)";

    /** What goes wrong at the registry, at which second of each minute. */
    private enum Weather {
        UNAVAILABLE(8),
        CALM_AFTER_503(11),
        TOO_MANY_REQUESTS(18),
        CALM_AFTER_429(21),
        CUT(26),
        CALM_AFTER_CUTS(29),
        DOWN(36),
        UP(46);

        private final int second;

        Weather(int second) {
            this.second = second;
        }
    }

    @Override
    public String name() {
        return "soak";
    }

    @Override
    public void run(Bench bench) throws Exception {
        String database = bench.databases().create(TENANT);
        FieldData.bulk(Databases.source(database), TENANT, HOUSEHOLDS, MEMBERS, 1);
        Databases.run(database, "VACUUM ANALYZE");
        try (Child simulator = bench.simulator();
                HikariDataSource store = TestStore.pool(Databases.source(database))) {
            String url = simulator
                    .ask("open", Map.of("name", TENANT, "latency", 0))
                    .path("url")
                    .asText();
            List<String> more = new ArrayList<>(SCHEDULES);
            more.add(TENANT + "=" + TENANT + "=" + url);
            try (Child first = bench.hub("soak-1", database, more);
                    Child second = bench.hub("soak-2", database, more)) {
                new Soak(bench, simulator, List.of(first, second), database, store).run();
            }
        }
        bench.databases().drop(TENANT);
    }

    private static final class Soak {

        private final Bench bench;
        private final Child simulator;
        private final List<Child> hubs;
        private final String database;
        private final SoakSamples samples;
        private final SampleDevice device;
        private final Random random = new Random(1);
        private final List<String> people;
        private final List<String> households;
        private final Deque<String> newcomers = new ArrayDeque<>();
        private final List<String> deleted = new ArrayList<>();
        private long forms;
        private long staffEdits;
        private int weathers;
        private int answered;

        Soak(Bench bench, Child simulator, List<Child> hubs, String database, HikariDataSource store)
                throws SQLException {
            this.bench = bench;
            this.simulator = simulator;
            this.database = database;
            this.hubs = hubs;
            this.samples = new SoakSamples(hubs, database);
            this.device = new SampleDevice(store, TENANT, Clock.systemUTC(), 1);
            this.people = guids("individual");
            this.households = guids("household");
        }

        private List<String> guids(String kind) throws SQLException {
            return Databases.values(
                    database,
                    "SELECT guid FROM public.entities WHERE modified #>> '{data,entityName}' = '" + kind
                            + "' ORDER BY guid");
        }

        void run() throws IOException, SQLException {
            atRest();
            bench.say("everything is delivered; devices and staff begin to work for "
                    + bench.options().soak().toSeconds() + " s");
            Duration soak = bench.options().soak();
            long between = Math.max(2_000, Math.min(20_000, soak.toMillis() / 60)) * 1_000_000;
            long start = System.nanoTime();
            long nextSample = start;
            long next = start;
            while (System.nanoTime() - start < soak.toNanos()) {
                weather((System.nanoTime() - start) / 1_000_000_000);
                if (System.nanoTime() - nextSample >= 0) {
                    samples.take();
                    nextSample += between;
                }
                submit();
                if (forms % FORMS_TO_A_STAFF_EDIT == 0) {
                    simulator.ask("staff", Map.of("name", TENANT, "seed", forms));
                    staffEdits++;
                }
                next += BETWEEN_FORMS.toNanos();
                while (next - System.nanoTime() > 0) {
                    LockSupport.parkNanos(next - System.nanoTime());
                }
            }
            simulator.ask("weather", Map.of("name", TENANT, "kind", Weather.UP.name()));
            long stopped = System.nanoTime();
            List<String> differences = atRest();
            double rest = (System.nanoTime() - stopped) / 1e9;
            samples.take();
            report(soak, rest, differences);
        }

        /** As far as the minute has come; each once. */
        private void weather(long second) throws IOException {
            Weather[] all = Weather.values();
            while (second >= weathers / all.length * 60L + all[weathers % all.length].second) {
                simulator.ask("weather", Map.of("name", TENANT, "kind", all[weathers++ % all.length].name()));
            }
        }

        private void submit() throws SQLException {
            forms++;
            int dice = random.nextInt(100);
            String value = "V" + forms + "z";
            if (dice < 6) {
                newcomers.add(device.createPerson(pick(households), value, "Keomany"));
            } else if (dice < 12 && newcomers.size() > 50) {
                String guid = newcomers.remove();
                device.delete(guid);
                deleted.add(guid);
            } else if (dice < 22) {
                device.update(pick(households), "household_name", value);
            } else {
                String field = List.of("first_name", "middle_name", "profession", "last_name")
                        .get(random.nextInt(4));
                device.update(pick(people), field, value);
            }
        }

        private String pick(List<String> from) {
            return from.get(random.nextInt(from.size()));
        }

        /** Waits until nothing is owed and both sides agree; what they differ in when that does not come. */
        private List<String> atRest() throws IOException, SQLException {
            long until = System.nanoTime() + AT_REST.toNanos();
            while (true) {
                answered += hubs.get(0)
                        .ask("answer", Map.of("target", TENANT))
                        .path("answered")
                        .asInt();
                long owed = Long.parseLong(Databases.value(database, OWED));
                List<String> differences =
                        owed > 0 ? List.of(owed + " records are owed, parked or not drained") : differences();
                if (differences.isEmpty() || System.nanoTime() - until > 0) {
                    return differences;
                }
                LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
            }
        }

        private List<String> differences() throws IOException {
            JsonNode told = simulator.ask(
                    "differences", Map.of("name", TENANT, "database", database, "tenant", TENANT, "deleted", deleted));
            List<String> differences = new ArrayList<>();
            told.path("differences").forEach(each -> differences.add(each.asText()));
            return differences;
        }

        private void report(Duration soak, double rest, List<String> differences) throws SQLException, IOException {
            differences.stream().limit(10).forEach(bench::say);
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("minutes", Report.rounded(soak.toSeconds() / 60.0));
            row.put("forms", forms);
            row.put("staffEdits", staffEdits);
            row.put("faultsBegun", weathers);
            row.put("records", Long.parseLong(Databases.value(database, "SELECT count(*) FROM public.entities")));
            row.put("runs", Long.parseLong(Databases.value(database, "SELECT count(*) FROM hub.run")));
            row.put("conflictsAnswered", answered);
            row.put("restSeconds", Report.rounded(rest));
            row.put("differences", differences.size());
            bench.report().row("soak", Report.figures(row));
            samples.report(bench.report(), forms + staffEdits);
            bench.report()
                    .atLeast("forms a second during a soak", forms * 1000.0 / soak.toMillis(), FORMS_A_SECOND_AT_LEAST);
            bench.report().atMost("differences of the sides after a soak", differences.size(), 0);
            bench.report()
                    .atMost(
                            "of the hub's keys carried twice after a soak",
                            simulator
                                    .ask("doubled", Map.of("name", TENANT))
                                    .path("doubled")
                                    .asDouble(),
                            0);
        }
    }
}
