package org.synchub.target.httpjson.spec;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.synchub.mapping.Secret;
import org.synchub.mapping.Settings;

/** How the system lets the hub in. */
public sealed interface Auth {

    /** Anybody may come in. */
    record None() implements Auth {}

    /** A header with the same value every time, until the secret in it changes. */
    record Header(String name, Secret value) implements Auth {}

    /**
     * A call that gives a token, which goes with every request until it is about to expire.
     *
     * @param form whether the body is sent as a form instead of JSON
     * @param body what is sent, with its secrets as they count now
     * @param basic what stands in the header Authorization of the call; null for none
     * @param refreshPath where a token that is still good can be exchanged for a new one; null if nowhere
     * @param expiresInAt where the answer says for how many seconds the token is good; null to read it from the token,
     *     which is then a JWT
     * @param header where the token goes
     * @param prefix what stands before the token there
     * @param renewBefore how long before its end a token is renewed
     * @param retryAfter how long the hub waits after its login was refused, so that the account is not locked
     */
    record Token(
            String path,
            boolean form,
            Supplier<JsonNode> body,
            @Nullable Secret basic,
            @Nullable String refreshPath,
            Place tokenAt,
            @Nullable Place expiresInAt,
            String header,
            String prefix,
            Duration renewBefore,
            Duration retryAfter)
            implements Auth {

        /** The place only: the body holds secrets. */
        @Override
        public String toString() {
            return "Token[" + path + "]";
        }
    }

    /**
     * Every request is signed.
     *
     * @param over what is signed, with the placeholders method, path, body and timestamp
     * @param timestampHeader where the time of signing goes, in seconds since 1970; null if nowhere
     */
    record Hmac(
            Secret secret,
            String algorithm,
            boolean base64,
            Text over,
            String header,
            @Nullable String timestampHeader) implements Auth {}

    /** The words for {@code type}. */
    enum Type {
        NONE,
        BASIC,
        BEARER,
        API_KEY,
        CLIENT_CREDENTIALS,
        LOGIN,
        HMAC
    }

    static Auth read(Settings adapter) {
        if (!adapter.has("auth")) {
            return new None();
        }
        return AuthReader.read(adapter.child("auth"));
    }
}
