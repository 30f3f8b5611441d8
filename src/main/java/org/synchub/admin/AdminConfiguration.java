package org.synchub.admin;

import org.apache.camel.CamelContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.synchub.ledger.Deliveries;
import org.synchub.ledger.Targets;
import org.synchub.sync.Reconcile;
import org.synchub.sync.Resync;
import org.synchub.sync.ResyncPlans;
import org.synchub.sync.TargetRegistry;

/** Wires what people reach the hub by. */
@Configuration(proxyBeanMethods = false)
class AdminConfiguration {

    @Bean
    Operations operations(
            TargetRegistry targets,
            Targets ledgerTargets,
            Deliveries deliveries,
            Resync resync,
            ResyncPlans plans,
            Reconcile reconcile,
            CamelContext camel) {
        return new Operations(
                targets, ledgerTargets, deliveries, resync, plans, reconcile, camel::createProducerTemplate);
    }
}
