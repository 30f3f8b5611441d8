package org.synchub;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.opentelemetry.api.OpenTelemetry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.synchub.admin.AuditTrail;
import org.synchub.admin.LoadedConfiguration;
import org.synchub.admin.LoadedSettings;
import org.synchub.admin.security.FirstLogin;
import org.synchub.conflict.FieldRule;
import org.synchub.crypto.KeyRing;
import org.synchub.demo.DemoRegistry;
import org.synchub.ledger.AlertLedger;
import org.synchub.ledger.Allowances;
import org.synchub.ledger.ApiLogins;
import org.synchub.ledger.ApiTokens;
import org.synchub.ledger.ApiUsers;
import org.synchub.ledger.Attention;
import org.synchub.ledger.Audit;
import org.synchub.ledger.AuditChain;
import org.synchub.ledger.AuditKeys;
import org.synchub.ledger.Changes;
import org.synchub.ledger.ConflictQueue;
import org.synchub.ledger.DecisionStatistics;
import org.synchub.ledger.Deliveries;
import org.synchub.ledger.DriftLedger;
import org.synchub.ledger.EventLog;
import org.synchub.ledger.Exchanges;
import org.synchub.ledger.Installation;
import org.synchub.ledger.KeysInUse;
import org.synchub.ledger.Links;
import org.synchub.ledger.OldRuns;
import org.synchub.ledger.Overview;
import org.synchub.ledger.PullLedger;
import org.synchub.ledger.RecordPast;
import org.synchub.ledger.RecordSearch;
import org.synchub.ledger.RecorderCounts;
import org.synchub.ledger.Resealing;
import org.synchub.ledger.RunStatistics;
import org.synchub.ledger.Runs;
import org.synchub.ledger.StartTurn;
import org.synchub.ledger.Targets;
import org.synchub.ledger.Vault;
import org.synchub.ledger.WebhookLedger;
import org.synchub.mapping.Outside;
import org.synchub.mapping.SecretFile;
import org.synchub.store.Capture;
import org.synchub.store.Entities;
import org.synchub.store.ExternalEvents;
import org.synchub.store.KeyValues;
import org.synchub.store.Marks;
import org.synchub.store.PulledStore;
import org.synchub.store.StoredEvents;
import org.synchub.sync.AlikeConflicts;
import org.synchub.sync.CamelTargetHttp;
import org.synchub.sync.Captures;
import org.synchub.sync.Conflicts;
import org.synchub.sync.Drain;
import org.synchub.sync.Drifts;
import org.synchub.sync.Hints;
import org.synchub.sync.Inspection;
import org.synchub.sync.Leases;
import org.synchub.sync.NeedsAttention;
import org.synchub.sync.Polling;
import org.synchub.sync.Previews;
import org.synchub.sync.Pull;
import org.synchub.sync.PullSoon;
import org.synchub.sync.PullTimes;
import org.synchub.sync.PullWriter;
import org.synchub.sync.Pulls;
import org.synchub.sync.Push;
import org.synchub.sync.PushRequests;
import org.synchub.sync.PushTimes;
import org.synchub.sync.Pushes;
import org.synchub.sync.Reconcile;
import org.synchub.sync.ReconcilePages;
import org.synchub.sync.RecordReport;
import org.synchub.sync.Recorders;
import org.synchub.sync.Restores;
import org.synchub.sync.Resync;
import org.synchub.sync.ResyncPlans;
import org.synchub.sync.Retries;
import org.synchub.sync.Rotation;
import org.synchub.sync.RouteFiles;
import org.synchub.sync.Schedules;
import org.synchub.sync.SecretLog;
import org.synchub.sync.StartInTurn;
import org.synchub.sync.Statistics;
import org.synchub.sync.StatusReport;
import org.synchub.sync.TargetRegistry;
import org.synchub.sync.Timeline;
import org.synchub.sync.Traces;
import org.synchub.sync.Trials;
import org.synchub.sync.Vanished;
import org.synchub.target.AdapterFactory;
import org.synchub.target.ConfigurationProblem;

/** Wires the hub. Bean names are the words that the routes use. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({HubProperties.class, EncryptionProperties.class})
class HubConfiguration {

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean(initMethod = "watch")
    DatabaseWatch databaseWatch(DataSource store, Clock clock, Environment environment) {
        return new DatabaseWatch(store, clock, environment.getProperty("synchub.schedules", Boolean.class, true));
    }

    @Bean
    TransactionTemplate transaction(PlatformTransactionManager manager) {
        return new TransactionTemplate(manager);
    }

    @Bean
    Deliveries deliveries(JdbcClient db, TransactionTemplate transaction, Vault vault) {
        return new Deliveries(db, transaction, vault);
    }

    @Bean
    Links links(JdbcClient db, Vault vault) {
        return new Links(db, vault);
    }

    @Bean
    Runs runs(JdbcClient db) {
        return new Runs(db);
    }

    @Bean
    AlertLedger alertLedger(JdbcClient db) {
        return new AlertLedger(db);
    }

    @Bean
    WebhookLedger webhookLedger(JdbcClient db) {
        return new WebhookLedger(db);
    }

    @Bean
    OldRuns oldRuns(JdbcClient db, Environment environment) {
        Duration keep = environment.getRequiredProperty("synchub.runs.retention", Duration.class);
        return configured(() -> new OldRuns(db, keep));
    }

    @Bean
    EventLog eventLog(JdbcClient db) {
        return new EventLog(db);
    }

    @Bean
    Targets ledgerTargets(JdbcClient db) {
        return new Targets(db);
    }

    @Bean
    Changes changes(JdbcClient db) {
        return new Changes(db);
    }

    @Bean
    Exchanges exchanges(JdbcClient db, Vault vault, @Value("${synchub.exchanges.retention}") Duration retention) {
        return configured(() -> new Exchanges(db, vault, retention));
    }

    @Bean
    Attention attention(JdbcClient db) {
        return new Attention(db);
    }

    @Bean
    Overview overview(JdbcClient db) {
        return new Overview(db);
    }

    @Bean
    Entities entities(JdbcClient db) {
        return new Entities(db);
    }

    @Bean
    Capture capture(JdbcClient db, TransactionTemplate transaction) {
        return new Capture(db, transaction);
    }

    @Bean
    Traces traces(ObjectProvider<OpenTelemetry> telemetry) {
        return new Traces(telemetry.getIfAvailable(OpenTelemetry::noop));
    }

    @Bean
    CamelTargetHttp.Factory targetHttp(
            CamelContext camel, Clock clock, JdbcClient db, HubProperties properties, Traces traces) {
        return new CamelTargetHttp.Factory(camel, clock, new Allowances(db)::take, properties.clientId(), traces);
    }

    @Bean
    CamelTargetHttp.Request targetRequest() {
        return new CamelTargetHttp.Request();
    }

    @Bean
    TargetRegistry targetRegistry(
            HubProperties properties,
            Environment environment,
            List<AdapterFactory> factories,
            Map<String, FieldRule> rules,
            KeyRing keys,
            CamelTargetHttp.Factory http,
            Clock clock) {
        List<Path> folders = new ArrayList<>(List.of(properties.mappings()));
        Path demo = properties.mappings().resolve("demo");
        if (environment.getProperty(Environments.DEMO, Boolean.class, false) && Files.isDirectory(demo)) {
            folders.add(demo);
        }
        return new TargetRegistry(folders, outside(environment), factories, rules, keys, http, clock);
    }

    @Bean
    Retries retries(HubProperties properties) {
        return new Retries(
                properties.attempts(),
                properties.firstRetry(),
                properties.longestRetry(),
                () -> ThreadLocalRandom.current().nextDouble());
    }

    @Bean
    Leases leases(Deliveries deliveries, HubProperties properties) {
        return new Leases(deliveries, properties.lease());
    }

    @Bean
    Drain drain(
            Changes changes,
            Deliveries deliveries,
            Links links,
            Targets ledgerTargets,
            Entities entities,
            TargetRegistry targets,
            Drifts drifts,
            TransactionTemplate transaction) {
        return new Drain(changes, deliveries, links, ledgerTargets, entities, targets, drifts, transaction);
    }

    @Bean
    Captures captures(
            Capture capture, Drain drain, Drifts drifts, TargetRegistry targets, Deliveries deliveries, Runs runs) {
        return new Captures(capture, drain, drifts, targets, deliveries, runs);
    }

    @Bean
    Push push(
            Leases leases,
            Deliveries deliveries,
            Links links,
            Entities entities,
            Drain drain,
            Drifts drifts,
            Retries retries,
            Exchanges exchanges,
            Clock clock) {
        return new Push(leases, deliveries, links, entities, drain, drifts, retries, exchanges, clock);
    }

    @Bean
    Pushes pushes(
            TargetRegistry targets,
            Targets ledgerTargets,
            Deliveries deliveries,
            Runs runs,
            Push push,
            Retries retries,
            CamelContext camel) {
        return new Pushes(targets, ledgerTargets, deliveries, runs, push, retries, camel::createProducerTemplate);
    }

    @Bean
    Drifts drifts(
            JdbcClient db,
            Vault vault,
            Entities entities,
            Deliveries deliveries,
            TargetRegistry targets,
            TransactionTemplate transaction) {
        return new Drifts(new DriftLedger(db, vault), new StoredEvents(db), entities, deliveries, targets, transaction);
    }

    @Bean
    PullLedger pullLedger(JdbcClient db, Vault vault) {
        return new PullLedger(db, vault);
    }

    @Bean
    ExternalEvents externalEvents(Clock clock) {
        return new ExternalEvents(clock, Duration.ofSeconds(2));
    }

    @Bean
    ConflictQueue conflictQueue(JdbcClient db, Vault vault) {
        return new ConflictQueue(db, vault);
    }

    @Bean
    PulledStore pulledStore(DataSource store, ExternalEvents events) {
        return new PulledStore(store, events);
    }

    @Bean
    PullWriter pullWriter(
            PullLedger ledger,
            ConflictQueue queue,
            Deliveries deliveries,
            Links links,
            Runs runs,
            PulledStore store,
            Exchanges exchanges,
            Clock clock,
            TransactionTemplate transaction) {
        return new PullWriter(ledger, queue, deliveries, links, runs, store, exchanges, clock, transaction);
    }

    @Bean
    Pull pull(
            JdbcClient db,
            TargetRegistry targets,
            Links links,
            Entities entities,
            Deliveries deliveries,
            Drain drain,
            Drifts drifts,
            PullLedger ledger,
            ConflictQueue queue,
            PullWriter writer) {
        return new Pull(targets, links, entities, new KeyValues(db), deliveries, drain, drifts, ledger, queue, writer);
    }

    @Bean
    Vanished vanished(Links links, PullLedger ledger, Pull pull) {
        return new Vanished(links, ledger, pull);
    }

    @Bean
    Pulls pulls(
            TargetRegistry targets,
            Targets ledgerTargets,
            PullLedger ledger,
            Runs runs,
            Pushes pushes,
            PulledStore store,
            TransactionTemplate transaction,
            CamelContext camel) {
        return new Pulls(
                targets, ledgerTargets, ledger, runs, pushes, store, transaction, camel::createProducerTemplate);
    }

    @Bean
    Restores restores(
            JdbcClient db,
            Targets ledgerTargets,
            Links links,
            PullLedger ledger,
            Pushes pushes,
            Captures captures,
            TransactionTemplate transaction) {
        Restores restores = new Restores(new Marks(db, transaction), ledgerTargets, links, ledger, pushes, transaction);
        pushes.guard(restores);
        captures.guard(restores);
        return restores;
    }

    @Bean
    Reconcile reconcile(
            TargetRegistry targets,
            Targets ledgerTargets,
            Links links,
            Entities entities,
            Drifts drifts,
            PullLedger ledger,
            Deliveries deliveries,
            Runs runs,
            Captures captures,
            Restores restores,
            Pull pull,
            Pulls pulls,
            PullWriter writer,
            TransactionTemplate transaction) {
        return new Reconcile(
                targets,
                ledgerTargets,
                links,
                ledger,
                deliveries,
                runs,
                captures,
                restores,
                pull,
                pulls,
                new ReconcilePages(links, entities, drifts, deliveries, ledger, writer),
                transaction);
    }

    @Bean
    PullSoon pullSoon(CamelContext camel) {
        return new PullSoon(request -> camel.createFluentProducerTemplate()
                .to("seda:pull?waitForTaskToComplete=Never")
                .withBody(request)
                .send());
    }

    @Bean
    Hints hints(TargetRegistry targets, SslBundles bundles, PullSoon pulls) {
        return new Hints(targets, bundles, pulls, Duration.ofSeconds(1));
    }

    @Bean
    Conflicts conflicts(
            TargetRegistry targets,
            ConflictQueue queue,
            PullLedger ledger,
            Deliveries deliveries,
            Runs runs,
            Pull pull,
            Pulls pulls,
            PullWriter writer) {
        return new Conflicts(targets, queue, ledger, deliveries, runs, pull, pulls, writer);
    }

    @Bean
    AlikeConflicts alikeConflicts(ConflictQueue queue, Conflicts conflicts) {
        return new AlikeConflicts(queue, conflicts);
    }

    @Bean
    RecordSearch recordSearch(JdbcClient db) {
        return new RecordSearch(db);
    }

    @Bean
    RecordReport recordReport(TargetRegistry targets, RecordSearch search) {
        return new RecordReport(targets, search);
    }

    @Bean
    Timeline timeline(
            TargetRegistry targets, RecordReport records, JdbcClient db, Links links, NeedsAttention attention) {
        return new Timeline(targets, records, new StoredEvents(db), links, new RecordPast(db), attention);
    }

    @Bean
    ApiTokens apiTokens(JdbcClient db) {
        return new ApiTokens(db);
    }

    @Bean
    ApiUsers apiUsers(JdbcClient db, TransactionTemplate transaction) {
        return new ApiUsers(db, transaction);
    }

    @Bean
    ApiLogins apiLogins(JdbcClient db, TransactionTemplate transaction, Audit audit) {
        return new ApiLogins(db, transaction, audit);
    }

    @Bean
    Installation installation(JdbcClient db) {
        return new Installation(db);
    }

    @Bean
    Audit audit(JdbcClient db) {
        return new Audit(db);
    }

    @Bean
    AuditTrail auditTrail(
            JdbcClient db, TransactionTemplate transaction, ObjectMapper json, Clock clock, Environment environment) {
        String file = environment.getProperty("synchub.audit.root-file", "");
        return new AuditTrail(
                new AuditChain(db, transaction), file.isBlank() ? null : Path.of(file.strip()), json, clock);
    }

    @Bean
    KeyRing keyRing(EncryptionProperties encryption) {
        return configured(() -> new KeyRing(encryption.keys()));
    }

    @Bean
    Vault vault(KeyRing keys, EncryptionProperties encryption) {
        return configured(() -> new Vault(keys, encryption.atRest()));
    }

    @Bean
    KeysInUse keysInUse(JdbcClient db, Vault vault) {
        return new KeysInUse(db, vault);
    }

    @Bean
    Rotation rotation(JdbcClient db, TransactionTemplate transaction, KeysInUse keysInUse, Vault vault) {
        return new Rotation(new Resealing(db, transaction, vault), keysInUse, vault);
    }

    @Bean
    AuditKeys auditKeys(Environment environment) {
        return configured(() -> new AuditKeys(environment.getProperty("synchub.audit.key")));
    }

    @Bean
    Inspection inspection(TargetRegistry targets, StatusReport status, Overview overview) {
        return new Inspection(targets, status, overview);
    }

    @Bean
    Statistics statistics(TargetRegistry targets, JdbcClient db, Clock clock) {
        return new Statistics(targets, new RunStatistics(db), new DecisionStatistics(db), clock);
    }

    @Bean
    Recorders recorders(TargetRegistry targets, JdbcClient db) {
        return new Recorders(targets, new RecorderCounts(db));
    }

    @Bean
    Previews previews(TargetRegistry targets, Entities entities, Drifts drifts, Links links, RecordSearch search) {
        return new Previews(targets, entities, drifts, links, search);
    }

    @Bean
    Trials trials(
            TargetRegistry targets,
            Captures captures,
            Drain drain,
            Resync resync,
            Pushes pushes,
            Entities entities,
            Links links,
            RecordSearch search) {
        return new Trials(targets, captures, drain, resync, pushes, entities, links, search);
    }

    @Bean
    PushRequests pushRequests(TargetRegistry targets, Pushes pushes, PushTimes pushTimes, PullTimes pullTimes) {
        return new PushRequests(targets, pushes, pushTimes, pullTimes);
    }

    /** Threads of the writers: as many as the targets take together, so that a slow target starves no other. */
    @Bean(destroyMethod = "shutdown")
    ExecutorService pushWriters() {
        return new ThreadPoolExecutor(0, Integer.MAX_VALUE, 30, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
            Thread thread = new Thread(task, "push-writer");
            thread.setDaemon(true);
            return thread;
        });
    }

    @Bean
    Schedules schedules(Environment environment, Clock clock) {
        return new Schedules(
                environment.getProperty("synchub.schedules", Boolean.class, true),
                environment.getRequiredProperty("synchub.push.cron"),
                environment.getRequiredProperty("synchub.pull.cron"),
                clock);
    }

    @Bean
    LoadedConfiguration loadedConfiguration(
            ConfigurableEnvironment environment, HubProperties properties, TargetRegistry targets, CamelContext camel) {
        return new LoadedConfiguration(new LoadedSettings(environment, properties.asSettings()), targets, camel);
    }

    @Bean
    PushTimes pushTimes(Overview overview, Deliveries deliveries, Schedules schedules, Clock clock) {
        return new PushTimes(overview, deliveries, schedules, clock);
    }

    @Bean
    PullTimes pullTimes(Environment environment, Runs runs, Targets ledgerTargets, Schedules schedules, Clock clock) {
        Polling usual = Polling.ofHub(
                environment.getRequiredProperty("synchub.pull.every", Duration.class),
                environment.getRequiredProperty("synchub.pull.fastest", Duration.class),
                environment.getRequiredProperty("synchub.pull.slowest", Duration.class));
        return new PullTimes(runs, ledgerTargets, schedules, usual, clock);
    }

    @Bean
    StatusReport statusReport(
            TargetRegistry targets,
            Targets ledgerTargets,
            Overview overview,
            Runs runs,
            PushTimes pushTimes,
            PullTimes pullTimes) {
        return new StatusReport(targets, ledgerTargets, overview, runs, pushTimes, pullTimes);
    }

    @Bean
    NeedsAttention needsAttention(
            Attention attention, Exchanges exchanges, TargetRegistry targets, Conflicts conflicts) {
        return new NeedsAttention(attention, exchanges, targets, conflicts);
    }

    @Bean
    Resync resync(TargetRegistry targets, Deliveries deliveries, Runs runs) {
        return new Resync(targets, deliveries, runs);
    }

    @Bean
    ResyncPlans resyncPlans(
            TargetRegistry targets,
            Deliveries deliveries,
            Links links,
            Entities entities,
            Drifts drifts,
            Resync resync) {
        return new ResyncPlans(targets, deliveries, links, entities, drifts, resync);
    }

    @Bean
    Runner runner(
            TargetRegistry targets,
            Drain drain,
            Pushes pushes,
            StatusReport status,
            ObjectProvider<FirstLogin> firstLogin,
            ObjectProvider<DemoRegistry> demo,
            Pulls pulls,
            Runs runs,
            DataSource store,
            Environment environment) {
        DemoRegistry registry = demo.getIfAvailable();
        DemoTour tour = registry == null ? null : new DemoTour(store, registry, targets, drain, pulls, runs);
        return new Runner(targets, drain, pushes, status, firstLogin.getIfAvailable(), tour, environment);
    }

    /** Hints are for a hub that works by itself: who gives a single command waits for nothing. */
    @Bean
    ApplicationListener<ApplicationReadyEvent> hintsFromTheStart(Hints hints, Environment environment) {
        return event -> {
            if (environment.getProperty("synchub.schedules", Boolean.class, true)) {
                hints.start();
            }
        };
    }

    @Bean
    StartInTurn startInTurn(DataSource store) {
        return new StartInTurn(new StartTurn(store));
    }

    @Bean
    RouteFiles routeFiles(
            HubProperties properties, TargetRegistry targets, SslBundles bundles, Environment environment) {
        boolean schedules = environment.getProperty("synchub.schedules", Boolean.class, true);
        return new RouteFiles(properties.routes(), targets, bundles, schedules);
    }

    /** Variables, options and files, each as it is when it is asked for. */
    private static Outside outside(Environment environment) {
        return new Outside() {
            @Override
            public @Nullable String variable(String name) {
                return environment.getProperty(name);
            }

            @Override
            public SecretFile.Watcher watcher() {
                return new SecretLog();
            }
        };
    }

    /** What a setting makes; its own message is what the user is told. */
    private static <T> T configured(Supplier<T> made) {
        try {
            return made.get();
        } catch (IllegalArgumentException e) {
            throw new ConfigurationProblem(List.of(String.valueOf(e.getMessage())));
        }
    }
}
