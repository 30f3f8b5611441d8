package org.synchub.target.httpjson.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.synchub.mapping.Secret;
import org.synchub.mapping.Settings;
import org.synchub.target.httpjson.spec.Auth.Token;

/** Reads {@code auth:}. */
final class AuthReader {

    private static final String AUTHORIZATION = "Authorization";

    private AuthReader() {}

    static Auth read(Settings auth) {
        auth.text("type");
        return switch (auth.choice("type", Auth.Type.class, Auth.Type.NONE)) {
            case NONE -> {
                auth.onlyKnown("type");
                yield new Auth.None();
            }
            case BASIC -> {
                auth.onlyKnown("type", "username", "password");
                yield new Auth.Header(AUTHORIZATION, basic(auth.text("username"), auth.secret("password")));
            }
            case BEARER -> {
                auth.onlyKnown("type", "token");
                yield new Auth.Header(AUTHORIZATION, auth.secret("token").as(token -> "Bearer " + token));
            }
            case API_KEY -> {
                auth.onlyKnown("type", "header", "apiKey");
                yield new Auth.Header(header(auth, "header", "X-Api-Key"), auth.secret("apiKey"));
            }
            case CLIENT_CREDENTIALS -> clientCredentials(auth);
            case LOGIN -> login(auth);
            case HMAC -> hmac(auth);
        };
    }

    private static Secret basic(String username, Secret password) {
        return password.as(text -> "Basic "
                + Base64.getEncoder().encodeToString((username + ":" + text).getBytes(StandardCharsets.UTF_8)));
    }

    private static Token clientCredentials(Settings auth) {
        auth.onlyKnown("type", "path", "clientId", "clientSecret", "scope", "sendIn", "renewBefore", "retryAfter");
        ObjectNode form = JsonNodeFactory.instance.objectNode().put("grant_type", "client_credentials");
        auth.optionalText("scope").ifPresent(scope -> form.put("scope", scope));
        boolean inBody = auth.choice("sendIn", SendIn.class, SendIn.HEADER) == SendIn.BODY;
        Secret secret = auth.secret("clientSecret");
        if (inBody) {
            form.put("client_id", auth.text("clientId"));
            Supplier<JsonNode> body = () -> form.deepCopy().put("client_secret", secret.reveal());
            return token(auth, true, body, null, Place.of("access_token"), Place.of("expires_in"));
        }
        // RFC 6749, 2.3.1: both are escaped before they are put together.
        Secret basic = basic(Text.escaped(auth.text("clientId")), secret.as(Text::escaped));
        return token(auth, true, () -> form, basic, Place.of("access_token"), Place.of("expires_in"));
    }

    /** Where a client's credentials go. */
    private enum SendIn {
        HEADER,
        BODY
    }

    private static Token login(Settings auth) {
        auth.onlyKnown(
                "type",
                "path",
                "body",
                "refreshPath",
                "tokenAt",
                "expiresInAt",
                "header",
                "prefix",
                "renewBefore",
                "retryAfter");
        auth.node("body");
        return token(
                auth,
                false,
                () -> auth.json("body"),
                null,
                Place.required(auth, "tokenAt"),
                Place.read(auth, "expiresInAt"));
    }

    private static Token token(
            Settings auth,
            boolean form,
            Supplier<JsonNode> body,
            @Nullable Secret basic,
            Place tokenAt,
            @Nullable Place expiresInAt) {
        return new Token(
                path(auth, "path"),
                form,
                body,
                basic,
                auth.has("refreshPath") ? path(auth, "refreshPath") : null,
                tokenAt,
                expiresInAt,
                header(auth, "header", AUTHORIZATION),
                auth.has("prefix") ? auth.text("prefix") : auth.has("header") ? "" : "Bearer ",
                auth.duration("renewBefore", Duration.ofSeconds(60)),
                auth.duration("retryAfter", Duration.ofMinutes(5)));
    }

    private static String path(Settings auth, String key) {
        String path = auth.text(key);
        if (!path.startsWith("/")) {
            throw auth.failure(key, "'" + key + "' must begin with '/'", "it is put behind adapter.url");
        }
        return path;
    }

    private static String header(Settings auth, String key, String otherwise) {
        String header = auth.text(key, otherwise);
        if (!header.matches("[A-Za-z0-9-]+")) {
            throw auth.failure(
                    key, Quote.of(auth, key, header) + " is no name of a header", "use letters, digits and '-'");
        }
        return header;
    }

    private static Auth hmac(Settings auth) {
        auth.onlyKnown("type", "secret", "algorithm", "encoding", "over", "header", "timestampHeader");
        Map<String, String> algorithms = Map.of("sha256", "HmacSHA256", "sha512", "HmacSHA512", "sha1", "HmacSHA1");
        String algorithm = algorithms.get(auth.text("algorithm", "sha256"));
        if (algorithm == null) {
            throw auth.failure(
                    "algorithm",
                    Quote.of(auth, "algorithm", "") + " is no algorithm",
                    "known are " + String.join(", ", new TreeSet<>(algorithms.keySet())));
        }
        Names names = new Names(Set.of("method", "path", "body", "timestamp"), Set.of(), Set.of(), Map.of());
        return new Auth.Hmac(
                auth.secret("secret"),
                algorithm,
                auth.choice("encoding", Encoding.class, Encoding.HEX) == Encoding.BASE64,
                auth.has("over")
                        ? Text.parse(auth, auth.node("over"), auth.text("over"), names)
                        : Text.placeholder("body"),
                header(auth, "header", "X-Signature"),
                auth.has("timestampHeader") ? header(auth, "timestampHeader", "") : null);
    }

    /** How a signature is written. */
    private enum Encoding {
        HEX,
        BASE64
    }
}
