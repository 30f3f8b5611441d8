package org.synchub.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.synchub.conflict.Choice;
import org.synchub.demo.SampleDevice;
import org.synchub.ledger.ConflictQueue.Case;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.simulator.openspp.RegistryRecord;
import org.synchub.target.TargetHttp;
import org.synchub.testing.OpenSppTarget;

/**
 * One random history: a device, the registrars of two registries and an operator edit, delete and restore the same few
 * people while hubs push and pull, are cut off anywhere and started again. A seed makes the same history again.
 */
final class History implements AutoCloseable {

    /** What the mapping ties together: the form's field and the registry's. */
    private static final Map<String, String> FIELDS = new TreeMap<>(Map.of(
            "first_name", "given_name",
            "middle_name", "addl_name",
            "profession", "occupation",
            "email_address", "email"));

    private static final List<String> STRATEGIES = List.of(
            "last-write-wins",
            "external-wins",
            "internal-wins",
            "{strategy: merge, then: last-write-wins}",
            "{strategy: merge, then: manual}");
    private static final List<String> DELETE_CONFLICTS =
            List.of("manual", "internal-wins", "external-wins", "last-write-wins");
    private static final List<String> DELETES = List.of("ask", "delete-entity");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ROUNDS = 14;

    private final long seed;
    private final Random random;
    private final DataSource store;
    private final JdbcClient db;
    private final CamelContext camel;
    private final HistoryClock clock;
    private final String tenant;
    private final Path mappings;
    private final Map<String, OpenSppSimulator> registries = new LinkedHashMap<>();
    private final Map<String, TargetHttp> ways = new LinkedHashMap<>();
    private final List<HistoryTarget> lines = new ArrayList<>();
    private final SampleDevice device;
    private final Map<String, ObjectNode> copies = new LinkedHashMap<>();
    private final Provenance provenance = new Provenance();
    private final List<String> timeline = new ArrayList<>();
    private final List<String> people = new ArrayList<>();
    private String household = "";
    private Boundaries boundaries = new Boundaries();
    private HistoryHub hub;
    private int values;
    private int lives = 1;

    History(DataSource store, CamelContext camel, int number, long seed) {
        this.seed = seed;
        this.random = new Random(seed);
        this.store = store;
        this.db = JdbcClient.create(store);
        this.camel = camel;
        this.clock = new HistoryClock(Instant.now());
        this.tenant = "history" + number;
        this.device = new SampleDevice(store, tenant, clock, number);
        try {
            mappings = Files.createTempDirectory("history");
            for (String side : List.of("a", "b")) {
                String target = side + number;
                OpenSppSimulator registry =
                        OpenSppTarget.registry().clock(clock).offline();
                registries.put(target, registry);
                Files.writeString(mappings.resolve(target + ".yaml"), mapping(target));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        hub = start(true);
    }

    private String mapping(String target) {
        String conflict = "conflict: " + pick(STRATEGIES);
        String rules = conflict + "\nonExternalDelete: " + pick(DELETES) + "\n";
        String deleteConflict = pick(DELETE_CONFLICTS);
        tell("%s: %s, deleteConflict %s", target, rules.strip().replace("\n", ", "), deleteConflict);
        return OpenSppTarget.mapping(target, tenant, "http://127.0.0.1:1")
                .replace("kinds:\n", rules + "kinds:\n")
                .replace(
                        "    onDelete: archive",
                        "    conflict: {deleteConflict: " + deleteConflict + "}\n    onDelete: archive")
                .replace("  share: 0.05", "  share: 1")
                .replace("    lane: data.parentGuid", "    lane: data.parentGuid\n    createFromOutside: true");
    }

    private HistoryHub start(boolean first) {
        boundaries = new Boundaries();
        ways.clear();
        lines.clear();
        registries.forEach((target, registry) -> {
            HistoryTarget line = new HistoryTarget(registry, boundaries, clock);
            ways.put(target, line);
            lines.add(line);
        });
        return new HistoryHub(store, boundaries, mappings, ways, camel, clock, first);
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    @SuppressWarnings("AnnotateFormatMethod") // an annotation of the checker's own would be a dependency
    private void tell(String format, Object... args) {
        timeline.add(timeline.size() + " " + String.format(format, args));
    }

    /** Lives the history and checks its end. */
    void live(int steps) throws SQLException {
        household = device.createHousehold("House");
        for (int i = 0; i < 2; i++) {
            createPerson();
        }
        for (int i = 0; i < steps; i++) {
            clock.tick(Duration.ofMillis(1 + random.nextInt(2_500)));
            step();
        }
        settle();
        new HistoryEnd(this).check();
    }

    private void step() throws SQLException {
        int dice = random.nextInt(100);
        if (dice < 14) {
            edit(pick(people), false);
        } else if (dice < 24) {
            edit(pick(people), true);
        } else if (dice < 32) {
            look();
        } else if (dice < 50) {
            registrarEdits(anyTarget());
        } else if (dice < 53) {
            registrarArchives(anyTarget());
        } else if (dice < 57) {
            registrarRestores(anyTarget());
        } else if (dice < 59) {
            deviceDeletes();
        } else if (dice < 62) {
            createPerson();
        } else if (dice < 64) {
            registrarCreates(anyTarget());
        } else if (dice < 67) {
            serverSavesOverAPull();
        } else if (dice < 72) {
            operator();
        } else {
            hubWorks();
        }
    }

    private String anyTarget() {
        return pick(List.copyOf(registries.keySet()));
    }

    // ---- the device ----

    private void createPerson() throws SQLException {
        ObjectNode form = JsonNodeFactory.instance.objectNode();
        form.put("entityName", "individual").put("name", "Somebody").put("submit", true);
        form.put("last_name", "Home").put("parentGuid", household).put("gender", "female");
        form.put("relationship", "2").put("date_of_birth", "1985-04-03");
        Map<String, String> entered = new LinkedHashMap<>();
        for (String field : FIELDS.keySet()) {
            entered.put(field, newValue(field));
            form.put(field, entered.get(field));
        }
        String guid = device.create(form);
        entered.forEach((field, value) -> provenance.enter(Provenance.STORE, guid, field, value));
        people.add(guid);
        copies.put(guid, form);
        tell("device creates %s %s", guid, entered.values());
    }

    private String newValue(String field) {
        String value = "V" + ++values + "z";
        return field.equals("email_address") ? value + "@example.org" : value;
    }

    /** The device fetches what the server has. */
    private void look() {
        for (String guid : people) {
            ObjectNode data = data(guid);
            if (data != null) {
                copies.put(guid, data);
            }
        }
        tell("device looks");
    }

    /** Sends the whole form as the device last saw it, with one field changed. */
    private void edit(String guid, boolean stale) throws SQLException {
        ObjectNode now = data(guid);
        ObjectNode copy = stale ? copies.get(guid) : now;
        if (now == null || copy == null) {
            return;
        }
        String field = pick(List.copyOf(FIELDS.keySet()));
        submit(guid, copy.deepCopy(), now, field);
    }

    private void submit(String guid, ObjectNode form, ObjectNode now, String field) throws SQLException {
        String value = newValue(field);
        for (String each : FIELDS.keySet()) {
            String held = now.path(each).asText();
            String shown = form.path(each).asText();
            if (each.equals(field) && shown.equals(held)) {
                provenance.replaced(held);
            } else if (each.equals(field) || !shown.equals(held)) {
                provenance.writtenOverInStore(held);
            }
        }
        form.put(field, value);
        provenance.enter(Provenance.STORE, guid, field, value);
        tell("device edits %s: %s = %s, form shows %s", guid, field, value, shownBy(form));
        device.submit(guid, "update-individual", form);
        copies.put(guid, form);
    }

    private static String shownBy(JsonNode form) {
        StringBuilder shown = new StringBuilder();
        FIELDS.keySet().forEach(f -> shown.append(form.path(f).asText()).append(' '));
        return shown.append(form.path("syncHub")).toString();
    }

    /** The server reads the entity, a pull writes, the server saves what it read. */
    private void serverSavesOverAPull() throws SQLException {
        String guid = pick(people);
        String target = anyTarget();
        ObjectNode now = data(guid);
        if (now != null) {
            tell("while the server saves %s, %s is pulled:", guid, target);
            device.beforeSaving(() -> atWork("pull " + target, () -> hub.pull(target)));
            submit(guid, now.deepCopy(), now, pick(List.copyOf(FIELDS.keySet())));
        }
    }

    private void deviceDeletes() throws SQLException {
        String guid = pick(people);
        ObjectNode now = data(guid);
        if (now != null) {
            tell("device deletes %s", guid);
            // Who deletes a record gives up what it holds.
            FIELDS.keySet().forEach(field -> provenance.replaced(now.path(field).asText()));
            registries.keySet().forEach(target -> agreedValues(target, guid).forEach(provenance::replaced));
            device.delete(guid);
        }
    }

    /** What both sides had agreed on, which goes with the record. */
    private List<String> agreedValues(String target, String guid) {
        List<String> agreed = new ArrayList<>();
        db.sql("SELECT convert_from(substring(base FROM 2), 'UTF8') FROM hub.link"
                        + " WHERE target = :target AND guid = :guid AND base IS NOT NULL")
                .param("target", target)
                .param("guid", guid)
                .query(String.class)
                .list()
                .forEach(base -> read(base).forEach(value -> agreed.add(value.asText())));
        return agreed;
    }

    // ---- the registrars ----

    private void registrarEdits(String target) {
        String guid = pick(people);
        Integer partner = partner(target, guid);
        if (partner == null || !isActive(target, partner)) {
            return;
        }
        String field = pick(List.copyOf(FIELDS.keySet()));
        String column = FIELDS.getOrDefault(field, "");
        provenance.replaced(registries.get(target).registry().partner(partner).text(column));
        String value = newValue(field);
        provenance.enter(target, guid, field, value);
        registries.get(target).registry().write(partner, Map.of(column, value));
        tell("registrar of %s edits %s: %s = %s", target, guid, column, value);
    }

    private void registrarArchives(String target) {
        String guid = pick(people);
        Integer partner = partner(target, guid);
        if (partner != null && isActive(target, partner)) {
            RegistryRecord record = record(target, partner);
            FIELDS.values().forEach(column -> provenance.replaced(record.text(column)));
            registries.get(target).registry().archive(partner);
            tell("registrar of %s archives %s", target, guid);
        }
    }

    private void registrarRestores(String target) {
        for (String guid : people) {
            Integer partner = partner(target, guid);
            if (partner != null && exists(target, partner) && !isActive(target, partner)) {
                registries.get(target).registry().unarchive(partner);
                tell("registrar of %s restores %s", target, guid);
                return;
            }
        }
    }

    private void registrarCreates(String target) {
        Map<String, Object> columns = new LinkedHashMap<>(Map.of("is_group", false, "family_name", "Outside"));
        FIELDS.forEach((field, column) -> columns.put(column, newValue(field)));
        columns.put("name", "OUTSIDE, " + columns.get("given_name"));
        int id = registries.get(target).registry().createPartner(columns);
        String guid = Incoming.newGuid(mappingOf(target), Integer.toString(id));
        people.add(guid);
        FIELDS.forEach((field, column) -> provenance.enter(target, guid, field, String.valueOf(columns.get(column))));
        tell("registrar of %s creates %s (%d) %s", target, guid, id, columns);
    }

    private org.synchub.mapping.Mapping mappingOf(String target) {
        return hub.mapping(target);
    }

    // ---- the hub and its operator ----

    private void hubWorks() {
        String target = anyTarget();
        int dice = random.nextInt(20);
        if (random.nextInt(4) == 0) {
            boundaries.cutAfter(1 + random.nextInt(60));
        } else if (random.nextInt(4) == 0) {
            boundaries.meanwhile(1 + random.nextInt(6), this::somebodyActs);
        }
        if (random.nextInt(8) == 0) {
            Random weather = new Random(random.nextLong());
            lines.forEach(line -> line.storm(weather));
        }
        if (dice < 9) {
            atWork("push " + target, () -> hub.push(target));
        } else if (dice < 17) {
            atWork("pull " + target, () -> hub.pull(target));
        } else if (dice < 18) {
            atWork("sweep " + target, () -> hub.sweep(target));
        } else {
            atWork("housekeeping", () -> hub.housekeeping());
        }
        boundaries.quiet();
        lines.forEach(line -> line.storm(null));
    }

    private void somebodyActs() {
        try {
            if (random.nextBoolean()) {
                edit(pick(people), false);
            } else {
                registrarEdits(anyTarget());
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Lets the hub do something; where it is cut off, another one is started after its leases have run out. */
    private void atWork(String what, Runnable work) {
        try {
            tell("hub %d: %s", lives, what);
            work.run();
        } catch (CutOff | RuntimeException cut) {
            if (!boundaries.isDead()) {
                throw cut;
            }
            tell("hub %d is %s", lives, cut.getMessage());
            hub.close();
            lives++;
            hub = start(false);
            letTimePass();
        }
    }

    private void letTimePass() {
        db.sql("UPDATE hub.clock SET clock_offset = clock_offset + interval '10 minutes'")
                .update();
    }

    private void operator() {
        List<Case> open = conflicts();
        if (open.isEmpty()) {
            atWork("confirm deletes", () -> registries.keySet().forEach(hub::confirmDeletes));
            return;
        }
        answer(pick(open));
    }

    private List<Case> conflicts() {
        List<Case> open = new ArrayList<>();
        registries.keySet().forEach(target -> open.addAll(hub.conflicts().list(target, 100)));
        return open;
    }

    private void answer(Case open) {
        boolean newcomer = open.what().guid() == null;
        Choice choice = random.nextBoolean() ? Choice.internal() : Choice.external();
        boolean ofPush = open.what().externalId().startsWith("push:");
        tell("operator answers %d %s: %s", open.id(), open.what(), newcomer ? "link" : ofPush ? "again" : choice);
        atWork("resolve", () -> {
            if (newcomer) {
                hub.conflicts().link(open.id(), open.what().candidates().get(0), "operator");
            } else {
                tell(
                        "  -> %s",
                        hub.conflicts()
                                .resolve(open.id(), ofPush ? Choice.internal() : choice, null, "operator")
                                .effect());
            }
        });
    }

    /** Without further edits and faults everything comes to rest, and soon. */
    private void settle() {
        hub.close();
        lives++;
        hub = start(false);
        tell("no more edits");
        String before = "";
        for (int round = 0; round < ROUNDS; round++) {
            letTimePass();
            clock.tick(Duration.ofSeconds(5));
            for (Case open : conflicts()) {
                answer(open);
            }
            atWork("housekeeping", () -> hub.housekeeping());
            for (String target : registries.keySet()) {
                hub.confirmDeletes(target);
                atWork("push " + target, () -> hub.push(target));
                atWork("pull " + target, () -> hub.pull(target));
            }
            String now = world();
            if (now.equals(before) && conflicts().isEmpty()) {
                tell("at rest after %d rounds", round);
                return;
            }
            before = now;
        }
        throw new AssertionError("Not at rest after " + ROUNDS + " rounds: something bounces or is never settled");
    }

    private String world() {
        StringBuilder world = new StringBuilder();
        world.append(db.sql(
                        "SELECT coalesce(string_agg(d.target || d.guid || d.state, ' ' ORDER BY d.target, d.guid), '')"
                                + " FROM hub.delivery d JOIN hub.target t ON t.name = d.target WHERE t.tenant = :tenant")
                .param("tenant", tenant)
                .query(String.class)
                .single());
        world.append(
                db.sql("SELECT count(*) || ' ' || coalesce(md5(string_agg(guid || data::text, '' ORDER BY guid)), '')"
                                + " FROM public.events WHERE tenant_id = :tenant")
                        .param("tenant", tenant)
                        .query(String.class)
                        .single());
        registries.forEach((target, registry) -> registry.registry()
                .partners()
                .forEach(p -> world.append(p.id()).append(p.text("write_date")).append(';')));
        return world.toString();
    }

    // ---- what everybody holds ----

    @Nullable
    ObjectNode data(String guid) {
        return db.sql("SELECT modified -> 'data' FROM public.entities WHERE tenant_id = :tenant AND guid = :guid")
                .param("tenant", tenant)
                .param("guid", guid)
                .query(String.class)
                .optional()
                .map(History::read)
                .orElse(null);
    }

    private static ObjectNode read(String json) {
        try {
            return (ObjectNode) JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Nullable
    Integer partner(String target, String guid) {
        return db.sql("SELECT external_id FROM hub.link WHERE target = :target AND guid = :guid")
                .param("target", target)
                .param("guid", guid)
                .query(String.class)
                .optional()
                .map(Integer::valueOf)
                .orElse(null);
    }

    private boolean exists(String target, int partner) {
        return registries.get(target).registry().find("res.partner", partner).isPresent();
    }

    boolean isActive(String target, int partner) {
        return registries
                .get(target)
                .registry()
                .find("res.partner", partner)
                .map(p -> p.flag("active"))
                .orElse(false);
    }

    RegistryRecord record(String target, int partner) {
        return registries.get(target).registry().partner(partner);
    }

    void forEachRegistry(Consumer<String> action) {
        registries.keySet().forEach(action);
    }

    OpenSppSimulator registry(String target) {
        return registries.get(target);
    }

    List<String> people() {
        return people;
    }

    Provenance provenance() {
        return provenance;
    }

    JdbcClient db() {
        return db;
    }

    String tenant() {
        return tenant;
    }

    static Map<String, String> fields() {
        return FIELDS;
    }

    /** For a failure's message. */
    String told() {
        return "seed " + seed + "\n" + String.join("\n", timeline);
    }

    @Override
    public void close() {
        hub.close();
        registries.values().forEach(OpenSppSimulator::close);
    }
}
