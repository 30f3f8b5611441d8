package org.synchub.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.simulator.openspp.Registry;
import org.synchub.simulator.openspp.RegistryRecord;
import org.synchub.testing.OpenSppTarget;

/** Where a history takes place: a tenant of the store, two registries, one clock, one die; and what is known of it all. */
final class HistoryWorld implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final DateTimeFormatter SERVER_TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);

    final long seed;
    final Random random;
    final DataSource store;
    final HistoryClock clock;
    final String tenant;
    final Provenance provenance = new Provenance();

    /** Guids of people, and of households; what was deleted too. */
    final List<String> people = new ArrayList<>();

    final List<String> households = new ArrayList<>();

    /** Targets whose mapping gives the field {@code profession} to the store. */
    final Set<String> storeOwnsProfession = new HashSet<>();

    /** The hubs' own clock, which may be wrong. */
    final HistoryClock hubClock;

    final HistoryNet net;

    private final Map<String, Clock> clocks = new LinkedHashMap<>();
    private final Map<String, OpenSppSimulator> registries = new LinkedHashMap<>();
    private final JdbcClient db;
    private final List<String> timeline = new ArrayList<>();
    private final Map<String, Integer> faults = new TreeMap<>();
    private long skippedNanos;
    private int values;

    /** In one world of three a registry's clock is hours ahead, in one of five the other's is behind. */
    HistoryWorld(DataSource store, long seed, HistoryNet net) {
        this(store, seed, ahead(seed), behind(seed), net);
    }

    /** Time goes by itself, for the hubs' processes as well. */
    static HistoryWorld running(DataSource store, long seed, HistoryNet net) {
        return new HistoryWorld(store, seed, ahead(seed), behind(seed), net, HistoryClock.running());
    }

    private static Duration ahead(long seed) {
        return Duration.ofHours(seed % 3 == 1 ? 3 : 0);
    }

    private static Duration behind(long seed) {
        return Duration.ofHours(seed % 5 == 2 ? -2 : 0);
    }

    /**
     * @param skewOfA how far the first registry's clock is ahead of the store's
     * @param skewOfB the same of the second
     */
    HistoryWorld(DataSource store, long seed, Duration skewOfA, Duration skewOfB, HistoryNet net) {
        this(store, seed, skewOfA, skewOfB, net, new HistoryClock(Instant.now()));
    }

    private HistoryWorld(
            DataSource store, long seed, Duration skewOfA, Duration skewOfB, HistoryNet net, HistoryClock clock) {
        this.net = net;
        this.clock = clock;
        this.hubClock = clock.another();
        this.seed = seed;
        this.random = new Random(seed);
        this.store = store;
        this.db = JdbcClient.create(store);
        this.tenant = "history" + seed;
        clocks.put("a" + seed, Clock.offset(clock, skewOfA));
        clocks.put("b" + seed, Clock.offset(clock, skewOfB));
        clocks.forEach((target, time) -> registries.put(
                target, net.registry(target, OpenSppTarget.registry().clock(time))));
    }

    // ---- the die and the diary ----

    <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    /** Whether something happens that happens once in so many times. */
    boolean once(int in) {
        return random.nextInt(in) == 0;
    }

    /** A number that was not used before in this history. */
    int number() {
        return ++values;
    }

    @SuppressWarnings("AnnotateFormatMethod") // an annotation of the checker's own would be a dependency
    synchronized void tell(String format, Object... args) {
        timeline.add(timeline.size() + " " + String.format(format, args));
    }

    /** For a failure's message. */
    synchronized String told() {
        return "seed " + seed + "\n" + String.join("\n", timeline);
    }

    /** Something was made to go wrong. */
    synchronized void fault(String kind) {
        faults.merge(kind, 1, Integer::sum);
    }

    /** How often what was made to go wrong. */
    synchronized Map<String, Integer> faults() {
        return new TreeMap<>(faults);
    }

    // ---- time ----

    /** The same time goes by for everybody. */
    void tick(Duration time) {
        clock.tick(time);
        hubClock.tick(time);
    }

    /** So long that leases run out, by the database and by the hubs that hold them. */
    void letTimePass(Duration time) {
        net.deliverLate();
        skippedNanos += time.toNanos();
        jump(time);
    }

    /** The database's clock is set. */
    void jump(Duration time) {
        db.sql("UPDATE hub.clock SET clock_offset = clock_offset + :millis * interval '1 millisecond'")
                .param("millis", time.toMillis())
                .update();
    }

    /** What a process measures time by, which nobody sets. */
    long nanoTime() {
        return System.nanoTime() + skippedNanos;
    }

    // ---- the store ----

    JdbcClient db() {
        return db;
    }

    /** The form as it stands in the store, null when the entity is not there. */
    @Nullable
    ObjectNode data(String guid) {
        return db.sql("SELECT modified -> 'data' FROM public.entities WHERE tenant_id = :tenant AND guid = :guid")
                .param("tenant", tenant)
                .param("guid", guid)
                .query(String.class)
                .optional()
                .map(HistoryWorld::read)
                .orElse(null);
    }

    /** Whether DataCollect keeps it as a group with its members' guids. */
    boolean isGroup(String guid) {
        return db.sql("SELECT EXISTS (SELECT FROM public.entities WHERE tenant_id = :tenant AND guid = :guid"
                        + " AND modified ->> 'type' = 'group')")
                .param("tenant", tenant)
                .param("guid", guid)
                .query(Boolean.class)
                .single();
    }

    /** Those of a group's members that the server would delete with it. */
    List<String> members(String group) {
        return db.sql("SELECT jsonb_array_elements_text(modified -> 'memberIds') FROM public.entities"
                        + " WHERE tenant_id = :tenant AND guid = :guid AND modified ->> 'type' = 'group'")
                .param("tenant", tenant)
                .param("guid", group)
                .query(String.class)
                .list();
    }

    boolean isHousehold(String guid) {
        return households.contains(guid);
    }

    /** People and households. */
    List<String> records() {
        List<String> all = new ArrayList<>(households);
        all.addAll(people);
        return all;
    }

    private static ObjectNode read(String json) {
        try {
            return (ObjectNode) JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- the registries ----

    List<String> targets() {
        return List.copyOf(registries.keySet());
    }

    String anyTarget() {
        return pick(targets());
    }

    OpenSppSimulator server(String target) {
        OpenSppSimulator server = registries.get(target);
        if (server == null) {
            throw new IllegalArgumentException("No registry " + target);
        }
        return server;
    }

    Registry registry(String target) {
        return server(target).registry();
    }

    /** What the hub says a record is at a target. */
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

    @Nullable
    String guid(String target, int partner) {
        return db.sql("SELECT guid FROM hub.link WHERE target = :target AND external_id = :id")
                .param("target", target)
                .param("id", Integer.toString(partner))
                .query(String.class)
                .optional()
                .orElse(null);
    }

    /** The partner behind a record where it is in use at a target, else null. */
    @Nullable
    Integer active(String target, String guid) {
        Integer partner = partner(target, guid);
        return partner != null && isActive(target, partner) ? partner : null;
    }

    boolean isActive(String target, int partner) {
        return registry(target)
                .find("res.partner", partner)
                .map(p -> p.flag("active"))
                .orElse(false);
    }

    /** Now, by the registry's clock. */
    Instant time(String target) {
        return clocks.getOrDefault(target, clock).instant();
    }

    /** The same as the registry writes it. */
    String serverTime(String target) {
        return SERVER_TIME.format(time(target));
    }

    RegistryRecord record(String target, int partner) {
        return registry(target).partner(partner);
    }

    /** What is owed, parked or in need of a person, in words. */
    List<String> owed() {
        return db.sql(
                        "SELECT d.target || ': delivery of ' || d.guid || ' is ' || d.state || coalesce(' ' || d.reason_code, '')"
                                + " || coalesce(' ' || d.reason, '')"
                                + " FROM hub.delivery d JOIN hub.target t ON t.name = d.target WHERE t.tenant = :tenant"
                                + " AND d.state NOT IN ('delivered', 'excluded', 'discarded')"
                                + " UNION ALL SELECT p.target || ': ' || p.external_id || ' is parked, ' || p.reason_code"
                                + " FROM hub.parked p JOIN hub.target t ON t.name = p.target WHERE t.tenant = :tenant")
                .param("tenant", tenant)
                .query(String.class)
                .list();
    }

    /** Changes with everything that a hub may write. */
    String state() {
        StringBuilder state = new StringBuilder();
        state.append(db.sql(
                        "SELECT coalesce(string_agg(d.target || d.guid || d.state, ' ' ORDER BY d.target, d.guid), '')"
                                + " FROM hub.delivery d JOIN hub.target t ON t.name = d.target WHERE t.tenant = :tenant")
                .param("tenant", tenant)
                .query(String.class)
                .single());
        state.append(
                db.sql("SELECT count(*) || ' ' || coalesce(md5(string_agg(guid || data::text, '' ORDER BY guid)), '')"
                                + " FROM public.events WHERE tenant_id = :tenant")
                        .param("tenant", tenant)
                        .query(String.class)
                        .single());
        // What is parked may be looked at once more before it is decided.
        state.append(db.sql("SELECT coalesce(string_agg(p.target || p.external_id || p.reason_code, ' '"
                        + " ORDER BY p.target, p.external_id), '') FROM hub.parked p JOIN hub.target t ON t.name = p.target"
                        + " WHERE t.tenant = :tenant")
                .param("tenant", tenant)
                .query(String.class)
                .single());
        for (String target : targets()) {
            registry(target)
                    .partners()
                    .forEach(p ->
                            state.append(p.id()).append(p.text("write_date")).append(';'));
        }
        return state.toString();
    }

    // ---- who gave up what ----

    /** Somebody who sees a record as it stands in the store, or at a target, takes it away with all that it holds. */
    void givesUp(String guid) {
        provenance.ended(guid);
        ObjectNode data = data(guid);
        for (HistoryField field : HistoryFields.of(isHousehold(guid))) {
            if (data != null) {
                provenance.replaced(guid, field.inForm(data));
            }
        }
        agreed(guid).forEach(base -> texts(base, guid));
    }

    void givesUp(String target, String guid, int partner) {
        provenance.ended(guid);
        for (HistoryField field : HistoryFields.of(isHousehold(guid))) {
            field.atRegistry(this, target, partner).forEach(value -> provenance.replaced(guid, value));
        }
    }

    private void texts(JsonNode node, String guid) {
        if (node.isTextual()) {
            provenance.replaced(guid, node.asText());
        }
        node.forEach(child -> texts(child, guid));
    }

    /** What the sides had agreed on, which goes with the record. */
    private List<ObjectNode> agreed(String guid) {
        return db
                .sql("SELECT convert_from(substring(l.base FROM 2), 'UTF8') FROM hub.link l"
                        + " JOIN hub.target t ON t.name = l.target"
                        + " WHERE t.tenant = :tenant AND l.guid = :guid AND l.base IS NOT NULL")
                .param("tenant", tenant)
                .param("guid", guid)
                .query(String.class)
                .list()
                .stream()
                .map(HistoryWorld::read)
                .toList();
    }

    @Override
    public void close() {
        registries.values().forEach(OpenSppSimulator::close);
        net.close();
    }
}
