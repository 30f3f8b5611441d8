package org.synchub.sync;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.util.FileSystemUtils;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.target.TargetHttp;
import org.synchub.testing.FaultProxy;
import org.synchub.testing.OpenSppTarget;

/** Real HTTP by the project's own route to a target, through a proxy at which requests go wrong. */
class HistoryWire implements HistoryNet {

    private static final String OF_REQUESTS = "- routeConfiguration:\n    id: target-errors\n";

    private final Map<String, FaultProxy> proxies = new LinkedHashMap<>();
    private @Nullable Path routes;

    @Override
    public OpenSppSimulator registry(String target, OpenSppSimulator.Builder builder) {
        OpenSppSimulator registry = builder.gzipAnswers(false).start();
        proxies.put(target, new FaultProxy(registry.url()));
        return registry;
    }

    FaultProxy proxy(String target) {
        FaultProxy proxy = proxies.get(target);
        if (proxy == null) {
            throw new IllegalArgumentException("No proxy before " + target);
        }
        return proxy;
    }

    /** A request that the hub gave up on may arrive for five minutes, which pass only when a history says so. */
    @Override
    public String mapping(String target, String tenant) {
        return OpenSppTarget.mapping(target, tenant, proxy(target).url())
                .replace("longestWrite: 1s\n  readTimeout: 10s", "longestWrite: 5m\n  readTimeout: 500ms");
    }

    @Override
    public void connect(CamelContext camel, TargetRegistry targets) {
        try {
            Path folder = Files.createTempDirectory("routes");
            routes = folder;
            Files.copy(Path.of("routes/target.yaml"), folder.resolve("target.yaml"));
            String errors = Files.readString(Path.of("routes/errors.yaml"));
            int from = errors.indexOf(OF_REQUESTS);
            if (from < 0) {
                throw new IllegalStateException("routes/errors.yaml has no target-errors any more");
            }
            Files.writeString(folder.resolve("errors.yaml"), errors.substring(from));
            camel.getRegistry().bind("targetRequest", new CamelTargetHttp.Request());
            new RouteFiles(folder, targets, new DefaultSslBundleRegistry(), false).beforeApplicationStart(camel);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        camel.start();
    }

    @Override
    public TargetHttp way(HistoryWorld world, String target, Windows windows, TargetHttp http) {
        return call -> {
            // A late request writes over what was there when it was sent.
            Windows then = windows.copy();
            proxy(target).through((body, server) -> {
                then.arrives(body);
                byte[] answer = server.answer();
                windows.answered(body, FaultProxy.body(answer));
                return dated(answer, world, target);
            });
            return http.exchange(call);
        };
    }

    /** The registry's web server has the clock of the registry. */
    static byte[] dated(byte[] answer, HistoryWorld world, String target) {
        String date =
                DateTimeFormatter.RFC_1123_DATE_TIME.format(world.time(target).atOffset(ZoneOffset.UTC));
        return new String(answer, StandardCharsets.ISO_8859_1)
                .replaceFirst("(?i)\r\nDate:[^\r]*", "\r\nDate: " + date)
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void trouble(HistoryWorld world, String target) {
        if (world.once(2)) {
            Random random = new Random(world.random.nextLong());
            proxy(target).follow(Weather.of(random, fault -> struck(world, target, fault)));
        }
    }

    /** Notes what went wrong. */
    static void struck(HistoryWorld world, String target, FaultProxy.Fault fault) {
        String kind = fault.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        world.fault(kind);
        world.tell("  at %s: %s", target, kind);
    }

    @Override
    public void calm() {
        proxies.values().forEach(FaultProxy::calm);
    }

    @Override
    public void deliverLate() {
        proxies.values().forEach(FaultProxy::deliverLate);
    }

    @Override
    public void close() {
        proxies.values().forEach(FaultProxy::close);
        try {
            // Nothing to do where nobody connected.
            FileSystemUtils.deleteRecursively(routes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
