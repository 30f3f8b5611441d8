package org.synchub.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.KeptExchange;
import org.synchub.ledger.PullLedger.Parked;
import org.synchub.ledger.Settlement;
import org.synchub.ledger.State;
import org.synchub.ledger.StoredLink;
import org.synchub.mapping.Reference;
import org.synchub.sync.PushWriter.Prepared;
import org.synchub.target.Exchanged;
import org.synchub.target.RemoteChange;
import org.synchub.target.TargetHttp;

/**
 * Writes down what was exchanged with a target over a record that needs attention: without the target's secrets, cut to
 * {@value #LONGEST} characters each of request and answer, once without and once with people's values.
 */
final class Transcripts {

    /** Of a request or an answer. */
    static final int LONGEST = 16 * 1024;

    /** Of one text in them: a photograph must not hide what stands behind it. */
    private static final int LONGEST_TEXT = 2_000;

    private static final int TEXT_BEGINS = 200;
    private static final int SHORTEST_CREDENTIAL = 6;

    private final boolean kept;
    private final Clock clock;

    /** @param kept false keeps nothing */
    Transcripts(boolean kept, Clock clock) {
        this.kept = kept;
        this.clock = clock;
    }

    /**
     * What was exchanged over a delivery, put to what became of it, where that needs attention.
     *
     * @param code the target's own class of error, which stays readable
     * @param exchanged null where there was no exchange
     */
    Settlement tell(PushWriter writer, Prepared p, Settlement settlement, String code, @Nullable Exchanged exchanged) {
        if (!kept || exchanged == null || settlement.state() != State.REJECTED) {
            return settlement;
        }
        TargetHttp.Call call = exchanged.call();
        TargetHttp.Answer answer = exchanged.answer();
        Set<String> keys = keys(writer, p, code, call.label());
        JsonNode asked = exchanged.asked() == null ? Veil.json(bytes(call.body())) : exchanged.asked();
        Set<String> secrets = secrets(writer.run().target(), call);
        Veil masked = new Veil(false, secrets, keys);
        masked.learn(p.record());
        StoredLink link = p.link();
        if (link != null && link.base() != null) {
            masked.learn(link.base());
        }
        if (asked != null) {
            masked.learn(asked);
        }
        Veil clear = new Veil(true, secrets, keys);
        TargetHttp.Passage passage = answer.passage();
        return settlement.with(new KeptExchange(
                call.label(),
                call.method(),
                passage == null ? null : passage.requestId(),
                passage == null ? clock.instant() : passage.asked(),
                passage == null ? null : passage.took(),
                exchanged.records(),
                answer.status(),
                written(masked, false, exchanged, asked),
                written(clear, true, exchanged, asked)));
    }

    /** A target's record that could not be applied, as it was read. */
    Parked tell(TargetRuntime target, Parked parked, RemoteChange remote) {
        if (!kept || remote.record() == null) {
            return parked;
        }
        Set<String> keys = new HashSet<>(words(target));
        Set<String> secrets = secrets(target, null);
        keys.addAll(List.of(remote.externalId(), remote.kind()));
        target.mapping().kindNamed(remote.kind()).ifPresent(kind -> keys.addAll(Masking.words(kind)));
        if (parked.guid() != null) {
            keys.add(parked.guid());
        }
        return parked.with(new KeptExchange(
                "read " + remote.kind(),
                null,
                null,
                clock.instant(),
                null,
                1,
                null,
                read(new Veil(false, secrets, keys), remote),
                read(new Veil(true, secrets, keys), remote)));
    }

    private static ObjectNode read(Veil veil, RemoteChange remote) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("kind", remote.kind()).put("externalId", remote.externalId());
        answer.put("version", remote.version());
        answer.put("state", remote.state().name().toLowerCase(Locale.ROOT));
        Instant changedAt = remote.changedAt();
        answer.put("changedAt", changedAt == null ? null : changedAt.toString());
        JsonNode record = remote.record();
        answer.set("record", record == null ? null : veil.all(record));
        ObjectNode written = JsonNodeFactory.instance.objectNode();
        written.set("answer", cut(answer));
        return written;
    }

    /** What may be shown: keys, the mapping's words and the protocol's. */
    private static Set<String> keys(PushWriter writer, Prepared p, String code, String label) {
        TargetRuntime target = writer.run().target();
        Set<String> keys = new HashSet<>(words(target));
        keys.addAll(List.of(p.claimed().guid(), target.mapping().tenant(), code, label));
        keys.addAll(Masking.words(p.kind()));
        int method = label.lastIndexOf('.');
        if (method > 0) {
            keys.add(label.substring(0, method));
            keys.add(label.substring(method + 1));
        }
        StoredLink link = p.link();
        if (link != null) {
            keys.add(link.externalId());
        }
        for (Reference reference : p.references()) {
            keys.add(reference.guid());
            String externalId = writer.externalIds().get(reference.guid());
            if (externalId != null) {
                keys.add(externalId);
            }
        }
        return keys;
    }

    private static Set<String> words(TargetRuntime target) {
        Set<String> words = new HashSet<>(target.adapter().words());
        texts(target.mapping().adapter().masked(), words);
        return words;
    }

    private static void texts(JsonNode node, Set<String> into) {
        if (node.isTextual()) {
            into.add(node.textValue());
        } else {
            node.forEach(child -> texts(child, into));
        }
    }

    /** The target's secrets and what let the request in, the longest first, also as they stand in an address. */
    private static Set<String> secrets(TargetRuntime target, TargetHttp.@Nullable Call call) {
        List<String> found = new ArrayList<>(target.mapping().adapter().secrets());
        if (call != null) {
            Veil.hidden(call.headers()).forEach(value -> {
                found.add(value);
                found.addAll(Arrays.asList(value.split(" ", -1)));
            });
            found.removeIf(secret -> secret.length() < SHORTEST_CREDENTIAL
                    && !target.mapping().adapter().secrets().contains(secret));
        }
        List.copyOf(found).forEach(secret -> {
            String encoded = URLEncoder.encode(secret, StandardCharsets.UTF_8);
            found.add(encoded);
            found.add(encoded.replace("+", "%20"));
            String quoted = TextNode.valueOf(secret).toString();
            found.add(quoted.substring(1, quoted.length() - 1));
        });
        found.sort(Comparator.comparingInt(String::length).reversed());
        return new LinkedHashSet<>(found);
    }

    private static ObjectNode written(Veil veil, boolean clear, Exchanged exchanged, @Nullable JsonNode asked) {
        TargetHttp.Call call = exchanged.call();
        ObjectNode written = JsonNodeFactory.instance.objectNode();
        written.put("path", veil.path(call.path()));
        ObjectNode headers = written.putObject("headers");
        for (Map.Entry<String, String> header : veil.headers(call.headers()).entrySet()) {
            headers.put(header.getKey(), header.getValue());
        }
        byte[] body = bytes(call.body());
        written.set("request", asked == null ? raw(veil, clear, body) : cut(veil.all(asked)));
        byte[] answer = exchanged.answer().body();
        JsonNode said = exchanged.said() == null ? Veil.json(answer) : exchanged.said();
        written.set("answer", said == null ? raw(veil, clear, answer) : cut(veil.sentences(said)));
        return written;
    }

    private static byte[] bytes(byte @Nullable [] body) {
        return body == null ? new byte[0] : body;
    }

    /** A body that is no JSON. */
    private static @Nullable JsonNode raw(Veil veil, boolean clear, byte[] body) {
        if (body.length == 0) {
            return null;
        }
        return clear
                ? TextNode.valueOf(cut(veil.withoutSecrets(new String(body, StandardCharsets.UTF_8)), LONGEST, LONGEST))
                : TextNode.valueOf("‹" + body.length + " bytes›");
    }

    /** Long texts are shortened first; what is still too long is told by its beginning. */
    private static JsonNode cut(JsonNode json) {
        JsonNode shortened = shortened(json);
        String text = shortened.toString();
        return text.length() <= LONGEST ? shortened : TextNode.valueOf(cut(text, LONGEST, LONGEST));
    }

    private static JsonNode shortened(JsonNode node) {
        if (node instanceof ObjectNode object) {
            ObjectNode copy = JsonNodeFactory.instance.objectNode();
            object.properties().forEach(field -> copy.set(field.getKey(), shortened(field.getValue())));
            return copy;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode copy = JsonNodeFactory.instance.arrayNode();
            array.forEach(item -> copy.add(shortened(item)));
            return copy;
        }
        return node.isTextual() ? TextNode.valueOf(cut(node.textValue(), LONGEST_TEXT, TEXT_BEGINS)) : node;
    }

    private static String cut(String text, int longest, int begins) {
        return text.length() <= longest
                ? text
                : text.substring(0, begins) + "… ‹" + (text.length() - begins) + " more characters›";
    }
}
