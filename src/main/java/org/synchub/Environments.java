package org.synchub;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.synchub.demo.DemoPartner;
import org.synchub.demo.DemoRegistry;
import org.synchub.embedded.EmbeddedDatabase;

/**
 * Supplies what was not set: without {@code spring.datasource.url} a PostgreSQL of the hub's own, and beside it the
 * demo's registry. What is started here outlives the application context and is stopped after it.
 */
final class Environments implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    /** Set when the hub runs on its own database. */
    static final String EMBEDDED = "synchub.embedded";

    /** Set when the demo's data and registry are wanted. */
    static final String DEMO = "synchub.demo-runs";

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        ConfigurableEnvironment environment = context.getEnvironment();
        Map<String, Object> supplied = new HashMap<>();
        Path data = Path.of(environment.getProperty("synchub.data", "data"));
        boolean embedded = !environment.containsProperty("spring.datasource.url");
        try {
            if (embedded) {
                EmbeddedDatabase database = EmbeddedDatabase.start(data);
                SpringApplication.getShutdownHandlers().add(database::close);
                supplied.put("spring.datasource.url", database.jdbcUrl());
                supplied.put(EMBEDDED, "true");
            }
            if (wantsDemo(environment, embedded)) {
                supplied.put(DEMO, "true");
                if (!environment.containsProperty("OPENSPP_URL")) {
                    DemoRegistry registry = DemoRegistry.startOrFind(data);
                    SpringApplication.getShutdownHandlers().add(() -> stop(registry));
                    supplied.putAll(registry.settings());
                    context.getBeanFactory().registerSingleton("demoRegistry", registry);
                }
                if (!environment.containsProperty("PARTNER_URL")) {
                    DemoPartner partner = DemoPartner.startOrFind(data);
                    SpringApplication.getShutdownHandlers().add(() -> stop(partner));
                    supplied.putAll(partner.settings());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
        environment.getPropertySources().addLast(new MapPropertySource("supplied", supplied));
    }

    private static void stop(Closeable server) {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException("A server of the demo did not stop cleanly; what it keeps is safe", e);
        }
    }

    private static boolean wantsDemo(ConfigurableEnvironment environment, boolean embedded) {
        String mode = environment.getProperty("synchub.demo", "auto");
        return mode.equalsIgnoreCase("on") || (mode.equalsIgnoreCase("auto") && embedded);
    }
}
