package org.synchub.target.openspp;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.synchub.crypto.KeyRing;
import org.synchub.mapping.Entity;
import org.synchub.mapping.Kind;
import org.synchub.mapping.Mapped;
import org.synchub.mapping.Mapping;
import org.synchub.mapping.PolicyCheck;
import org.synchub.mapping.Reference;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.simulator.openspp.Registry;
import org.synchub.simulator.openspp.RegistryRecord;
import org.synchub.target.Adapter;
import org.synchub.target.EffectContract;
import org.synchub.target.Link;
import org.synchub.target.Outcome;
import org.synchub.target.Write;
import org.synchub.testing.PlainHttp;

/** A simulated registry, the adapter in front of it, and as much of a hub as it takes to remember links. */
final class Rig implements AutoCloseable {

    final OpenSppSimulator simulator;
    final Mapping mapping;
    final PlainHttp http;
    final Adapter adapter;
    final Map<String, Link> links = new LinkedHashMap<>();
    final Set<String> uncertain = new HashSet<>();
    final Map<String, List<ObjectNode>> sent = new HashMap<>();
    final Map<String, String> claims = new HashMap<>();

    final Ticking clock = new Ticking();

    @Nullable
    EffectContract contract;

    /** The hub's clock, which a test moves on. */
    static final class Ticking extends Clock {

        private volatile Duration ahead = Duration.ZERO;

        void pass(Duration time) {
            ahead = ahead.plus(time);
        }

        @Override
        public Instant instant() {
            return Instant.now().plus(ahead);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    private Rig(OpenSppSimulator simulator, Mapping mapping, Duration readTimeout) {
        this.simulator = simulator;
        this.mapping = mapping;
        this.http = new PlainHttp(simulator.url(), readTimeout);
        this.adapter = new OpenSppAdapterFactory().create(mapping, http, clock);
    }

    /** A registry with the vocabularies that the shipped mapping needs. */
    static OpenSppSimulator.Builder server() {
        return OpenSppSimulator.builder()
                .without("gender.type")
                .gender("Male", "Male")
                .gender("Female", "Female")
                .idType("Family Book", "")
                .area("TL01", "District 1")
                .area("TL02", "District 2");
    }

    static Rig start() {
        return start(server());
    }

    static Rig start(OpenSppSimulator.Builder registry) {
        return start(registry, text -> text);
    }

    static Rig start(OpenSppSimulator.Builder registry, UnaryOperator<String> mappingEdit) {
        return unprepared(registry, mappingEdit, Duration.ofSeconds(30)).prepared();
    }

    static Rig unprepared(OpenSppSimulator.Builder registry, UnaryOperator<String> mappingEdit, Duration readTimeout) {
        OpenSppSimulator simulator = registry.start();
        return new Rig(simulator, mapping(simulator.url(), mappingEdit), readTimeout);
    }

    private static final KeyRing KEYS =
            new KeyRing(Map.of("k1", Base64.getEncoder().encodeToString(new byte[KeyRing.BYTES])));

    /** The shipped mapping, changed as a test wants it. */
    static Mapping mapping(String url, UnaryOperator<String> edit) {
        try {
            String yaml = edit.apply(Files.readString(Path.of("mappings/openspp.yaml")));
            Map<String, String> env = Map.of("OPENSPP_URL", url, "OPENSPP_USERNAME", "hub", "OPENSPP_PASSWORD", "hub");
            return Mapping.parse(Path.of("mappings/openspp.yaml"), yaml, env::get, PolicyCheck.NONE, KEYS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Rig prepared() {
        contract = adapter.prepare();
        return this;
    }

    Registry registry() {
        return simulator.registry();
    }

    /** Forgets everything, as a hub whose ledger was lost. */
    void forget() {
        links.clear();
        uncertain.clear();
        sent.clear();
    }

    Write upsert(Entity entity) {
        Kind kind = mapping.kindOf(entity.doc()).orElseThrow();
        Mapped mapped = kind.outward(entity);
        if (!mapped.ok()) {
            throw new IllegalArgumentException("the test's record does not map: " + mapped.problems());
        }
        Map<String, String> references = new HashMap<>();
        for (Reference reference : mapped.references()) {
            Link link = links.get(reference.guid());
            if (link == null) {
                throw new IllegalArgumentException("the test's record refers to one that has no link yet");
            }
            references.put(reference.guid(), link.externalId());
        }
        return new Write(
                entity.tenant(),
                entity.guid(),
                kind,
                Write.Operation.UPSERT,
                mapped.record(),
                links.get(entity.guid()),
                uncertain.contains(entity.guid()),
                sent.getOrDefault(entity.guid(), List.of()),
                false,
                references,
                claims.get(entity.guid()),
                null,
                null,
                kind.single(entity.doc()));
    }

    Write delete(Entity entity) {
        ObjectNode nothing = JsonNodeFactory.instance.objectNode();
        return new Write(
                entity.tenant(),
                entity.guid(),
                mapping.kindOf(entity.doc()).orElseThrow(),
                Write.Operation.DELETE,
                nothing,
                links.get(entity.guid()),
                uncertain.contains(entity.guid()),
                sent.getOrDefault(entity.guid(), List.of()),
                false,
                Map.of(),
                null,
                null,
                null,
                Set.of());
    }

    /** Sends these in one batch and remembers what the outcomes say. */
    List<Outcome> push(Entity... entities) {
        return push(Arrays.asList(entities));
    }

    List<Outcome> push(Collection<Entity> entities) {
        return send(entities.stream().map(this::upsert).toList());
    }

    Outcome pushOne(Entity entity) {
        return push(entity).get(0);
    }

    List<Outcome> send(List<Write> writes) {
        List<Outcome> outcomes = adapter.send(writes);
        for (int i = 0; i < writes.size(); i++) {
            remember(writes.get(i), outcomes.get(i));
        }
        return outcomes;
    }

    private synchronized void remember(Write write, Outcome outcome) {
        if (outcome instanceof Outcome.Accepted accepted) {
            uncertain.remove(write.guid());
            sent.remove(write.guid());
            links.put(write.guid(), new Link(accepted.externalId(), accepted.version(), accepted.agreed()));
        } else if (outcome instanceof Outcome.Unknown) {
            lost(write);
        }
    }

    /** A write that may have arrived or not. */
    synchronized void lost(Write write) {
        uncertain.add(write.guid());
        sent.computeIfAbsent(write.guid(), guid -> new ArrayList<>()).add(write.record());
    }

    /** Sends these and loses the answers: what was sent has arrived, and the hub does not know. */
    void arriveUnseen(Write... writes) {
        Map<String, Link> known = new HashMap<>(links);
        adapter.send(List.of(writes)).forEach(outcome -> {
            if (!(outcome instanceof Outcome.Accepted)) {
                throw new IllegalStateException("the test's write was not taken: " + outcome);
            }
        });
        links.clear();
        links.putAll(known);
        for (Write write : writes) {
            lost(write);
        }
    }

    /** Sends until nothing is owed any more, in batches, as a hub does whose target is in trouble now and then. */
    List<Outcome> pushUntilDone(Collection<Entity> entities, int mostRounds) {
        Map<String, Outcome> last = new LinkedHashMap<>();
        List<Entity> owed = new ArrayList<>(entities);
        for (int round = 0; round < mostRounds && !owed.isEmpty(); round++) {
            List<Entity> open = new ArrayList<>();
            for (List<Entity> part : Halving.parts(owed, adapter.batchSize())) {
                List<Outcome> outcomes = push(part);
                for (int i = 0; i < part.size(); i++) {
                    Outcome outcome = outcomes.get(i);
                    last.put(part.get(i).guid(), outcome);
                    boolean again = outcome instanceof Outcome.Unknown
                            || outcome instanceof Outcome.Unsent
                            || outcome instanceof Outcome.Retry;
                    if (again) {
                        open.add(part.get(i));
                    }
                }
            }
            owed = open;
        }
        return List.copyOf(last.values());
    }

    int idOf(Entity entity) {
        Link link = links.get(entity.guid());
        if (link == null) {
            throw new IllegalArgumentException("the record has no link");
        }
        return Integer.parseInt(link.externalId());
    }

    RegistryRecord partner(Entity entity) {
        return simulator.registry().partner(idOf(entity));
    }

    @Override
    public void close() {
        simulator.close();
    }
}
