package org.synchub.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.synchub.simulator.collectpay.CollectPaySimulator;
import org.synchub.simulator.healthrecord.HealthRecordSimulator;
import org.synchub.simulator.http.RequestLog;
import org.synchub.simulator.openfn.OpenFnSimulator;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.simulator.openspp.RegistryRecord;
import org.synchub.simulator.records.RecordServer;
import org.synchub.simulator.synchronization.SynchronizationSimulator;
import org.synchub.testing.OpenSppTarget;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;

/** Six servers, the shipped mapping files for them on one tenant, and a hub. People are told in the store's words. */
final class SixTargets implements AutoCloseable {

    static final String OPENSPP = "openspp";
    static final String REST = "plain-rest";
    static final String OPENFN = "openfn";
    static final String COLLECTPAY = "collectpay";
    static final String HEALTH = "health-record";
    static final String SYNCHRONIZATION = "synchronization-system";
    static final List<String> NAMES = List.of(OPENSPP, REST, OPENFN, COLLECTPAY, HEALTH, SYNCHRONIZATION);

    static final String FIRST_NAME = "first_name";
    static final String LAST_NAME = "last_name";
    static final String PHONE = "phone_number";

    private static final String DECIDED = "\nconflict: {strategy: merge, then: internal-wins}\n";

    final OpenSppSimulator openSpp = OpenSppTarget.registry().start();
    final RecordServer rest = RecordServer.builder().etags().start();
    final OpenFnSimulator openFn = new OpenFnSimulator();
    final CollectPaySimulator collectPay = new CollectPaySimulator();
    final HealthRecordSimulator health =
            new HealthRecordSimulator(HealthRecordSimulator.Options.defaults().requestsPerMinute(100_000));
    final SynchronizationSimulator synchronization = new SynchronizationSimulator();
    private final DataSource store;
    final TestHub hub;

    SixTargets(DataSource store) {
        this.store = store;
        TestHub.Builder builder = TestHub.on(store)
                .set("spring.datasource.hikari.maximum-pool-size", 24)
                .set("PLAIN_REST_URL", rest.url() + "/api")
                .set("PLAIN_REST_TOKEN", RecordServer.CREDENTIAL)
                .set("OPENFN_URL", openFn.url())
                .set("OPENFN_API_KEY", OpenFnSimulator.KEY)
                .set("COLLECTPAY_URL", collectPay.url())
                .set("COLLECTPAY_EMAIL", CollectPaySimulator.EMAIL)
                .set("COLLECTPAY_PASSWORD", CollectPaySimulator.PASSWORD)
                .set("HEALTH_RECORD_URL", health.url())
                .set("HEALTH_RECORD_EMAIL", HealthRecordSimulator.EMAIL)
                .set("HEALTH_RECORD_PASSWORD", HealthRecordSimulator.PASSWORD)
                .set("SYNCHRONIZATION_SYSTEM_URL", synchronization.url())
                .set("SYNCHRONIZATION_SYSTEM_USERNAME", SynchronizationSimulator.USER)
                .set("SYNCHRONIZATION_SYSTEM_PASSWORD", SynchronizationSimulator.PASSWORD)
                .mapping(OPENSPP, OpenSppTarget.mapping(OPENSPP, "t", openSpp) + DECIDED);
        for (String target : NAMES.subList(1, NAMES.size())) {
            builder.mapping(target, shipped(target) + DECIDED)
                    .set(target.toUpperCase(Locale.ROOT).replace('-', '_') + "_TENANT", "t");
        }
        hub = builder.start();
    }

    private static String shipped(String target) {
        try {
            return Files.readString(Path.of("mappings/examples/" + target + ".yaml"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Pushes to all of them at the same time. */
    void push() {
        together(hub::push);
    }

    /** Pulls from all of them at the same time. */
    void pull() {
        together(target -> hub.pull(target));
    }

    private static void together(Consumer<String> work) {
        ExecutorService threads = Executors.newFixedThreadPool(NAMES.size());
        try {
            CompletableFuture.allOf(NAMES.stream()
                            .map(target -> CompletableFuture.runAsync(() -> work.accept(target), threads))
                            .toArray(CompletableFuture[]::new))
                    .join();
        } finally {
            threads.shutdownNow();
        }
    }

    /** The fields that people in front of a target can change there and that come back. */
    static List<String> editable(String target) {
        return switch (target) {
            case OPENSPP -> List.of(FIRST_NAME, LAST_NAME);
            case REST, SYNCHRONIZATION -> List.of(FIRST_NAME, LAST_NAME, PHONE);
            case COLLECTPAY, HEALTH -> List.of(PHONE);
            default -> List.of();
        };
    }

    /** Somebody changes a person there. */
    void edit(String target, String guid, String field, String value) {
        int id = target.equals(REST) || target.equals(HEALTH) ? 0 : number(target, guid);
        switch (target) {
            case OPENSPP ->
                openSpp.registry()
                        .write(id, Map.of(field.equals(FIRST_NAME) ? "given_name" : "family_name", (Object) value));
            case REST -> rest.edit("users", guid, restName(field), value);
            case COLLECTPAY -> collectPay.registrar().update("suppliers", id, "phone", value);
            case HEALTH ->
                health.registrar()
                        .update(
                                "patients",
                                health.registrar()
                                        .patient(guid)
                                        .orElseThrow()
                                        .path("id")
                                        .asText(),
                                "phone",
                                value);
            case SYNCHRONIZATION ->
                synchronization.registrar().update("Individual", id, field.equals(PHONE) ? "phone" : field, value);
            default -> throw new IllegalArgumentException(target);
        }
    }

    private static String restName(String field) {
        return switch (field) {
            case FIRST_NAME -> "firstName";
            case LAST_NAME -> "lastName";
            default -> "phone";
        };
    }

    private int number(String target, String guid) {
        try {
            String id = TestDatabase.value(
                    store,
                    "SELECT external_id FROM hub.link WHERE target = '" + target + "' AND guid = '" + guid + "'");
            return Integer.parseInt(String.valueOf(id).replaceAll(".*/", ""));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** All people that a target holds: by guid, what it says of each in the store's words. */
    Map<String, Map<String, String>> people(String target) throws SQLException {
        Map<String, Map<String, String>> people = new TreeMap<>();
        switch (target) {
            case OPENSPP -> people.putAll(registrants());
            case REST ->
                rest.records("users")
                        .forEach((guid, user) -> people.put(guid, said(user, "firstName", "lastName", null, "phone")));
            case OPENFN -> openFn.submissions().forEach(form -> submitted(form, people));
            case COLLECTPAY ->
                collectPay.registrar().all("suppliers").stream()
                        .filter(supplier ->
                                supplier.at("/metadata/kind").asText().equals("individual"))
                        .forEach(supplier -> people.put(
                                supplier.at("/metadata/guid").asText(), said(supplier, null, null, "name", "phone")));
            case HEALTH ->
                health.registrar()
                        .all("patients")
                        .forEach(patient -> people.put(
                                patient.path("guid").asText(), said(patient, null, null, "fullName", "phone")));
            case SYNCHRONIZATION ->
                synchronization
                        .registrar()
                        .all("Individual")
                        .forEach(object -> people.put(
                                object.path("guid").asText(), said(object, FIRST_NAME, LAST_NAME, null, "phone")));
            default -> throw new IllegalArgumentException(target);
        }
        return people;
    }

    private static void submitted(JsonNode form, Map<String, Map<String, String>> people) {
        String guid = form.path("entityGuid").asText();
        if (form.path("type").asText().equals("delete-entity")) {
            people.remove(guid);
        } else if (form.at("/data/entityName").asText().equals("individual")) {
            people.put(guid, said(form.path("data"), FIRST_NAME, LAST_NAME, null, PHONE));
        }
    }

    private Map<String, Map<String, String>> registrants() throws SQLException {
        Map<Integer, String> phones = new HashMap<>();
        openSpp.registry()
                .all("g2p.phone.number")
                .forEach(phone -> phones.put(phone.reference("partner_id"), String.valueOf(phone.text("phone_no"))));
        Map<String, Map<String, String>> people = new TreeMap<>();
        for (String row : TestDatabase.rows(
                store,
                "SELECT guid || ' ' || external_id FROM hub.link WHERE target = 'openspp' AND kind = 'individual'")) {
            String[] link = row.split(" ", 2);
            RegistryRecord partner = openSpp.registry().partner(Integer.parseInt(link[1]));
            if (partner.flag("active")) {
                people.put(
                        link[0],
                        Map.of(
                                FIRST_NAME,
                                String.valueOf(partner.text("given_name")),
                                LAST_NAME,
                                String.valueOf(partner.text("family_name")),
                                PHONE,
                                phones.getOrDefault(partner.id(), "")));
            }
        }
        return people;
    }

    private static Map<String, String> said(
            JsonNode record, @Nullable String first, @Nullable String last, @Nullable String whole, String phone) {
        Map<String, String> said = new TreeMap<>();
        said.put(PHONE, record.path(phone).asText());
        if (first != null && last != null) {
            said.put(FIRST_NAME, record.path(first).asText());
            said.put(LAST_NAME, record.path(last).asText());
        }
        if (whole != null) {
            said.put("name", record.path(whole).asText().replace("&amp;", "&"));
        }
        return said;
    }

    /** Writes that a server saw more than once although its contract makes a second one needless. */
    Map<String, Map<String, Long>> repeats() {
        Map<String, Map<String, Long>> repeats = new TreeMap<>();
        Map.of(
                        REST,
                        rest.requests(),
                        COLLECTPAY,
                        collectPay.requests(),
                        HEALTH,
                        health.requests(),
                        SYNCHRONIZATION,
                        synchronization.requests())
                .forEach((target, log) -> {
                    if (!log.repeats().isEmpty()) {
                        repeats.put(target, log.repeats());
                    }
                });
        return repeats;
    }

    /** How many requests that write each server has seen. */
    Map<String, Long> writes() {
        Map<String, Long> writes = new TreeMap<>();
        writes.put(
                OPENSPP,
                openSpp.requests().counts().entrySet().stream()
                        .filter(count -> count.getKey().matches(".*\\.(create|write|unlink)"))
                        .mapToLong(Map.Entry::getValue)
                        .sum());
        writes.put(REST, count(rest.requests(), entry -> !entry.method().equals("GET")));
        writes.put(OPENFN, (long) openFn.submissions().size());
        writes.put(
                COLLECTPAY, count(collectPay.requests(), entry -> entry.path().endsWith("/sync/push")));
        writes.put(HEALTH, count(health.requests(), entry -> entry.path().endsWith("/sync/queue")));
        writes.put(
                SYNCHRONIZATION,
                count(synchronization.requests(), entry -> entry.path().endsWith("/upload")));
        return writes;
    }

    private static long count(RequestLog log, Predicate<RequestLog.Entry> which) {
        return log.entries(which).size();
    }

    @Override
    public void close() {
        hub.close();
        openSpp.close();
        rest.close();
        openFn.close();
        collectPay.close();
        health.close();
        synchronization.close();
    }
}
