package org.synchub.target.openspp.odoo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.synchub.target.TargetHttp;
import org.synchub.target.TargetTrouble;

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
    private volatile @Nullable Instant serverTime;

    public JsonRpcTransport(TargetHttp http, OdooLogin login) {
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

    private JsonNode post(String service, String method, ArrayNode args, String label, boolean write) {
        ObjectNode body = JSON.objectNode();
        body.put("jsonrpc", "2.0").put("method", "call").put("id", ids.incrementAndGet());
        body.putObject("params").put("service", service).put("method", method).set("args", args);
        TargetHttp.Answer answer = exchange(bytes(body), label, write);
        Instant date = OdooAnswers.date(answer);
        if (date != null) {
            serverTime = date;
        }
        return answers.result(answer, label, write);
    }

    private TargetHttp.Answer exchange(byte[] body, String label, boolean write) {
        try {
            return http.exchange(new TargetHttp.Call(
                    "POST", "/jsonrpc", Map.of("Content-Type", "application/json"), body, !write, label));
        } catch (TargetTrouble trouble) {
            if (!write && trouble.maybeApplied()) {
                throw new TargetTrouble(
                        trouble.kind(), String.valueOf(trouble.getMessage()), false, trouble.retryAfter());
            }
            throw trouble;
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
