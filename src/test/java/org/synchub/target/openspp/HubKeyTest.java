package org.synchub.target.openspp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class HubKeyTest {

    private static final String UUID = "4afd0306-bb4f-408a-8f7a-fbb7e30be2bb";

    @Property(tries = 200)
    void an_id_has_the_servers_form_and_is_always_the_same(
            @ForAll String tenant, @ForAll String guid, @ForAll @IntRange(max = 7) int attempt) {
        HubKey key = new HubKey(tenant, guid);

        assertThat(key.sppId(false, attempt))
                .matches("IND_[2-9A-HJ-NP-Z]{8}")
                .isEqualTo(new HubKey(tenant, guid).sppId(false, attempt));
        assertThat(key.sppId(true, attempt)).matches("GRP_[2-9A-HJ-NP-Z]{8}");
    }

    @Test
    void ids_never_change_between_versions_of_the_hub() {
        assertThat(new HubKey("demo", UUID).sppId(false, 0)).isEqualTo("IND_S9MWNNYG");
        assertThat(new HubKey("demo", UUID).sppId(true, 1)).isEqualTo("GRP_FK79BY3K");
    }

    @Test
    void other_tenants_guids_and_attempts_give_other_ids() {
        Set<String> ids = new HashSet<>();
        for (String tenant : new String[] {"demo", "other", "d"}) {
            for (String guid : new String[] {"100", "101", "emo100", UUID}) {
                for (int attempt = 0; attempt < HubKey.ATTEMPTS; attempt++) {
                    ids.add(new HubKey(tenant, guid).sppId(false, attempt));
                }
            }
        }

        assertThat(ids).hasSize(3 * 4 * HubKey.ATTEMPTS);
    }

    @Test
    void a_uuid_stands_for_itself_and_any_other_guid_names_its_tenant() {
        assertThat(new HubKey("demo", UUID).registeredId()).isEqualTo(UUID);
        assertThat(new HubKey("demo", "100").registeredId()).isEqualTo("demo:100");
        assertThat(HubKey.guidOf("demo", "demo:100")).isEqualTo("100");
        assertThat(HubKey.guidOf("demo", UUID)).isEqualTo(UUID);
        assertThat(HubKey.guidOf("demo", "other:100")).isEqualTo("other:100");
    }
}
