package org.synchub.admin.security;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.spec.SecretKeySpec;
import org.synchub.crypto.Hmac;

/**
 * Texts that were found good lately, tokens for instance, as hashes keyed with a key that this process made for itself and shows nobody: a
 * dump of its memory holds nothing that another process would accept.
 */
final class Recognised {

    private final SecretKeySpec key;
    private final Map<String, Boolean> digests;

    Recognised(int most) {
        byte[] bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        this.key = Hmac.key(bytes);
        this.digests = new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                return size() > most;
            }
        };
    }

    String digest(String text) {
        return HexFormat.of().formatHex(Hmac.of(key, text.getBytes(StandardCharsets.UTF_8)));
    }

    synchronized void keep(String text) {
        digests.put(digest(text), true);
    }

    synchronized boolean knows(String text) {
        return digests.containsKey(digest(text));
    }
}
