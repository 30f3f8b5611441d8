package org.synchub.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.CompressionAlgorithm;
import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.DirectDecrypter;
import com.nimbusds.jose.crypto.DirectEncrypter;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Envelopes as RFC 7516 has them, tried out with a JOSE library that knows nothing of the hub. */
class EnvelopeTest {

    private static final byte[] BYTES = "0123456789abcdef0123456789ABCDEF".getBytes(UTF_8);
    private static final KeyRing RING = ring("k1", BYTES);
    private static final String FIELD = "ids.value";

    private static KeyRing ring(String id, byte[] bytes) {
        return new KeyRing(Map.of(id, Base64.getEncoder().encodeToString(bytes)));
    }

    private static String sealed(String text) {
        return Envelope.seal(RING.get("k1"), FIELD, text, false);
    }

    private static JWEObject theirs(JWEHeader.Builder header, String text) throws Exception {
        JWEObject made = new JWEObject(header.build(), new Payload(text));
        made.encrypt(new DirectEncrypter(BYTES));
        return made;
    }

    private static JWEHeader.Builder header(String kid) {
        return new JWEHeader.Builder(JWEAlgorithm.DIR, EncryptionMethod.A256GCM).keyID(kid);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Amina Hassan", "", "Ünïcode ສະບາຍດີ 😀", "a.b.c.d.e", "  spaces  "})
    void a_library_opens_what_the_hub_seals_and_the_hub_what_the_library_seals(String text) throws Exception {
        JWEObject ours = JWEObject.parse(sealed(text));
        ours.decrypt(new DirectDecrypter(BYTES));

        assertThat(ours.getPayload().toString()).isEqualTo(text);
        assertThat(ours.getEncryptedKey()).isNull();
        assertThat(ours.getHeader().toJSONObject())
                .isEqualTo(Map.of("alg", "dir", "enc", "A256GCM", "kid", "k1", "field", FIELD));
        assertThat(Envelope.read(sealed(text)).open(RING)).isEqualTo(text);
        assertThat(Envelope.read(theirs(header("k1"), text).serialize()).open(RING))
                .isEqualTo(text);
    }

    @Test
    void JSON_says_that_it_is() throws Exception {
        String json = Envelope.seal(RING.get("k1"), FIELD, "12.5", true);

        assertThat(JWEObject.parse(json).getHeader().getContentType()).isEqualTo("json");
        assertThat(Envelope.read(json).isJson()).isTrue();
        assertThat(Envelope.read(sealed("12.5")).isJson()).isFalse();
        assertThat(Envelope.read(theirs(header("k1").contentType("JSON"), "1").serialize())
                        .isJson())
                .isTrue();
    }

    @Test
    void equal_texts_look_alike_within_a_field_and_key_and_nowhere_else() {
        String other = "other";
        assertThat(sealed("Amina")).isEqualTo(sealed("Amina"));
        assertThat(Envelope.seal(RING.get("k1"), other, "Amina", false)).isNotEqualTo(sealed("Amina"));
        KeyRing second = ring("k2", new byte[32]);
        assertThat(Envelope.seal(second.get("k2"), FIELD, "Amina", false)).isNotEqualTo(sealed("Amina"));
        String body = sealed("Amina").substring(sealed("Amina").indexOf(".."));
        assertThat(Envelope.seal(RING.get("k1"), other, "Amina", false)).doesNotEndWith(body);
    }

    @Test
    void no_character_can_be_changed_without_being_noticed() {
        String good = sealed("Amina");
        for (int i = 0; i < good.length(); i++) {
            char now = good.charAt(i) == 'A' ? 'B' : 'A';
            String bad = good.substring(0, i) + now + good.substring(i + 1);
            assertThatThrownBy(() -> Envelope.read(bad).open(RING))
                    .as("character " + i)
                    .isInstanceOfAny(
                            Envelope.DamagedException.class,
                            AesGcm.TamperedException.class,
                            KeyRing.MissingKeyException.class)
                    .hasMessageNotContaining(bad)
                    .hasMessageNotContaining("Amina");
        }
    }

    @Test
    void what_is_cut_off_is_still_taken_for_an_envelope_and_refused() {
        String good = sealed("Amina");
        for (int length = 16; length < good.length(); length++) {
            String cut = good.substring(0, length);
            assertThat(Envelope.looksLikeOne(cut)).isTrue();
            assertThatThrownBy(() -> Envelope.read(cut).open(RING))
                    .isInstanceOfAny(Envelope.DamagedException.class, AesGcm.TamperedException.class);
        }
    }

    @Test
    void another_key_of_the_same_id_and_a_missing_key_are_told_apart() {
        Envelope envelope = Envelope.read(" " + sealed("Amina") + "\n");

        assertThat(envelope.kid()).isEqualTo("k1");
        assertThat(envelope.field()).isEqualTo(FIELD);
        assertThatThrownBy(() -> envelope.open(ring("k1", new byte[32]))).isInstanceOf(AesGcm.TamperedException.class);
        assertThatThrownBy(() -> envelope.open(ring("k2", BYTES)))
                .isInstanceOf(KeyRing.MissingKeyException.class)
                .hasMessageContaining("synchub.encryption.keys.k1");
    }

    @Test
    void what_the_hub_cannot_do_is_refused() throws Exception {
        assertThatThrownBy(() -> Envelope.read(theirs(header("k1").compressionAlgorithm(CompressionAlgorithm.DEF), "a")
                        .serialize()))
                .hasMessageContaining("zip");
        assertThatThrownBy(() ->
                        Envelope.read(theirs(header("a key of theirs"), "a").serialize()))
                .hasMessageContaining("names no key");
        String shorter = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("{\"alg\":\"dir\",\"enc\":\"A128GCM\",\"kid\":\"k1\"}".getBytes(UTF_8));
        assertThatThrownBy(() -> Envelope.read(shorter + "..AAAA.AAAA.AAAA")).hasMessageContaining("A256GCM");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Amina", "eyJ", "a..b", "eyJhbGci.x", "https://x..y/", "eyJhbGciOiJSUzI1NiJ9.e30.AAAA"})
    void other_texts_are_not_taken_for_envelopes(String text) {
        assertThat(Envelope.looksLikeOne(text)).isFalse();
    }

    @Test
    void envelopes_are_taken_out_of_what_a_server_says() {
        assertThat(Envelope.hidden("value " + sealed("Amina") + " is too long: " + sealed("b"), "‹value›"))
                .isEqualTo("value ‹value› is too long: ‹value›");
    }
}
