package org.synchub.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PulledChangeTest {

    private static final UUID EVENT = UUID.fromString("00000000-0000-4000-8000-000000000001");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            nullValues = "none",
            quoteCharacter = '`',
            value = {
                "merge-individual ~ {\"a\":1} ~ {} ~ has type \"merge-individual\"; DataCollect knows",
                "update-individual ~ {} ~ {} ~ has no data; DataCollect's clients refuse such an event",
                "update-individual ~ {\"a\":1} ~ none ~ must have a doc unless it is delete-entity",
                "delete-entity ~ {\"a\":1} ~ {} ~ must have a doc unless it is delete-entity",
                "update-individual ~ {\"a\":1} ~ {\"id\":\"e\",\"guid\":\"f\"} ~ has a doc whose id or guid is not the entity's",
                "update-individual ~ {\"a\":1} ~ {\"id\":\"e\",\"guid\":\"e\",\"version\":0} ~ has a doc without a version above 0",
                "update-individual ~ {\"externalId\":7} ~ {} ~ has an externalId that is not a string",
                "update-individual ~ {\"a\":1} ~ {\"id\":\"e\",\"guid\":\"e\",\"version\":1,\"externalId\":7} ~ has an externalId that is not a string",
                "update-individual ~ {\"externalId\":\"7\"} ~ {\"id\":\"e\",\"guid\":\"e\",\"version\":1} ~ has an externalId in its data or its doc only",
                "update-individual ~ {\"a\":\"secret\"} ~ {\"id\":\"e\",\"guid\":\"e\",\"version\":1,\"type\":\"individual\",\"data\":{\"a\":1}} ~ has a doc whose data.a is not the event's: devices would differ",
                "update-individual ~ {\"a\":[\"secret\\u0000\"]} ~ {} ~ has a character in a text that jsonb cannot hold",
                "update-individual ~ {\"a\":\"secret\\uD800\"} ~ {} ~ has a character in a text that jsonb cannot hold",
                "update-individual ~ {\"a\\u0000\":1} ~ {} ~ has a character in a field's name that jsonb cannot hold",
            })
    void a_bad_change_is_refused_with_ids_and_a_reason_but_without_values(
            String type, String data, @Nullable String doc, String reason) {
        assertThatThrownBy(() -> new PulledChange("e", type, read(data), doc == null ? null : read(doc), EVENT, "u"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("The pulled change of entity e (event " + EVENT + ") " + reason)
                .hasMessageNotContaining("secret");
    }

    @Test
    void a_good_change_may_have_any_other_character_and_members_that_only_the_event_names() throws Exception {
        ObjectNode data = read("{\"name\":\"\\uD83D\\uDE00 \\\\u0000\\t\",\"members\":[{\"guid\":\"m\"}]}");
        ObjectNode doc = read("{\"id\":\"e\",\"guid\":\"e\",\"version\":1,\"type\":\"group\"}");
        doc.putObject("data").set("name", data.get("name"));

        PulledChange change = new PulledChange("e", "create-group", data, doc, EVENT, "u");

        assertThat(change.isDelete()).isFalse();
    }

    @Test
    void a_change_needs_an_entity_and_a_user() throws Exception {
        ObjectNode data = read("{\"reason\":\"gone\"}");
        assertThatThrownBy(() -> new PulledChange(" ", "delete-entity", data, null, EVENT, "u"))
                .hasMessageContaining("has no entity guid");
        assertThatThrownBy(() -> new PulledChange("e", "delete-entity", data, null, EVENT, ""))
                .hasMessageContaining("has no user id");
    }

    private static ObjectNode read(String json) throws com.fasterxml.jackson.core.JsonProcessingException {
        JsonNode node = JSON.readTree(json);
        return (ObjectNode) node;
    }
}
