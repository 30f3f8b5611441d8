package org.synchub.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.synchub.crypto.KeyRing;
import org.synchub.ledger.Vault.UnreadableException;

class VaultTest {

    private static final ObjectNode AMINA =
            JsonNodeFactory.instance.objectNode().put("given_name", "Amina").put("age", 34);
    private final Vault sealing = TestKeys.vault("k1", "k1", "k2");

    private byte[] sealed(Vault vault) {
        byte[] bytes = vault.seal(AMINA, "openspp", "g1");
        assertThat(bytes).isNotNull();
        return bytes;
    }

    @Test
    void what_is_sealed_says_which_key_opens_it_and_nothing_else() {
        byte[] bytes = sealed(sealing);

        assertThat(new String(bytes, StandardCharsets.ISO_8859_1))
                .startsWith("\u0001\u0002k1")
                .doesNotContain("Amina", "given_name");
        assertThat(sealing.open(bytes, "link", "openspp", "g1")).isEqualTo(AMINA);
        assertThat(TestKeys.vault("k2", "k1", "k2").open(bytes, "link", "openspp", "g1"))
                .isEqualTo(AMINA);
        assertThat(sealing.seal(null, "openspp", "g1")).isNull();
        assertThat(sealing.open(null, "link", "openspp", "g1")).isNull();
    }

    @Test
    void equal_contents_of_a_record_are_equal_bytes_and_those_of_two_records_are_not() {
        assertThat(sealed(sealing)).isEqualTo(sealed(sealing));
        assertThat(sealing.seal(AMINA, "openspp", "g2")).isNotEqualTo(sealed(sealing));
        assertThat(sealing.seal(AMINA, "other", "g1")).isNotEqualTo(sealed(sealing));
    }

    @Test
    void what_lies_there_in_clear_stays_readable_and_is_renewed_to_the_current_key() {
        byte[] plain = sealed(Vault.plain());
        assertThat(plain).startsWith(0, '{');

        assertThat(sealing.open(plain, "link", "openspp", "g1")).isEqualTo(AMINA);
        assertThat(sealing.renew(plain, "link", "openspp", "g1")).isEqualTo(sealed(sealing));
        byte[] other = sealed(TestKeys.vault("k2", "k2"));
        assertThat(sealing.renew(other, "link", "openspp", "g1")).isEqualTo(sealed(sealing));
        byte[] own = sealed(sealing);
        assertThat(sealing.renew(own, "link", "openspp", "g1")).isSameAs(own);
        assertThat(TestKeys.vault(null, "k1").renew(own, "link", "openspp", "g1"))
                .isEqualTo(plain);
    }

    @Test
    void each_changed_byte_is_noticed_and_the_message_names_table_and_record_but_no_value() {
        byte[] bytes = sealed(sealing);
        for (int i = 0; i < bytes.length; i++) {
            byte[] changed = bytes.clone();
            changed[i] ^= 0x40;
            assertThatThrownBy(() -> sealing.open(changed, "link", "openspp", "g1"))
                    .as("byte %d", i)
                    .isInstanceOf(UnreadableException.class)
                    .hasMessageStartingWith("What hub.link keeps of record g1 (openspp) ")
                    .hasMessageNotContaining("Amina")
                    .hasNoCause();
        }
        byte[] short1 = {1};
        assertThatThrownBy(() -> sealing.open(short1, "link", "openspp", "g1")).hasMessageContaining("was cut off");
    }

    @Test
    void bytes_of_one_record_cannot_be_put_under_another() {
        byte[] bytes = sealed(sealing);

        assertThatThrownBy(() -> sealing.open(bytes, "link", "openspp", "g2"))
                .hasMessage(
                        "What hub.link keeps of record g2 (openspp) was sealed with the key k1 and cannot be opened:"
                                + " synchub.encryption.keys.k1 is another key than then, or the row has been changed since");
    }

    @Test
    void a_key_that_is_not_there_is_named_with_its_setting() {
        byte[] bytes = sealed(TestKeys.vault("old-1", "old-1"));

        assertThatThrownBy(() -> sealing.open(bytes, "sent", "openspp", "g1"))
                .hasMessage(
                        "What hub.sent keeps of record g1 (openspp) was sealed with the key old-1, which is not there:"
                                + " give it as synchub.encryption.keys.old-1, from the environment or a file");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TestKeys.vault("k3", "k1"))
                .withMessage(
                        "synchub.encryption.at-rest is 'k3', but there is no key of that id (there is k1): give it as"
                                + " synchub.encryption.keys.k3, from the environment or a file, or name another key");
        assertThat(new Vault(new KeyRing(Map.of()), " ").current()).isNull();
    }
}
