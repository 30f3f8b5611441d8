package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synchub.ledger.Runs;
import org.synchub.sync.ResyncPlan.Example;
import org.synchub.sync.ResyncPlan.Fate;
import org.synchub.testing.TestHub;

/** What a resync would do is what it then does, and one that would take away suspiciously much asks first. */
class ResyncPlanTest {

    private PullRig rig;
    private ResyncPlans plans;

    @BeforeEach
    void start() throws Exception {
        rig = PullRig.start();
        plans = rig.hub.bean(ResyncPlans.class);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private ResyncPlan plan() {
        rig.hub.bean(Captures.class).drain();
        return plans.of("openspp", Resync.Scope.FULL, false);
    }

    private static Example example(ResyncPlan plan, Fate fate) {
        List<Example> found =
                plan.examples().stream().filter(e -> e.fate() == fate).toList();
        assertThat(found).as("%s in %s", fate, plan.examples()).hasSize(1);
        return found.get(0);
    }

    private String person(int number) throws Exception {
        return rig.createPerson("Mem" + (char) ('a' + number), "Home", Long.toString(200_000_000_000L + number));
    }

    @Test
    void a_plan_names_exactly_what_the_resync_then_does() throws Exception {
        String changed = person(1);
        String edited = person(2);
        String both = person(3);
        String gone = person(4);
        rig.push();
        rig.pull();
        rig.device.update(changed, "profession", "Teacher");
        rig.registry().write(rig.externalId(edited), Map.of("occupation", "Driver"));
        rig.device.update(both, "profession", "Teacher");
        rig.registry().write(rig.externalId(both), Map.of("occupation", "Driver"));
        rig.device.delete(gone);
        String born = person(5);
        int events = rig.externalEvents();
        long writes = rig.writes();

        ResyncPlan plan = plan();

        assertThat(plan.compared()).isEqualTo(7);
        assertThat(plan.creates()).isEqualTo(1);
        assertThat(plan.updates()).isEqualTo(1);
        assertThat(plan.deletes()).isEqualTo(1);
        assertThat(plan.takenHere()).isEqualTo(1);
        assertThat(plan.conflicts()).isEqualTo(1);
        assertThat(plan.unchanged()).isEqualTo(2);
        assertThat(plan.notSent()).isZero();
        assertThat(plan.refusal()).isNull();
        assertThat(example(plan, Fate.CREATE).guid()).isEqualTo(born);
        assertThat(example(plan, Fate.DELETE).guid()).isEqualTo(gone);
        assertThat(example(plan, Fate.TAKE_HERE).guid()).isEqualTo(edited);
        assertThat(example(plan, Fate.CONFLICT).guid()).isEqualTo(both);
        assertThat(example(plan, Fate.UPDATE)).satisfies(update -> {
            assertThat(update.guid()).isEqualTo(changed);
            assertThat(update.externalId()).isEqualTo(String.valueOf(rig.externalId(changed)));
            assertThat(update.fields()).singleElement().satisfies(field -> {
                assertThat(field.path()).isEqualTo("occupation");
                assertThat(String.valueOf(field.here())).isEqualTo("\"‹text›\"");
                assertThat(String.valueOf(field.there())).isEqualTo("\"‹text›\"");
            });
        });
        assertThat(new ObjectMapper().findAndRegisterModules().writeValueAsString(plan))
                .doesNotContain("Teacher")
                .doesNotContain("Driver")
                .doesNotContain("Mema");
        assertThat(rig.writes()).as("a plan changes nothing there").isEqualTo(writes);
        assertThat(rig.externalEvents()).as("nor here").isEqualTo(events);

        Runs.Run pulled = rig.pull();
        rig.hub.bean(Resync.class).start("openspp", Resync.Scope.FULL, "test");
        rig.hub.bean(Pushes.class).push(PushRequest.resync("openspp", Cause.COMMAND, "test"));

        Runs.Run run = rig.hub.lastRun("openspp");
        assertThat(pulled.pulled()).isEqualTo(plan.takenHere());
        assertThat(pulled.conflicts()).isEqualTo(plan.conflicts());
        assertThat(run.direction()).isEqualTo("resync");
        assertThat(run.created()).isEqualTo(plan.creates());
        assertThat(run.updated()).isEqualTo(plan.updates());
        assertThat(run.deleted()).isEqualTo(plan.deletes());
        assertThat(run.unchanged()).as("with what the pull took over").isEqualTo(plan.unchanged() + plan.takenHere());
        assertThat(plan().updates()).isZero();
    }

    @Test
    void what_will_not_be_sent_is_named_with_its_reason_and_the_resync_refuses_just_that() throws Exception {
        String house = rig.device.createHousehold("House");
        String unknown = rig.device.create(JsonNodeFactory.instance
                .objectNode()
                .put("entityName", "individual")
                .put("first_name", "Abeba")
                .put("last_name", "Home")
                .put("parentGuid", house)
                .put("gender", "dragon"));
        String orphan = rig.device.create(JsonNodeFactory.instance
                .objectNode()
                .put("entityName", "individual")
                .put("first_name", "Abeba")
                .put("last_name", "Home")
                .put("gender", "female")
                .put("parentGuid", "no-such-household"));

        ResyncPlan plan = plan();

        assertThat(plan.notSent()).isEqualTo(2);
        assertThat(plan.examples().stream().filter(e -> e.fate() == Fate.NOT_SENT))
                .extracting(Example::guid, Example::reason)
                .satisfiesExactlyInAnyOrder(
                        one -> assertThat(one.toList().get(1).toString())
                                .as(unknown)
                                .contains("openspp.yaml:", "gender")
                                .doesNotContain("dragon"),
                        one -> assertThat(one.toList())
                                .containsExactly(
                                        orphan,
                                        "Refers to household no-such-household, which DataCollect does not hold"));
        assertThat(plan.creates()).as("the household").isEqualTo(1);

        rig.hub.bean(Resync.class).start("openspp", Resync.Scope.FULL, "test");
        rig.hub.bean(Pushes.class).push(PushRequest.resync("openspp", Cause.COMMAND, "test"));

        Runs.Run run = rig.hub.lastRun("openspp");
        assertThat(run.created()).isEqualTo(1);
        assertThat(run.rejected()).isEqualTo(2);
    }

    @Test
    void only_what_differs_is_owed_again_when_that_is_asked_for() throws Exception {
        String edited = person(1);
        person(2);
        rig.device.create(JsonNodeFactory.instance
                .objectNode()
                .put("entityName", "individual")
                .put("first_name", "Abeba")
                .put("last_name", "Home")
                .put("gender", "dragon"));
        rig.push();
        rig.pull();
        rig.registry().write(rig.externalId(edited), Map.of("occupation", "Driver"));

        Resync.Scope differing = new Resync.Scope(List.of(), List.of(), false, true, null);

        assertThat(plans.start("openspp", differing, "test")).isEqualTo(1);
        assertThat(rig.value("SELECT string_agg(guid, ',') FROM hub.delivery WHERE target = 'openspp' AND reread"))
                .isEqualTo(edited);
        assertThat(plans.start("openspp", differing, "test"))
                .as("asking twice does not do it twice")
                .isZero();
    }

    @Test
    void a_field_emptied_in_many_records_wants_a_yes() throws Exception {
        String one = person(1);
        String two = person(2);
        String three = person(3);
        rig.push();
        rig.pull();
        for (String guid : List.of(one, two, three)) {
            rig.device.update(guid, "email_address", "");
        }

        ResyncPlan plan = plan();

        assertThat(plan.updates()).isEqualTo(3);
        assertThat(plan.empties()).isEqualTo(3);
        assertThat(plan.emptied()).containsExactly(Map.entry("email", 3L));
        assertThat(plan.refusal()).contains("empty fields of 3{email=3} of 5 that are linked");
        assertThatThrownBy(() -> plans.check("openspp", Resync.Scope.FULL, false))
                .isInstanceOf(NotNow.class)
                .hasMessage(plan.refusal());
        assertThatCode(() -> plans.check("openspp", Resync.Scope.FULL, true)).doesNotThrowAnyException();
        assertThatCode(() -> plans.check("openspp", new Resync.Scope(List.of(), List.of(one), false), false))
                .as("one record is not many")
                .doesNotThrowAnyException();
    }

    @Test
    void many_deletions_want_a_yes() throws Exception {
        List<String> people = List.of(person(1), person(2), person(3));
        rig.push();
        for (String guid : people) {
            rig.device.delete(guid);
        }

        assertThat(plan().refusal()).contains("would take away 3 records");
        assertThatThrownBy(() -> plans.check("openspp", Resync.Scope.FULL, false))
                .hasMessageContaining("confirm the resync");
    }

    @Test
    void since_reaches_what_was_settled_or_became_owed_then_or_later() throws Exception {
        TestHub.clock(rig.store, "1 h");
        String later = person(1);
        rig.push();
        Instant between = Instant.now().plusSeconds(1800);
        Resync.Scope since = new Resync.Scope(List.of(), List.of(), false, false, between);

        assertThat(rig.hub.bean(Resync.class).plan("openspp", since)).isEqualTo(Map.of("individual", 1L));
        assertThat(plans.of("openspp", since, false).examples())
                .extracting(Example::guid)
                .containsExactly(later);
        assertThat(rig.hub.bean(Resync.class).start("openspp", since, "test")).isEqualTo(1);
        assertThat(rig.value("SELECT guid FROM hub.delivery WHERE target = 'openspp' AND reread"))
                .isEqualTo(later);
    }

    @Test
    void what_vanished_at_the_target_is_asked_about_and_named() throws Exception {
        rig.registry().archive(rig.externalId(rig.person));

        ResyncPlan plan = plan();

        assertThat(plan.conflicts()).isEqualTo(1);
        assertThat(example(plan, Fate.CONFLICT).guid()).isEqualTo(rig.person);
    }
}
