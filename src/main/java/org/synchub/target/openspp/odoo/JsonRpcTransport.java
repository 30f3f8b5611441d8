package org.synchub.target.openspp.odoo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.synchub.target.ClockReading;
import org.synchub.target.Exchanged;
import org.synchub.target.TargetHttp;

/**
 * Odoo's {@code POST /jsonrpc} as of version 17: no session, the credential goes with every call, and an API key may stand
 * in the password's place.
 */
public final class JsonRpcTransport implements OdooTransport {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final TargetHttp http;
    private final OdooLogin login;
    private final OdooAnswers answers;
    private final AtomicLong ids = new AtomicLong();
    private volatile int user;
    private final InstantSource clock;
    private volatile @Nullable Instant serverTime;
    private volatile @Nullable ClockReading reading;

    /** @param clock the hub's, with which the server's is compared */
    public JsonRpcTransport(TargetHttp http, OdooLogin login, InstantSource clock) {
        this.clock = clock;
        this.http = http;
        this.login = login;
        this.answers = new OdooAnswers(login.username(), login.where());
    }

    @Override
    public void login() {
        ArrayNode args = JSON.arrayNode()
                .add(login.database())
                .add(login.username())
                .add(login.password().reveal())
                .add(JSON.objectNode());
        JsonNode result = post("common", "authenticate", args, "authenticate", false);
        if (!result.isIntegralNumber()) {
            throw answers.loginRefused(login.database());
        }
        user = result.intValue();
    }

    @Override
    public JsonNode call(OdooCall call) {
        ArrayNode places = JSON.arrayNode();
        call.arguments().forEach(argument -> places.add(argument.value()));
        ArrayNode args = JSON.arrayNode()
                .add(login.database())
                .add(user)
                .add(login.password().reveal())
                .add(call.model())
                .add(call.method())
                .add(places)
                .add(call.options());
        return post("object", "execute_kw", args, call.label(), call.write());
    }

    @Override
    public @Nullable Instant serverTime() {
        return serverTime;
    }

    @Override
    public @Nullable ClockReading clock() {
        return reading;
    }

    private JsonNode post(String service, String method, ArrayNode args, String label, boolean write) {
        ObjectNode body = JSON.objectNode();
        body.put("jsonrpc", "2.0").put("method", "call").put("id", ids.incrementAndGet());
        body.putObject("params").put("service", service).put("method", method).set("args", args);
        Instant asked = clock.instant();
        TargetHttp.Call call = new TargetHttp.Call(
                "POST", "/jsonrpc", Map.of("Content-Type", "application/json"), bytes(body), !write, write, label);
        TargetHttp.Answer answer = http.exchange(call);
        Instant date = OdooAnswers.date(answer);
        if (date != null) {
            serverTime = date;
            compare(date, asked, clock.instant());
        }
        try {
            return answers.result(answer, label, write);
        } catch (OdooFault fault) {
            throw fault.in(new Exchanged(call, answer));
        }
    }

    /**
     * The server wrote its time, cut to the second, some time between question and answer. A quick answer tells more than
     * a slow one, but an old reading less than a new one, so a reading stands until one comes that is no worse by a second.
     */
    private void compare(Instant date, Instant asked, Instant answered) {
        Duration half = Duration.between(asked, answered).dividedBy(2);
        Duration ahead = Duration.between(asked.plus(half), date.plusMillis(500));
        // Half the way there and back, half a second of the date, and the second that write dates are shown in.
        Duration tolerance = half.plusMillis(1_500);
        ClockReading known = reading;
        if (known == null || tolerance.compareTo(known.tolerance().plusSeconds(1)) <= 0) {
            reading = new ClockReading(ahead, tolerance);
        }
    }

    private static byte[] bytes(ObjectNode body) {
        try {
            return MAPPER.writeValueAsBytes(body);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("writing a JSON tree failed", impossible);
        }
    }
}
