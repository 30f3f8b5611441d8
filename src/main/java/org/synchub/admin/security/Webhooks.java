package org.synchub.admin.security;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.synchub.crypto.Hmac;
import org.synchub.ledger.WebhookLedger;

/**
 * Tells whether a webhook comes from its target: signed with the secret that both know, lately, and not seen before. Signed is
 * the timestamp (seconds since 1970, as text), a dot, and the body as it was sent: HMAC with SHA-256.
 */
public final class Webhooks {

    private static final String PREFIX = "sha256=";
    private static final Duration TOLERANCE = Duration.ofMinutes(5);
    private static final int SHORTEST = 16;

    private final Function<String, @Nullable String> secrets;
    private final LoginGuard guard;
    private final WebhookLedger taken;
    private final InstantSource clock;

    /** @param secrets by target; null when it has none */
    Webhooks(Function<String, @Nullable String> secrets, LoginGuard guard, WebhookLedger taken, InstantSource clock) {
        this.secrets = secrets;
        this.guard = guard;
        this.taken = taken;
        this.clock = clock;
    }

    /**
     * Takes a webhook.
     *
     * @return false when the same one was taken before
     * @throws LoginRefused when it is not signed as it has to be
     * @throws LoginSlowed when others of its address were refused just now
     */
    public boolean take(
            String target, @Nullable String timestamp, @Nullable String signature, byte[] body, String address) {
        Duration wait = guard.waits(address);
        if (!wait.isZero()) {
            throw new LoginSlowed("Webhooks from your address have been refused too often", wait);
        }
        String secret = secrets.apply(target);
        if (timestamp == null || signature == null || secret == null || secret.length() < SHORTEST) {
            guard.failed(address);
            throw new LoginRefused(
                    "A webhook needs X-Hub-Timestamp and X-Hub-Signature, and the hub a secret for its target");
        }
        byte[] right = sign(secret, timestamp, body);
        if (!MessageDigest.isEqual(right, claimed(signature))) {
            guard.failed(address);
            throw new LoginRefused("The signature is not that of the target's secret, the timestamp and the body");
        }
        // Only who knows the secret learns what is wrong with the time.
        Instant at;
        try {
            at = Instant.ofEpochSecond(Long.parseLong(timestamp));
        } catch (RuntimeException notASecond) {
            throw new LoginRefused("X-Hub-Timestamp has to be seconds since 1970");
        }
        if (Duration.between(at, clock.instant()).abs().compareTo(TOLERANCE) > 0) {
            throw new LoginRefused("The timestamp is more than five minutes from the hub's time; sign anew");
        }
        return taken.take(target, HexFormat.of().formatHex(right));
    }

    private static byte[] claimed(String signature) {
        try {
            return HexFormat.of().parseHex(signature.startsWith(PREFIX) ? signature.substring(PREFIX.length()) : "");
        } catch (IllegalArgumentException notHex) {
            return new byte[0];
        }
    }

    private static byte[] sign(String secret, String timestamp, byte[] body) {
        return Hmac.of(
                Hmac.key(secret.getBytes(StandardCharsets.UTF_8)),
                (timestamp + ".").getBytes(StandardCharsets.UTF_8),
                body);
    }
}
