package org.synchub;

import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.flyway.FlywayMigrationStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.synchub.demo.DataCollectSchema;
import org.synchub.demo.FieldData;
import org.synchub.ledger.Deliveries;
import org.synchub.ledger.KeysInUse;
import org.synchub.ledger.Targets;
import org.synchub.ledger.Vault;
import org.synchub.mapping.Mapping;
import org.synchub.mapping.MappingChange;
import org.synchub.store.Capture;
import org.synchub.store.PulledStore;
import org.synchub.store.StoreConnection;
import org.synchub.sync.Captures;
import org.synchub.sync.Drain;
import org.synchub.sync.Restores;
import org.synchub.sync.TargetRegistry;
import org.synchub.sync.TargetRuntime;
import org.synchub.target.ConfigurationProblem;

/** What happens before the routes start: the store is looked at, schema hub is migrated, targets are made known. */
@Configuration(proxyBeanMethods = false)
class Startup {

    private static final Logger log = LoggerFactory.getLogger(Startup.class);

    /** Only schema hub is created and migrated; a database that is not DataCollect's is left as it is. */
    @Bean
    FlywayMigrationStrategy migration(DataSource store, Environment environment) {
        return flyway -> {
            boolean demo = environment.getProperty(Environments.DEMO, Boolean.class, false);
            if (demo) {
                createDemoTables(store);
            }
            List<String> missing = new Capture(
                            JdbcClient.create(store),
                            new TransactionTemplate(
                                    new org.springframework.jdbc.datasource.DataSourceTransactionManager(store)))
                    .missingTables();
            if (!missing.isEmpty()) {
                throw new ConfigurationProblem(
                        List.of("The database at " + environment.getProperty("spring.datasource.url")
                                + " is not DataCollect's: it has no table " + String.join(", ", missing)
                                + " in schema public. Point spring.datasource.url at the database of a DataCollect server"
                                + " (start that server once so that it creates its tables)"));
            }
            migrate(flyway);
            if (demo) {
                seedDemo(store);
            }
        };
    }

    private static void migrate(Flyway flyway) {
        flyway.migrate();
    }

    private static void createDemoTables(DataSource store) {
        try {
            DataCollectSchema.create(store);
        } catch (SQLException e) {
            throw new IllegalStateException("The demo's tables could not be created: " + e.getMessage(), e);
        }
    }

    private static void seedDemo(DataSource store) {
        try {
            FieldData data = new FieldData(Clock.systemUTC());
            if (data.seed(store)) {
                FieldData.Counts counts = data.counts();
                log.info(
                        "Filled the embedded DataCollect store with synthetic field data: {} entities, among them {} households"
                                + " and {} people",
                        counts.entities(),
                        counts.households(),
                        counts.people());
            }
        } catch (SQLException e) {
            throw new IllegalStateException("The demo's field data could not be written: " + e.getMessage(), e);
        }
    }

    /** Makes every target known to the ledger before anything is captured or sent. */
    @Bean
    SmartInitializingSingleton makeTargetsKnown(
            TargetRegistry registry,
            Targets ledgerTargets,
            Deliveries deliveries,
            Capture capture,
            Captures captures,
            Restores restores,
            KeysInUse keys,
            Vault vault,
            Drain drain,
            PulledStore pulledStore,
            HubProperties properties,
            Environment environment,
            PlatformTransactionManager transactions) {
        return () -> {
            boolean embedded = environment.getProperty(Environments.EMBEDDED, Boolean.class, false);
            requireKeys(keys, vault, embedded, environment.getProperty("synchub.schedules", Boolean.class, true));
            for (TargetRuntime target : registry.all()) {
                requireKnownEvents(target, pulledStore);
                register(target, ledgerTargets, deliveries);
            }
            restores.begin(properties.restoreMark() == HubProperties.Switch.ON
                    || (properties.restoreMark() == HubProperties.Switch.AUTO && embedded));
            captures.warnOfOtherConnectors();
            boolean trigger = properties.capture() == HubProperties.CaptureMode.TRIGGER
                    || (properties.capture() == HubProperties.CaptureMode.AUTO && embedded);
            if (trigger && !capture.installed()) {
                capture.install();
            }
            registry.tenants().forEach(capture::learnLevels);
            drain.drain();
        };
    }

    /**
     * A hub without a key that something is sealed with would stop at the first record that needs it, and could send nothing
     * of what it has agreed on: it does not start at all.
     */
    private static void requireKeys(KeysInUse keys, Vault vault, boolean embedded, boolean goesOn) {
        List<String> missing = keys.missing();
        if (!missing.isEmpty()) {
            throw new ConfigurationProblem(missing.stream()
                    .map(
                            id -> "People's data in schema hub is sealed with the key " + id
                                    + ", which is not there: give it as synchub.encryption.keys." + id
                                    + ", from the environment or a file. 'encryption rotate', with it and with the new key, seals"
                                    + " everything anew; docs/operating.md, section Encryption at rest, says what to do when it is lost")
                    .toList());
        }
        keys.note();
        if (goesOn && vault.current() != null) {
            keys.keepNoting();
        }
        if (vault.current() == null && (!embedded || keys.any())) {
            log.warn("{}", KeysInUse.IN_CLEAR);
        }
    }

    /** A later DataCollect chains its events and refuses to start once somebody else has written one. */
    private static void requireKnownEvents(TargetRuntime target, PulledStore store) {
        try {
            store.requireKnownFormat(target.mapping().tenant());
        } catch (IllegalStateException laterDataCollect) {
            if (StoreConnection.isAway(laterDataCollect)) {
                throw laterDataCollect;
            }
            throw new ConfigurationProblem(List.of(target.mapping().file() + ": " + laterDataCollect.getMessage()));
        }
    }

    private static void register(TargetRuntime target, Targets ledgerTargets, Deliveries deliveries) {
        Mapping mapping = target.mapping();
        mapping.warnings().forEach(warning -> log.warn("{}", warning));
        Optional<Targets.Target> before =
                ledgerTargets.register(mapping.target(), mapping.tenant(), mapping.mappingVersion(), mapping.hash());
        if (before.isEmpty()) {
            log.info(
                    "{}: new target for tenant {}; what is already there is owed to it",
                    target.name(),
                    mapping.tenant());
            return;
        }
        Targets.Target known = before.get();
        if (!known.tenant().equals(mapping.tenant())) {
            throw new ConfigurationProblem(List.of(mapping.file() + ": target " + target.name() + " belongs to tenant "
                    + known.tenant() + " in this database and cannot be moved to tenant " + mapping.tenant()
                    + "; give the file another name for another tenant"));
        }
        if (!known.mappingHash().equals(mapping.hash())) {
            noteMappingChange(target, ledgerTargets, deliveries, known);
        }
    }

    private static void noteMappingChange(
            TargetRuntime target, Targets ledgerTargets, Deliveries deliveries, Targets.Target known) {
        Mapping mapping = target.mapping();
        ledgerTargets.mappingChanged(target.name(), mapping.mappingVersion(), mapping.hash());
        boolean owe = mapping.mappingChange() == MappingChange.OWE;
        if (owe) {
            deliveries.oweForMapping(target.name());
        }
        log.warn(
                "{}: the mapping changed (version {} to {}). {}",
                target.name(),
                known.mappingVersion(),
                mapping.mappingVersion(),
                owe
                        ? "Every record is compared again and written where it differs (mappingChange: owe)"
                        : "Records already sent stay as they are (mappingChange: ask); `resync " + target.name()
                                + "` writes them anew");
    }
}
