package org.synchub.sync;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.synchub.crypto.KeyRing;
import org.synchub.ledger.Allowances;
import org.synchub.ledger.Changes;
import org.synchub.ledger.Deliveries;
import org.synchub.ledger.DriftLedger;
import org.synchub.ledger.Exchanges;
import org.synchub.ledger.Links;
import org.synchub.ledger.Runs;
import org.synchub.ledger.Targets;
import org.synchub.ledger.Vault;
import org.synchub.mapping.Mapping;
import org.synchub.store.Capture;
import org.synchub.store.Entities;
import org.synchub.store.StoredEvents;
import org.synchub.target.Adapter;
import org.synchub.target.AdapterFactory;
import org.synchub.target.TargetHttp;
import org.synchub.testing.MemoryAdapter;
import org.synchub.testing.TestHub;
import org.synchub.testing.TestStore;

/**
 * A hub's beans without Spring and without routes, in milliseconds: the test takes the steps of the routes itself and can
 * do something between them. Several on one database are several hubs.
 */
final class BareHub implements AutoCloseable {

    /** What a request that the hub gave up on may still do; as {@link MemoryAdapter} says. */
    static final Duration LONGEST_WRITE = Duration.ofMillis(200);

    final Deliveries deliveries;
    final Changes changes;
    final Links links;
    final Targets ledgerTargets;
    final Runs runs;
    final Entities entities;
    final Capture capture;
    final Drifts drifts;
    final Drain drain;
    final Captures captures;
    final Leases leases;
    final Push push;
    final Pushes pushes;
    final TargetRegistry registry;

    private final CamelContext camel = new DefaultCamelContext();
    private final Map<String, MemoryAdapter> memories;

    private BareHub(DataSource store, Path mappings, Map<String, MemoryAdapter> memories, Duration lease, Vault vault) {
        JdbcClient db = JdbcClient.create(store);
        TransactionTemplate transaction = new TransactionTemplate(new DataSourceTransactionManager(store));
        this.memories = memories;
        deliveries = new Deliveries(db, transaction, vault);
        changes = new Changes(db);
        links = new Links(db, vault);
        ledgerTargets = new Targets(db);
        runs = new Runs(db);
        entities = new Entities(db);
        capture = new Capture(db, transaction);
        registry = new TargetRegistry(
                List.of(mappings),
                name -> null,
                List.of(new Memories(memories)),
                Map.of(),
                new KeyRing(Map.of("k1", Base64.getEncoder().encodeToString(new byte[KeyRing.BYTES]))),
                new CamelTargetHttp.Factory(camel, Clock.systemUTC(), new Allowances(db)::take, "tests", Traces.off()),
                Clock.systemUTC());
        drifts = new Drifts(
                new DriftLedger(db, vault), new StoredEvents(db), entities, deliveries, registry, transaction);
        drain = new Drain(changes, deliveries, links, ledgerTargets, entities, registry, drifts, transaction);
        captures = new Captures(capture, drain, drifts, registry, deliveries, runs);
        leases = new Leases(deliveries, lease);
        Retries retries = new Retries(10, Duration.ofSeconds(1), Duration.ofMinutes(5), () -> 1);
        push = new Push(
                leases,
                deliveries,
                links,
                entities,
                drain,
                drifts,
                retries,
                new Exchanges(db, vault, Duration.ofDays(30)),
                Clock.systemUTC());
        camel.start();
        pushes = new Pushes(registry, ledgerTargets, deliveries, runs, push, retries, camel::createProducerTemplate);
        for (TargetRuntime target : registry.all()) {
            Mapping mapping = target.mapping();
            ledgerTargets.register(mapping.target(), mapping.tenant(), mapping.mappingVersion(), mapping.hash());
        }
        registry.tenants().forEach(capture::learnLevels);
    }

    private record Memories(Map<String, MemoryAdapter> memories) implements AdapterFactory {

        @Override
        public String type() {
            return "memory";
        }

        @Override
        public Adapter create(Mapping mapping, TargetHttp http, Clock clock) {
            return memories.computeIfAbsent(mapping.target(), t -> new MemoryAdapter());
        }
    }

    /** Collects what a hub shall be started with. */
    static final class Builder {

        private final DataSource store;
        private final Path folder;
        private final Map<String, MemoryAdapter> memories = new ConcurrentHashMap<>();
        private Duration lease = Duration.ofMinutes(1);
        private Vault vault = Vault.plain();

        private Builder(DataSource store) {
            this.store = store;
            try {
                this.folder = Files.createTempDirectory("bare-hub");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** A target that keeps people and households of a tenant in memory. */
        Builder target(String target, String tenant) {
            return mapping(target, TestHub.memoryMapping(target, tenant));
        }

        Builder mapping(String target, String yaml) {
            try {
                Files.writeString(folder.resolve(target + ".yaml"), yaml);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return this;
        }

        Builder memory(String target, MemoryAdapter memory) {
            memories.put(target, memory);
            return this;
        }

        Builder lease(Duration length) {
            lease = length;
            return this;
        }

        /** With which it keeps people's data. */
        Builder vault(Vault other) {
            vault = other;
            return this;
        }

        BareHub start() {
            return new BareHub(store, folder, memories, lease, vault);
        }
    }

    static Builder on(DataSource store) {
        return new Builder(store);
    }

    MemoryAdapter memory(String target) {
        MemoryAdapter memory = memories.get(target);
        if (memory == null) {
            throw new IllegalArgumentException("No memory target " + target);
        }
        return memory;
    }

    /** Drains, backfills and pushes with one writer until nothing is due now. */
    Optional<PushRun> push(String target) {
        captures.drain();
        drain.backfill(registry.get(target));
        return pushOnly(target, Cause.COMMAND);
    }

    /** Takes the steps of route {@code push} with one writer. */
    Optional<PushRun> pushOnly(String target, Cause cause) {
        PushRun run = begin(target, cause);
        if (run == null) {
            return Optional.empty();
        }
        PushWriter writer = new PushWriter(run);
        push.claim(writer);
        while (writer.isWorking()) {
            push.map(writer);
            sendAndSettle(writer);
            push.claim(writer);
        }
        pushes.end(run);
        return Optional.of(run);
    }

    @Nullable
    PushRun begin(String target, Cause cause) {
        return pushes.begin(PushRequest.of(target, cause, "test"));
    }

    /** A writer that has claimed what is due and has done nothing with it yet. */
    PushWriter claimed(String target) {
        PushRun run = begin(target, Cause.COMMAND);
        if (run == null) {
            throw new IllegalStateException("Nothing is due");
        }
        PushWriter writer = new PushWriter(run);
        push.claim(writer);
        return writer;
    }

    void sendAndSettle(PushWriter writer) {
        while (writer.isBatchReady()) {
            push.send(writer);
            push.settle(writer);
        }
    }

    /** What the ledger says of a delivery: {@code state}, or {@code state reason-code}. */
    static String stands(TestStore store, String target, String guid) {
        List<String> rows =
                store.rows("SELECT state || coalesce(' ' || reason_code, '') FROM hub.delivery WHERE target = '"
                        + target + "' AND guid = '" + guid + "'");
        return rows.isEmpty() ? "unknown to the ledger" : rows.get(0);
    }

    @Override
    public void close() {
        leases.close();
        registry.close();
        camel.stop();
    }
}
