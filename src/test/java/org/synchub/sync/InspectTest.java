package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.synchub.admin.security.Role;
import org.synchub.cli.ExitCode;
import org.synchub.cli.InspectCommand;
import org.synchub.target.Outcome;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;
import org.synchub.testing.TestStore;

/** The inspector by command and by HTTP: one target with something of everything, one with nothing yet. */
class InspectTest {

    private static TestHub hub;

    @BeforeAll
    static void somethingOfEverything() throws Exception {
        DataSource store = TestDatabase.dataCollect();
        hub = TestHub.on(store)
                .memoryTarget("memory", "t")
                .memoryTarget("quiet", "u")
                .set("server.port", 0)
                .start();
        TestStore field = new TestStore(store, "t");
        field.household("house-1", "Núria Marked").household("house-2", "Núria Marked");
        hub.push("memory").pull("memory");
        hub.memory("memory")
                .answer(write ->
                        write.guid().equals("person-1") ? new Outcome.Rejected("first", "refused", null) : null);
        field.person("person-1", "house-1");
        hub.push("memory");
        field.person("person-2", "house-1");
        hub.bean(Captures.class).drain();
        TestDatabase.run(
                store,
                "INSERT INTO hub.conflict (target, external_id, guid, kind, conflict_kind, likeness, reason, fingerprint, state)"
                        + " VALUES ('memory', '7', 'house-1', 'household', 'update-update', 'l', 'both', 'f', 'open');"
                        + " INSERT INTO hub.parked (target, external_id, kind, reason_code, reason)"
                        + " VALUES ('memory', '8', 'individual', 'unmapped', 'no such value'),"
                        + " ('memory', '9', 'individual', 'unmapped', 'no such value');"
                        + " INSERT INTO hub.cursor (target, stream, position) VALUES ('memory', 'test', '{\"afterId\":42}')");
    }

    @AfterAll
    static void stop() {
        hub.close();
    }

    private static final ByteArrayOutputStream PRINTED = new ByteArrayOutputStream();

    private static int inspect(String target, boolean json) {
        PRINTED.reset();
        return new InspectCommand(
                        new PrintStream(PRINTED, true, StandardCharsets.UTF_8),
                        hub.bean(Inspection.class),
                        hub.bean(ObjectMapper.class))
                .inspect(target, json);
    }

    private static String printed() {
        return PRINTED.toString(StandardCharsets.UTF_8);
    }

    @Test
    void it_tells_what_is_unsynced_failed_in_conflict_and_not_applied_and_where_to_look() {
        assertThat(inspect("memory", false)).isEqualTo(ExitCode.ATTENTION);

        assertThat(printed())
                .contains("memory (tenant t): running")
                .containsPattern("1 unsynced, the oldest since \\d{4}-")
                .containsPattern("2 synced; last sync \\d{4}-")
                .contains("1 conflicts; see 'conflicts list memory'")
                .contains("1 failed; see 'attention list memory'")
                .contains("2 came in and could not be applied; see 'attention list memory'")
                .contains("Cursor 'test' moved ")
                .contains("to {\"afterId\":42}")
                .doesNotContain("Marked");
    }

    @Test
    void a_target_with_nothing_yet_needs_nobody_and_one_that_is_unknown_is_refused() {
        assertThat(inspect("quiet", false)).isEqualTo(ExitCode.OK);

        assertThat(printed()).contains("0 unsynced").contains("last sync never").contains("was read yet");
        assertThatThrownBy(() -> inspect("nowhere", false)).isInstanceOf(UnknownTarget.class);
    }

    @Test
    void programs_read_the_same_from_the_command_and_from_the_api() throws Exception {
        assertThat(inspect(null, true)).isEqualTo(ExitCode.ATTENTION);
        JsonNode all = new ObjectMapper().readTree(printed());
        JsonNode served =
                hub.api(Role.VIEWER).get("/api/v1/targets/memory/inspection").json();

        assertThat(all).extracting(one -> one.path("target").asText()).containsExactly("memory", "quiet");
        assertThat(all.get(0)).isEqualTo(served);
        assertThat(served.path("unsynced").asInt()).isEqualTo(1);
        assertThat(served.path("synced").asInt()).isEqualTo(2);
        assertThat(served.path("conflicts").asInt()).isEqualTo(1);
        assertThat(served.path("failed").asInt()).isEqualTo(1);
        assertThat(served.path("parked").asInt()).isEqualTo(2);
        assertThat(served.path("cursors"))
                .extracting(cursor -> cursor.path("stream").asText())
                .contains("test");
        assertThat(hub.api(Role.VIEWER)
                        .get("/api/v1/targets/nowhere/inspection")
                        .status())
                .isEqualTo(404);
    }
}
