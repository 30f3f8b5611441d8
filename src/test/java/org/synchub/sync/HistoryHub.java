package org.synchub.sync;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.support.DefaultExchange;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.synchub.crypto.KeyRing;
import org.synchub.ledger.Allowances;
import org.synchub.ledger.Changes;
import org.synchub.ledger.ConflictQueue;
import org.synchub.ledger.Deliveries;
import org.synchub.ledger.DriftLedger;
import org.synchub.ledger.Exchanges;
import org.synchub.ledger.Links;
import org.synchub.ledger.Overview;
import org.synchub.ledger.PullLedger;
import org.synchub.ledger.Runs;
import org.synchub.ledger.Targets;
import org.synchub.ledger.Vault;
import org.synchub.mapping.Mapping;
import org.synchub.store.Capture;
import org.synchub.store.Entities;
import org.synchub.store.ExternalEvents;
import org.synchub.store.KeyValues;
import org.synchub.store.PulledStore;
import org.synchub.store.StoreConnection;
import org.synchub.store.StoredEvents;
import org.synchub.target.Adapter;
import org.synchub.target.AdapterFactory;
import org.synchub.target.TargetHttp;
import org.synchub.target.openspp.OpenSppAdapterFactory;

/** One life of a hub: its beans without Spring and routes, taking the routes' steps itself, on boundaries that can end it. */
final class HistoryHub implements AutoCloseable {

    private final CamelContext camel;
    private final Planted bug;
    private final TargetRegistry registry;
    private final Deliveries deliveries;
    private final Captures captures;
    private final Drain drain;
    private final Leases leases;
    private final Push push;
    private final Pushes pushes;
    private final PushRequests requests;
    private final Pull pull;
    private final Pulls pulls;
    private final Vanished vanished;
    private final Conflicts conflicts;

    HistoryHub(
            DataSource rawStore,
            Boundaries boundaries,
            Path mappings,
            BiFunction<String, TargetHttp, TargetHttp> ways,
            Planted bug,
            CamelContext camel,
            Clock clock,
            LongSupplier nanoTime,
            @Nullable Consumer<TargetRegistry> first) {
        this.camel = camel;
        this.bug = bug;
        DataSource store = boundaries.around(rawStore);
        JdbcClient db = JdbcClient.create(store);
        TransactionTemplate transaction = new TransactionTemplate(new DataSourceTransactionManager(store));
        Supplier<ProducerTemplate> routes = camel::createProducerTemplate;
        deliveries = new Deliveries(db, transaction, Vault.plain());
        Links links = new Links(db, Vault.plain());
        Targets ledgerTargets = new Targets(db);
        Runs runs = new Runs(db);
        Entities entities = new Entities(db);
        Capture capture = new Capture(db, transaction);
        PullLedger ledger = new PullLedger(db, Vault.plain());
        ConflictQueue queue = new ConflictQueue(db, Vault.plain());
        PulledStore pulled = new PulledStore(store, new ExternalEvents(clock, Duration.ofSeconds(2)));
        registry = new TargetRegistry(
                List.of(mappings),
                name -> null,
                List.of(new Openspp(ways, bug)),
                Map.of(),
                new KeyRing(Map.of()),
                new CamelTargetHttp.Factory(camel, clock, new Allowances(db)::take, "tests", Traces.off()),
                clock);
        Drifts drifts = new Drifts(
                new DriftLedger(db, Vault.plain()), new StoredEvents(db), entities, deliveries, registry, transaction);
        drain = new Drain(new Changes(db), deliveries, links, ledgerTargets, entities, registry, drifts, transaction);
        captures = new Captures(capture, drain, drifts, registry, deliveries, runs);
        leases = new Leases(deliveries, Duration.ofMinutes(1), nanoTime);
        Retries retries = new Retries(50, Duration.ofSeconds(1), Duration.ofMinutes(5), () -> 1);
        Exchanges exchanges = new Exchanges(db, Vault.plain(), Duration.ofDays(30));
        push = new Push(leases, deliveries, links, entities, drain, drifts, retries, exchanges, clock);
        pushes = new Pushes(registry, ledgerTargets, deliveries, runs, push, retries, routes);
        Schedules schedules = new Schedules(false, "", "", clock);
        requests = new PushRequests(
                registry,
                pushes,
                new PushTimes(new Overview(db), deliveries, schedules, clock),
                new PullTimes(runs, ledgerTargets, schedules, Polling.USUAL, clock));
        PullWriter writer =
                new PullWriter(ledger, queue, deliveries, links, runs, pulled, exchanges, clock, transaction);
        pull = new Pull(registry, links, entities, new KeyValues(db), deliveries, drain, drifts, ledger, queue, writer);
        vanished = new Vanished(links, ledger, pull);
        pulls = new Pulls(registry, ledgerTargets, ledger, runs, pushes, pulled, transaction, routes);
        conflicts = new Conflicts(registry, queue, ledger, deliveries, runs, pull, pulls, writer);
        if (first != null) {
            first.accept(registry);
            capture.install();
            for (TargetRuntime target : registry.all()) {
                Mapping mapping = target.mapping();
                ledgerTargets.register(mapping.target(), mapping.tenant(), mapping.mappingVersion(), mapping.hash());
            }
            registry.tenants().forEach(capture::learnLevels);
        }
    }

    private record Openspp(BiFunction<String, TargetHttp, TargetHttp> ways, Planted bug) implements AdapterFactory {

        @Override
        public String type() {
            return "openspp";
        }

        @Override
        public Adapter create(Mapping mapping, TargetHttp http, Clock clock) {
            String target = mapping.target();
            Adapter adapter = new OpenSppAdapterFactory().create(mapping, ways.apply(target, http), clock);
            return bug.around(target, adapter, clock);
        }
    }

    Conflicts conflicts() {
        return conflicts;
    }

    Mapping mapping(String target) {
        return registry.get(target).mapping();
    }

    void housekeeping() {
        captures.housekeeping();
    }

    /** Drains, and takes the steps of route {@code push} with one writer. */
    void push(String target) {
        captures.drain();
        drain.backfill(registry.get(target));
        PushRun run = pushes.begin(PushRequest.of(target, Cause.COMMAND, "history"));
        if (run == null) {
            return;
        }
        PushWriter writer = new PushWriter(run);
        try {
            push.claim(writer);
            while (writer.isWorking()) {
                push.map(writer);
                while (writer.isBatchReady()) {
                    push.send(writer);
                    push.settle(writer);
                }
                push.claim(writer);
            }
        } catch (RuntimeException e) {
            onlyWithoutDatabase(e);
            requests.writerFailed(failed(writer, e));
        }
        try {
            pushes.end(run);
        } catch (RuntimeException e) {
            onlyWithoutDatabase(e);
            requests.failed(failed(run, e));
        }
        bug.pushed();
    }

    /** Any other failure is the hub's own fault. */
    private static void onlyWithoutDatabase(RuntimeException failure) {
        if (!StoreConnection.isAway(failure)) {
            throw failure;
        }
    }

    /** What the routes of {@code errors.yaml} get. */
    private Exchange failed(Object body, RuntimeException failure) {
        Exchange exchange = new DefaultExchange(camel);
        exchange.getMessage().setBody(body);
        exchange.setProperty(Exchange.EXCEPTION_CAUGHT, failure);
        return exchange;
    }

    void confirmDeletes(String target) {
        deliveries.confirmDeletes(target);
    }

    /** Takes the steps of route {@code pull}. */
    void pull(String target) {
        PullRun run = pulls.begin(PullRequest.of(target, Cause.COMMAND, "history"));
        if (run == null) {
            return;
        }
        finish(run, () -> {
            while (run.isMore()) {
                pull.read(run);
                pull.apply(run);
            }
        });
    }

    private void finish(PullRun run, Runnable steps) {
        try {
            steps.run();
            pull.retryParked(run);
            pulls.end(run);
        } catch (RuntimeException e) {
            onlyWithoutDatabase(e);
            pulls.failed(failed(run, e));
        }
    }

    /** Takes the steps of route {@code vanished}. */
    void sweep(String target) {
        PullRun run = pulls.beginSweep(new SweepRequest(target, Cause.COMMAND, "history", true));
        if (run == null) {
            return;
        }
        finish(run, () -> vanished.sweep(run));
    }

    Set<String> targets() {
        return Set.copyOf(registry.all().stream().map(TargetRuntime::name).toList());
    }

    @Override
    public void close() {
        leases.close();
        registry.close();
    }
}
