package org.synchub.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.synchub.SyncHub;
import org.synchub.admin.security.Role;
import org.synchub.admin.security.Tokens;
import org.synchub.ledger.Runs;
import org.synchub.mapping.Mapping;
import org.synchub.sync.Captures;
import org.synchub.sync.Cause;
import org.synchub.sync.Drain;
import org.synchub.sync.PullRequest;
import org.synchub.sync.Pulls;
import org.synchub.sync.PushRequest;
import org.synchub.sync.Pushes;
import org.synchub.sync.StatusReport;
import org.synchub.sync.TargetRegistry;
import org.synchub.target.Adapter;
import org.synchub.target.AdapterFactory;
import org.synchub.target.TargetHttp;

/**
 * A whole hub in this JVM, with the project's own routes, on a database of the test's. Schedules are off unless asked
 * for: the test says when something happens.
 */
public final class TestHub implements AutoCloseable {

    private final ConfigurableApplicationContext context;
    private final Map<String, MemoryAdapter> memories;

    private TestHub(ConfigurableApplicationContext context, Map<String, MemoryAdapter> memories) {
        this.context = context;
        this.memories = memories;
    }

    /** Collects what a hub shall be started with. */
    public static final class Builder {

        private final DataSource store;
        private final Map<String, String> properties = new LinkedHashMap<>();
        private final Map<String, MemoryAdapter> memories = new ConcurrentHashMap<>();
        private final Path folder;
        private boolean untilTheJvmEnds;

        private Builder(DataSource store) {
            this.store = store;
            try {
                this.folder = Files.createTempDirectory("hub-mappings");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Adds a target described by this YAML. */
        public Builder mapping(String target, String yaml) {
            try {
                Files.writeString(folder.resolve(target + ".yaml"), yaml);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return this;
        }

        /** Adds a target that keeps people and households of a tenant in memory. */
        public Builder memoryTarget(String target, String tenant) {
            return mapping(target, memoryMapping(target, tenant));
        }

        /** Lets a restarted hub speak to the same memory. */
        public Builder memory(String target, MemoryAdapter memory) {
            memories.put(target, memory);
            return this;
        }

        public Builder set(String key, Object value) {
            properties.put(key, String.valueOf(value));
            return this;
        }

        /** Nobody closes this hub: it ends with the JVM, as the tests' PostgreSQL does, and says nothing about that. */
        public Builder untilTheJvmEnds() {
            untilTheJvmEnds = true;
            return this;
        }

        public TestHub start() {
            Map<String, String> all = new LinkedHashMap<>();
            PGSimpleDataSource database = (PGSimpleDataSource) store;
            all.put("spring.datasource.url", String.valueOf(database.getUrl()));
            all.put("spring.datasource.username", String.valueOf(database.getUser()));
            all.put("spring.datasource.hikari.maximum-pool-size", "12");
            all.put("synchub.mappings", folder.toString());
            all.put("synchub.schedules", "false");
            all.put("synchub.capture", "trigger");
            all.put("synchub.first-retry", "50ms");
            all.put("spring.jmx.enabled", "false");
            all.putAll(properties);
            List<String> arguments = new ArrayList<>();
            all.forEach((k, v) -> arguments.add("--" + k + "=" + v));
            ApplicationContextInitializer<GenericApplicationContext> memory =
                    c -> c.registerBean("memoryAdapters", AdapterFactory.class, () -> new MemoryAdapters(memories));
            ConfigurableApplicationContext started = new SpringApplicationBuilder(SyncHub.class)
                    .web(properties.containsKey("server.port") ? WebApplicationType.SERVLET : WebApplicationType.NONE)
                    .initializers(memory)
                    .registerShutdownHook(!untilTheJvmEnds)
                    .run(arguments.toArray(String[]::new));
            return new TestHub(started, memories);
        }
    }

    /** The third party's bean: makes one adapter per target. */
    private record MemoryAdapters(Map<String, MemoryAdapter> memories) implements AdapterFactory {

        @Override
        public String type() {
            return "memory";
        }

        @Override
        public Adapter create(Mapping mapping, TargetHttp http, Clock clock) {
            return memories.computeIfAbsent(mapping.target(), t -> new MemoryAdapter());
        }
    }

    public static Builder on(DataSource store) {
        return new Builder(store);
    }

    /** Households and people with a membership, for the memory adapter. */
    public static String memoryMapping(String target, String tenant) {
        return """
                version: 1
                target: %s
                tenant: %s
                mappingVersion: 1
                mappingChange: owe
                adapter:
                  type: memory
                kinds:
                  household:
                    match: {data.entityName: household}
                    onDelete: archive
                    fields:
                      name: {path: data.household_name, required: true}
                  individual:
                    match: {data.entityName: individual}
                    lane: data.parentGuid
                    onDelete: archive
                    fields:
                      given_name: {path: data.first_name, required: true}
                      family_name: {path: data.last_name}
                      phone: {path: data.phone_number}
                      household: {path: data.parentGuid, reference: household}
                """.formatted(target, tenant);
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    public ConfigurableApplicationContext context() {
        return context;
    }

    /** Where the API of a hub with a {@code server.port} listens. */
    public int port() {
        return ((ServletWebServerApplicationContext) context).getWebServer().getPort();
    }

    /** A client of this hub's API that carries a fresh token of a role. */
    public ApiClient api(Role role) {
        return new ApiClient(
                port(),
                bean(Tokens.class)
                        .create("test " + role.word(), role, Duration.ofDays(1), "test")
                        .text());
    }

    public MemoryAdapter memory(String target) {
        MemoryAdapter memory = memories.get(target);
        if (memory == null) {
            throw new IllegalArgumentException("No memory target " + target);
        }
        return memory;
    }

    /** Drains, backfills and pushes until nothing is due now. */
    public TestHub push(String target) {
        bean(Captures.class).drain();
        bean(Drain.class).backfill(bean(TargetRegistry.class).get(target));
        bean(Pushes.class).push(PushRequest.of(target, Cause.COMMAND, "test"));
        return this;
    }

    /** Pulls until the target tells of nothing more. */
    public TestHub pull(String target) {
        bean(Pulls.class).pull(PullRequest.of(target, Cause.COMMAND, "test"));
        return this;
    }

    public StatusReport.TargetStatus status(String target) {
        return bean(StatusReport.class).of(target);
    }

    public Runs.Run lastRun(String target) {
        return bean(Runs.class).newest(target, null).orElseThrow();
    }

    /** Lets the database's clock, and with it every lease and due time, jump. */
    public static void clock(DataSource store, String offset) throws SQLException {
        TestDatabase.run(store, "UPDATE hub.clock SET clock_offset = interval '" + offset + "'");
    }

    @Override
    public void close() {
        context.close();
    }
}
