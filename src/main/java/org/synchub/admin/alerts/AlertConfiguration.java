package org.synchub.admin.alerts;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.web.ServerProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.synchub.ledger.AlertLedger;
import org.synchub.ledger.ApiTokens;
import org.synchub.ledger.Runs;
import org.synchub.ledger.Targets;
import org.synchub.sync.StatusReport;

/** Its bean {@code alerts} is the one that {@code routes/alerts.yaml} calls. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(AlertRules.class)
class AlertConfiguration {

    @Bean
    Alerts alerts(
            AlertRules rules,
            AlertLedger ledger,
            StatusReport status,
            Runs runs,
            Targets targets,
            ApiTokens tokens,
            SslBundles bundles,
            ObjectProvider<ServerProperties> server,
            Environment environment,
            Clock clock) {
        Path folder = Path.of(environment.getProperty("synchub.data", "data"));
        return new Alerts(
                rules,
                ledger,
                status,
                runs,
                targets,
                tokens,
                OwnCertificates.of(bundles, server.getIfAvailable()),
                Files.isDirectory(folder) ? folder : Path.of(""),
                clock);
    }
}
