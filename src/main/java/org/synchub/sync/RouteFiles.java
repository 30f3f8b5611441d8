package org.synchub.sync;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.TemplatedRouteBuilder;
import org.apache.camel.component.quartz.QuartzComponent;
import org.apache.camel.spi.Resource;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.synchub.mapping.Settings;
import org.synchub.target.ConfigurationProblem;

/**
 * Loads the routes from the working directory, checks what Camel would let pass in silence, and makes each target's own
 * route. A file below {@code routes/local/} replaces routes of the same id.
 */
public class RouteFiles implements CamelContextConfiguration {

    private final Path folder;
    private final TargetRegistry targets;
    private final boolean schedules;

    public RouteFiles(Path folder, TargetRegistry targets, boolean schedules) {
        this.schedules = schedules;
        this.folder = folder;
        this.targets = targets;
    }

    @Override
    public void beforeApplicationStart(CamelContext camel) {
        List<Path> files = files(folder);
        List<Path> local = files(folder.resolve("local"));
        if (files.isEmpty()) {
            throw new ConfigurationProblem(List.of("No routes in " + folder.toAbsolutePath()
                    + ": start the hub where its mappings/ and routes/ are, or set synchub.routes"));
        }
        new RouteCheck(camel).check(files, local);
        camel.getComponent("quartz", QuartzComponent.class).setAutoStartScheduler(schedules);
        try {
            for (Path file : concat(files, local)) {
                Resource resource = ResourceHelper.resolveResource(camel, "file:" + file.toAbsolutePath());
                PluginHelper.getRoutesLoader(camel).loadRoutes(resource);
            }
            for (TargetRuntime target : targets.all()) {
                addHttpRoute(camel, target);
            }
        } catch (ConfigurationProblem e) {
            throw e;
        } catch (Exception e) {
            throw new ConfigurationProblem(
                    List.of("The routes below " + folder + " could not be loaded: " + PushRequests.rootOf(e)));
        }
    }

    @Override
    public void afterApplicationStart(CamelContext camel) {
        // Nothing to do: routes start with the context.
    }

    private static void addHttpRoute(CamelContext camel, TargetRuntime target) {
        Settings settings = target.mapping().adapter();
        if (!settings.has("url")) {
            return;
        }
        String client = "http-client-" + target.name();
        camel.getRegistry()
                .bind(client, HttpClientSettings.of(settings, target.adapter().writers()));
        TemplatedRouteBuilder.builder(camel, "target-http")
                .routeId("http-" + target.name())
                .parameter("target", target.name())
                .parameter("url", settings.text("url"))
                .parameter("client", client)
                .add();
    }

    private static List<Path> files(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.getFileName().toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("The routes folder " + folder + " could not be read", e);
        }
    }

    private static List<Path> concat(List<Path> first, List<Path> second) {
        List<Path> both = new ArrayList<>(first);
        both.addAll(second);
        return both;
    }
}
