package org.synchub.simulator.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The bearer tokens of a simulated system: JWT, HS256. Thread safe. */
public final class Tokens {

    private static final String HEADER =
            encode(Json.object("typ", "JWT", "alg", "HS256").toString());

    private final Clock clock;
    private final Set<String> revoked = new HashSet<>();
    private final Set<String> live = new HashSet<>();

    public Tokens(Clock clock) {
        this.clock = clock;
    }

    /** A token with the claims iat, nbf, exp and jti besides those given. */
    public synchronized String issue(Duration life, ObjectNode claims) {
        long now = clock.instant().getEpochSecond();
        ObjectNode all = claims.deepCopy()
                .put("iat", now)
                .put("nbf", now)
                .put("exp", now + life.toSeconds())
                .put("jti", UUID.randomUUID().toString());
        String signed = HEADER + "." + encode(all.toString());
        live.add(all.path("jti").asText());
        return signed + "." + signature(signed);
    }

    /** The claims of a token that is whole, not expired and not revoked. */
    public synchronized Optional<JsonNode> check(String token) {
        List<String> parts = List.of(token.split("\\.", -1));
        if (parts.size() != 3 || !sameBytes(parts.get(2), signature(parts.get(0) + "." + parts.get(1)))) {
            return Optional.empty();
        }
        JsonNode claims = Json.parse(new String(Base64.getUrlDecoder().decode(parts.get(1)), StandardCharsets.UTF_8));
        boolean good = claims.path("exp").asLong() > clock.instant().getEpochSecond()
                && !revoked.contains(claims.path("jti").asText());
        return good ? Optional.of(claims) : Optional.empty();
    }

    public synchronized void revoke(JsonNode claims) {
        revoked.add(claims.path("jti").asText());
    }

    /** From now on every token issued so far is refused as an expired one is. */
    public synchronized void revokeAll() {
        revoked.addAll(live);
        live.clear();
    }

    private static boolean sameBytes(String one, String other) {
        return MessageDigest.isEqual(
                one.getBytes(StandardCharsets.US_ASCII), other.getBytes(StandardCharsets.US_ASCII));
    }

    private static String encode(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String signature(String signed) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec("of a simulated system".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JDK has no HmacSHA256", e);
        }
    }
}
