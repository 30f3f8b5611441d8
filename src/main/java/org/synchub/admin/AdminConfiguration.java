package org.synchub.admin;

import javax.management.MalformedObjectNameException;
import org.apache.camel.CamelContext;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jmx.export.MBeanExporter;
import org.springframework.jmx.support.ObjectNameManager;
import org.synchub.ledger.Targets;
import org.synchub.sync.Resync;
import org.synchub.sync.StatusReport;
import org.synchub.sync.TargetRegistry;
import org.synchub.sync.TargetRuntime;

/** Wires what people reach the hub by. */
@Configuration(proxyBeanMethods = false)
class AdminConfiguration {

    @Bean
    Operations operations(TargetRegistry targets, Targets ledgerTargets, Resync resync, CamelContext camel) {
        return new Operations(targets, ledgerTargets, resync, camel::createProducerTemplate);
    }

    /** One MBean per target, known only once the mappings are read. */
    @Bean
    ApplicationListener<ApplicationReadyEvent> targetMBeans(
            TargetRegistry targets,
            StatusReport status,
            Operations operations,
            ObjectProvider<MBeanExporter> exporters) {
        return event -> exporters.ifAvailable(exporter -> {
            for (TargetRuntime target : targets.all()) {
                try {
                    exporter.registerManagedResource(
                            new TargetMBean(target.name(), status, operations),
                            ObjectNameManager.getInstance("org.synchub:type=Target,name=" + target.name()));
                } catch (MalformedObjectNameException e) {
                    throw new IllegalStateException("Target name " + target.name() + " cannot be a JMX name", e);
                }
            }
        });
    }
}
