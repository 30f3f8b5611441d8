package org.synchub.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.RouteController;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.synchub.admin.security.Role;
import org.synchub.admin.security.Tokens;
import org.synchub.ledger.Runs;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.sync.Captures;
import org.synchub.testing.JavaProcess;
import org.synchub.testing.OpenSppTarget;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;

/**
 * Operators in processes of their own, one by HTTP and one by JMX, resync ten thousand records of an OpenSPP: they ask what
 * would become of each, let it happen, watch it, and cancel another one half way.
 */
class ResyncFromOutsideTest {

    private static final int RECORDS = 10_000;
    private static final int CHANGED = 300;
    private static final int EDITED = 200;
    private static final int BOTH = 5;
    private static final int DELETED = 20;
    private static final int BORN = 40;

    private static OpenSppSimulator registry;
    private static DataSource store;
    private static TestHub hub;
    private static int jmx;

    @BeforeAll
    static void pushTenThousandRecords() throws Exception {
        registry = OpenSppTarget.registry().start();
        store = TestDatabase.dataCollect();
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            jmx = free.getLocalPort();
        }
        hub = TestHub.on(store)
                .mapping("openspp", OpenSppTarget.mapping("openspp", "t", registry))
                .set("server.port", 0)
                .set("synchub.jmx.port", jmx)
                .start();
        households(1, RECORDS);
        routes().startRoute("drain");
        hub.push("openspp");
        assertThat(hub.lastRun("openspp").created()).isEqualTo(RECORDS);
    }

    @AfterAll
    static void stop() {
        hub.close();
        registry.close();
    }

    private static RouteController routes() {
        return hub.bean(CamelContext.class).getRouteController();
    }

    private static void households(int from, int to) throws Exception {
        TestDatabase.run(store, """
                INSERT INTO public.entities (id, guid, modified, tenant_id)
                SELECT 'house-' || i, 'house-' || i,
                       jsonb_build_object('id', 'house-' || i, 'guid', 'house-' || i, 'type', 'individual', 'version', 1,
                           'data', jsonb_build_object('entityName', 'household', 'household_name', 'Household ' || i)),
                       't'
                FROM generate_series(%d, %d) AS i""".formatted(from, to));
    }

    private static void changeHere(int from, int n) throws Exception {
        TestDatabase.run(store, """
                UPDATE public.entities SET modified = jsonb_set(modified, '{data,household_name}', '"Changed here"')
                WHERE guid IN (SELECT 'house-' || i FROM generate_series(%d, %d) AS i)""".formatted(from, from + n - 1));
    }

    private static void editThere(int from, int n) throws Exception {
        for (String id : TestDatabase.rows(store, """
                SELECT external_id FROM hub.link
                WHERE guid IN (SELECT 'house-' || i FROM generate_series(%d, %d) AS i)""".formatted(from, from + n - 1))) {
            registry.registry().write(Integer.parseInt(id), Map.of("name", "Edited there"));
        }
    }

    /** Lets both sides drift apart, among the thousand records from this one on. */
    private static void drift(int from) throws Exception {
        hub.pull("openspp");
        changeHere(from, CHANGED + BOTH);
        editThere(from + CHANGED, BOTH + EDITED);
        TestDatabase.run(store, """
                DELETE FROM public.entities
                WHERE guid IN (SELECT 'house-' || i FROM generate_series(%d, %d) AS i)""".formatted(from + 900, from + 900 + DELETED - 1));
        households(RECORDS + from, RECORDS + from + BORN - 1);
        hub.bean(Captures.class).drain();
    }

    private static Map<String, String> client(String way, int port) throws Exception {
        String token = hub.bean(Tokens.class)
                .create(way, Role.OPERATOR, Duration.ofHours(1), "test")
                .text();
        Process process = JavaProcess.start(OutsideClient.class, way, String.valueOf(port), token, "openspp");
        try {
            // From here on all is as the schedules do it; before, nothing was to be sent that the dry run had counted.
            await().atMost(Duration.ofMinutes(2))
                    .until(() -> !process.isAlive() || !runsBy(way, "resync").isEmpty());
            routes().startRoute("push-when-due");
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(300, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(printed).isZero();
            Map<String, String> said = new LinkedHashMap<>();
            printed.lines().forEach(line -> said.put(line.split(" ", 2)[0], line.split(" ", 2)[1]));
            // What is not compared any more is settled without a request, by the next run if that of the resync met the
            // cancelling.
            await().atMost(Duration.ofMinutes(2))
                    .until(() -> hub.status("openspp").owed() == 0);
            return said;
        } finally {
            routes().stopRoute("push-when-due");
            process.destroyForcibly();
        }
    }

    private static List<Runs.Run> runsBy(String who, String direction) {
        return hub.bean(Runs.class).page("openspp", null, 500).stream()
                .filter(run -> run.startedBy().equals(who) && run.direction().equals(direction))
                .toList();
    }

    private static long sum(List<Runs.Run> runs, ToLongFunction<Runs.Run> count) {
        return runs.stream().mapToLong(count).sum();
    }

    private static void resyncBy(String way, int port, int from) throws Exception {
        drift(from);
        long asked =
                Long.parseLong(TestDatabase.value(store, "SELECT count(*) FROM hub.conflict WHERE state = 'open'"));
        long linked =
                Long.parseLong(TestDatabase.value(store, "SELECT count(*) FROM hub.link WHERE deleted_at IS NULL"));

        Map<String, String> said = client(way, port);

        long unchanged = linked - CHANGED - EDITED - DELETED - asked - BOTH;
        assertThat(said)
                .containsEntry(
                        "plan",
                        "{create=" + BORN + ", update=" + CHANGED + ", delete=" + DELETED + ", take here=" + EDITED
                                + ", conflict=" + (asked + BOTH) + ", unchanged=" + unchanged + ", not sent=0}");
        List<Runs.Run> resyncs = runsBy(way, "resync");
        Runs.Run whole = resyncs.get(resyncs.size() - 1);
        Runs.Run cancelled = resyncs.get(0);
        Runs.Run pulled = runsBy(way, "pull").get(runsBy(way, "pull").size() - 1);
        List<Runs.Run> sent = hub.bean(Runs.class).page("openspp", cancelled.id(), 500).stream()
                .filter(run -> run.id() >= whole.id())
                .toList();
        assertThat(sum(sent, Runs.Run::created)).isEqualTo(BORN);
        assertThat(sum(sent, Runs.Run::updated)).isEqualTo(CHANGED);
        assertThat(sum(sent, Runs.Run::deleted)).isEqualTo(DELETED);
        assertThat(sum(sent, Runs.Run::unchanged))
                .as("with what the pull took over")
                .isEqualTo(unchanged + EDITED);
        assertThat(pulled.pulled()).isEqualTo(EDITED);
        assertThat(pulled.conflicts()).isEqualTo(BOTH);
        assertThat(said.get("ended")).isIn("success", "partial");
        assertThat(Integer.parseInt(said.get("watched")))
                .as("different numbers on the way")
                .isGreaterThan(3);

        long again = Long.parseLong(said.get("again"));
        long forgone = Long.parseLong(said.get("forgone"));
        assertThat(forgone).isPositive();
        double compared = (double) (again - forgone) / again;
        assertThat(cancelled.requests())
                .as("requests for what had been compared or was under way, of the " + whole.requests() + " for all")
                .isLessThan((long) (whole.requests() * (compared + 0.1)));
        assertThat(hub.status("openspp").owed()).isZero();
    }

    @Test
    void an_operator_resyncs_watches_and_cancels_by_http_and_the_dry_run_had_said_what_happens() throws Exception {
        resyncBy("http", hub.port(), 1);
    }

    @Test
    void an_operator_resyncs_watches_and_cancels_by_jmx_and_the_dry_run_had_said_what_happens() throws Exception {
        resyncBy("jmx", jmx, 4_001);
    }
}
