package org.synchub.admin.security;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.synchub.crypto.KeyRing;

/**
 * {@code synchub.security.*}. Issuer and keys of JWTs are Spring's own settings,
 * {@code spring.security.oauth2.resourceserver.jwt.*}.
 *
 * @param rolesClaim where a JWT says what its bearer may do, dots between the steps
 * @param allowedOrigins web pages of these origins may call the API; none by default
 * @param login of users by name and password
 */
@ConfigurationProperties("synchub.security")
record SecurityProperties(
        @DefaultValue("roles") String rolesClaim,
        @DefaultValue List<String> allowedOrigins,
        Login login) {

    SecurityProperties {
        if (rolesClaim.isBlank()) {
            throw new IllegalArgumentException("synchub.security.roles-claim is empty; name the claim, as in 'roles'");
        }
        if (allowedOrigins.contains("*")) {
            throw new IllegalArgumentException(
                    "synchub.security.allowed-origins is '*', which would open the API to every"
                            + " web page; list the origins, as in https://console.example.org");
        }
    }

    /**
     * {@code synchub.security.login.*}.
     *
     * @param key 32 bytes as Base64 that sign access tokens; empty for a key that the database keeps
     * @param accessToken how long one is good
     * @param refreshToken how long one is good that is not used
     * @param longest how long a login lasts, however often it is renewed
     * @param lostAnswer how long a refresh token may be used once more, because the answer may not have arrived
     */
    record Login(String key, Duration accessToken, Duration refreshToken, Duration longest, Duration lostAnswer) {

        private static final Duration MOST_ACCESS = Duration.ofHours(1);
        private static final Duration MOST_LOST = Duration.ofMinutes(1);

        Login {
            within("access-token", accessToken, Duration.ofSeconds(30), MOST_ACCESS);
            within("refresh-token", refreshToken, accessToken, Duration.ofDays(366));
            within("longest", longest, refreshToken, Duration.ofDays(366));
            within("lost-answer", lostAnswer, Duration.ZERO, MOST_LOST);
            keyBytes(key);
        }

        /** The key's bytes; null when none is set. */
        byte @Nullable [] keyBytes() {
            return keyBytes(key);
        }

        private static byte @Nullable [] keyBytes(String key) {
            return key.isBlank() ? null : KeyRing.bytes("synchub.security.login.key", key);
        }

        private static void within(String setting, Duration value, Duration least, Duration most) {
            if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
                throw new IllegalArgumentException("synchub.security.login." + setting + " is " + value.toSeconds()
                        + "s; it is " + least.toSeconds() + "s at least and " + most.toSeconds() + "s at most");
            }
        }

        /** Without the key. */
        @Override
        public String toString() {
            return "Login[" + accessToken + ", " + refreshToken + ", " + longest + ", " + lostAnswer + "]";
        }
    }
}
