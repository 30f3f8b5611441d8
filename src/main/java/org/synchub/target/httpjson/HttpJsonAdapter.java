package org.synchub.target.httpjson;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.synchub.target.Adapter;
import org.synchub.target.ChangePage;
import org.synchub.target.ClockReading;
import org.synchub.target.EffectContract;
import org.synchub.target.HintSource;
import org.synchub.target.Outcome;
import org.synchub.target.RemoteChange;
import org.synchub.target.RemoteState;
import org.synchub.target.TargetTrouble;
import org.synchub.target.Write;
import org.synchub.target.httpjson.spec.HintSpec;
import org.synchub.target.httpjson.spec.Operation;
import org.synchub.target.httpjson.spec.Place;
import org.synchub.target.httpjson.spec.Request;
import org.synchub.target.httpjson.spec.Spec;
import org.synchub.target.httpjson.spec.Template;
import org.synchub.target.httpjson.spec.Verdict;

/** Keeps a system in agreement with the store that is described by its mapping file alone. */
final class HttpJsonAdapter implements Adapter {

    private final Session session;
    private final Spec spec;
    private volatile @Nullable ClockReading reading;

    HttpJsonAdapter(Session session) {
        this.session = session;
        this.spec = session.spec();
    }

    @Override
    public EffectContract prepare() {
        session.credentials().prepare();
        Request probe = spec.request(Operation.PROBE);
        if (probe != null) {
            Instant asked = session.clock().instant();
            Client.Judged judged = session.client().ask(probe, session.variables(null, name -> null), "");
            if (judged.judgement().verdict() != Verdict.ACCEPTED) {
                throw new TargetTrouble(
                        TargetTrouble.Kind.MISCONFIGURED,
                        "The target refused the probe (HTTP " + judged.reply().status() + "); check requests.probe in "
                                + spec.where());
            }
            reading = compare(probe, judged.reply(), asked);
        }
        return Contract.of(spec);
    }

    @Override
    public ObjectNode asAgreed(ObjectNode record, ObjectNode base) {
        return spec.record().trims() ? Trimmed.asAgreed(record, base) : record;
    }

    @Override
    public OptionalLong numbersFrom() {
        return spec.key().isDerived()
                ? OptionalLong.empty()
                : OptionalLong.of(spec.key().first());
    }

    @Override
    public boolean saysTimes() {
        return spec.requests().values().stream()
                .anyMatch(request -> request.placeholders().contains("changedAt"));
    }

    @Override
    public @Nullable HintSource hints() {
        HintSpec hints = spec.hints();
        if (hints == null) {
            return null;
        }
        Template hello = hints.hello();
        JsonNode said = hello == null ? null : hello.fill(session.variables(null, name -> null));
        return new HintSource(
                hints.url(), said == null ? null : new String(Json.bytes(said), StandardCharsets.UTF_8), message -> {
                    JsonNode parsed = Json.parse(message.getBytes(StandardCharsets.UTF_8));
                    return parsed != null && hints.tells(parsed);
                });
    }

    @Override
    public @Nullable ClockReading clock() {
        return reading;
    }

    /** The target wrote its time some time between question and answer; the header Date is cut to the second. */
    private @Nullable ClockReading compare(Request probe, Reply reply, Instant asked) {
        Duration half = Duration.between(asked, session.clock().instant()).dividedBy(2);
        Place place = probe.answer().time();
        Instant told = place == null
                ? null
                : Times.parse(place.in(reply.body()), spec.record().datetime());
        if (told != null) {
            return new ClockReading(Duration.between(asked.plus(half), told), half.plusMillis(1));
        }
        Instant date = Times.ofHeader(reply.answer().header("Date"));
        return date == null
                ? null
                : new ClockReading(Duration.between(asked.plus(half), date.plusMillis(500)), half.plusMillis(500));
    }

    @Override
    public int batchSize() {
        int largest = 1;
        for (Request request : spec.requests().values()) {
            largest = Math.max(largest, request.batch());
        }
        // Without batches several records still share a claim and a settlement.
        return Math.max(largest, 20);
    }

    @Override
    public int writers() {
        return spec.writers();
    }

    @Override
    public List<Outcome> send(List<Write> batch) {
        return batch.isEmpty() ? List.of() : new Sender(session, batch).send();
    }

    @Override
    public ChangePage changes(@Nullable String cursor, int limit) {
        session.pulledFrom(cursor);
        return new Changes(session).page(cursor);
    }

    @Override
    public Map<String, RemoteState> present(Collection<String> externalIds) {
        return externalIds.isEmpty() ? Map.of() : new Presence(session).present(externalIds);
    }

    @Override
    public List<RemoteChange> read(Collection<String> externalIds) {
        return externalIds.isEmpty() ? List.of() : new Presence(session).read(externalIds);
    }
}
