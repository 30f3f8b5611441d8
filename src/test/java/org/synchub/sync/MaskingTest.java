package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.synchub.mapping.Kind;
import org.synchub.mapping.Mapping;

class MaskingTest {

    private static final Kind PERSON = Mapping.load(Path.of("mappings/openspp.yaml"), name -> "any").kinds().stream()
            .filter(kind -> kind.name().equals("individual"))
            .findFirst()
            .orElseThrow();

    private static String mask(String words) throws Exception {
        JsonNode record = JsonMapper.builder().build().readTree("""
                {"is_group": false, "given_name": "Noy", "family_name": "Noy Keomany", "gender": "Female", "addl_name": "X",
                 "reg_ids": [{"id_type": "National ID", "value": "12-34"}]}""");
        return Masking.mask(words, record, PERSON);
    }

    @Test
    void a_persons_values_are_taken_out_of_what_a_server_said_the_longest_first() throws Exception {
        assertThat(mask("Noy Keomany and Noy are the same")).isEqualTo("‹value› and ‹value› are the same");
        assertThat(mask("Wrong value for gender: 'Female'")).isEqualTo("Wrong value for gender: '‹value›'");
    }

    @Test
    void what_tells_documents_apart_stays_for_whoever_has_to_mend_one() throws Exception {
        assertThat(mask("The provided National ID ID '12-34' is invalid."))
                .isEqualTo("The provided National ID ID '‹value›' is invalid.");
    }

    @Test
    void single_letters_stay_because_any_sentence_has_them() throws Exception {
        assertThat(mask("X is no name")).isEqualTo("X is no name");
    }
}
