package org.synchub.crypto;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import javax.crypto.spec.SecretKeySpec;

/**
 * The AES-256 keys of an installation by their ids, as {@code synchub.encryption.keys.ID} gives them. An id is written beside
 * everything that its key seals, so that a new key can be taken while the old one still opens what it sealed.
 */
public final class KeyRing {

    /** Bytes of a key. */
    public static final int BYTES = 32;

    /** Lower case, since the name of an environment variable does not tell cases apart. */
    private static final Pattern ID = Pattern.compile("[a-z0-9-]{1,32}");

    private static final byte[] NONCES = "nonces of synthetic AES-GCM".getBytes(StandardCharsets.US_ASCII);

    private final Map<String, Key> keys = new LinkedHashMap<>();

    /** One key; never shows itself. */
    public static final class Key {

        private final String id;
        private final SecretKeySpec text;
        private final SecretKeySpec nonces;

        private Key(String id, byte[] bytes) {
            this.id = id;
            this.text = new SecretKeySpec(bytes, "AES");
            this.nonces = Hmac.key(Hmac.of(Hmac.key(bytes), NONCES));
        }

        public String id() {
            return id;
        }

        SecretKeySpec text() {
            return text;
        }

        SecretKeySpec nonces() {
            return nonces;
        }

        /** The id. */
        @Override
        public String toString() {
            return id;
        }
    }

    /**
     * Keys as the settings give them.
     *
     * @param settings the id of a key and its {@value #BYTES} bytes as Base64
     * @throws IllegalArgumentException when an id or a key is not one; names the setting, never the key
     */
    public KeyRing(Map<String, String> settings) {
        settings.forEach((id, text) -> keys.put(id, new Key(id, bytesOf(id, text))));
    }

    private static byte[] bytesOf(String id, String text) {
        String setting = "synchub.encryption.keys." + id;
        if (!isId(id)) {
            throw new IllegalArgumentException(
                    setting + ": the id of a key has 1 to 32 characters of a-z, 0-9 and -; give it another");
        }
        return bytes(setting, text);
    }

    /**
     * The {@value #BYTES} bytes of a key.
     *
     * @param text Base64
     * @throws IllegalArgumentException when it is none; names the setting, never the key
     */
    public static byte[] bytes(String setting, String text) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(text.strip());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(setting + " is not Base64; make a key with: openssl rand -base64 32");
        }
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException(setting + " has " + bytes.length + " bytes, it needs " + BYTES
                    + "; make a key with: openssl rand -base64 32");
        }
        return bytes;
    }

    /** Whether this could be the id of a key. */
    public static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    public Set<String> ids() {
        return Set.copyOf(keys.keySet());
    }

    /**
     * The key with this id.
     *
     * @throws MissingKeyException when there is none
     */
    public Key get(String id) {
        Key key = keys.get(id);
        if (key == null) {
            throw new MissingKeyException(id);
        }
        return key;
    }

    /** A key that something was, or is to be, sealed with is not among the settings. */
    public static final class MissingKeyException extends RuntimeException {

        private static final long serialVersionUID = 1;

        private MissingKeyException(String id) {
            super("There is no key " + id + ": give it as synchub.encryption.keys." + id
                    + ", from the environment or a file");
        }
    }
}
