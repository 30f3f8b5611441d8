package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synchub.target.RemoteChange;

/** A page is read some time before it is applied; what happens in between is not taken back. */
class PullDuringPushTest {

    private PullRig rig;
    private Pulls pulls;
    private Pull pull;

    @BeforeEach
    void start() throws Exception {
        rig = PullRig.start(text -> text.replace(
                "    match: {data.entityName", "    createFromOutside: true\n    match: {data.entityName"));
        pulls = rig.hub.bean(Pulls.class);
        pull = rig.hub.bean(Pull.class);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private PullRun begin() {
        PullRun run = pulls.begin(PullRequest.of("openspp", Cause.COMMAND, "test"));
        assertThat(run).isNotNull();
        return java.util.Objects.requireNonNull(run);
    }

    private void toTheEnd(PullRun run) {
        while (run.isMore()) {
            pull.read(run);
            pull.apply(run);
        }
        pulls.end(run);
    }

    @Test
    void a_push_that_settles_after_the_page_was_read_is_not_mistaken_for_a_change_back_at_the_target()
            throws Exception {
        PullRun run = begin();
        pull.read(run);
        rig.device.update(rig.person, "profession", "Teacher");
        rig.push();

        pull.apply(run);
        toTheEnd(run);

        assertThat(rig.data(rig.person).path("profession").asText()).isEqualTo("Teacher");
        assertThat(rig.partner(rig.person).text("occupation")).isEqualTo("Teacher");
        assertThat(rig.externalEvents()).isZero();
    }

    @Test
    void an_edit_beside_such_a_push_arrives() throws Exception {
        PullRun run = begin();
        pull.read(run);
        rig.device.update(rig.person, "profession", "Teacher");
        rig.push();
        rig.registry().write(rig.externalId(rig.person), Map.of("email", "registrar@example.org"));

        pull.apply(run);
        toTheEnd(run);

        assertThat(rig.data(rig.person).path("profession").asText()).isEqualTo("Teacher");
        assertThat(rig.data(rig.person).path("email_address").asText()).isEqualTo("registrar@example.org");
    }

    @Test
    void a_long_feed_is_held_two_pages_at_a_time_and_each_record_of_it_is_read_once() throws Exception {
        toTheEnd(begin());
        enter(3 * Pull.PAGE);
        long before = reads();

        PullRun run = begin();
        List<String> seen = new ArrayList<>();
        while (run.isMore()) {
            pull.read(run);
            assertThat(run.page()).hasSizeLessThanOrEqualTo(Pull.PAGE);
            run.page().stream().map(RemoteChange::externalId).forEach(seen::add);
            pull.apply(run);
            assertThat(run.page()).as("nothing of an applied page is kept").isEmpty();
        }
        pulls.end(run);

        // Those two were pushed a moment ago, and their documents are listed by themselves.
        seen.removeAll(
                List.of(Integer.toString(rig.externalId(rig.person)), Integer.toString(rig.externalId(rig.household))));
        assertThat(seen).hasSize(3 * Pull.PAGE).doesNotHaveDuplicates();
        assertThat(rig.value("SELECT pulled FROM hub.run ORDER BY id DESC LIMIT 1"))
                .isEqualTo(Integer.toString(3 * Pull.PAGE));
        assertThat(reads() - before).as("requests").isLessThan(40);
    }

    @Test
    void what_comes_in_for_a_page_that_was_decided_about_ahead_is_merged_with_it() throws Exception {
        List<Integer> people = enter(5 * Pull.PAGE / 2);
        toTheEnd(begin());
        people.forEach(id -> rig.registry().write(id, Map.of("email", "registrar@example.org")));
        PullRun run = upToAPageThatIsDecidedAboutAhead();
        List<String> guids = new ArrayList<>();
        for (RemoteChange change : run.page().subList(0, 2)) {
            guids.add(rig.value("SELECT guid FROM hub.link WHERE target = 'openspp' AND external_id = '"
                    + change.externalId() + "'"));
        }
        String edited = guids.get(0);
        String untouched = guids.get(1);
        rig.device.update(edited, "profession", "Teacher");

        pull.apply(run);
        toTheEnd(run);

        assertThat(rig.data(edited).path("profession").asText()).isEqualTo("Teacher");
        assertThat(rig.data(edited).path("email_address").asText()).isEqualTo("registrar@example.org");
        assertThat(rig.data(untouched).path("email_address").asText()).isEqualTo("registrar@example.org");
        assertThat(rig.value("SELECT pulled FROM hub.run ORDER BY id DESC LIMIT 1"))
                .isEqualTo(Integer.toString(people.size()));
    }

    @Test
    void a_newcomer_decided_about_ahead_whom_a_device_enters_meanwhile_is_no_second_entity() throws Exception {
        toTheEnd(begin());
        List<Integer> people = enter(5 * Pull.PAGE / 2);
        int nationalId = rig.registry().all("g2p.id.type").stream()
                .filter(type -> "National ID".equals(type.text("name")))
                .findFirst()
                .orElseThrow()
                .id();
        people.forEach(id -> rig.registry()
                .create("g2p.reg.id", Map.of("partner_id", id, "id_type", nationalId, "value", nationalIdOf(id))));
        PullRun run = upToAPageThatIsDecidedAboutAhead();
        String externalId = run.page().get(0).externalId();
        String nationalIdNumber = nationalIdOf(Integer.parseInt(externalId));
        rig.createPerson("Roe", "Roe", nationalIdNumber);

        pull.apply(run);
        toTheEnd(run);

        assertThat(rig.value("SELECT count(*) FROM public.entities"
                        + " WHERE modified #>> '{data,document_ids,0,id_number}' = '" + nationalIdNumber + "'"))
                .as("entities with the number")
                .isEqualTo("1");
    }

    private static String nationalIdOf(int partner) {
        return "%012d".formatted(300_000_000_000L + partner);
    }

    private PullRun upToAPageThatIsDecidedAboutAhead() {
        PullRun run = begin();
        pull.read(run);
        while (run.isMore() && run.foresight() == Foresight.NONE) {
            pull.apply(run);
            pull.read(run);
        }
        assertThat(run.foresight()).as("decided about ahead").isNotSameAs(Foresight.NONE);
        return run;
    }

    private List<Integer> enter(int people) {
        List<Integer> ids = new ArrayList<>();
        for (int i = 0; i < people; i++) {
            Map<String, Object> person = new HashMap<>(Map.of("is_registrant", true, "is_group", false));
            person.putAll(Map.of("name", "ROE, P" + i, "given_name", "P" + i, "family_name", "Roe"));
            ids.add(rig.registry().createPartner(person));
        }
        return ids;
    }

    private long reads() {
        return rig.server.requests().counts().values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }
}
