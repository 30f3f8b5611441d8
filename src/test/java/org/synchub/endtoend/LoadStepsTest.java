package org.synchub.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.synchub.cli.Console;
import org.synchub.demo.FieldData;
import org.synchub.ledger.Targets;
import org.synchub.simulator.openspp.Fault;
import org.synchub.simulator.openspp.FaultPlan;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.simulator.openspp.RpcCall;
import org.synchub.testing.ExpectedRegistry;
import org.synchub.testing.OpenSppTarget;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;

/** A registry that refuses or slows gets smaller batches from fewer writers, and all of them again when it is well. */
class LoadStepsTest {

    private static final int BATCH = 20;
    private static final int WRITERS = 4;

    /** Requests after which it is known what is usual, and how many slow ones follow them. */
    private static final int FAST = 20;

    private static final int SLOW = WRITERS + WRITERS / 2 + 1;

    /** Longer than a busy machine holds up a request now and then. */
    private static final Duration SLOW_AFTER = Duration.ofSeconds(5);

    /** What the registry sees of requests that create records. */
    private static final class Creates implements FaultPlan {

        /** One request: its records, and how many of its like were under way when it came, itself included. */
        private record Seen(int records, int atOnce) {}

        private final List<Seen> seen = Collections.synchronizedList(new ArrayList<>());
        private final AtomicInteger underWay = new AtomicInteger();
        private volatile @Nullable Fault refusal;

        @Override
        public List<Fault> faults(RpcCall call) {
            if (!isCreate(call)) {
                return List.of();
            }
            Fault now = refusal;
            seen.add(new Seen(call.records(), now == null ? underWay.incrementAndGet() : 0));
            return now == null ? List.of() : List.of(now);
        }

        @Override
        public void applied(RpcCall call) {
            if (isCreate(call)) {
                underWay.decrementAndGet();
            }
        }

        private static boolean isCreate(RpcCall call) {
            return call.model().equals("res.partner") && call.method().equals("create");
        }

        private List<Integer> sizes() {
            return seen.stream().map(Seen::records).toList();
        }
    }

    /** A tenant with a registry of its own. */
    private static final class Field {

        private final String name;
        private final OpenSppSimulator registry = OpenSppTarget.registry().start();
        private final Creates creates = new Creates();

        private Field(String name) {
            this.name = name;
            registry.faults().add(creates);
        }

        private String mapping() {
            return OpenSppTarget.mapping(name, name, registry)
                    .replace(
                            "batchSize: 100",
                            "batchSize: " + BATCH + "\n  writers: " + WRITERS + "\n  limits: {slowAfter: "
                                    + SLOW_AFTER.toSeconds() + "s}");
        }

        private void push() {
            hub.push(name);
        }

        private Targets.@Nullable Lowered lowered() {
            return hub.status(name).capacity().lowered();
        }

        private void assertNothingIsLost() throws SQLException {
            assertThat(ExpectedRegistry.of(store, name).differences(registry.registry()))
                    .isEmpty();
            assertThat(count("state <> 'delivered'")).isEqualTo("0");
            assertThat(count("attempts > 0"))
                    .as("records that used up an attempt")
                    .isEqualTo("0");
        }

        private String count(String which) throws SQLException {
            return TestDatabase.value(
                    store, "SELECT count(*) FROM hub.delivery WHERE target = '" + name + "' AND " + which);
        }
    }

    private static final Field refusing = new Field("refusing");
    private static final Field slow = new Field("slow");
    private static final Field told = new Field("told");
    private static DataSource store;
    private static TestHub hub;

    @BeforeAll
    static void start() throws SQLException {
        store = TestDatabase.dataCollect();
        FieldData.bulk(store, refusing.name, 300, 1, 1);
        FieldData.bulk(store, slow.name, 600, 1, 2);
        FieldData.bulk(store, told.name, 100, 2, 3);
        hub = TestHub.on(store)
                .mapping(refusing.name, refusing.mapping())
                .mapping(slow.name, slow.mapping())
                .mapping(told.name, told.mapping())
                .start();
    }

    @AfterAll
    static void stop() {
        hub.close();
        refusing.registry.close();
        slow.registry.close();
        told.registry.close();
    }

    @Test
    void a_registry_that_refuses_gets_fewer_records_at_a_time_from_one_writer_until_it_has_taken_some()
            throws Exception {
        Creates creates = refusing.creates;
        creates.refusal = Fault.status(429);

        for (int refusals = 1; refusals <= 3; refusals++) {
            refusing.push();
        }

        Targets.Lowered so = refusing.lowered();
        assertThat(so).isNotNull();
        assertThat(so.batchSize()).isEqualTo(2);
        assertThat(so.writers()).isEqualTo(1);
        assertThat(so.because()).contains("asked to slow down (HTTP 429)");
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        new Console(new PrintStream(said, true, StandardCharsets.UTF_8)).target(hub.status(refusing.name));
        assertThat(said.toString(StandardCharsets.UTF_8))
                .contains("Batches of up to 20, 4 writers")
                .contains("For now batches of up to 2, 1 at once, since ")
                .contains("because refusing asked to slow down (HTTP 429)");

        creates.refusal = null;
        creates.seen.clear();
        refusing.push();

        assertThat(creates.seen.subList(0, 3))
                .as("one at a time, until three were good")
                .allMatch(request -> request.records() <= 2 && request.atOnce() == 1);
        assertThat(creates.seen.subList(3, 6)).allMatch(request -> request.records() <= 4 && request.atOnce() <= 2);
        assertThat(creates.sizes()).anyMatch(size -> size > BATCH / 2);
        assertThat(refusing.lowered()).as("all of it has come back").isNull();
        refusing.assertNothingIsLost();
    }

    @Test
    void a_registry_that_refuses_is_asked_for_fewer_changes_at_a_time_until_it_has_answered_some() {
        Field field = told;
        field.push();
        List<Integer> pages = Collections.synchronizedList(new ArrayList<>());
        AtomicBoolean refuses = new AtomicBoolean(true);
        field.registry.faults().add(call -> {
            if (!call.is("res.partner", "search_read") || !call.kwargs().containsKey("limit")) {
                return List.of();
            }
            pages.add(((Number) call.kwargs().get("limit")).intValue());
            return refuses.get() ? List.of(Fault.status(429)) : List.of();
        });

        for (int refusals = 1; refusals <= 3; refusals++) {
            hub.pull(field.name);
        }
        assertThat(pages).containsExactly(200, 100, 50);

        refuses.set(false);
        pages.clear();
        hub.pull(field.name);

        assertThat(pages).isSorted().startsWith(25).contains(45);
        assertThat(hub.lastRun(field.name).status()).isEqualTo("success");
    }

    @Test
    void a_registry_that_slows_gets_fewer_records_from_fewer_writers_within_the_run_and_all_again_when_it_is_as_fast()
            throws Exception {
        Creates creates = slow.creates;
        AtomicInteger number = new AtomicInteger();
        slow.registry.faults().add(call -> {
            int n = Creates.isCreate(call) ? number.getAndIncrement() : 0;
            return n >= FAST && n < FAST + SLOW ? List.of(Fault.delay(SLOW_AFTER.plusSeconds(2))) : List.of();
        });

        slow.push();

        assertThat(creates.seen.subList(0, FAST + SLOW))
                .as("to begin with")
                .anyMatch(request -> request.records() > BATCH / 4 && request.atOnce() > 1);
        assertThat(creates.seen.subList(FAST, FAST + SLOW + 2))
                .as("while it is slow")
                .anyMatch(request -> request.records() <= BATCH / 4 && request.atOnce() == 1);
        assertThat(TestDatabase.value(
                        store, "SELECT count(*) FROM hub.run WHERE target = 'slow' AND status <> 'success'"))
                .as("it stepped down without giving up a run")
                .isEqualTo("0");
        assertThat(creates.sizes().subList(FAST + SLOW, creates.seen.size()))
                .as("once it is as fast as before")
                .anyMatch(size -> size > BATCH / 2);
        assertThat(slow.lowered()).isNull();
        slow.assertNothingIsLost();
    }
}
