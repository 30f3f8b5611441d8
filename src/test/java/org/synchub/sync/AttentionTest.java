package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synchub.cli.AttentionCommands;
import org.synchub.cli.ExitCode;
import org.synchub.ledger.Attention.Cause;
import org.synchub.ledger.Attention.Direction;

/** The one list of what people have to look at, and what they can do about it. */
class AttentionTest {

    private PullRig rig;
    private NeedsAttention attention;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private AttentionCommands commands;

    @BeforeEach
    void start() throws Exception {
        rig = PullRig.start();
        rig.pull();
        attention = rig.hub.bean(NeedsAttention.class);
        commands = new AttentionCommands(
                new PrintStream(printed, true, StandardCharsets.UTF_8), attention, rig.hub.bean(ObjectMapper.class));
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private List<String> rejectedPeople(int number) throws Exception {
        for (int i = 0; i < number; i++) {
            rig.createPerson("Bea", "", "30000000000" + i);
        }
        rig.push();
        return rig.rows("SELECT guid FROM hub.delivery WHERE state = 'rejected' ORDER BY guid");
    }

    private Cause onlyCause() {
        List<Cause> causes = attention.causes("openspp", 10);
        assertThat(causes).hasSize(1);
        return causes.get(0);
    }

    private int bornOutside() {
        return rig.registry()
                .createPartner(Map.of(
                        "is_registrant",
                        true,
                        "is_group",
                        false,
                        "name",
                        "Roe, Cleo",
                        "given_name",
                        "Cleo",
                        "family_name",
                        "Roe",
                        "gender",
                        "Female"));
    }

    @Test
    void records_that_were_rejected_for_the_same_reason_are_one_cause() throws Exception {
        assertThat(commands.list(null, false)).isEqualTo(ExitCode.OK);
        List<String> rejected = rejectedPeople(3);

        Cause cause = onlyCause();

        assertThat(cause.records()).isEqualTo(3);
        assertThat(cause.direction()).isEqualTo(Direction.PUSH);
        assertThat(cause.kind()).isEqualTo("individual");
        assertThat(cause.at()).contains("openspp.yaml:");
        assertThat(attention.items(cause.id(), "", 2)).extracting("key").isEqualTo(rejected.subList(0, 2));
        assertThat(attention.items(cause.id(), rejected.get(1), 2))
                .extracting("key")
                .isEqualTo(rejected.subList(2, 3));
        assertThat(commands.list("openspp", false)).isEqualTo(ExitCode.ATTENTION);
        assertThat(text()).contains(cause.id()).contains("last_name").doesNotContain("Bea");
    }

    @Test
    void a_cause_is_tried_again_after_it_was_shown_and_what_was_mended_goes_out() throws Exception {
        List<String> rejected = rejectedPeople(2);
        String cause = onlyCause().id();

        assertThat(commands.retry(cause, false)).isEqualTo(ExitCode.ATTENTION);
        assertThat(text()).contains("2 records would be tried again").contains(rejected.get(0));
        assertThat(rig.rows(
                        "SELECT state FROM hub.delivery WHERE target = 'openspp' AND guid = '" + rejected.get(0) + "'"))
                .containsExactly("rejected");
        rig.device.update(rejected.get(0), "last_name", "Roe");
        assertThat(onlyCause().records()).as("a change is tried by itself").isEqualTo(2);
        rig.push();

        assertThat(onlyCause().records()).isEqualTo(1);
        assertThat(commands.retry(cause, true)).isEqualTo(ExitCode.OK);
        assertThat(text()).contains("1 records are tried again");
        rig.push();
        assertThat(onlyCause().id()).as("still refused for the same reason").isEqualTo(cause);
    }

    @Test
    void what_is_given_up_keeps_who_and_why_and_goes_out_when_it_changes() throws Exception {
        List<String> rejected = rejectedPeople(1);
        String cause = onlyCause().id();

        assertThatThrownBy(() -> commands.discard(cause, " ", true)).hasMessageContaining("why");
        assertThat(commands.discard(cause, "twin of another", false)).isEqualTo(ExitCode.ATTENTION);
        assertThat(onlyCause().records()).isEqualTo(1);
        assertThat(commands.discard(cause, "twin of another", true)).isEqualTo(ExitCode.OK);

        assertThat(attention.causes(null, 10)).isEmpty();
        assertThat(rig.rows("SELECT state, reason FROM hub.delivery WHERE target = 'openspp' AND guid = '"
                        + rejected.get(0) + "'"))
                .containsExactly("discarded|Given up by command: twin of another");
        rig.device.update(rejected.get(0), "last_name", "Roe");
        rig.push();
        assertThat(rig.partner(rejected.get(0)).text("family_name")).isEqualTo("Roe");
    }

    @Test
    void what_came_back_and_is_parked_is_in_the_same_list_and_can_be_given_up() throws Exception {
        int born = bornOutside();
        rig.pull();

        Cause cause = onlyCause();
        assertThat(cause.direction()).isEqualTo(Direction.PULL);
        assertThat(commands.show(cause.id(), false, true)).isEqualTo(ExitCode.OK);
        JsonNode shown = rig.hub.bean(ObjectMapper.class).readTree(text());
        assertThat(shown.at("/examples/0/key").asText()).isEqualTo(Integer.toString(born));

        assertThat(commands.retry(cause.id(), true)).isEqualTo(ExitCode.OK);
        assertThat(onlyCause().records()).as("nothing has changed for it").isEqualTo(1);
        assertThat(commands.discard(cause.id(), "a test record", true)).isEqualTo(ExitCode.OK);

        assertThat(attention.causes(null, 10)).isEmpty();
        assertThat(rig.rows("SELECT external_id, rule, reason, decided_by FROM hub.decision WHERE rule = 'discard'"))
                .containsExactly(born + "|discard|Given up by command: a test record|command");
        rig.pull();
        assertThat(attention.causes(null, 10))
                .as("unchanged, it stays given up")
                .isEmpty();
        rig.registry().write(born, Map.of("occupation", "Teacher"));
        rig.pull();
        assertThat(attention.causes(null, 10))
                .as("changed, it is looked at again")
                .hasSize(1);
    }

    @Test
    void a_cause_that_nothing_waits_for_is_said_so() {
        assertThatThrownBy(() -> commands.show("0123456789", false, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0123456789")
                .hasMessageContaining("attention list");
    }

    private String text() {
        String text = printed.toString(StandardCharsets.UTF_8);
        printed.reset();
        return text;
    }
}
