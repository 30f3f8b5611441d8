package org.synchub.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.spi.Resource;
import org.jspecify.annotations.Nullable;
import org.synchub.mapping.Mapping;
import org.synchub.sync.TargetRegistry;
import org.synchub.sync.TargetRuntime;

/**
 * What this hub was started with: its settings and where each came from, the mapping files as they were read, and the
 * routes. Secrets are replaced, those of mapping files and of settings alike.
 */
public final class LoadedConfiguration {

    private final LoadedSettings settings;
    private final TargetRegistry targets;
    private final CamelContext camel;

    public LoadedConfiguration(LoadedSettings settings, TargetRegistry targets, CamelContext camel) {
        this.settings = settings;
        this.targets = targets;
        this.camel = camel;
    }

    /**
     * The whole.
     *
     * @param settings by name
     */
    public record Loaded(List<LoadedSettings.Setting> settings, List<TargetFile> targets, List<LoadedRoute> routes) {}

    /**
     * One target's mapping.
     *
     * @param definition the file as JSON, placeholders of {@code adapter} filled in and secrets replaced
     * @param warnings what the file should do better
     */
    public record TargetFile(
            String name, String file, int mappingVersion, ObjectNode definition, List<String> warnings) {}

    /**
     * One Camel route.
     *
     * @param file where it was read from; null for one that the hub makes of a template
     * @param status in Camel's words, such as {@code Started}
     */
    public record LoadedRoute(
            String id,
            @Nullable String description,
            @Nullable String file,
            String status) {}

    /** Reads it anew: secrets may have been reloaded, routes stopped. */
    public Loaded read() {
        Set<String> secrets = new HashSet<>();
        targets.all()
                .forEach(target -> secrets.addAll(target.mapping().adapter().secrets()));
        return new Loaded(settings.read(secrets), targetFiles(), routes());
    }

    private List<TargetFile> targetFiles() {
        List<TargetFile> files = new ArrayList<>();
        for (TargetRuntime target : targets.all()) {
            Mapping mapping = target.mapping();
            files.add(new TargetFile(
                    target.name(),
                    mapping.file().toString(),
                    mapping.mappingVersion(),
                    mapping.masked(),
                    mapping.warnings().stream().map(String::valueOf).toList()));
        }
        return files;
    }

    private List<LoadedRoute> routes() {
        return camel.getRoutes().stream()
                .map(route -> new LoadedRoute(
                        route.getRouteId(),
                        route.getDescription(),
                        file(route),
                        String.valueOf(camel.getRouteController().getRouteStatus(route.getRouteId()))))
                .sorted(Comparator.comparing(LoadedRoute::id))
                .toList();
    }

    private static @Nullable String file(Route route) {
        Resource read = route.getSourceResource();
        if (read == null || !read.getLocation().startsWith("file:")) {
            return null;
        }
        Path file = Path.of(read.getLocation().substring("file:".length()));
        Path here = Path.of("").toAbsolutePath();
        return (file.startsWith(here) ? here.relativize(file) : file).toString();
    }
}
