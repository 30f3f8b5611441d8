package org.synchub.sync;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.synchub.conflict.FieldRule;
import org.synchub.crypto.KeyRing;
import org.synchub.mapping.Mapping;
import org.synchub.mapping.MappingException;
import org.synchub.mapping.Outside;
import org.synchub.mapping.PolicyCheck;
import org.synchub.target.Adapter;
import org.synchub.target.AdapterFactory;
import org.synchub.target.ConfigurationProblem;
import org.synchub.target.Limits;
import org.synchub.target.TargetHttp;

/** The targets of this hub, one per file in the mappings folder. */
public class TargetRegistry implements AutoCloseable {

    private final Map<String, TargetRuntime> targets = new LinkedHashMap<>();
    private final List<Pace> paces = new ArrayList<>();

    /**
     * Loads every mapping and makes its adapter. Nothing is sent yet.
     *
     * @param folders hold {@code <target>.yaml} files
     * @param environment resolves placeholders
     * @param rules the integrator's own conflict rules by bean name
     * @param keys with which mapped fields may be encrypted
     * @throws ConfigurationProblem with everything that is wrong in all files
     */
    public TargetRegistry(
            Collection<Path> folders,
            Outside environment,
            Collection<AdapterFactory> factories,
            Map<String, FieldRule> rules,
            KeyRing keys,
            CamelTargetHttp.Factory http,
            Clock clock) {
        List<String> problems = new ArrayList<>();
        for (Path file : folders.stream()
                .map(TargetRegistry::files)
                .flatMap(List::stream)
                .toList()) {
            try {
                Mapping mapping = Mapping.load(file, environment, PolicyCheck.NONE, keys);
                String type = mapping.adapter().text("type");
                AdapterFactory factory = factories.stream()
                        .filter(f -> f.type().equals(type))
                        .findFirst()
                        .orElseThrow(() -> new ConfigurationProblem(List.of(file + ": adapter.type '" + type
                                + "' is not known; there is "
                                + String.join(
                                        ", ",
                                        factories.stream()
                                                .map(AdapterFactory::type)
                                                .sorted()
                                                .toList()))));
                if (!factory.sealsFields()) {
                    refuseEncrypted(mapping, factory.type());
                }
                HttpTraffic traffic = new HttpTraffic();
                Limits limits = Limits.of(mapping.adapter());
                Pace pace = http.pace(mapping, limits);
                paces.add(pace);
                TargetHttp way = http.create(mapping, traffic, pace);
                Adapter adapter = pace.paced(factory.create(mapping, way, clock), limits);
                Rehearsal.Maker rehearsals =
                        factory.writesByHttpAlone() ? () -> Rehearsal.of(factory, mapping, way, clock) : null;
                targets.put(
                        mapping.target(),
                        new TargetRuntime(mapping, adapter, traffic, http.traces(), limits, rules, rehearsals));
                // So that a mistake in it is told now.
                Polling.of(mapping.polling(), Polling.USUAL);
                Pushing.of(mapping.pushing());
                mapping.kinds().forEach(kind -> Policies.policy(mapping, kind, rules));
            } catch (MappingException e) {
                e.problems().forEach(p -> problems.add(p.toString()));
            } catch (ConfigurationProblem e) {
                problems.addAll(e.problems());
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigurationProblem(problems);
        }
    }

    private static void refuseEncrypted(Mapping mapping, String type) {
        List<String> problems = mapping.kinds().stream()
                .flatMap(kind -> kind.encrypted().stream())
                .map(field -> mapping.file() + ":" + field.line() + ": field '" + field.name()
                        + "' is encrypted, but adapters of type '" + type
                        + "' send every value in clear; drop encrypt, or let the adapter seal (docs/adapters.md)")
                .toList();
        if (!problems.isEmpty()) {
            throw new ConfigurationProblem(problems);
        }
    }

    private static List<Path> files(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new ConfigurationProblem(List.of("The mappings folder " + folder.toAbsolutePath()
                    + " does not exist: start the hub where its mappings/ and routes/ are, or set synchub.mappings"));
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.getFileName().toString().endsWith(".yaml")
                            || f.getFileName().toString().endsWith(".yml"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("The mappings folder " + folder + " could not be read", e);
        }
    }

    public Collection<TargetRuntime> all() {
        return targets.values();
    }

    public @Nullable TargetRuntime find(String name) {
        return targets.get(name);
    }

    /**
     * The target of this name.
     *
     * @throws UnknownTarget naming those that there are
     */
    public TargetRuntime get(String name) {
        TargetRuntime target = targets.get(name);
        if (target == null) {
            throw new UnknownTarget(name, targets.keySet());
        }
        return target;
    }

    List<TargetRuntime> ofTenant(String tenant) {
        return targets.values().stream()
                .filter(t -> t.mapping().tenant().equals(tenant))
                .toList();
    }

    /** The tenants that some target is bound to. */
    public List<String> tenants() {
        return targets.values().stream()
                .map(t -> t.mapping().tenant())
                .distinct()
                .toList();
    }

    /** The hub stops: who waits for a turn at a target gives up, and nobody waits any more. */
    void stopWaiting() {
        paces.forEach(Pace::stop);
    }

    @Override
    public void close() {
        targets.values().forEach(t -> t.adapter().close());
    }
}
