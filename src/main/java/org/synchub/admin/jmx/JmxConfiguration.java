package org.synchub.admin.jmx;

import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.jmx.export.MBeanExporter;
import org.springframework.jmx.export.annotation.AnnotationMBeanExporter;
import org.springframework.jmx.support.ObjectNameManager;
import org.synchub.admin.Operations;
import org.synchub.admin.security.TokenLogins;
import org.synchub.ledger.Audit;
import org.synchub.ledger.Runs;
import org.synchub.ledger.Targets;
import org.synchub.sync.Happenings;
import org.synchub.sync.Pushes;
import org.synchub.sync.Resync;
import org.synchub.sync.ResyncPlans;
import org.synchub.sync.StatusReport;
import org.synchub.sync.TargetRegistry;
import org.synchub.sync.TargetRuntime;

/** Registers the hub's MBeans once the mappings are read: for this machine, and where it is set for others. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(JmxProperties.class)
class JmxConfiguration {

    @Bean
    Beans hubMBeans(
            TargetRegistry targets,
            StatusReport status,
            Resync resync,
            ResyncPlans plans,
            Operations operations,
            Pushes pushes,
            Audit audit,
            JmxProperties properties,
            TokenLogins logins,
            Environment environment,
            ObjectProvider<MBeanExporter> exporters) {
        JmxActions actions = new JmxActions(audit);
        HubMBean hub = new HubMBean(status, operations, pushes, actions);
        Map<String, TargetMBean> byTarget = new LinkedHashMap<>();
        for (TargetRuntime target : targets.all()) {
            byTarget.put(target.name(), new TargetMBean(target.name(), status, resync, plans, operations, actions));
        }
        pushes.watch(new Happenings() {
            @Override
            public void runEnded(Runs.Run run) {
                hub.runEnded(run);
                TargetMBean target = byTarget.get(run.target());
                if (target != null) {
                    target.runEnded(run);
                }
            }

            @Override
            public void troubled(String name, Targets.Condition now, String reason) {
                hub.troubled(name, now, reason);
                TargetMBean target = byTarget.get(name);
                if (target != null) {
                    target.troubled(name, now, reason);
                }
            }
        });
        // A command that exits serves nobody.
        boolean serves = environment
                .getProperty("spring.main.web-application-type", "servlet")
                .equals("servlet");
        return new Beans(
                hub, byTarget, serves ? properties : new JmxProperties(0, properties.address()), logins, exporters);
    }

    /** Registers the MBeans when the hub is ready, and closes the port with it. */
    static final class Beans implements ApplicationListener<ApplicationReadyEvent>, DisposableBean {

        private static final Logger log = LoggerFactory.getLogger(JmxConfiguration.class);

        private final HubMBean hub;
        private final Map<String, TargetMBean> targets;
        private final JmxProperties properties;
        private final TokenLogins logins;
        private final ObjectProvider<MBeanExporter> exporters;
        private volatile AutoCloseable port = () -> {};

        Beans(
                HubMBean hub,
                Map<String, TargetMBean> targets,
                JmxProperties properties,
                TokenLogins logins,
                ObjectProvider<MBeanExporter> exporters) {
            this.hub = hub;
            this.targets = targets;
            this.properties = properties;
            this.logins = logins;
            this.exporters = exporters;
        }

        @Override
        public void onApplicationEvent(ApplicationReadyEvent event) {
            exporters.ifAvailable(this::register);
            if (properties.port() != 0) {
                MBeanServer own = MBeanServerFactory.newMBeanServer("org.synchub");
                AnnotationMBeanExporter exporter = new AnnotationMBeanExporter();
                exporter.setServer(own);
                register(exporter);
                ReadOnlyMBean.show(ManagementFactory.getPlatformMBeanServer(), of("org.apache.camel:*"), own);
                port = JmxPort.open(properties.address(), properties.port(), own, new JmxLogins(logins));
                log.info(
                        "JMX: service:jmx:rmi:///jndi/rmi://{}:{}/jmxrmi, with a token as the password",
                        properties.address(),
                        properties.port());
            }
        }

        private void register(MBeanExporter exporter) {
            exporter.registerManagedResource(hub, name("type=Hub"));
            targets.forEach((name, bean) -> exporter.registerManagedResource(bean, name("type=Target,name=" + name)));
        }

        private static ObjectName name(String properties) {
            return of("org.synchub:" + properties);
        }

        private static ObjectName of(String name) {
            try {
                return ObjectNameManager.getInstance(name);
            } catch (MalformedObjectNameException e) {
                throw new IllegalStateException(name + " cannot be a JMX name", e);
            }
        }

        @Override
        public void destroy() throws Exception {
            port.close();
        }
    }
}
