package org.synchub.target.openspp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.synchub.target.openspp.Forms.household;
import static org.synchub.target.openspp.Forms.person;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.synchub.mapping.Entity;
import org.synchub.simulator.openspp.HeldTransaction;
import org.synchub.target.ChangePage;
import org.synchub.target.RemoteChange;
import org.synchub.target.RemoteState;

class ChangeFeedTest {

    private static final Entity HOME = household("Home", "{'area_code':'TL01'}");
    private static final Entity ANN = person(
            "Ann",
            "Home",
            "{'relationship':'1','phone_number':'+639171234567','document_ids':[{'id_type':'national_id','id_number':'1234567890'}]}");

    /** Follows the feed as a hub would: pages until there are no more, the cursor kept between sweeps. */
    private static final class Follower {

        private final Rig rig;
        private final int limit;
        private @Nullable String cursor;

        Follower(Rig rig, int limit) {
            this.rig = rig;
            this.limit = limit;
        }

        List<RemoteChange> sweep() {
            List<RemoteChange> all = new ArrayList<>();
            ChangePage page;
            do {
                page = rig.adapter.changes(cursor, limit);
                cursor = page.cursor();
                all.addAll(page.changes());
            } while (page.more());
            return all;
        }
    }

    private static Rig rig() {
        Rig rig = Rig.start(Rig.server(), text -> text.replace("batchSize: 100", "longestWrite: 2s"));
        rig.push(HOME);
        rig.push(ANN);
        return rig;
    }

    private static RemoteChange of(List<RemoteChange> changes, int id) {
        return changes.stream()
                .filter(change -> change.externalId().equals(Integer.toString(id)))
                .reduce((first, second) -> second)
                .orElseThrow();
    }

    private static ObjectNode record(RemoteChange change) {
        ObjectNode record = change.record();
        assertThat(record).isNotNull();
        return record == null ? Forms.json("{}") : record;
    }

    private static JsonNode withoutNulls(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.properties().removeIf(field -> field.getValue().isNull());
        }
        node.forEach(ChangeFeedTest::withoutNulls);
        return node;
    }

    @Test
    void a_first_sweep_lists_every_record_as_the_mapping_would_make_it() {
        try (Rig rig = rig()) {
            List<RemoteChange> changes = new Follower(rig, 100).sweep();

            RemoteChange ann = of(changes, rig.idOf(ANN));
            assertThat(ann.kind()).isEqualTo("individual");
            assertThat(ann.key()).isEqualTo(ANN.guid());
            assertThat(ann.state()).isEqualTo(RemoteState.PRESENT);
            assertThat(ann.changedBy()).isEqualTo("7");
            assertThat(record(ann).path("addl_name").isNull())
                    .as("what the server holds empty is told")
                    .isTrue();
            assertThat(withoutNulls(record(ann)))
                    .isEqualTo(Forms.json("{'given_name':'Ann','family_name':'Doe','birthdate':'1990-02-03',"
                            + "'gender':'Female','is_group':false,'phone_number_ids':[{'phone_no':'+639171234567'}],"
                            + "'reg_ids':[{'id_type':'National ID','value':'1234567890'}],"
                            + "'individual_membership_ids':[{'group':{'$ext':'" + rig.idOf(HOME)
                            + "'},'kind':'Head'}]}"));
            RemoteChange home = of(changes, rig.idOf(HOME));
            assertThat(home.kind()).isEqualTo("household");
            assertThat(record(home).path("kind").asText()).isEqualTo("Household");
            assertThat(record(home).path("area_id").asText()).isEqualTo("TL01");
        }
    }

    @Test
    void a_record_born_outside_has_no_key_and_one_that_no_kind_fits_is_left_out() {
        try (Rig rig = rig()) {
            int born = rig.registry()
                    .createPartner(
                            Map.of("is_group", false, "name", "Roe, Eve", "given_name", "Eve", "family_name", "Roe"));
            int other = rig.registry().createPartner(Map.of("is_group", true, "name", "A cooperative"));

            List<RemoteChange> changes = new Follower(rig, 100).sweep();

            assertThat(of(changes, born).key()).isNull();
            assertThat(changes).noneMatch(change -> change.externalId().equals(Integer.toString(other)));
        }
    }

    @Test
    void a_record_of_the_hubs_is_seen_even_when_the_registry_changed_its_kind() {
        try (Rig rig = Rig.start(Rig.server().groupKind("Compound"))) {
            rig.push(HOME);
            int compound = rig.registry().all("g2p.group.kind").stream()
                    .filter(kind -> "Compound".equals(kind.text("name")))
                    .findFirst()
                    .orElseThrow()
                    .id();
            rig.registry().write(rig.idOf(HOME), Map.of("kind", compound));

            RemoteChange home = of(new Follower(rig, 100).sweep(), rig.idOf(HOME));

            assertThat(home.kind()).isEqualTo("household");
            assertThat(record(home).path("kind").asText()).isEqualTo("Compound");
        }
    }

    @Test
    void documents_phones_and_memberships_written_by_themselves_are_seen() {
        try (Rig rig = rig()) {
            int ann = rig.idOf(ANN);
            Follower follower = new Follower(rig, 100);
            String before = of(follower.sweep(), ann).version();
            int document = rig.registry().regIds(ann).stream()
                    .filter(id -> "1234567890".equals(id.text("value")))
                    .findFirst()
                    .orElseThrow()
                    .id();

            rig.registry().editRegId(document, "9999999999");
            RemoteChange edited = of(follower.sweep(), ann);
            assertThat(record(edited).path("reg_ids").path(0).path("value").asText())
                    .isEqualTo("9999999999");
            assertThat(edited.version()).isNotEqualTo(before);

            rig.registry().create("g2p.phone.number", Map.of("partner_id", ann, "phone_no", "+639170000001"));
            assertThat(record(of(follower.sweep(), ann)).path("phone_number_ids"))
                    .hasSize(2);

            rig.registry()
                    .endMembership(
                            rig.registry().memberships(rig.idOf(HOME)).get(0).id());
            assertThat(record(of(follower.sweep(), ann)).path("individual_membership_ids"))
                    .isEmpty();
        }
    }

    @Test
    void archived_and_disabled_records_say_so() {
        try (Rig rig = rig()) {
            Follower follower = new Follower(rig, 100);
            follower.sweep();
            rig.registry().archive(rig.idOf(ANN));
            rig.registry().disable(rig.idOf(HOME), "test");

            List<RemoteChange> changes = follower.sweep();

            assertThat(of(changes, rig.idOf(ANN)).state()).isEqualTo(RemoteState.ARCHIVED);
            assertThat(of(changes, rig.idOf(HOME)).state()).isEqualTo(RemoteState.DISABLED);
        }
    }

    @Test
    void small_pages_end_and_leave_nothing_out_even_when_one_transaction_wrote_more_than_a_page() {
        try (Rig rig = rig()) {
            List<Entity> people = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                people.add(person("P" + i, "Home"));
            }
            rig.push(people);

            Follower follower = new Follower(rig, 7);
            Set<String> seen = new HashSet<>();
            follower.sweep().forEach(change -> seen.add(change.externalId()));

            assertThat(seen).hasSize(62);
        }
    }

    @Test
    void a_transaction_that_began_before_the_last_sweep_and_ends_after_it_is_not_missed() {
        try (Rig rig = rig()) {
            Follower follower = new Follower(rig, 100);
            HeldTransaction slow = rig.registry().begin();
            rig.registry().write(rig.idOf(HOME), Map.of("name", "Quick"));
            follower.sweep();
            slow.write("res.partner", rig.idOf(ANN), Map.of("occupation", "Late"));
            slow.commit();

            assertThat(record(of(follower.sweep(), rig.idOf(ANN)))
                            .path("occupation")
                            .asText())
                    .isEqualTo("Late");
        }
    }

    @Test
    void a_word_of_the_registry_that_is_new_is_looked_up() {
        try (Rig rig = rig()) {
            Follower follower = new Follower(rig, 100);
            follower.sweep();
            int area = rig.registry().create("spp.area", Map.of("code", "TL09", "name", "New", "draft_name", "New"));
            rig.registry().write(rig.idOf(HOME), Map.of("area_id", area));
            rig.clock.pass(Duration.ofMinutes(2));

            assertThat(record(of(follower.sweep(), rig.idOf(HOME)))
                            .path("area_id")
                            .asText())
                    .isEqualTo("TL09");
        }
    }

    @Test
    void presence_and_single_records_are_read_by_id() {
        try (Rig rig = rig()) {
            int ann = rig.idOf(ANN);
            rig.registry().archive(ann);

            assertThat(rig.adapter.present(
                            List.of(Integer.toString(ann), Integer.toString(rig.idOf(HOME)), "999999", "no id")))
                    .isEqualTo(Map.of(
                            Integer.toString(ann),
                            RemoteState.ARCHIVED,
                            Integer.toString(rig.idOf(HOME)),
                            RemoteState.PRESENT,
                            "999999",
                            RemoteState.GONE));
            assertThat(rig.adapter.read(List.of(Integer.toString(ann), "999999")))
                    .singleElement()
                    .satisfies(change -> assertThat(change.key()).isEqualTo(ANN.guid()));
        }
    }

    @Test
    void the_echo_of_a_push_reads_as_what_was_agreed_on() {
        try (Rig rig = Rig.start(
                Rig.server()
                        .field("res.partner", "z_cst_rooms", "integer", "Rooms")
                        .field("res.partner", "z_cst_poor", "boolean", "Poor"),
                text -> text.replace(
                        "      area_id: {path: data.area_code}",
                        "      area_id: {path: data.area_code}\n      z_cst_rooms: {path: data.rooms, type: integer}\n"
                                + "      z_cst_poor: {path: data.poor, type: boolean}"))) {
            rig.push(HOME);

            ObjectNode echo = record(of(new Follower(rig, 10).sweep(), rig.idOf(HOME)));

            assertThat(rig.links.get(HOME.guid()))
                    .isNotNull()
                    .satisfies(link -> assertThat(link.base()).isEqualTo(echo));
        }
    }
}
