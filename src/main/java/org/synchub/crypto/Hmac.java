package org.synchub.crypto;

import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Keyed hashes by HMAC-SHA-256, which every Java platform has. */
public final class Hmac {

    private static final String METHOD = "HmacSHA256";

    private Hmac() {}

    /**
     * A key of these bytes.
     *
     * @param bytes the secret; not empty
     */
    public static SecretKeySpec key(byte[] bytes) {
        return new SecretKeySpec(bytes, METHOD);
    }

    /** The 32 bytes of the hash of these parts, one after the other. */
    public static byte[] of(SecretKeySpec key, byte[]... parts) {
        try {
            Mac mac = Mac.getInstance(METHOD);
            mac.init(key);
            for (byte[] part : parts) {
                mac.update(part);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has " + METHOD, e);
        }
    }
}
