package org.synchub.sync;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.TemplatedRouteBuilder;
import org.apache.camel.component.quartz.QuartzComponent;
import org.apache.camel.spi.Resource;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.springframework.boot.ssl.SslBundles;
import org.synchub.mapping.MappingException;
import org.synchub.mapping.Problem;
import org.synchub.mapping.Settings;
import org.synchub.target.ConfigurationProblem;

/**
 * Loads the routes from the working directory, checks what Camel would let pass in silence, and makes each target's own
 * route. What a file below {@code routes/local/} defines replaces the route, template or error handling of the same id.
 */
public class RouteFiles implements CamelContextConfiguration {

    /** Camel would take a query for options of its own, and keep a user's password in the endpoint's name. */
    private static final Pattern ADDRESS = Pattern.compile("https?://[^/?#@{}\\s]+(/[^?#{}\\s]*)?");

    private static final Pattern MISNAMED = Pattern.compile(".*\\.(yml|xml|java|groovy)");

    private final Path folder;
    private final TargetRegistry targets;
    private final SslBundles bundles;
    private final boolean schedules;

    /** @param bundles what mappings name as {@code sslBundle} */
    public RouteFiles(Path folder, TargetRegistry targets, SslBundles bundles, boolean schedules) {
        this.bundles = bundles;
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
            targets.all().forEach(RouteFiles::checkAddress);
            // All at once: Camel then knows every error handling before the first route that asks for it.
            PluginHelper.getRoutesLoader(camel).loadRoutes(resources(camel, files, local));
            for (TargetRuntime target : targets.all()) {
                addHttpRoute(camel, target);
            }
        } catch (MappingException e) {
            throw new ConfigurationProblem(
                    e.problems().stream().map(Problem::toString).toList());
        } catch (Exception e) {
            throw new ConfigurationProblem(
                    List.of("The routes below " + folder + " could not be loaded: " + PushRequests.rootOf(e)));
        }
    }

    /** The files as they are, less what a file of the integrator replaces: Camel itself replaces routes only. */
    private static List<Resource> resources(CamelContext camel, List<Path> files, List<Path> local) {
        Set<String> replaced = new HashSet<>();
        local.forEach(file -> RouteTree.read(file, new ArrayList<>()).forEach(item -> replaced.add(item.key())));
        List<Resource> resources = new ArrayList<>();
        for (Path file : files) {
            boolean whole = RouteTree.read(file, new ArrayList<>()).stream().noneMatch(i -> replaced.contains(i.key()));
            resources.add(
                    whole
                            ? ResourceHelper.resolveResource(camel, "file:" + file.toAbsolutePath())
                            : ResourceHelper.fromString("file:" + file, RouteTree.without(file, replaced)));
        }
        for (Path file : local) {
            resources.add(ResourceHelper.resolveResource(camel, "file:" + file.toAbsolutePath()));
        }
        return resources;
    }

    @Override
    public void afterApplicationStart(CamelContext camel) {
        // Nothing to do: routes start with the context.
    }

    private static void checkAddress(TargetRuntime target) {
        Settings settings = target.mapping().adapter();
        if (settings.has("url") && !ADDRESS.matcher(settings.text("url")).matches()) {
            throw settings.failure(
                    "url",
                    "setting 'url' must be http:// or https://, a host and perhaps a path: no user, no query",
                    "a credential has a setting of its own");
        }
    }

    private void addHttpRoute(CamelContext camel, TargetRuntime target) {
        Settings settings = target.mapping().adapter();
        if (!settings.has("url")) {
            return;
        }
        String client = "http-client-" + target.name();
        camel.getRegistry()
                .bind(
                        client,
                        HttpClientSettings.of(settings, target.adapter().writers(), bundles)
                                .client());
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
            List<Path> sorted = files.filter(Files::isRegularFile).sorted().toList();
            List<String> problems = sorted.stream()
                    .filter(file -> MISNAMED.matcher(file.toString()).matches())
                    .map(file -> file + ": the hub reads files that end in .yaml; name it so")
                    .toList();
            if (!problems.isEmpty()) {
                throw new ConfigurationProblem(problems);
            }
            return sorted.stream()
                    .filter(file -> file.toString().endsWith(".yaml"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("The routes folder " + folder + " could not be read", e);
        }
    }
}
