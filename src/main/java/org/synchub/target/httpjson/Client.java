package org.synchub.target.httpjson;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synchub.target.Exchanged;
import org.synchub.target.TargetHttp;
import org.synchub.target.TargetTrouble;
import org.synchub.target.httpjson.spec.Operation;
import org.synchub.target.httpjson.spec.Request;
import org.synchub.target.httpjson.spec.Spec;
import org.synchub.target.httpjson.spec.Template;
import org.synchub.target.httpjson.spec.Text;
import org.synchub.target.httpjson.spec.Variables;
import org.synchub.target.httpjson.spec.Verdict;

/** Fills requests in, sends them with what lets the hub in, and turns trouble of the target itself into exceptions. */
final class Client {

    private final Spec spec;
    private final TargetHttp http;
    private final Credentials credentials;
    private final Judge judge;

    Client(Spec spec, TargetHttp http, Credentials credentials, Judge judge) {
        this.spec = spec;
        this.http = http;
        this.credentials = credentials;
        this.judge = judge;
    }

    /** An answer with what it means. */
    record Judged(TargetHttp.Call call, Reply reply, Judgement judgement) {

        /** The same answer, which means something else. */
        Judged as(Judgement other) {
            return new Judged(call, reply, other);
        }

        Exchanged exchanged() {
            return new Exchanged(call, reply.answer());
        }
    }

    /**
     * Asks and judges.
     *
     * @throws TargetTrouble when the target itself is in trouble, or does not let the hub in
     * @throws org.synchub.target.httpjson.spec.MissingValue when the record lacks what the address needs
     */
    Judged ask(Request request, Variables variables, String about) {
        String label = request.operation().word() + (about.isEmpty() ? "" : " " + about);
        JsonNode body = body(request, variables);
        return send(request, address(request, variables), headers(request, variables, body), body, label);
    }

    /** The same for a page whose address the page before gave. */
    Judged follow(Request request, String path, Variables variables, String about) {
        JsonNode body = body(request, variables);
        return send(
                request,
                path,
                headers(request, variables, body),
                body,
                request.operation().word() + " " + about);
    }

    private static @Nullable JsonNode body(Request request, Variables variables) {
        Template template = request.body();
        return template == null ? null : template.fill(variables);
    }

    private static String address(Request request, Variables variables) {
        StringBuilder address = new StringBuilder(request.path().path(variables));
        char before = '?';
        for (Map.Entry<String, Text> parameter : request.query().entrySet()) {
            String value = parameter.getValue().fill(variables);
            if (value != null) {
                address.append(before)
                        .append(Text.escaped(parameter.getKey()))
                        .append('=')
                        .append(Text.escaped(value));
                before = '&';
            }
        }
        return address.toString();
    }

    private Map<String, String> headers(Request request, Variables variables, @Nullable JsonNode body) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Accept", "application/json");
        if (body != null) {
            headers.put("Content-Type", "application/json");
        }
        spec.headers().forEach((name, text) -> put(headers, name, text, variables));
        request.headers().forEach((name, text) -> put(headers, name, text, variables));
        return headers;
    }

    private static void put(Map<String, String> headers, String name, Text text, Variables variables) {
        String value = text.fill(variables);
        if (value != null) {
            headers.put(name, value);
        }
    }

    private Judged send(
            Request request, String path, Map<String, String> headers, @Nullable JsonNode body, String label) {
        byte[] bytes = body == null ? null : Json.bytes(body);
        Map<String, String> first = credentials.headers(request.method(), path, bytes);
        Judged judged = exchange(request, path, headers, first, bytes, label);
        if (judged.judgement().verdict() == Verdict.LOGIN && credentials.renew(first)) {
            // A request that was not let in was not applied either, so it may be sent again.
            Map<String, String> second = credentials.headers(request.method(), path, bytes);
            judged = exchange(request, path, headers, second, bytes, label);
        }
        refuseTrouble(request.operation(), judged);
        return judged;
    }

    private Judged exchange(
            Request request,
            String path,
            Map<String, String> headers,
            Map<String, String> credential,
            byte @Nullable [] body,
            String label) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.putAll(credential);
        boolean write = request.operation().isWrite();
        boolean finishes =
                request.operation() == Operation.RESUME && !request.method().equals("GET");
        TargetHttp.Call call = new TargetHttp.Call(request.method(), path, all, body, !write, write || finishes, label);
        TargetHttp.Answer answer = http.exchange(call);
        JsonNode parsed = Json.parse(answer.body());
        Reply reply = new Reply(answer, parsed == null ? MissingNode.getInstance() : parsed, parsed != null, label);
        return new Judged(call, reply, judge.judge(request, reply));
    }

    private void refuseTrouble(Operation operation, Judged judged) {
        Judgement judgement = judged.judgement();
        Reply reply = judged.reply();
        String at = " at " + reply.label() + " (HTTP " + reply.status() + ")";
        switch (judgement.verdict()) {
            case LOGIN ->
                throw new TargetTrouble(
                        TargetTrouble.Kind.LOGIN_REFUSED,
                        "The target does not let the hub in" + at + "; check auth in " + spec.where());
            case MISCONFIGURED ->
                throw new TargetTrouble(
                        TargetTrouble.Kind.MISCONFIGURED,
                        "The target has no such address, or gives the hub no right to it," + at
                                + "; check url, requests and the account in " + spec.where());
            case UNAVAILABLE ->
                throw new TargetTrouble(
                        reply.status() == 429 ? TargetTrouble.Kind.OVERLOADED : TargetTrouble.Kind.UNREACHABLE,
                        "The target is in trouble" + at,
                        operation.isWrite() && reply.status() != 429,
                        null);
            default -> {
                // The caller knows what to do.
            }
        }
    }

    /** The part of a link that goes below the target's address; null for one that leads elsewhere. */
    static @Nullable String below(String url, String link) {
        String address = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
        String rest = after(address, link);
        if (rest == null && link.startsWith("/") && !link.startsWith("//")) {
            String root = after(String.valueOf(URI.create(address).getRawPath()), link);
            return root == null ? link : root;
        }
        return rest;
    }

    private static @Nullable String after(String begin, String link) {
        String rest = link.startsWith(begin) ? link.substring(begin.length()) : "";
        return rest.startsWith("/") || rest.startsWith("?") ? rest : null;
    }
}
