package org.synchub.endtoend;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.camel.impl.DefaultCamelContext;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
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
import org.synchub.ledger.Overview;
import org.synchub.ledger.PullLedger;
import org.synchub.ledger.Runs;
import org.synchub.ledger.Targets;
import org.synchub.ledger.Vault;
import org.synchub.mapping.Mapping;
import org.synchub.store.Capture;
import org.synchub.store.Entities;
import org.synchub.store.ExternalEvents;
import org.synchub.store.PulledStore;
import org.synchub.store.StoredEvents;
import org.synchub.sync.CamelTargetHttp;
import org.synchub.sync.Captures;
import org.synchub.sync.Cause;
import org.synchub.sync.Drain;
import org.synchub.sync.Drifts;
import org.synchub.sync.Leases;
import org.synchub.sync.Polling;
import org.synchub.sync.PullTimes;
import org.synchub.sync.Pulls;
import org.synchub.sync.Push;
import org.synchub.sync.PushRequest;
import org.synchub.sync.PushRequests;
import org.synchub.sync.PushTimes;
import org.synchub.sync.Pushes;
import org.synchub.sync.Retries;
import org.synchub.sync.RouteFiles;
import org.synchub.sync.Schedules;
import org.synchub.sync.StatusReport;
import org.synchub.sync.TargetRegistry;
import org.synchub.sync.TargetRuntime;
import org.synchub.sync.Traces;
import org.synchub.target.httpjson.HttpJsonAdapterFactory;
import org.synchub.target.openspp.OpenSppAdapterFactory;

/**
 * The hub's own parts and the project's own routes of a push, put together without Spring: up in a third of the time,
 * which counts where a process is started for every test.
 */
final class QuickHub implements AutoCloseable {

    /** Those that a push goes through. */
    private static final List<String> ROUTES = List.of("push.yaml", "target.yaml", "errors.yaml", "reports.yaml");

    private final HikariDataSource pool;
    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final ExecutorService writers = Executors.newCachedThreadPool();
    private final TargetRegistry targets;
    private final Leases leases;
    private final Drain drain;
    private final Captures captures;
    private final Pushes pushes;
    private final StatusReport status;

    /** Needs a database that a hub has been started on before: schema hub is taken as it is. */
    QuickHub(String url, Path mappings, Duration lease) throws IOException {
        pool = pool(url);
        JdbcClient db = JdbcClient.create(pool);
        TransactionTemplate transaction = new TransactionTemplate(new DataSourceTransactionManager(pool));
        Deliveries deliveries = new Deliveries(db, transaction, Vault.plain());
        Links links = new Links(db, Vault.plain());
        Targets ledgerTargets = new Targets(db);
        Runs runs = new Runs(db);
        Entities entities = new Entities(db);
        Capture capture = new Capture(db, transaction);
        Clock clock = Clock.systemUTC();
        targets = new TargetRegistry(
                List.of(mappings),
                name -> null,
                List.of(new OpenSppAdapterFactory(), new HttpJsonAdapterFactory()),
                Map.of(),
                new KeyRing(Map.of()),
                new CamelTargetHttp.Factory(camel, clock, new Allowances(db)::take, "tests", Traces.off()),
                clock);
        Drifts drifts = new Drifts(
                new DriftLedger(db, Vault.plain()), new StoredEvents(db), entities, deliveries, targets, transaction);
        drain = new Drain(new Changes(db), deliveries, links, ledgerTargets, entities, targets, drifts, transaction);
        captures = new Captures(capture, drain, drifts, targets, deliveries, runs);
        leases = new Leases(deliveries, lease);
        Retries retries = new Retries(10, Duration.ofMillis(50), Duration.ofSeconds(1), () -> 1);
        Push push = new Push(
                leases,
                deliveries,
                links,
                entities,
                drain,
                drifts,
                retries,
                new Exchanges(db, Vault.plain(), Duration.ofDays(30)),
                clock);
        pushes = new Pushes(targets, ledgerTargets, deliveries, runs, push, retries, camel::createProducerTemplate);
        Schedules schedules = new Schedules(false, "", "", clock);
        PushTimes pushTimes = new PushTimes(new Overview(db), deliveries, schedules, clock);
        PullTimes pullTimes = new PullTimes(
                runs,
                ledgerTargets,
                schedules,
                Polling.ofHub(Duration.ofMinutes(5), Duration.ofMinutes(1), Duration.ofMinutes(15)),
                clock);
        status = new StatusReport(targets, ledgerTargets, new Overview(db), runs, pushTimes, pullTimes);
        camel.getRegistry().bind("dataSource", pool);
        camel.getRegistry().bind("pushes", pushes);
        camel.getRegistry().bind("push", push);
        camel.getRegistry().bind("pushRequests", new PushRequests(targets, pushes, pushTimes, pullTimes));
        PulledStore pulled = new PulledStore(pool, new ExternalEvents(clock, Duration.ofSeconds(2)));
        Pulls pulls = new Pulls(
                targets,
                ledgerTargets,
                new PullLedger(db, Vault.plain()),
                runs,
                pushes,
                pulled,
                transaction,
                camel::createProducerTemplate);
        camel.getRegistry().bind("pulls", pulls);
        camel.getRegistry().bind("targetRequest", new CamelTargetHttp.Request());
        camel.getRegistry().bind("pushWriters", writers);
        startRoutes();
        for (TargetRuntime target : targets.all()) {
            Mapping mapping = target.mapping();
            ledgerTargets.register(mapping.target(), mapping.tenant(), mapping.mappingVersion(), mapping.hash());
        }
        targets.tenants().forEach(capture::learnLevels);
    }

    private static HikariDataSource pool(String url) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setUsername("postgres");
        config.setMaximumPoolSize(8);
        config.setMinimumIdle(1);
        config.setConnectionInitSql("SET idle_in_transaction_session_timeout = '30s'; SET lock_timeout = '20s'");
        return new HikariDataSource(config);
    }

    private void startRoutes() throws IOException {
        Path folder = Files.createTempDirectory("routes");
        for (String route : ROUTES) {
            Files.copy(Path.of("routes", route), folder.resolve(route));
        }
        leaveOutWhatOnlyStarts(folder.resolve("push.yaml"));
        Properties settings = new Properties();
        settings.putAll(Map.of(
                "synchub.schedules", "false",
                "synchub.push.poll", "500",
                "synchub.push.cron", "0 0 0 1 1 ? 2099",
                "synchub.push.targets-at-once", "2"));
        camel.getPropertiesComponent().setInitialProperties(settings);
        new RouteFiles(folder, targets, new DefaultSslBundleRegistry(), false).beforeApplicationStart(camel);
        camel.start();
    }

    /** Schedules and queue, which stand before the push itself: here the test says when it is time. */
    private static void leaveOutWhatOnlyStarts(Path push) throws IOException {
        String routes = Files.readString(push);
        int from = routes.indexOf("- route:\n    id: push\n");
        if (from < 0) {
            throw new IllegalStateException("routes/push.yaml has no route push any more");
        }
        Files.writeString(push, routes.substring(from));
    }

    Captures captures() {
        return captures;
    }

    void backfill(String target) {
        drain.backfill(targets.get(target));
    }

    /** What the command {@code push} does, once. */
    void push(String target) {
        captures.sweepUnlessTriggered();
        captures.drain();
        backfill(target);
        pushes.push(PushRequest.of(target, Cause.COMMAND, "test"));
    }

    StatusReport.TargetStatus status(String target) {
        return status.of(target);
    }

    @Override
    public void close() {
        leases.close();
        targets.close();
        camel.stop();
        writers.shutdownNow();
        pool.close();
    }
}
