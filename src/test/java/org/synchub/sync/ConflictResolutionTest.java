package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.TextNode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synchub.cli.ConflictCommands;
import org.synchub.conflict.Choice;
import org.synchub.ledger.ConflictQueue.Case;
import org.synchub.ledger.State;
import org.synchub.sync.Conflicts.Answered;
import org.synchub.sync.Conflicts.Effect;
import org.synchub.target.Outcome;

/** People settle conflicts, and both sides get what was chosen. */
class ConflictResolutionTest {

    private PullRig rig;
    private Conflicts conflicts;

    @BeforeEach
    void start() throws Exception {
        rig = PullRig.start();
        rig.pull();
        conflicts = rig.hub.bean(Conflicts.class);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private Case clash() throws Exception {
        rig.device.update(rig.person, "profession", "Driver");
        rig.registry().write(rig.externalId(rig.person), Map.of("occupation", "Teacher", "given_name", "Anna"));
        rig.pull();
        return onlyOne();
    }

    private Case onlyOne() {
        List<Case> open = conflicts.list("openspp", 10);
        assertThat(open).hasSize(1);
        return open.get(0);
    }

    private void bothSidesHold(String occupation) throws Exception {
        rig.push();
        assertThat(rig.data(rig.person).path("profession").asText()).isEqualTo(occupation);
        assertThat(rig.partner(rig.person).text("occupation")).isEqualTo(occupation);
        assertThat(rig.data(rig.person).path("first_name").asText())
                .as("one-sided")
                .isEqualTo("Anna");
        assertThat(rig.partner(rig.person).text("given_name")).as("one-sided").isEqualTo("Anna");
        int events = rig.externalEvents();
        long writes = rig.writes();
        rig.pull();
        rig.push();
        assertThat(rig.externalEvents()).as("settled for good").isEqualTo(events);
        assertThat(rig.writes()).isEqualTo(writes);
        assertThat(conflicts.list("openspp", 10)).isEmpty();
        assertThat(rig.hub.status("openspp").needAttention()).isZero();
    }

    @Test
    void internal_keeps_the_fields_value_and_what_only_the_target_changed() throws Exception {
        Answered answered = conflicts.resolve(clash().id(), Choice.internal(), null, "mia");

        assertThat(answered.effect()).isEqualTo(Effect.SETTLED);
        bothSidesHold("Driver");
        assertThat(rig.rows(
                        "SELECT rule, decided_by FROM hub.decision WHERE path = 'occupation' AND standing = 'settled'"))
                .containsExactly("operator: internal|mia");
        assertThat(rig.rows("SELECT state, settled_by, choice FROM hub.conflict"))
                .containsExactly("settled|mia|internal");
    }

    @Test
    void external_takes_the_targets_value() throws Exception {
        conflicts.resolve(clash().id(), Choice.external(), null, "mia");

        bothSidesHold("Teacher");
    }

    @Test
    void merged_takes_a_third_value_on_both_sides() throws Exception {
        Choice nurse = Choice.merged(Map.of("occupation", TextNode.valueOf("Nurse")));

        conflicts.resolve(clash().id(), nurse, null, "mia");

        bothSidesHold("Nurse");
    }

    @Test
    void after_a_push_that_met_the_conflict_the_choice_is_still_delivered() throws Exception {
        Case open = clash();
        rig.push();
        assertThat(rig.hub.status("openspp").in(State.CONFLICT)).isEqualTo(1);

        conflicts.resolve(open.id(), Choice.external(), null, "mia");

        bothSidesHold("Teacher");
    }

    @Test
    void ignore_leaves_both_sides_and_does_not_ask_again_until_something_changes() throws Exception {
        Case open = clash();
        rig.push();

        conflicts.resolve(open.id(), Choice.ignore(), null, "mia");
        rig.pull();
        rig.push();
        rig.pull();

        assertThat(conflicts.list("openspp", 10)).isEmpty();
        assertThat(rig.data(rig.person).path("profession").asText()).isEqualTo("Driver");
        assertThat(rig.partner(rig.person).text("occupation")).isEqualTo("Teacher");

        rig.registry().write(rig.externalId(rig.person), Map.of("occupation", "Nurse"));
        rig.pull();

        assertThat(onlyOne().what().external().path("occupation").asText()).isEqualTo("Nurse");
    }

    @Test
    void a_record_that_moved_on_since_it_was_shown_is_shown_again_and_nothing_is_written() throws Exception {
        Case open = clash();
        rig.registry().write(rig.externalId(rig.person), Map.of("occupation", "Nurse"));
        int events = rig.externalEvents();

        Answered answered =
                conflicts.resolve(open.id(), Choice.external(), open.what().fingerprint(), "mia");

        assertThat(answered.effect()).isEqualTo(Effect.MOVED_ON);
        assertThat(answered.now().what().external().path("occupation").asText()).isEqualTo("Nurse");
        assertThat(rig.externalEvents()).isEqualTo(events);

        conflicts.resolve(open.id(), Choice.external(), answered.now().what().fingerprint(), "mia");
        bothSidesHold("Nurse");
    }

    @Test
    void a_settled_conflict_is_not_settled_twice() throws Exception {
        Case open = clash();
        conflicts.resolve(open.id(), Choice.internal(), null, "mia");

        assertThatThrownBy(() -> conflicts.resolve(open.id(), Choice.external(), null, "bo"))
                .hasMessage("Conflict " + open.id() + " is not open any more: it is settled");
    }

    @Test
    void a_deletion_that_asks_is_followed_with_external_and_reaches_devices() throws Exception {
        rig.registry().archive(rig.externalId(rig.person));
        rig.pull();

        conflicts.resolve(onlyOne().id(), Choice.external(), null, "mia");

        assertThat(rig.value("SELECT count(*) FROM public.entities WHERE guid = '" + rig.person + "'"))
                .isEqualTo("0");
        assertThat(rig.value("SELECT type FROM public.events WHERE sync_level = 2"))
                .isEqualTo("delete-entity");
    }

    @Test
    void a_deletion_in_the_field_against_a_change_outside_is_carried_out_with_internal() throws Exception {
        int partner = rig.externalId(rig.person);
        rig.device.delete(rig.person);
        rig.registry().write(partner, Map.of("occupation", "Teacher"));
        rig.hub.bean(Captures.class).drain();
        rig.pull();

        conflicts.resolve(onlyOne().id(), Choice.internal(), null, "mia");
        rig.push();

        assertThat(rig.registry().partner(partner).flag("active")).isFalse();
        assertThat(conflicts.list("openspp", 10)).isEmpty();
    }

    @Test
    void a_deletion_in_the_field_against_a_change_outside_is_undone_with_external() throws Exception {
        rig.device.delete(rig.person);
        rig.registry().write(rig.externalId(rig.person), Map.of("occupation", "Teacher"));
        rig.hub.bean(Captures.class).drain();
        rig.pull();

        conflicts.resolve(onlyOne().id(), Choice.external(), null, "mia");
        rig.push();

        assertThat(rig.data(rig.person).path("profession").asText()).isEqualTo("Teacher");
        assertThat(rig.data(rig.person).path("first_name").asText()).isEqualTo("Ann");
        assertThat(rig.partner(rig.person).flag("active")).isTrue();
        assertThat(rig.hub.status("openspp").needAttention()).isZero();
    }

    @Test
    void a_push_that_met_a_moved_target_is_merged_by_the_next_pull() throws Exception {
        rig.registry().write(rig.externalId(rig.person), Map.of("given_name", "Anna"));
        rig.device.update(rig.person, "profession", "Driver");
        rig.push();
        rig.pull();

        bothSidesHold("Driver");
    }

    @Test
    void a_push_that_the_target_refuses_as_a_conflict_waits_in_the_same_queue() throws Exception {
        rig.hub
                .memory("memory")
                .answer(write -> new Outcome.Conflict(
                        "constraint", "memory-" + write.guid(), null, null, "the number is taken"));
        rig.device.update(rig.person, "first_name", "Anna");
        rig.push();
        rig.hub.bean(Pulls.class).sweep(new SweepRequest("memory", Cause.COMMAND, "test", false));

        Case open = conflicts.list("memory", 10).get(0);
        assertThat(open.what().conflictKind()).isEqualTo("constraint");

        rig.hub.memory("memory").answer(write -> null);
        conflicts.resolve(open.id(), Choice.internal(), null, "mia");
        rig.push();

        assertThat(rig.hub
                        .memory("memory")
                        .records()
                        .get(rig.person)
                        .path("given_name")
                        .asText())
                .isEqualTo("Anna");
        assertThat(conflicts.list("memory", 10)).isEmpty();
    }

    @Test
    void the_command_line_lists_shows_side_by_side_and_resolves() throws Exception {
        Case open = clash();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ConflictCommands commands = new ConflictCommands(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                conflicts,
                rig.hub.bean(AlikeConflicts.class),
                rig.hub.bean(Pulls.class),
                rig.hub.bean(com.fasterxml.jackson.databind.ObjectMapper.class));

        commands.conflicts("list", List.of("openspp"), List.of(), null);
        commands.conflicts("show", List.of(Long.toString(open.id())), List.of(), null);
        commands.conflicts("resolve", List.of(Long.toString(open.id()), "merged"), List.of("occupation=Nurse"), null);

        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("update-update: Both sides changed occupation")
                .containsPattern("\\* occupation +Farmer +Driver +Teacher")
                .contains("Settled.");
        bothSidesHold("Nurse");
    }

    @Test
    void alike_conflicts_are_settled_by_one_answer_after_a_preview_that_still_holds() throws Exception {
        String other = rig.createPerson("Bea", "Home", "123456789013");
        String third = rig.createPerson("Cy", "Home", "123456789014");
        rig.push();
        rig.pull();
        for (String person : List.of(other, third)) {
            rig.device.update(person, "profession", "Driver");
            rig.registry().write(rig.externalId(person), Map.of("occupation", "Teacher"));
        }
        rig.device.update(rig.person, "email_address", "in@example.org");
        rig.registry().write(rig.externalId(rig.person), Map.of("email", "out@example.org"));
        rig.pull();
        Case first = conflicts.list("openspp", 10).stream()
                .filter(c -> other.equals(c.what().guid()))
                .findFirst()
                .orElseThrow();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ConflictCommands commands = new ConflictCommands(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                conflicts,
                rig.hub.bean(AlikeConflicts.class),
                rig.hub.bean(Pulls.class),
                rig.hub.bean(com.fasterxml.jackson.databind.ObjectMapper.class));
        AlikeConflicts alike = rig.hub.bean(AlikeConflicts.class);
        List<String> answer = List.of(Long.toString(first.id()), "external");

        commands.conflicts("alike", List.of(Long.toString(first.id())), List.of(), null);
        String shown = alike.preview(first.id()).code();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("2 alike", shown, other, third)
                .doesNotContain(rig.person);
        assertThatThrownBy(() -> commands.conflicts("resolve-alike", answer, List.of(), null))
                .hasMessageContaining("conflicts alike");

        rig.registry().write(rig.externalId(third), Map.of("occupation", "Judge"));
        rig.pull();
        commands.conflicts("resolve-alike", answer, List.of(), shown);
        assertThat(conflicts.list("openspp", 10))
                .as("the preview no longer holds")
                .hasSize(3);

        commands.conflicts(
                "resolve-alike", answer, List.of(), alike.preview(first.id()).code());
        rig.push();

        assertThat(out.toString(StandardCharsets.UTF_8)).contains("Nothing was written", "2 settled, 0 left");
        assertThat(rig.data(other).path("profession").asText()).isEqualTo("Teacher");
        assertThat(rig.data(third).path("profession").asText()).isEqualTo("Judge");
        assertThat(conflicts.list("openspp", 10))
                .extracting(c -> c.what().guid())
                .containsExactly(rig.person);
    }

    @Test
    void what_the_target_emptied_before_a_deletion_was_undone_is_emptied_everywhere() throws Exception {
        rig.device.delete(rig.person);
        rig.registry().write(rig.externalId(rig.person), Map.of("email", false));
        rig.hub.bean(Captures.class).drain();
        rig.pull();

        conflicts.resolve(onlyOne().id(), Choice.external(), null, "mia");
        rig.push();

        assertThat(rig.data(rig.person).has("email_address")).isTrue();
        assertThat(rig.data(rig.person).path("email_address").asText("")).isEmpty();
        assertThat(rig.hub
                        .memory("memory")
                        .records()
                        .get(rig.person)
                        .path("email")
                        .asText(""))
                .isEmpty();
        assertThat(rig.partner(rig.person).text("email")).isNull();
    }
}
