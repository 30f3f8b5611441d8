package org.synchub.target.httpjson;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synchub.mapping.Secret;
import org.synchub.target.TargetHttp;
import org.synchub.target.TargetTrouble;
import org.synchub.target.httpjson.spec.Auth;
import org.synchub.target.httpjson.spec.Place;
import org.synchub.target.httpjson.spec.Text;

/**
 * What lets the hub into a target: adds it to every request, fetches tokens, renews them before they end. One renewal at
 * a time; after a refused login the hub waits before it tries the same again, so that the account is not locked.
 */
final class Credentials {

    private static final Logger log = LoggerFactory.getLogger(Credentials.class);
    private static final Set<Integer> REFUSED = Set.of(400, 401, 403, 404, 422, 423);
    private static final Place EXP = new Place(List.of(List.of("exp")));

    private final Auth auth;
    private final TargetHttp http;
    private final Clock clock;
    private final String where;
    private volatile @Nullable Token token;
    private @Nullable Refused lastRefused;

    /** @param where the part of the mapping file to check when a login is refused */
    Credentials(Auth auth, TargetHttp http, Clock clock, String where) {
        this.auth = auth;
        this.http = http;
        this.clock = clock;
        this.where = where;
    }

    /** What was refused, and is not tried again before. */
    private record Refused(Secret tried, Instant until) {}

    /** A token and when it ends; null if that is not known. */
    private record Token(Secret value, @Nullable Instant end) {}

    /**
     * The headers that let one request in.
     *
     * @throws TargetTrouble when the target does not give a token
     */
    Map<String, String> headers(String method, String path, byte @Nullable [] body) {
        if (auth instanceof Auth.Header header) {
            return Map.of(header.name(), header.value().reveal());
        }
        if (auth instanceof Auth.Token call) {
            return Map.of(call.header(), call.prefix() + current(call).value().reveal());
        }
        return auth instanceof Auth.Hmac hmac ? signature(hmac, method, path, body) : Map.of();
    }

    /** Makes sure that the hub is let in as far as can be told without a request for records. */
    void prepare() {
        if (auth instanceof Auth.Token call) {
            current(call);
        }
    }

    /**
     * The target refused a request with these headers. Says whether there is something newer to try.
     *
     * @throws TargetTrouble when a new token is refused as well
     */
    boolean renew(Map<String, String> refused) {
        if (auth instanceof Auth.Header header) {
            return !refused.containsValue(header.value().reveal());
        }
        if (!(auth instanceof Auth.Token call)) {
            return false;
        }
        synchronized (this) {
            Token known = token;
            if (known != null
                    && refused.containsValue(call.prefix() + known.value().reveal())) {
                token = null;
            }
            current(call);
            return true;
        }
    }

    private Token current(Auth.Token call) {
        Token known = token;
        if (known != null && !endsSoon(known, call)) {
            return known;
        }
        synchronized (this) {
            known = token;
            if (known != null && !endsSoon(known, call)) {
                return known;
            }
            Token fresh = known == null || !isGood(known) ? login(call) : renewed(call, known);
            token = fresh;
            return fresh;
        }
    }

    /** In the place of one that is still good, and goes on being used where none can be had for now. */
    private Token renewed(Auth.Token call, Token known) {
        try {
            Token fresh = refreshed(call, known);
            return fresh == null ? login(call) : fresh;
        } catch (TargetTrouble trouble) {
            log.warn("A new token could not be had ahead of the old one's end: {}", trouble.getMessage());
            return known;
        }
    }

    private boolean endsSoon(Token known, Auth.Token call) {
        return known.end() != null && !clock.instant().isBefore(known.end().minus(call.renewBefore()));
    }

    private boolean isGood(Token known) {
        return known.end() == null || clock.instant().isBefore(known.end());
    }

    /** Null where tokens cannot be exchanged, or this one is not taken: then the hub logs in. */
    private @Nullable Token refreshed(Auth.Token call, Token known) {
        String path = call.refreshPath();
        if (path == null) {
            return null;
        }
        Map<String, String> headers = new LinkedHashMap<>(json());
        headers.put(call.header(), call.prefix() + known.value().reveal());
        TargetHttp.Answer answer = post(path, headers, null);
        return answer.status() / 100 == 2 ? read(call, answer) : null;
    }

    private Token login(Auth.Token call) {
        JsonNode fields = call.body().get();
        byte[] body = call.form() ? form(fields) : Json.bytes(fields);
        Secret header = call.basic();
        String basic = header == null ? null : header.reveal();
        Secret tried = new Secret(basic + "\n" + new String(body, StandardCharsets.UTF_8));
        Instant until = lastRefused == null || !lastRefused.tried().reveal().equals(tried.reveal())
                ? null
                : lastRefused.until();
        if (until != null && clock.instant().isBefore(until)) {
            throw new TargetTrouble(
                    TargetTrouble.Kind.LOGIN_REFUSED,
                    "The login was refused; the hub does not try again before " + until + ", so that the account is not"
                            + " locked. Check auth in " + where,
                    false,
                    Duration.between(clock.instant(), until));
        }
        Map<String, String> headers = new LinkedHashMap<>(json());
        if (call.form()) {
            headers.put("Content-Type", "application/x-www-form-urlencoded");
        }
        if (basic != null) {
            headers.put("Authorization", basic);
        }
        TargetHttp.Answer answer = post(call.path(), headers, body);
        Token got = answer.status() / 100 == 2 ? read(call, answer) : null;
        if (got != null) {
            lastRefused = null;
            return got;
        }
        boolean refused = REFUSED.contains(answer.status()) || answer.status() / 100 == 2;
        if (refused) {
            lastRefused = new Refused(tried, clock.instant().plus(call.retryAfter()));
        }
        throw new TargetTrouble(
                refused ? TargetTrouble.Kind.LOGIN_REFUSED : TargetTrouble.Kind.UNREACHABLE,
                refused
                        ? "The login gave no token (HTTP " + answer.status() + "); check auth in " + where
                        : "The login failed with HTTP " + answer.status(),
                false,
                refused ? call.retryAfter() : null);
    }

    private static Map<String, String> json() {
        return Map.of("Content-Type", "application/json", "Accept", "application/json");
    }

    private TargetHttp.Answer post(String path, Map<String, String> headers, byte @Nullable [] body) {
        return http.exchange(new TargetHttp.Call("POST", path, headers, body, false, false, "login"));
    }

    private static byte[] form(JsonNode fields) {
        List<String> pairs = new ArrayList<>();
        fields.properties()
                .forEach(field -> pairs.add(Text.escaped(field.getKey()) + "="
                        + Text.escaped(field.getValue().asText())));
        return String.join("&", pairs).getBytes(StandardCharsets.UTF_8);
    }

    private @Nullable Token read(Auth.Token call, TargetHttp.Answer answer) {
        JsonNode body = Json.parse(answer.body());
        String value = body == null ? null : call.tokenAt().text(body);
        if (body == null || value == null) {
            return null;
        }
        return new Token(new Secret(value), end(call, body, value));
    }

    private @Nullable Instant end(Auth.Token call, JsonNode body, String value) {
        Place expiresInAt = call.expiresInAt();
        long seconds = expiresInAt == null ? 0 : expiresInAt.in(body).asLong();
        if (seconds > 0) {
            return clock.instant().plusSeconds(seconds);
        }
        JsonNode claims = claims(value);
        JsonNode exp = EXP.in(claims);
        return exp.isNumber() ? Instant.ofEpochSecond(exp.longValue()) : null;
    }

    /** What a JWT says of itself; a missing node for any other token. */
    private static JsonNode claims(String value) {
        String[] parts = value.split("\\.", -1);
        if (parts.length == 3) {
            try {
                JsonNode claims = Json.parse(Base64.getUrlDecoder().decode(parts[1]));
                return claims == null ? MissingNode.getInstance() : claims;
            } catch (IllegalArgumentException noBase64) {
                return MissingNode.getInstance();
            }
        }
        return MissingNode.getInstance();
    }

    private Map<String, String> signature(Auth.Hmac hmac, String method, String path, byte @Nullable [] body) {
        String timestamp = Long.toString(clock.instant().getEpochSecond());
        Map<String, String> values = Map.of(
                "method", method,
                "path", path,
                "body", body == null ? "" : new String(body, StandardCharsets.UTF_8),
                "timestamp", timestamp);
        String signed = String.valueOf(hmac.over().fill(name -> TextNode.valueOf(values.get(name))));
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put(hmac.header(), sign(hmac, signed));
        String timestampHeader = hmac.timestampHeader();
        if (timestampHeader != null) {
            headers.put(timestampHeader, timestamp);
        }
        return headers;
    }

    private static String sign(Auth.Hmac hmac, String text) {
        try {
            Mac mac = Mac.getInstance(hmac.algorithm());
            mac.init(new SecretKeySpec(hmac.secret().reveal().getBytes(StandardCharsets.UTF_8), hmac.algorithm()));
            byte[] signature = mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
            return hmac.base64()
                    ? Base64.getEncoder().encodeToString(signature)
                    : HexFormat.of().formatHex(signature);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java cannot sign with " + hmac.algorithm(), e);
        }
    }
}
