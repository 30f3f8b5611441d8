package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synchub.ledger.Attention;
import org.synchub.ledger.ConflictQueue;
import org.synchub.ledger.Links;
import org.synchub.ledger.Targets;
import org.synchub.ledger.Targets.Restored;
import org.synchub.simulator.openspp.Backup;
import org.synchub.testing.SchemaBackup;

/** Schema hub, the store, both, or the target go back to an older state under a hub that has gone on since. */
class RestoreTest {

    private PullRig rig;

    @BeforeEach
    void start() throws Exception {
        rig = PullRig.alone(text -> text);
        rig.hub.bean(Restores.class).begin(true);
        // A mark that is younger than what was agreed on so far.
        rig.push();
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private String condition() {
        return rig.hub.status("openspp").condition();
    }

    private Restored noticed() {
        return rig.hub.bean(Targets.class).find("openspp").orElseThrow().restored();
    }

    private Reconciliation reconcile() {
        return rig.hub.bean(Reconcile.class).run("openspp", null, Cause.COMMAND, "test");
    }

    private List<ConflictQueue.Case> conflicts() {
        return rig.hub.bean(ConflictQueue.class).open("openspp", 100);
    }

    private long partners() {
        return rig.registry().partners().stream()
                .filter(partner -> partner.flag("is_registrant"))
                .count();
    }

    private boolean inStore(String guid) throws Exception {
        return rig.value("SELECT count(*) FROM public.entities WHERE guid = '" + guid + "'")
                .equals("1");
    }

    private void heldBecauseOf(Restored what) throws Exception {
        long writes = rig.writes();
        rig.hub.push("openspp");
        assertThat(condition()).isEqualTo("stopped");
        assertThat(noticed()).isEqualTo(what);
        assertThat(rig.hub.status("openspp").reason()).contains("`reconcile openspp");
        assertThat(rig.hub.bean(Attention.class).causes("openspp", 50))
                .anySatisfy(cause -> assertThat(cause.code()).isEqualTo("restored-" + what.word()));
        assertThat(rig.hub.bean(Pulls.class).pull(PullRequest.of("openspp", Cause.COMMAND, "test")))
                .as("nothing is taken in")
                .isEmpty();
        assertThat(rig.writes()).as("nothing is sent").isEqualTo(writes);
    }

    private void goesOnByItself() {
        assertThat(condition()).isEqualTo("running");
        assertThat(rig.hub.bean(Attention.class).causes("openspp", 50))
                .noneSatisfy(cause -> assertThat(cause.code()).startsWith("restored"));
        rig.push();
        rig.pull();
        rig.push();
    }

    @Test
    void a_store_that_went_back_gets_from_the_target_what_it_has_lost_and_loses_nothing_that_came_since()
            throws Exception {
        String deleted = rig.createPerson("Cai", "Home", "200000000003");
        String changedSince = rig.createPerson("Dan", "Home", "200000000004");
        String editedSince = rig.createPerson("Eve", "Home", "200000000005");
        rig.push();
        rig.push();
        SchemaBackup backup = SchemaBackup.of(rig.store, "backup", "public");
        rig.device.update(rig.person, "last_name", "Forgotten");
        String created = rig.createPerson("Bea", "Home", "200000000002");
        rig.device.delete(deleted);
        rig.push();
        assertThat(condition()).isEqualTo("running");
        long there = partners();

        backup.restore();
        heldBecauseOf(Restored.STORE);
        rig.device.update(changedSince, "last_name", "Since");
        rig.registry().write(rig.externalId(editedSince), Map.of("family_name", "Since"));

        Reconciliation plan = rig.hub.bean(Reconcile.class).plan("openspp", null);
        assertThat(inStore(created)).as("a plan does nothing").isFalse();
        assertThat(condition()).isEqualTo("stopped");
        Reconciliation done = reconcile();
        assertThat(plan).isEqualTo(done);
        goesOnByItself();

        assertThat(rig.data(rig.person).path("last_name").asText()).isEqualTo("Forgotten");
        assertThat(rig.data(created).path("first_name").asText()).isEqualTo("Bea");
        assertThat(rig.data(created).path("parentGuid").asText()).isEqualTo(rig.household);
        assertThat(rig.partner(changedSince).text("family_name")).isEqualToIgnoringCase("Since");
        assertThat(rig.data(editedSince).path("last_name").asText()).isEqualToIgnoringCase("Since");
        assertThat(rig.partner(rig.person).text("family_name")).isEqualToIgnoringCase("Forgotten");
        assertThat(partners()).as("nothing is doubled").isEqualTo(there);
        assertThat(conflicts()).singleElement().satisfies(c -> {
            assertThat(c.what().guid()).isEqualTo(deleted);
            assertThat(c.what().conflictKind()).isEqualTo("deletion");
        });
        assertThat(rig.partner(deleted).flag("active"))
                .as("it stays away until then")
                .isFalse();
    }

    @Test
    void a_ledger_that_went_back_is_linked_again_by_key_and_both_sides_keep_what_they_changed_meanwhile()
            throws Exception {
        String editedThere = rig.createPerson("Eve", "Home", "200000000005");
        String changedHere = rig.createPerson("Dan", "Home", "200000000004");
        rig.push();
        rig.push();
        SchemaBackup backup = SchemaBackup.of(rig.store, "backup", "hub");
        rig.device.update(rig.person, "last_name", "Sent");
        String created = rig.createPerson("Bea", "Home", "200000000002");
        rig.push();
        rig.registry().write(rig.externalId(editedThere), Map.of("email", "eve@example.org"));
        rig.pull();
        int partner = rig.externalId(created);
        long there = partners();
        int events = rig.externalEvents();

        backup.restore();
        heldBecauseOf(Restored.HUB);
        rig.device.update(rig.person, "last_name", "Since");
        rig.device.update(changedHere, "last_name", "Since");
        rig.registry().write(rig.externalId(editedThere), Map.of("family_name", "Twice"));
        Reconciliation done = reconcile();
        assertThat(done.linked()).isEqualTo(1);
        goesOnByItself();

        assertThat(rig.externalId(created)).isEqualTo(partner);
        assertThat(partners()).as("nothing is doubled").isEqualTo(there);
        assertThat(rig.partner(changedHere).text("family_name")).isEqualToIgnoringCase("Since");
        assertThat(rig.data(editedThere).path("last_name").asText()).isEqualToIgnoringCase("Twice");
        assertThat(rig.data(editedThere).path("email_address").asText()).isEqualTo("eve@example.org");
        assertThat(rig.externalEvents()).as("no event's id is given twice").isEqualTo(events + 1);
        // That "Sent" was the store's own is among what was forgotten: both stay until somebody says which it is.
        assertThat(conflicts()).singleElement().satisfies(c -> {
            assertThat(c.what().guid()).isEqualTo(rig.person);
            assertThat(c.what().paths()).containsExactly("family_name");
        });
        assertThat(rig.data(rig.person).path("last_name").asText()).isEqualTo("Since");
        assertThat(rig.partner(rig.person).text("family_name")).isEqualToIgnoringCase("Sent");
    }

    @Test
    void a_whole_database_that_went_back_under_a_running_hub_gets_its_lost_records_from_the_target() throws Exception {
        SchemaBackup backup = SchemaBackup.of(rig.store, "backup", "hub", "public");
        rig.device.update(rig.person, "last_name", "Forgotten");
        String created = rig.createPerson("Bea", "Home", "200000000002");
        rig.push();
        long there = partners();

        backup.restore();
        heldBecauseOf(Restored.DATABASE);
        reconcile();
        goesOnByItself();

        assertThat(rig.data(rig.person).path("last_name").asText()).isEqualToIgnoringCase("Forgotten");
        assertThat(rig.data(created).path("first_name").asText()).isEqualToIgnoringCase("Bea");
        assertThat(partners()).as("nothing is doubled").isEqualTo(there);
        assertThat(conflicts()).isEmpty();
    }

    @Test
    void a_target_that_went_back_gets_again_what_it_has_lost_and_keeps_what_was_edited_there_since() throws Exception {
        String editedSince = rig.createPerson("Eve", "Home", "200000000005");
        rig.push();
        rig.push();
        Backup backup = rig.registry().backup();
        rig.device.update(rig.person, "last_name", "Sent");
        List<String> created = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            created.add(rig.createPerson("Bea" + i, "Home", "20000000001" + i));
        }
        rig.push();
        long there = partners();

        rig.server.down();
        rig.registry().restore(backup);
        rig.device.update(created.get(0), "last_name", "Owed");
        rig.push();
        rig.server.up();
        // The first id that the target gave away after the backup it gives to somebody else now.
        int stranger = rig.registry().createPartner(Map.of("name", "STRANGER", "is_group", false));
        List<Integer> known = new ArrayList<>();
        for (String guid : created) {
            known.add(rig.externalId(guid));
        }
        assertThat(known).contains(stranger);
        heldBecauseOf(Restored.TARGET);
        rig.registry().write(rig.externalId(editedSince), Map.of("family_name", "Since"));
        reconcile();
        goesOnByItself();

        assertThat(partners()).as("nothing is doubled, and the stranger stays").isEqualTo(there + 1);
        for (String guid : created) {
            assertThat(rig.partner(guid).text("given_name"))
                    .isEqualToIgnoringCase(rig.data(guid).path("first_name").asText());
        }
        assertThat(rig.partner(created.get(0)).text("family_name")).isEqualToIgnoringCase("Owed");
        assertThat(rig.partner(rig.person).text("family_name")).isEqualToIgnoringCase("Sent");
        assertThat(rig.data(rig.person).path("last_name").asText()).isEqualTo("Sent");
        assertThat(rig.data(editedSince).path("last_name").asText()).isEqualToIgnoringCase("Since");
        assertThat(rig.registry().partner(stranger).text("name")).isEqualTo("STRANGER");
        assertThat(rig.hub.bean(Links.class).count("openspp")).isEqualTo(6);
    }

    @Test
    void resume_lets_a_target_go_on_with_things_as_they_are() throws Exception {
        SchemaBackup backup = SchemaBackup.of(rig.store, "backup", "public");
        rig.device.update(rig.person, "last_name", "Sent");
        rig.push();
        backup.restore();
        heldBecauseOf(Restored.STORE);

        rig.hub.bean(Targets.class).pause("openspp", false, "");
        rig.hub.bean(Targets.class).pause("memory", false, "");

        goesOnByItself();
    }
}
