package org.synchub.admin.monitoring;

import java.time.Clock;
import org.apache.camel.CamelContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.synchub.ledger.AlertLedger;
import org.synchub.ledger.Overview;
import org.synchub.ledger.Targets;
import org.synchub.sync.PullWriter;
import org.synchub.sync.Pushes;
import org.synchub.sync.TargetRegistry;

/** What monitoring reads, at {@code /actuator/health} and {@code /actuator/prometheus}. */
@Configuration(proxyBeanMethods = false)
class MonitoringConfiguration {

    /** Its name is the one that {@code management.endpoint.health.group.readiness} uses. */
    @Bean
    RoutesHealth routesHealthIndicator(CamelContext camel) {
        return new RoutesHealth(camel);
    }

    @Bean
    HubMetrics hubMetrics(
            TargetRegistry targets,
            Targets ledgerTargets,
            Overview overview,
            AlertLedger alerts,
            Pushes pushes,
            PullWriter pulled,
            Clock clock) {
        HubMetrics metrics = new HubMetrics(targets, ledgerTargets, overview, alerts, clock);
        pushes.watch(metrics);
        pulled.watch(metrics);
        return metrics;
    }
}
