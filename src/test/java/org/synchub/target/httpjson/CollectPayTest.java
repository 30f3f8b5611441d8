package org.synchub.target.httpjson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.synchub.simulator.collectpay.CollectPaySimulator;
import org.synchub.simulator.collectpay.Registrar;
import org.synchub.simulator.http.Answer;
import org.synchub.simulator.http.Fault;
import org.synchub.simulator.http.Request;
import org.synchub.simulator.openspp.TestClock;
import org.synchub.target.Outcome;
import org.synchub.target.Outcome.Effect;
import org.synchub.target.RemoteChange;
import org.synchub.target.RemoteState;
import org.synchub.target.TargetTrouble;
import org.synchub.target.Write;

/** mappings/examples/collectpay.yaml against a simulated CollectPay with its quirks. */
class CollectPayTest {

    private static final String PUSH = "POST /api/v1/sync/push";
    private static final Predicate<Request> PUSHES = Request.to("POST", "/api/v1/sync/push");
    private static final ObjectNode HOUSE =
            Rig.form("household", "household_name", "House of Ann", "address", "Ban Na 7");
    private static final ObjectNode ANN = Rig.form(
            "individual",
            "first_name",
            "Ann",
            "last_name",
            "O'Home",
            "phone_number",
            "+8562055555555",
            "email_address",
            "ann@example.org",
            "credit_limit",
            "57.75");

    private final TestClock clock = new TestClock("2026-11-20T12:00:00Z");
    private final CollectPaySimulator server =
            new CollectPaySimulator(CollectPaySimulator.Options.defaults().clock(clock));
    private final Registrar registrar = server.registrar();
    private final Rig rig = rig(CollectPaySimulator.PASSWORD);

    private Rig rig(String password) {
        return Rig.shipped(
                "collectpay",
                server.url(),
                Map.of(
                        "COLLECTPAY_URL",
                        server.url(),
                        "COLLECTPAY_EMAIL",
                        CollectPaySimulator.EMAIL,
                        "COLLECTPAY_PASSWORD",
                        password));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private ObjectNode supplier(int id) {
        return registrar.find("suppliers", id).orElseThrow();
    }

    private static ObjectNode with(ObjectNode form, String field, String value) {
        return form.deepCopy().put(field, value);
    }

    private List<JsonNode> pushed() {
        return server.requests().entries().stream()
                .filter(asked -> asked.line().equals(PUSH))
                .map(asked -> asked.body().path("batch").get(0))
                .toList();
    }

    private void passTime() {
        clock.tick(Duration.ofSeconds(5));
        rig.clock.later(Duration.ofSeconds(5));
    }

    @Test
    void a_household_goes_out_and_comes_back_as_it_is() {
        Outcome.Accepted made = rig.accepted("h1", HOUSE);

        assertThat(made.externalId()).isEqualTo("1");
        assertThat(made.version()).isEqualTo("1");
        JsonNode item = pushed().get(0);
        String code = item.path("data").path("code").asText();
        assertThat(code).matches("DC-[0-9a-f]{20}");
        assertThat(item).isEqualTo(Rig.json("""
                {"entity_type": "suppliers", "operation": "create",
                 "data": {"code": "%s", "metadata": {"guid": "h1", "kind": "household"},
                          "name": "House of Ann", "address": "Ban Na 7"}}""".formatted(code)));
        RemoteChange back = rig.pull().get(0);
        assertThat(back.key()).isEqualTo("h1");
        assertThat(back.kind()).isEqualTo("household");
        assertThat(rig.canonical(back, "h1", HOUSE)).isEqualTo(made.agreed());
    }

    @Test
    void a_person_goes_out_and_comes_back_as_it_is_though_decimals_come_as_text() {
        Outcome.Accepted made = rig.accepted("p1", ANN);

        assertThat(pushed().get(0).path("data").path("name").asText()).isEqualTo("Ann O'Home");
        assertThat(supplier(1).path("credit_limit").asText()).isEqualTo("57.75");
        RemoteChange back = rig.pull().get(0);
        assertThat(back.kind()).isEqualTo("individual");
        assertThat(Rig.json(rig.canonical(back, "p1", ANN).toString()))
                .isEqualTo(Rig.json(made.agreed().toString()));
    }

    @Test
    void a_create_sends_no_version_and_an_update_the_last_one_with_what_changed() {
        rig.accepted("p1", ANN);

        Outcome.Accepted updated = rig.accepted("p1", with(ANN, "phone_number", "1"));

        assertThat(updated.version()).isEqualTo("2");
        assertThat(pushed().get(0).path("data").has("version")).isFalse();
        assertThat(pushed().get(1).path("data")).isEqualTo(Rig.json("{\"phone\": \"1\", \"id\": 1, \"version\": 1}"));
    }

    @Test
    void what_is_unchanged_is_not_sent_because_the_server_would_count_it_as_a_change() {
        rig.accepted("p1", ANN);
        server.requests().clear();

        assertThat(rig.accepted("p1", ANN).effect()).isEqualTo(Effect.UNCHANGED);

        assertThat(server.requests().entries()).isEmpty();
    }

    @Test
    void one_item_goes_in_each_request_because_results_cannot_be_told_apart() {
        rig.send(rig.write("p1", ANN, false), rig.write("h1", HOUSE, false));

        assertThat(server.requests().entries().stream()
                        .filter(asked -> asked.line().equals(PUSH)))
                .hasSize(2)
                .allMatch(asked -> asked.body().path("batch").size() == 1);
    }

    @Test
    void a_create_whose_answer_was_lost_is_found_by_its_code() {
        server.faults().next(1, PUSHES, Fault.cut(Fault.Cut.BEFORE_ANSWER));
        assertThat(rig.put("p1", ANN)).isInstanceOf(Outcome.Unknown.class);

        Outcome again = rig.send(rig.write("p1", ANN, true)).get(0);

        assertThat(again)
                .isInstanceOfSatisfying(
                        Outcome.Accepted.class,
                        accepted -> assertThat(accepted.externalId()).isEqualTo("1"));
        assertThat(registrar.count("suppliers")).isEqualTo(1);
        assertThat(pushed()).hasSize(1);
    }

    @Test
    void error_1062_about_the_code_means_that_it_is_there_and_what_it_holds_otherwise_is_left_to_the_rules() {
        rig.accepted("p1", ANN);
        Rig restored = rig(CollectPaySimulator.PASSWORD);

        Outcome.Accepted adopted = restored.accepted("p1", with(ANN, "phone_number", "1"));

        assertThat(adopted.externalId()).isEqualTo("1");
        assertThat(adopted.differs()).isTrue();
        assertThat(registrar.count("suppliers")).isEqualTo(1);
        assertThat(supplier(1).path("phone").asText()).isEqualTo("+8562055555555");
    }

    @Test
    void the_code_of_another_supplier_that_only_contains_ours_is_not_taken_for_it() {
        rig.accepted("p1", ANN);
        String code = supplier(1).path("code").asText();
        registrar.delete("suppliers", 1);
        registrar.create("suppliers", "code", code + "-COPY", "name", "Somebody else");

        Outcome outcome = rig(CollectPaySimulator.PASSWORD).put("p1", ANN);

        assertThat(outcome).isInstanceOf(Outcome.Rejected.class);
        assertThat(supplier(2).path("name").asText()).isEqualTo("Somebody else");
    }

    @Test
    void a_soft_deleted_supplier_keeps_its_code_and_the_record_is_rejected_with_the_servers_words() {
        rig.accepted("p1", ANN);
        registrar.delete("suppliers", 1);

        Outcome outcome = rig(CollectPaySimulator.PASSWORD).put("p1", ANN);

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Rejected.class,
                        rejected -> assertThat(rejected.message()).contains("1062 Duplicate entry"));
    }

    @Test
    void an_item_error_under_status_200_rejects_the_record_with_its_words() {
        Outcome outcome = rig.put("p1", Rig.form("individual", "phone_number", "1"));

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Rejected.class,
                        rejected ->
                                assertThat(rejected.message()).contains("Field 'name' doesn't have a default value"));
    }

    @Test
    void a_newer_version_without_a_real_conflict_is_settled_with_what_the_server_sent_along() {
        rig.accepted("p1", ANN);
        registrar.update("suppliers", 1, "address", "Ban Dong");
        server.requests().clear();

        assertThat(rig.accepted("p1", with(ANN, "phone_number", "1")).effect()).isEqualTo(Effect.UPDATED);

        assertThat(pushed()).hasSize(2);
        assertThat(pushed().get(1).path("data").path("version").asInt()).isEqualTo(2);
        assertThat(supplier(1).path("address").asText()).isEqualTo("Ban Dong");
        assertThat(supplier(1).path("phone").asText()).isEqualTo("1");
        assertThat(server.requests().lines()).containsOnly(PUSH);
    }

    @Test
    void a_field_that_both_sides_changed_is_a_conflict_with_the_servers_record() {
        rig.accepted("p1", ANN);
        registrar.update("suppliers", 1, "phone", "999");

        assertThat(rig.put("p1", with(ANN, "phone_number", "1")))
                .isInstanceOfSatisfying(Outcome.Conflict.class, conflict -> {
                    assertThat(conflict.message()).isEqualTo("Both sides changed phone");
                    assertThat(conflict.version()).isEqualTo("2");
                });
        assertThat(supplier(1).path("phone").asText()).isEqualTo("999");
    }

    @Test
    void an_update_whose_answer_was_lost_is_no_conflict_with_itself() {
        rig.accepted("p1", ANN);
        ObjectNode changed = with(ANN, "phone_number", "1");
        server.faults().next(1, PUSHES, Fault.cut(Fault.Cut.BEFORE_ANSWER));
        assertThat(rig.put("p1", changed)).isInstanceOf(Outcome.Unknown.class);

        // Not even when the hub does not know that it was sent: the server's record equals what was to be written.
        assertThat(rig.accepted("p1", changed).effect()).isEqualTo(Effect.UNCHANGED);
        assertThat(rig.link("p1").version()).isEqualTo("2");
        assertThat(supplier(1).path("version").asInt()).isEqualTo(2);
    }

    @Test
    void an_answer_that_speaks_of_no_item_is_unknown_and_never_a_success() {
        server.faults()
                .next(1, PUSHES, Fault.instead(Answer.json(200, Rig.json("{\"success\": true, \"results\": {}}"))));

        assertThat(rig.put("p1", ANN)).isInstanceOf(Outcome.Unknown.class);
    }

    @Test
    void an_update_of_a_supplier_that_was_deleted_there_is_gone() {
        rig.accepted("p1", ANN);
        registrar.delete("suppliers", 1);

        assertThat(rig.put("p1", with(ANN, "phone_number", "1"))).isInstanceOf(Outcome.Gone.class);
    }

    @Test
    void a_deletion_is_soft_and_safe_to_repeat() {
        rig.accepted("p1", ANN);

        assertThat(rig.send(rig.delete("p1", "individual")).get(0)).isInstanceOf(Outcome.Accepted.class);
        assertThat(rig.send(rig.delete("p1", "individual")).get(0)).isInstanceOf(Outcome.Accepted.class);

        assertThat(registrar.count("suppliers")).isZero();
    }

    @Test
    void a_deletion_that_meets_a_newer_version_asks_when_the_content_changed_and_goes_on_when_it_did_not() {
        rig.accepted("p1", ANN);
        registrar.update("suppliers", 1, "address", "Ban Dong");
        assertThat(rig.send(rig.delete("p1", "individual")).get(0)).isInstanceOf(Outcome.Accepted.class);

        rig.accepted("h1", HOUSE);
        registrar.update("suppliers", 2, "name", "Other");
        assertThat(rig.send(rig.delete("h1", "household")).get(0))
                .isInstanceOfSatisfying(
                        Outcome.Conflict.class,
                        conflict -> assertThat(conflict.kind()).isEqualTo("delete-update"));
    }

    @Test
    void after_the_first_complete_reading_only_changes_are_asked_for() {
        rig.accepted("p1", ANN);
        assertThat(rig.pull()).hasSize(1);
        server.requests().clear();
        passTime();
        registrar.update("suppliers", 1, "phone", "999");

        List<RemoteChange> changes = rig.pull();

        assertThat(changes).hasSize(1);
        assertThat(changes.get(0).version()).isEqualTo("2");
        assertThat(server.requests().lines()).containsExactly("POST /api/v1/sync/pull");
        assertThat(server.requests()
                        .entries()
                        .get(0)
                        .body()
                        .path("last_sync_at")
                        .asText())
                .isEqualTo("2026-11-20 11:59:59");
    }

    @Test
    void two_changes_within_one_second_are_both_seen_though_the_first_was_read_already() {
        rig.accepted("p1", ANN);
        rig.accepted("p2", ANN);
        rig.pull();
        passTime();
        registrar.update("suppliers", 1, "phone", "1");
        rig.pull();
        registrar.update("suppliers", 2, "phone", "2");

        assertThat(rig.pull())
                .anyMatch(change -> change.externalId().equals("2")
                        && "2"
                                .equals(Objects.requireNonNull(change.record())
                                        .path("phone")
                                        .asText()));
    }

    @Test
    void a_page_that_was_cut_off_within_one_second_is_made_good_by_a_complete_reading() {
        for (int i = 0; i < 131; i++) {
            rig.accepted("p" + i, ANN);
        }
        assertThat(rig.pull()).hasSize(131);
        passTime();
        List<Integer> edited = new ArrayList<>();
        for (int i = 1; i <= 131; i++) {
            registrar.update("suppliers", i, "phone", "new");
            edited.add(i);
        }
        server.requests().clear();

        List<RemoteChange> changes = rig.pull();

        assertThat(changes.stream()
                        .filter(change -> "new"
                                .equals(Objects.requireNonNull(change.record())
                                        .path("phone")
                                        .asText()))
                        .map(change -> Integer.parseInt(change.externalId()))
                        .distinct())
                .containsExactlyInAnyOrderElementsOf(edited);
        assertThat(server.requests().lines()).contains("GET /api/v1/suppliers");
    }

    @Test
    void a_page_that_is_full_but_spans_more_than_the_overlap_is_gone_on_from() {
        for (int i = 0; i < 120; i++) {
            rig.accepted("p" + i, ANN);
        }
        rig.pull();
        for (int i = 1; i <= 120; i++) {
            passTime();
            registrar.update("suppliers", i, "phone", "new");
        }
        server.requests().clear();

        assertThat(rig.pull().stream().map(RemoteChange::externalId).distinct()).hasSize(120);
        assertThat(server.requests().lines()).containsOnly("POST /api/v1/sync/pull");
    }

    @Test
    void once_a_day_everything_is_read_because_changes_do_not_tell_all() {
        rig.accepted("p1", ANN);
        rig.pull();
        rig.clock.later(Duration.ofHours(23));
        clock.tick(Duration.ofMinutes(1));
        rig.pull();
        server.requests().clear();
        rig.clock.later(Duration.ofHours(2));

        rig.pull();

        assertThat(server.requests().lines()).contains("GET /api/v1/suppliers");
    }

    @Test
    void a_deletion_that_nothing_tells_of_is_found_by_a_list_and_proved_by_404() {
        for (int i = 0; i < 25; i++) {
            rig.accepted("p" + i, ANN);
        }
        registrar.delete("suppliers", 7);
        List<String> ids = new ArrayList<>();
        for (int i = 1; i <= 25; i++) {
            ids.add(Integer.toString(i));
        }

        Map<String, RemoteState> states = rig.adapter.present(ids);

        assertThat(states).containsEntry("7", RemoteState.GONE).hasSize(25);
        assertThat(states.values().stream().filter(state -> state == RemoteState.GONE))
                .hasSize(1);
        assertThat(server.requests().lines()).contains("GET /api/v1/suppliers/7");
    }

    @Test
    void suppliers_that_are_none_of_the_hubs_are_left_alone() {
        registrar.create("suppliers", "code", "S1", "name", "Somebody else");

        assertThat(rig.pull()).isEmpty();
    }

    @Test
    void a_token_is_refreshed_before_it_ends_because_an_ended_one_is_not_taken_for_that() {
        rig.accepted("p1", ANN);
        clock.tick(Duration.ofMinutes(58).plusSeconds(30));
        rig.clock.later(Duration.ofMinutes(58).plusSeconds(30));
        server.requests().clear();

        rig.accepted("h1", HOUSE);

        assertThat(server.requests().lines()).containsExactly("POST /api/v1/auth/refresh", PUSH);
    }

    @Test
    void a_token_that_has_ended_is_replaced_by_a_login() {
        rig.accepted("p1", ANN);
        clock.tick(Duration.ofHours(2));
        server.requests().clear();

        rig.accepted("h1", HOUSE);

        assertThat(server.requests().lines()).containsExactly(PUSH, "POST /api/v1/auth/login", PUSH);
    }

    @Test
    void many_writers_share_one_renewal() {
        rig.accepted("p0", ANN);
        clock.tick(Duration.ofHours(2));
        rig.clock.later(Duration.ofHours(2));
        server.requests().clear();

        List<CompletableFuture<List<Outcome>>> sending = new ArrayList<>();
        for (int i = 1; i <= 8; i++) {
            Write write = rig.write("p" + i, ANN, false);
            sending.add(CompletableFuture.supplyAsync(() -> rig.adapter.send(List.of(write))));
        }
        sending.forEach(each -> assertThat(each.join()).allMatch(Outcome.Accepted.class::isInstance));

        assertThat(server.requests().lines().stream().filter("POST /api/v1/auth/login"::equals))
                .hasSize(1);
        assertThat(registrar.count("suppliers")).isEqualTo(9);
    }

    @Test
    void a_refused_login_is_not_repeated_before_its_time() {
        Rig wrong = rig("wrong");

        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(wrong.adapter::prepare)
                    .isInstanceOfSatisfying(
                            TargetTrouble.class,
                            trouble -> assertThat(trouble.kind()).isEqualTo(TargetTrouble.Kind.LOGIN_REFUSED))
                    .hasMessageContaining("auth in 'adapter' of mappings/collectpay.yaml")
                    .hasMessageNotContaining("wrong");
        }
        assertThat(server.requests().entries()).hasSize(1);

        wrong.clock.later(Duration.ofMinutes(6));
        assertThatThrownBy(wrong.adapter::prepare).isInstanceOf(TargetTrouble.class);
        assertThat(server.requests().entries()).hasSize(2);
    }

    @Test
    void the_server_is_asked_whether_it_is_there_and_the_contract_says_once() {
        assertThat(rig.adapter.prepare().guarantee()).isEqualTo("once");
        assertThat(rig.adapter.prepare().conditionalWrite()).isTrue();
        assertThat(rig.adapter.prepare().partialUpdate()).isTrue();
        assertThat(server.requests().lines()).contains("GET /api/v1/sync/status");
    }

    @Test
    void every_request_accepts_json() {
        rig.accepted("p1", ANN);
        rig.pull();

        assertThat(server.requests().entries())
                .allSatisfy(asked -> assertThat(asked.header("Accept")).isEqualTo("application/json"));
    }

    @Test
    void a_push_that_is_refused_as_a_whole_rejects_the_record() {
        server.faults().next(1, PUSHES, Fault.instead(Answer.json(422, Rig.json("""
                        {"success": false, "errors": {"batch.0.data": ["The data field is required."]}}"""))));

        assertThat(rig.put("p1", ANN))
                .isInstanceOfSatisfying(
                        Outcome.Rejected.class,
                        rejected -> assertThat(rejected.message()).contains("The data field is required."));
    }

    @Test
    void a_fault_of_the_servers_own_code_is_tried_again_and_never_taken_for_done() {
        server.faults().next(1, PUSHES, Fault.instead(Answer.json(500, Rig.json("{\"message\": \"Server Error\"}"))));

        assertThat(rig.put("p1", ANN)).isInstanceOf(Outcome.Retry.class);
        assertThat(rig.accepted("p1", ANN).effect()).isEqualTo(Effect.CREATED);
    }

    @Test
    void a_text_that_the_server_trims_or_empties_is_no_change_of_its_own() {
        Outcome.Accepted made = rig.accepted("h1", with(HOUSE, "address", "Ban Na 7 "));

        RemoteChange back = rig.pull().get(0);

        assertThat(supplier(1).path("address").asText()).isEqualTo("Ban Na 7");
        assertThat(back.record()).isNotNull();
        assertThat(rig.adapter.asAgreed(Rig.json(String.valueOf(back.record())), made.agreed()))
                .isEqualTo(Rig.json(made.agreed().toString()));
        passTime();
        registrar.update("suppliers", 1, "name", "Theirs");
        assertThat(rig.accepted("h1", with(HOUSE, "address", "elsewhere")).effect())
                .as("only the name was changed there")
                .isEqualTo(Effect.UPDATED);
    }

    @Test
    void the_time_of_the_last_pull_is_written_as_sql_takes_it() {
        rig.accepted("p1", ANN);
        rig.pull();
        passTime();
        rig.pull();

        assertThat(server.requests().entries(asked -> asked.path().endsWith("/sync/pull")))
                .last()
                .satisfies(asked -> assertThat(asked.body().path("last_sync_at").asText())
                        .matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d"));
    }

    @Test
    void only_the_requests_that_are_safe_are_used() {
        rig.adapter.prepare();
        rig.accepted("p1", ANN);
        rig.accepted("p1", with(ANN, "phone_number", "1"));
        rig.pull();
        passTime();
        rig.pull();
        rig.send(rig.delete("p1", "individual"));

        assertThat(server.requests().lines().stream().distinct())
                .containsExactlyInAnyOrder(
                        "POST /api/v1/auth/login",
                        "GET /api/v1/sync/status",
                        PUSH,
                        "POST /api/v1/sync/pull",
                        "GET /api/v1/suppliers");
    }

    @Test
    void a_throttled_request_is_the_targets_trouble_and_uses_up_no_try() {
        server.faults().next(1, PUSHES, Fault.status(429, Duration.ofSeconds(7)));

        assertThat(rig.put("p1", ANN))
                .isInstanceOfSatisfying(
                        Outcome.Unsent.class,
                        unsent -> assertThat(unsent.trouble().kind()).isEqualTo(TargetTrouble.Kind.OVERLOADED));
    }
}
