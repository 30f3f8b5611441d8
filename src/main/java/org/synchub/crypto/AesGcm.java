package org.synchub.crypto;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-256-GCM (NIST SP 800-38D) with a nonce that follows from the key and from what is sealed, as RFC 8452 makes its own:
 * the same text under the same key and head becomes the same bytes. So bytes can be compared without being opened, a
 * record that has not changed is not sent again, and no generator can give a nonce twice by mistake. What is given away is
 * that two texts are equal.
 */
public final class AesGcm {

    /** Bytes of a nonce. */
    public static final int NONCE = 12;

    /** Bytes that the text becomes longer by. */
    public static final int TAG = 16;

    private AesGcm() {}

    /**
     * What was sealed.
     *
     * @param nonce {@value #NONCE} bytes
     * @param text as long as what was sealed, and {@value #TAG} bytes of tag behind it
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Sealed(byte[] nonce, byte[] text) {

        /** The nonce and the text behind it. */
        public byte[] joined() {
            byte[] joined = Arrays.copyOf(nonce, nonce.length + text.length);
            System.arraycopy(text, 0, joined, nonce.length, text.length);
            return joined;
        }
    }

    /**
     * Seals a text.
     *
     * @param head stays in clear beside the text and cannot be exchanged without being noticed; may be empty
     */
    public static Sealed seal(KeyRing.Key key, byte[] head, byte[] plain) {
        byte[] length = {
            (byte) (head.length >>> 24), (byte) (head.length >>> 16), (byte) (head.length >>> 8), (byte) head.length
        };
        byte[] nonce = Arrays.copyOf(Hmac.of(key.nonces(), length, head, plain), NONCE);
        try {
            return new Sealed(
                    nonce, cipher(Cipher.ENCRYPT_MODE, key.text(), nonce, head).doFinal(plain));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has AES-GCM", e);
        }
    }

    /**
     * Opens what was sealed.
     *
     * @throws TamperedException when it was not sealed with this key and head, or has been changed since
     */
    public static byte[] open(KeyRing.Key key, byte[] head, Sealed sealed) {
        if (sealed.nonce().length != NONCE || sealed.text().length < TAG) {
            throw new TamperedException(key.id());
        }
        try {
            return cipher(Cipher.DECRYPT_MODE, key.text(), sealed.nonce(), head).doFinal(sealed.text());
        } catch (AEADBadTagException e) {
            throw new TamperedException(key.id());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has AES-GCM", e);
        }
    }

    private static Cipher cipher(int mode, SecretKeySpec key, byte[] nonce, byte[] head)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG * 8, nonce));
        cipher.updateAAD(head);
        return cipher;
    }

    /** Something was sealed with another key of the same id, or has been changed since. */
    public static final class TamperedException extends RuntimeException {

        private static final long serialVersionUID = 1;

        TamperedException(String key) {
            super("What was sealed with the key " + key
                    + " cannot be opened: synchub.encryption.keys." + key
                    + " is not the key it was sealed with, or it has been changed since");
        }
    }
}
