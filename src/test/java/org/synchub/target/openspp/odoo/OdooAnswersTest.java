package org.synchub.target.openspp.odoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.synchub.target.TargetHttp.Answer;
import org.synchub.target.TargetTrouble;
import org.synchub.target.TargetTrouble.Kind;

/** How answers are told apart; the recorded ones come from a real OpenSPP 17.0.1.3. */
class OdooAnswersTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LABEL = "res.partner.create";

    private final OdooAnswers answers = new OdooAnswers("hub", "'adapter' of mappings/openspp.yaml");

    private static Answer answer(int status, String body) {
        return new Answer(status, Map.of(), body.getBytes(StandardCharsets.UTF_8));
    }

    private static Answer error(String name, String message) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("jsonrpc", "2.0");
        body.putObject("error")
                .put("code", 200)
                .put("message", "Odoo Server Error")
                .putObject("data")
                .put("name", name)
                .put("debug", "Traceback of Ann Doe")
                .put("message", message);
        return answer(200, body.toString());
    }

    /** The last answer of a recorded exchange. */
    private static Answer recorded(String name) {
        try {
            JsonNode file = JSON.readTree(
                    Files.readString(Path.of("src/test/resources/openspp-transcripts/" + name + ".json")));
            JsonNode exchanges = file.path("exchanges");
            JsonNode response = exchanges.get(exchanges.size() - 1).path("response");
            JsonNode body = response.path("body");
            return answer(response.path("status").asInt(), body.isTextual() ? body.asText() : body.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonNode read(Answer answer) {
        return answers.result(answer, LABEL, true);
    }

    private OdooFault fault(Answer answer) {
        return catchThrowableOfType(OdooFault.class, () -> read(answer));
    }

    private TargetTrouble trouble(Answer answer) {
        return catchThrowableOfType(TargetTrouble.class, () -> read(answer));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "05x-create-individual-without-name",
                "20-validation-error-reg-id-format",
                "21-validation-error-bad-selection",
                "22-validation-error-id-type-twice",
                "23-user-error-phone",
                "24-validation-error-duplicate-member",
                "25-validation-error-registration-date",
                "26-error-unknown-field",
                "27-error-missing-required",
                "28-validation-error-spp_id",
                "29-error-unique-spp_id",
                "29b-error-bad-date",
                "07c-write-many-addl_name",
                "84-unlink-with-children"
            })
    void what_is_wrong_with_a_record_refuses_the_record_in_the_servers_words(String name) {
        OdooFault fault = fault(recorded(name));

        assertThat(fault.kind()).isEqualTo(OdooFault.Kind.REFUSED);
        assertThat(fault.code()).matches("(odoo\\.exceptions|builtins)\\.\\w+");
        assertThat(fault.words()).isNotEmpty().doesNotContain("traceback removed");
    }

    @Test
    void a_taken_key_is_told_from_other_refusals() {
        assertThat(fault(recorded("29-error-unique-spp_id")).saysKeyTaken()).isTrue();
        assertThat(fault(recorded("28-validation-error-spp_id")).saysKeyTaken()).isFalse();
        assertThat(fault(recorded("22-validation-error-id-type-twice")).saysKeyTaken())
                .isFalse();
    }

    @Test
    void a_missing_record_is_missing_and_a_contended_one_is_contended() {
        assertThat(fault(recorded("10-write-missing-record")).kind()).isEqualTo(OdooFault.Kind.MISSING);
        assertThat(fault(recorded("86-concurrent-update-serialization-failure")).kind())
                .isEqualTo(OdooFault.Kind.CONTENDED);
        assertThat(fault(error("psycopg2.errors.DeadlockDetected", "x")).kind()).isEqualTo(OdooFault.Kind.CONTENDED);
        assertThat(fault(error("psycopg2.errors.LockNotAvailable", "x")).kind()).isEqualTo(OdooFault.Kind.CONTENDED);
    }

    @ParameterizedTest
    @CsvSource({
        "40-access-error-create, MISCONFIGURED",
        "46-private-method, MISCONFIGURED",
        "47-access-error-partner-create, MISCONFIGURED",
        "42-access-denied-wrong-password, LOGIN_REFUSED",
        "43-unknown-database, MISCONFIGURED",
        "44-unknown-model, MISCONFIGURED",
        "45-unknown-method, MISCONFIGURED",
        "11b-search_read-with-load-kwarg, MISCONFIGURED"
    })
    void what_concerns_every_record_stops_the_target(String name, Kind kind) {
        TargetTrouble trouble = trouble(recorded(name));

        assertThat(trouble.kind()).isEqualTo(kind);
        assertThat(trouble.maybeApplied()).isFalse();
    }

    @Test
    void a_missing_right_names_the_user_the_call_and_the_model() {
        assertThat(trouble(recorded("40-access-error-create")))
                .hasMessageContaining("user 'hub'")
                .hasMessageContaining(LABEL)
                .hasMessageContaining("(g2p.reg.id)")
                .hasMessageContaining("Registrar");
    }

    @Test
    void a_record_rule_refuses_the_record_and_the_names_under_it_stay_out() {
        OdooFault fault = fault(error(
                "odoo.exceptions.AccessError",
                "Uh-oh! Looks like you have stumbled upon some top-secret records.\n\nSorry, Hub (id=7) doesn't have"
                        + " 'write' access to:\n- Contact, Ann Doe (res.partner: 12)"));

        assertThat(fault.kind()).isEqualTo(OdooFault.Kind.REFUSED);
        assertThat(fault.words()).contains("record rule", LABEL).doesNotContain("Ann Doe");
    }

    @Test
    void a_failing_database_is_the_servers_trouble_and_may_have_committed() {
        TargetTrouble trouble = trouble(error("psycopg2.OperationalError", "server closed the connection"));

        assertThat(trouble.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(trouble.maybeApplied()).isTrue();
        assertThat(trouble(error("psycopg2.errors.DiskFull", "x")).kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(trouble(error("psycopg2.pool.PoolError", "x")).kind()).isEqualTo(Kind.OVERLOADED);
        assertThat(fault(error("psycopg2.errors.NotNullViolation", "x")).kind()).isEqualTo(OdooFault.Kind.REFUSED);
    }

    @Test
    void an_error_of_the_servers_own_code_is_nobodys_for_now() {
        assertThat(fault(error("builtins.KeyError", "x")).kind()).isEqualTo(OdooFault.Kind.BROKEN);
        assertThat(fault(error("builtins.AttributeError", "'bool' object has no attribute 'split'"))
                        .kind())
                .isEqualTo(OdooFault.Kind.BROKEN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>Bad gateway</html>", "", "{\"jsonrpc\":", "[1]", "{\"status\":\"pass\"}"})
    void what_is_no_answer_of_odoo_leaves_a_write_unknown(String body) {
        TargetTrouble trouble = trouble(answer(200, body));

        assertThat(trouble.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(trouble.maybeApplied()).isTrue();
        assertThat(catchThrowableOfType(TargetTrouble.class, () -> answers.result(answer(200, body), LABEL, false))
                        .maybeApplied())
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "500, UNREACHABLE, true",
        "503, UNREACHABLE, true",
        "429, OVERLOADED, false",
        "404, MISCONFIGURED, false",
        "302, MISCONFIGURED, false",
        "400, MISCONFIGURED, false"
    })
    void statuses_are_the_targets_trouble(int status, Kind kind, boolean maybeApplied) {
        TargetTrouble trouble = trouble(answer(status, "<html></html>"));

        assertThat(trouble.kind()).isEqualTo(kind);
        assertThat(trouble.maybeApplied()).isEqualTo(maybeApplied);
        assertThat(trouble).hasMessageContaining(Integer.toString(status));
    }

    @Test
    void a_request_that_a_proxy_finds_too_large_can_be_halved() {
        assertThat(fault(answer(413, "")).kind()).isEqualTo(OdooFault.Kind.REFUSED);
    }

    @Test
    void how_long_to_wait_is_read_as_seconds_and_as_a_date() {
        Answer seconds = new Answer(429, Map.of("Retry-After", List.of("7")), new byte[0]);
        Answer date = new Answer(
                429,
                Map.of(
                        "Retry-After",
                        List.of("Fri, 20 Nov 2026 15:15:35 GMT"),
                        "Date",
                        List.of("Fri, 20 Nov 2026 15:15:15 GMT")),
                new byte[0]);

        assertThat(trouble(seconds).retryAfter()).isEqualTo(Duration.ofSeconds(7));
        assertThat(trouble(date).retryAfter()).isEqualTo(Duration.ofSeconds(20));
        assertThat(OdooAnswers.date(date)).isEqualTo(Instant.parse("2026-11-20T15:15:15Z"));
    }

    @Test
    void a_method_without_a_result_has_none() {
        assertThat(read(answer(200, "{\"jsonrpc\":\"2.0\",\"id\":1}")).isNull()).isTrue();
        assertThat(read(answer(200, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":[1,2]}")))
                .hasSize(2);
    }

    @Test
    void the_traceback_never_gets_into_a_message_and_null_characters_never_into_the_ledger() {
        Throwable thrown = catchThrowable(() -> read(error("odoo.exceptions.ValidationError", "a\u0000b ")));

        assertThat(thrown).isInstanceOf(OdooFault.class);
        assertThat(thrown.getMessage()).doesNotContain("Ann Doe");
        assertThat(((OdooFault) thrown).words()).isEqualTo("ab");
        assertThat(fault(error("odoo.exceptions.ValidationError", "x".repeat(5000)))
                        .words())
                .hasSizeLessThan(2100);
    }
}
