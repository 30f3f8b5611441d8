package org.synchub.target.httpjson;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.synchub.crypto.KeyRing;
import org.synchub.mapping.Entity;
import org.synchub.mapping.Kind;
import org.synchub.mapping.Mapped;
import org.synchub.mapping.Mapping;
import org.synchub.mapping.PolicyCheck;
import org.synchub.target.Adapter;
import org.synchub.target.ChangePage;
import org.synchub.target.Link;
import org.synchub.target.Outcome;
import org.synchub.target.RemoteChange;
import org.synchub.target.Write;
import org.synchub.testing.PlainHttp;

/** An adapter made of a shipped mapping file, over real HTTP to a server, with what the ledger would remember. */
final class Rig {

    static final String TENANT = "t";

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    /** A clock that a test sets. */
    static final class SetClock extends Clock {
        private volatile Instant now = Instant.parse("2026-11-20T12:00:00Z");

        void later(Duration by) {
            now = now.plus(by);
        }

        @Override
        public Instant instant() {
            return now;
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

    final SetClock clock = new SetClock();
    final Mapping mapping;
    final Adapter adapter;
    private final Map<String, Link> links = new HashMap<>();
    private final Map<String, Long> numbers = new HashMap<>();
    private @Nullable String cursor;

    private Rig(Mapping mapping, String url) {
        this.mapping = mapping;
        this.adapter = new HttpJsonAdapterFactory()
                .create(mapping, new PlainHttp(url(mapping), Duration.ofSeconds(20)), clock);
        assertThat(url(mapping)).startsWith(url);
    }

    private static String url(Mapping mapping) {
        return mapping.adapter().text("url");
    }

    /** One of the files in mappings/examples as it is shipped, for a server at this address. */
    static Rig shipped(String name, String url, Map<String, String> environment) {
        return of(name, text(name), url, environment);
    }

    static String text(String name) {
        try {
            return Files.readString(Path.of("mappings/examples/" + name + ".yaml"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Rig of(String name, String yaml, String url, Map<String, String> environment) {
        return of(name, yaml, url, environment, new KeyRing(Map.of()));
    }

    static Rig of(String name, String yaml, String url, Map<String, String> environment, KeyRing keys) {
        Map<String, String> all = new LinkedHashMap<>(environment);
        Path file = Path.of("mappings/" + name + ".yaml");
        return new Rig(Mapping.parse(file, yaml, all::get, PolicyCheck.NONE, keys), url);
    }

    /** As the same ledger would with another mapping file. */
    Rig linkedAs(Rig before) {
        links.putAll(before.links);
        return this;
    }

    /** A form as DataCollect keeps it. */
    static ObjectNode form(String entityName, Object... fields) {
        ObjectNode data = JsonNodeFactory.instance.objectNode().put("entityName", entityName);
        for (int i = 0; i < fields.length; i += 2) {
            data.set(String.valueOf(fields[i]), JSON.valueToTree(fields[i + 1]));
        }
        return data;
    }

    Entity entity(String guid, ObjectNode data) {
        ObjectNode doc = JsonNodeFactory.instance
                .objectNode()
                .put("id", guid)
                .put("guid", guid)
                .put("type", "individual")
                .put("version", 1);
        doc.set("data", data);
        return new Entity(TENANT, guid, 1, null, doc);
    }

    /** What the hub would send for a form as things stand. */
    Write write(String guid, ObjectNode data, boolean uncertain) {
        Entity entity = entity(guid, data);
        Kind kind = mapping.kindOf(entity.doc()).orElseThrow();
        Mapped mapped = kind.outward(entity);
        assertThat(mapped.problems()).isEmpty();
        Map<String, String> references = new HashMap<>();
        mapped.references().forEach(reference -> {
            Link link = links.get(reference.guid());
            if (link != null) {
                references.put(reference.guid(), link.externalId());
            }
        });
        return new Write(
                TENANT,
                guid,
                kind,
                Write.Operation.UPSERT,
                mapped.record(),
                links.get(guid),
                uncertain,
                List.of(),
                false,
                references,
                null,
                number(guid),
                clock.instant(),
                Set.of());
    }

    /** As the ledger allots them. */
    private @Nullable Long number(String guid) {
        return adapter.numbersFrom().isEmpty()
                ? null
                : numbers.computeIfAbsent(guid, g -> adapter.numbersFrom().getAsLong() + numbers.size());
    }

    /** The same after writes whose outcome is not known. */
    Write after(Write write, ObjectNode... sent) {
        return new Write(
                TENANT,
                write.guid(),
                write.kind(),
                write.operation(),
                write.record(),
                write.link(),
                true,
                List.of(sent),
                false,
                write.references(),
                null,
                write.number(),
                write.changedAt(),
                Set.of());
    }

    Write delete(String guid, String kind) {
        return new Write(
                TENANT,
                guid,
                mapping.kind(kind),
                Write.Operation.DELETE,
                JsonNodeFactory.instance.objectNode(),
                links.get(guid),
                false,
                List.of(),
                false,
                Map.of(),
                null,
                number(guid),
                clock.instant(),
                Set.of());
    }

    List<Outcome> send(Write... writes) {
        List<Outcome> outcomes = adapter.send(List.of(writes));
        for (int i = 0; i < writes.length; i++) {
            if (outcomes.get(i) instanceof Outcome.Accepted accepted) {
                links.put(
                        writes[i].guid(),
                        new Link(accepted.externalId(), accepted.version(), normal(accepted.agreed())));
            }
        }
        return outcomes;
    }

    Outcome put(String guid, ObjectNode data) {
        return send(write(guid, data, false)).get(0);
    }

    Outcome.Accepted accepted(String guid, ObjectNode data) {
        Outcome outcome = put(guid, data);
        assertThat(outcome).isInstanceOf(Outcome.Accepted.class);
        return (Outcome.Accepted) outcome;
    }

    Link link(String guid) {
        Link link = links.get(guid);
        assertThat(link).as("link of " + guid).isNotNull();
        return link == null ? new Link("", null, null) : link;
    }

    /** As the ledger would give it back. */
    private static ObjectNode normal(ObjectNode record) {
        try {
            return (ObjectNode) JSON.readTree(JSON.writeValueAsBytes(record));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads changes to their present end. */
    List<RemoteChange> pull() {
        List<RemoteChange> all = new ArrayList<>();
        ChangePage page;
        do {
            page = adapter.changes(cursor, 200);
            all.addAll(page.changes());
            cursor = page.cursor();
        } while (page.more());
        return all;
    }

    /** A record of a pull as the mapping makes of it what it would send, references as guids: unchanged if nothing changed. */
    ObjectNode canonical(RemoteChange change, String guid, ObjectNode data) {
        Map<String, String> guids = new HashMap<>();
        links.forEach((each, link) -> guids.put(link.externalId(), each));
        ObjectNode told = change.record() == null ? JsonNodeFactory.instance.objectNode() : change.record();
        return mapping.kind(change.kind())
                .canonical((ObjectNode) toGuids(told, guids), entity(guid, data).doc());
    }

    private static JsonNode toGuids(JsonNode node, Map<String, String> guids) {
        if (node.size() == 1 && node.has(RecordForm.EXT)) {
            return JsonNodeFactory.instance
                    .objectNode()
                    .put(RecordForm.REF, guids.get(node.get(RecordForm.EXT).asText()));
        }
        if (node instanceof ObjectNode object) {
            ObjectNode copy = JsonNodeFactory.instance.objectNode();
            object.properties().forEach(field -> copy.set(field.getKey(), toGuids(field.getValue(), guids)));
            return copy;
        }
        return node;
    }

    static ObjectNode json(String text) {
        try {
            return (ObjectNode) JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
