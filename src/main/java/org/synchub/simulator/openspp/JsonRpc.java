package org.synchub.simulator.openspp;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The JSON-RPC envelope of {@code /jsonrpc} and its two services. */
final class JsonRpc {

    /** A parsed request: its id to echo, the call, and where the call says who asks. */
    record Request(@Nullable Object id, RpcCall call, List<Object> serviceArgs) {}

    /** An answer's bytes and the error's class, empty for a success. */
    static final class Answer {
        private final byte[] body;
        private final String error;

        Answer(byte[] body, String error) {
            this.body = body;
            this.error = error;
        }

        byte[] body() {
            return body;
        }

        String error() {
            return error;
        }
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectReader ANYTHING = JSON.readerFor(Object.class);

    private final String database;
    private final Map<Integer, RegistryUser> users;
    private final ObjectService objects;

    JsonRpc(String database, Map<Integer, RegistryUser> users, ObjectService objects) {
        this.database = database;
        this.users = users;
        this.objects = objects;
    }

    /** Null where the body is no JSON object. */
    static @Nullable Request parse(byte[] body, long number) {
        Object parsed;
        try {
            parsed = ANYTHING.readValue(body);
        } catch (IOException e) {
            return null;
        }
        if (!(parsed instanceof Map)) {
            return null;
        }
        Map<String, Object> envelope = Values.object(parsed);
        Object params = envelope.get("params");
        Map<String, Object> named = params instanceof Map ? Values.object(params) : Map.of();
        String service = text(named.get("service"));
        String method = text(named.get("method"));
        List<Object> args = list(named.get("args"));
        RpcCall call = isExecute(service, method)
                ? execute(number, service, method, args)
                : new RpcCall(number, service, "", method, 0, args, Map.of());
        return new Request(envelope.get("id"), call, args);
    }

    private static boolean isExecute(String service, String method) {
        return service.equals("object") && (method.equals("execute_kw") || method.equals("execute"));
    }

    private static RpcCall execute(long number, String service, String method, List<Object> args) {
        boolean keywords = method.equals("execute_kw");
        int uid = args.size() > 1 && args.get(1) instanceof Integer id ? id : 0;
        String model = args.size() > 3 ? text(args.get(3)) : "";
        String called = args.size() > 4 ? text(args.get(4)) : "";
        List<Object> positional = keywords
                ? args.size() > 5 ? list(args.get(5)) : List.of()
                : args.size() > 5 ? args.subList(5, args.size()) : List.of();
        Map<String, Object> named =
                keywords && args.size() > 6 && args.get(6) instanceof Map ? Values.object(args.get(6)) : Map.of();
        return new RpcCall(number, service, model, called, uid, positional, named);
    }

    private static String text(@Nullable Object value) {
        return value instanceof String text ? text : "";
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(@Nullable Object value) {
        return value instanceof List<?> list ? (List<Object>) list : List.of();
    }

    /** Applies the call; {@code startedAt} is its transaction's start in microseconds. */
    Answer answer(Request request, long startedAt) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
        try (JsonGenerator json = JSON.getFactory().createGenerator(bytes)) {
            open(json, request.id());
            dispatch(request, startedAt, json);
            json.writeEndObject();
        } catch (OdooError error) {
            return error(request.id(), error);
        }
        return new Answer(bytes.toByteArray(), "");
    }

    static Answer error(@Nullable Object id, OdooError error) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
        try (JsonGenerator json = JSON.getFactory().createGenerator(bytes)) {
            open(json, id);
            json.writeObjectFieldStart("error");
            json.writeNumberField("code", 200);
            json.writeStringField("message", "Odoo Server Error");
            json.writeObjectFieldStart("data");
            json.writeStringField("name", error.type());
            json.writeStringField("debug", "Traceback (most recent call last):\n  (simulated)\n");
            json.writeStringField("message", error.text());
            json.writeArrayFieldStart("arguments");
            json.writeString(error.text());
            json.writeEndArray();
            json.writeObjectFieldStart("context");
            json.writeEndObject();
            json.writeEndObject();
            json.writeEndObject();
            json.writeEndObject();
        }
        return new Answer(bytes.toByteArray(), error.type());
    }

    private static void open(JsonGenerator json, @Nullable Object id) throws IOException {
        json.writeStartObject();
        json.writeStringField("jsonrpc", "2.0");
        json.writePOJOField("id", id);
    }

    private void dispatch(Request request, long startedAt, JsonGenerator json) throws IOException {
        RpcCall call = request.call();
        switch (call.service()) {
            case "common" -> common(call, json);
            case "object" -> {
                if (call.model().isEmpty()) {
                    throw OdooError.typeError("dispatch() misses its arguments: db, uid, password, model, method");
                }
                objects.execute(call, user(request.serviceArgs()), startedAt, json);
            }
            default -> throw new OdooError("builtins.KeyError", "'" + call.service() + "'");
        }
    }

    private void common(RpcCall call, JsonGenerator json) throws IOException {
        switch (call.method()) {
            case "version" -> {
                json.writeObjectFieldStart("result");
                json.writeStringField("server_version", "17.0-20240709");
                json.writeArrayFieldStart("server_version_info");
                json.writeNumber(17);
                json.writeNumber(0);
                json.writeNumber(0);
                json.writeString("final");
                json.writeNumber(0);
                json.writeString("");
                json.writeEndArray();
                json.writeStringField("server_serie", "17.0");
                json.writeNumberField("protocol_version", 1);
                json.writeEndObject();
            }
            case "authenticate", "login" -> authenticate(call.args(), json);
            default -> throw new OdooError("builtins.Exception", "Method not found: " + call.method());
        }
    }

    private void authenticate(List<Object> args, JsonGenerator json) throws IOException {
        if (args.size() < 3) {
            throw OdooError.typeError("exp_authenticate() missing required positional arguments");
        }
        checkDatabase(args.get(0));
        for (RegistryUser user : users.values()) {
            if (user.login().equals(args.get(1)) && user.accepts(args.get(2))) {
                json.writeNumberField("result", user.uid());
                return;
            }
        }
        json.writeBooleanField("result", false);
    }

    private RegistryUser user(List<Object> args) {
        checkDatabase(args.get(0));
        RegistryUser user = args.get(1) instanceof Integer uid ? users.get(uid) : null;
        if (user == null || !user.accepts(args.get(2))) {
            throw OdooError.accessDenied();
        }
        return user;
    }

    private void checkDatabase(Object given) {
        if (!database.equals(given)) {
            throw OdooError.unknownDatabase(String.valueOf(given));
        }
    }
}
