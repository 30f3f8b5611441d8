package org.synchub.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AesGcmTest {

    private static final byte[] BYTES = "0123456789abcdef0123456789ABCDEF".getBytes(UTF_8);
    private static final byte[] HEAD = "head".getBytes(UTF_8);
    private static final KeyRing RING = new KeyRing(Map.of(
            "k1",
            Base64.getEncoder().encodeToString(BYTES),
            "k2",
            Base64.getEncoder().encodeToString(new byte[32])));

    private static AesGcm.Sealed sealed(String text) {
        return AesGcm.seal(RING.get("k1"), HEAD, text.getBytes(UTF_8));
    }

    @Test
    void what_is_sealed_is_opened_by_any_AES_GCM_with_the_key() throws Exception {
        AesGcm.Sealed sealed = sealed("Amina Hassan");

        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(BYTES, "AES"), new GCMParameterSpec(128, sealed.nonce()));
        cipher.updateAAD(HEAD);

        assertThat(new String(cipher.doFinal(sealed.text()), UTF_8)).isEqualTo("Amina Hassan");
        assertThat(AesGcm.open(RING.get("k1"), HEAD, sealed)).isEqualTo("Amina Hassan".getBytes(UTF_8));
        assertThat(new String(sealed.joined(), UTF_8)).doesNotContain("Amina", "Hassan");
    }

    @Test
    void equal_texts_become_equal_bytes_and_others_never_share_a_nonce() {
        assertThat(sealed("Amina").joined()).isEqualTo(sealed("Amina").joined());
        Set<String> nonces = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            nonces.add(Base64.getEncoder().encodeToString(sealed("Amina " + i).nonce()));
        }
        assertThat(nonces).hasSize(1000);
        byte[] text = "Amina".getBytes(UTF_8);
        assertThat(AesGcm.seal(RING.get("k2"), HEAD, text).nonce())
                .isNotEqualTo(sealed("Amina").nonce());
        assertThat(AesGcm.seal(RING.get("k1"), new byte[0], "headAmina".getBytes(UTF_8))
                        .nonce())
                .as("the head's end counts")
                .isNotEqualTo(sealed("Amina").nonce());
    }

    @Test
    void nothing_empty_or_long_is_an_exception() {
        for (int length : new int[] {0, 1, 15, 16, 17, 1_000_000}) {
            byte[] text = new byte[length];
            assertThat(AesGcm.open(RING.get("k1"), HEAD, AesGcm.seal(RING.get("k1"), HEAD, text)))
                    .isEqualTo(text);
        }
    }

    @Test
    void any_bit_that_was_changed_is_noticed() {
        AesGcm.Sealed good = sealed("Amina");
        for (int bit = 0; bit < 8 * (good.nonce().length + good.text().length); bit++) {
            AesGcm.Sealed bad =
                    new AesGcm.Sealed(good.nonce().clone(), good.text().clone());
            byte[] part = bit / 8 < AesGcm.NONCE ? bad.nonce() : bad.text();
            part[bit / 8 < AesGcm.NONCE ? bit / 8 : bit / 8 - AesGcm.NONCE] ^= (byte) (1 << bit % 8);
            assertRefused(() -> AesGcm.open(RING.get("k1"), HEAD, bad));
        }
        assertRefused(() -> AesGcm.open(RING.get("k1"), new byte[0], good));
        assertRefused(() -> AesGcm.open(RING.get("k2"), HEAD, good));
        assertRefused(() -> AesGcm.open(RING.get("k1"), HEAD, new AesGcm.Sealed(new byte[12], new byte[3])));
        assertRefused(() -> AesGcm.open(RING.get("k1"), HEAD, new AesGcm.Sealed(new byte[3], good.text())));
    }

    private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable opening) {
        assertThatThrownBy(opening)
                .isInstanceOf(AesGcm.TamperedException.class)
                .hasMessageContaining("synchub.encryption.keys.k")
                .hasMessageNotContaining("Amina");
    }

    @ParameterizedTest
    @CsvSource({
        "k1, c2hvcnQgbWF0dGVy, synchub.encryption.keys.k1 has 12 bytes",
        "k1, not base64!, synchub.encryption.keys.k1 is not Base64",
        "Key_1, MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlBQkNERUY=, synchub.encryption.keys.Key_1: the id of a key"
    })
    void what_is_no_key_is_refused_without_being_shown(String id, String text, String says) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KeyRing(Map.of(id, text)))
                .withMessageContaining(says)
                .withMessageNotContaining(text);
    }

    @Test
    void a_key_that_is_not_there_is_named_with_its_setting_and_no_key_shows_itself() {
        assertThatThrownBy(() -> RING.get("k3"))
                .isInstanceOf(KeyRing.MissingKeyException.class)
                .hasMessageContaining("synchub.encryption.keys.k3");
        assertThat(RING.ids()).containsExactlyInAnyOrder("k1", "k2");
        assertThat(RING.get("k1")).hasToString("k1");
    }
}
