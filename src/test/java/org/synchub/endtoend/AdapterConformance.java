package org.synchub.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.synchub.sync.TargetRegistry;
import org.synchub.target.EffectContract;
import org.synchub.testing.FaultProxy;
import org.synchub.testing.FaultProxy.Fault;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;
import org.synchub.testing.TestStore;

/**
 * What every adapter owes: whatever goes wrong with whichever request of a create, an update, a deletion or a pull,
 * afterwards nothing is lost, nothing stands twice but where the target's effect contract says that it may, ids are
 * linked, and a newer change was not overtaken. How many requests an operation takes, and which, is learnt by doing it
 * once: the kit knows no protocol. The whole hub, its routes, a real database and the target's server take part.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AdapterConformance {

    private static final String TENANT = "t";
    private static final String HOUSEHOLD = "f1a1a1a1-0000-4000-8000-000000000001";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** What is done; each step of it is a request. */
    private enum Operation {
        CREATE,
        UPDATE,
        DELETE,
        PULL
    }

    private DataSource store;
    private HikariDataSource pool;
    private TestStore field;
    private FaultProxy proxy;
    private TestHub hub;
    private int people;
    private int values;
    private boolean stoodTwice;

    abstract String target();

    abstract String serverUrl();

    /** The variables that the mapping file wants, for a server at this address. */
    abstract Map<String, String> environment(String url);

    /** External ids of what the server holds of a person, less what is taken away or archived there. */
    abstract List<String> held(String guid);

    /** What the server holds in the field {@link #field}. */
    abstract String told(String guid);

    /** Somebody there writes the field. */
    abstract void edit(String guid, String value);

    /** Makes a person into one that this server refuses, and no rule of the hub or the mapping. */
    abstract void spoil(String guid, ObjectNode form);

    /** Takes back what {@link #spoil} did at the server. */
    void mend(String guid) {
        // Most servers refuse the form itself, and that is put right in the field.
    }

    /** Whether a request only asks. */
    boolean asks(String request) {
        return request.startsWith("GET ");
    }

    abstract void closeServer();

    /** A field of the form that goes both ways. */
    String field() {
        return "first_name";
    }

    /** A target that tells of nothing is not pulled. */
    boolean isPulled() {
        return true;
    }

    /** The shipped file, with times that a test can wait for. */
    String mapping(String url) throws IOException {
        return Files.readString(Path.of("mappings/examples/" + target() + ".yaml"))
                .replace("  type: http-json", "  type: http-json\n  readTimeout: 500ms\n  longestWrite: 50ms");
    }

    @BeforeAll
    void start() throws SQLException, IOException {
        proxy = new FaultProxy(serverUrl());
        store = TestDatabase.dataCollect();
        TestHub.Builder builder = TestHub.on(store).mapping(target(), mapping(proxy.url()));
        environment(proxy.url()).forEach(builder::set);
        hub = builder.start();
        pool = TestStore.pool(store);
        field = new TestStore(pool, TENANT);
        field.household(HOUSEHOLD, "House of Ann").event(HOUSEHOLD, 1);
        delivered();
    }

    @AfterAll
    void stop() {
        hub.close();
        pool.close();
        proxy.close();
        closeServer();
    }

    private String guarantee() {
        return hub.bean(TargetRegistry.class).get(target()).prepare().guarantee();
    }

    private boolean mayDouble() {
        return guarantee().startsWith("may double when the answer to a create is lost");
    }

    private String nextGuid() {
        people++;
        return UUID.nameUUIDFromBytes((target() + people).getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    /** A value that no server spells otherwise and nobody had before. */
    private String nextValue() {
        values++;
        return field().equals("phone_number")
                ? "+85620" + (55_000_000 + values)
                : "Ann" + (char) ('a' + values / 676 % 26) + (char) ('a' + values / 26 % 26)
                        + (char) ('a' + values % 26);
    }

    private static ObjectNode form(String household) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("entityName", "individual")
                .put("first_name", "Ann")
                .put("last_name", "Home")
                .put("gender", "female")
                .put("date_of_birth", "1985-04-03T00:00:00+07:00")
                .put("phone_number", "+8562055000000")
                .put("parentGuid", household);
    }

    /** A person as a device has synced it; the household is there. */
    private String born() {
        String person = nextGuid();
        field.put(person, form(HOUSEHOLD)).event(person, 1);
        return person;
    }

    private String delivered() {
        String person = born();
        settle();
        return person;
    }

    private List<String> unfinished() throws SQLException {
        return TestDatabase.rows(
                store, "SELECT guid, state, reason FROM hub.delivery WHERE state NOT IN ('delivered', 'excluded')");
    }

    /** Pushes as often as it takes. */
    private void settle() {
        await().atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(() -> {
                    hub.push(target());
                    assertThat(unfinished()).isEmpty();
                });
    }

    private String inStore(String guid) throws SQLException {
        return String.valueOf(TestDatabase.value(
                store, "SELECT modified->'data'->>'" + field() + "' FROM public.entities WHERE guid = '" + guid + "'"));
    }

    private void pullUntil(String guid, String value) {
        await().atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(() -> {
                    hub.pull(target());
                    assertThat(inStore(guid)).isEqualTo(value);
                });
    }

    private void assertLinked(String guid) throws SQLException {
        String linked = String.valueOf(TestDatabase.value(
                store,
                "SELECT external_id FROM hub.link WHERE target = '" + target() + "' AND guid = '" + guid
                        + "' AND deleted_at IS NULL"));
        // Where the addresses of kinds differ, ids begin with the kind.
        assertThat(linked.replaceAll(".*/", "")).isIn(held(guid));
    }

    /** The person of the operation, ready for it. */
    private String ready(Operation operation) {
        if (operation == Operation.CREATE) {
            settle();
            return born();
        }
        String person = delivered();
        if (isPulled()) {
            hub.pull(target());
        }
        switch (operation) {
            case UPDATE -> field.set(person, field(), nextValue());
            case DELETE -> field.delete(person);
            case PULL -> edit(person, nextValue());
            case CREATE -> throw new IllegalStateException();
        }
        return person;
    }

    private void perform(Operation operation) {
        if (operation == Operation.PULL) {
            hub.pull(target());
        } else {
            hub.push(target());
        }
    }

    private List<String> steps(Operation operation) {
        ready(operation);
        proxy.calm();
        perform(operation);
        List<String> steps = proxy.requests();
        assertThat(steps).as("the requests of " + operation).isNotEmpty();
        settle();
        return steps;
    }

    /** All for what may change something; for what only asks two, other ones at each step. */
    private List<Fault> faults(String request, int step) {
        List<Fault> all = Fault.ofAnyServer();
        return asks(request) ? List.of(all.get(2 * step % all.size()), all.get((2 * step + 1) % all.size())) : all;
    }

    private void goesWrong(Operation operation, int step, Fault fault) throws SQLException {
        String person = ready(operation);
        String edited = operation == Operation.PULL ? told(person) : "";
        proxy.arm(step, fault);

        perform(operation);

        assertThat(proxy.hasStruck()).as("the request that was to go wrong").isTrue();
        switch (operation) {
            case CREATE, UPDATE -> {
                String newer = nextValue();
                field.set(person, field(), newer);
                settle();
                assertThat(told(person)).as("a newer change is not overtaken").isEqualTo(newer);
                assertStandsAsDeclared(person, operation, fault);
                assertLinked(person);
            }
            case DELETE -> {
                settle();
                assertThat(held(person)).as("taken away").isEmpty();
            }
            case PULL -> {
                pullUntil(person, edited);
                assertThat(TestDatabase.value(
                                store,
                                "SELECT count(*) FROM public.events WHERE sync_level = 2 AND entity_guid = '" + person
                                        + "'"))
                        .as("applied once")
                        .isEqualTo("1");
                settle();
                assertThat(told(person)).as("no echo").isEqualTo(edited);
                assertStandsAsDeclared(person, operation, fault);
            }
        }
    }

    private void assertStandsAsDeclared(String person, Operation operation, Fault fault) {
        boolean mayStandTwice = mayDouble() && operation == Operation.CREATE && fault.arrives();
        assertThat(held(person)).hasSizeBetween(1, mayStandTwice ? 2 : 1);
        stoodTwice |= held(person).size() > 1;
    }

    @TestFactory
    Stream<DynamicTest> whatever_goes_wrong_with_a_request_nothing_is_lost_and_nothing_stands_twice_but_as_declared() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Operation operation : Operation.values()) {
            if (operation == Operation.PULL && !isPulled()) {
                continue;
            }
            List<String> steps = steps(operation);
            for (int i = 0; i < steps.size(); i++) {
                int step = i;
                for (Fault fault : faults(steps.get(step), step)) {
                    String name = operation + " " + (step + 1) + " of " + steps.size() + ": " + fault;
                    tests.add(DynamicTest.dynamicTest(name, () -> goesWrong(operation, step, fault)));
                }
            }
        }
        tests.add(DynamicTest.dynamicTest(
                "the exception that the contract makes is a real one",
                () -> assertThat(stoodTwice).isEqualTo(mayDouble())));
        return tests.stream();
    }

    @Test
    void what_is_refused_of_a_batch_stops_nothing_else_and_arrives_once_it_is_mended() throws SQLException {
        settle();
        List<String> good = new ArrayList<>();
        List<String> bad = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            String person = nextGuid();
            ObjectNode form = form(HOUSEHOLD);
            if (i % 2 == 0) {
                good.add(person);
            } else {
                bad.add(person);
                spoil(person, form);
            }
            field.put(person, form).event(person, 1);
        }

        hub.push(target());

        assertThat(good).allSatisfy(guid -> assertThat(held(guid)).hasSize(1));
        assertThat(bad).allSatisfy(guid -> assertThat(held(guid)).isEmpty());
        assertThat(TestDatabase.rows(
                        store, "SELECT guid FROM hub.delivery WHERE state = 'rejected' AND reason <> '' ORDER BY guid"))
                .containsExactlyInAnyOrderElementsOf(bad);

        for (String guid : bad) {
            mend(guid);
            field.put(guid, form(HOUSEHOLD).put("email_address", guid + "@example.org"));
        }
        settle();

        for (String guid : bad) {
            assertThat(held(guid)).hasSize(1);
            assertLinked(guid);
        }
    }

    @Test
    void the_documents_tell_the_guarantee_that_the_status_tells() throws IOException {
        String documented =
                Files.readString(Path.of("docs/targets/" + target() + ".md")).replaceAll("\\s+", " ");

        assertThat(documented).contains(EffectContract.sentence(guarantee()) + ".");
        assertThat(hub.status(target()).guarantee()).isEqualTo(guarantee());
    }
}
