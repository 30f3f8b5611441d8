package org.synchub.ledger;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synchub.crypto.KeyRing;

/** Keys for tests: each made from its own id, so that the same id is the same key everywhere. */
public final class TestKeys {

    private TestKeys() {}

    /** As a setting gives it. */
    public static String text(String id) {
        byte[] bytes = new byte[KeyRing.BYTES];
        byte[] seed = id.getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (seed[i % seed.length] * 31 + i * 7);
        }
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** A vault that seals with a key, or with none, and opens what these have sealed. */
    public static Vault vault(@Nullable String current, String... ids) {
        Map<String, String> keys = new LinkedHashMap<>();
        for (String id : ids) {
            keys.put(id, text(id));
        }
        return new Vault(new KeyRing(keys), current);
    }
}
