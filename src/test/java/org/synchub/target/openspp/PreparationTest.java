package org.synchub.target.openspp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.synchub.mapping.Mapping;
import org.synchub.simulator.openspp.Fault;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.simulator.openspp.RegistryUser;
import org.synchub.simulator.openspp.Role;
import org.synchub.simulator.openspp.SppId;
import org.synchub.target.ConfigurationProblem;
import org.synchub.target.EffectContract;
import org.synchub.target.TargetTrouble;
import org.synchub.target.TargetTrouble.Kind;
import org.synchub.testing.PlainHttp;

class PreparationTest {

    private static final UnaryOperator<String> AS_SHIPPED = UnaryOperator.identity();

    private static EffectContract contract(OpenSppSimulator.Builder server) {
        try (Rig rig = Rig.unprepared(server, AS_SHIPPED, Duration.ofSeconds(10))) {
            return rig.adapter.prepare();
        }
    }

    private static TargetTrouble trouble(OpenSppSimulator.Builder server, UnaryOperator<String> edit) {
        try (Rig rig = Rig.unprepared(server, edit, Duration.ofSeconds(10))) {
            return catchThrowableOfType(TargetTrouble.class, rig.adapter::prepare);
        }
    }

    private static List<String> problems(OpenSppSimulator.Builder server, UnaryOperator<String> edit) {
        try (Rig rig = Rig.unprepared(server, edit, Duration.ofSeconds(10))) {
            ConfigurationProblem problem = catchThrowableOfType(ConfigurationProblem.class, rig.adapter::prepare);
            return problem.problems();
        }
    }

    private static UnaryOperator<String> replacing(String old, String now) {
        return text -> {
            assertThat(text).contains(old);
            return text.replace(old, now);
        };
    }

    private static int lineOf(String part) {
        Mapping mapping = Rig.mapping("http://127.0.0.1:1", AS_SHIPPED);
        assertThat(mapping.kinds()).isNotEmpty();
        try {
            List<String> lines = Files.readAllLines(Path.of("mappings/openspp.yaml"));
            for (int i = 0; i < lines.size(); i++) {
                if (lines.get(i).contains(part)) {
                    return i + 1;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new IllegalArgumentException("no line holds " + part);
    }

    @Test
    void promises_once_where_the_hub_may_choose_spp_id() {
        EffectContract contract = contract(Rig.server());

        assertThat(contract.guarantee()).isEqualTo("once");
        assertThat(contract.idempotentCreate()).isTrue();
        assertThat(contract.conditionalWrite()).isFalse();
        assertThat(contract.longestWrite()).isEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void says_when_creates_may_double_where_spp_id_is_read_only_or_missing() {
        for (SppId kind : List.of(SppId.READ_ONLY, SppId.ABSENT)) {
            EffectContract contract = contract(Rig.server().sppId(kind));

            assertThat(contract.guarantee())
                    .startsWith("once except when two hubs")
                    .contains("longestWrite");
            assertThat(contract.idempotentCreate()).isFalse();
        }
    }

    @Test
    void an_envelope_needs_a_field_that_keeps_any_text_as_it_is() {
        assertThat(problems(Rig.server(), replacing("type: date}     #", "type: date, encrypt: k1}     #")))
                .containsExactly(
                        "mappings/openspp.yaml:" + lineOf("birthdate:") + ": kind 'individual' field 'birthdate': is"
                                + " encrypted, but the server's field is of type date and cannot hold an envelope; drop encrypt, or send"
                                + " it to a field of type char or text");
        assertThat(problems(Rig.server(), replacing("data.middle_name,", "data.middle_name, encrypt: k1,")))
                .singleElement()
                .asString()
                .contains(lineOf("addl_name:")
                        + ": kind 'individual' field 'addl_name': is encrypted, but the server writes"
                        + " names its own way");
        UnaryOperator<String> fits = replacing("data.profession,", "data.profession, type: json, encrypt: k1,");
        try (Rig rig = Rig.unprepared(Rig.server(), fits, Duration.ofSeconds(10))) {
            assertThat(rig.adapter.prepare().guarantee()).isEqualTo("once");
        }
    }

    @Test
    void an_api_key_stands_in_the_passwords_place() {
        OpenSppSimulator.Builder server =
                Rig.server().user(new RegistryUser(7, "hub", "Hub", "something else", List.of("hub"), Role.REGISTRAR));

        assertThat(contract(server).guarantee()).isEqualTo("once");
    }

    @Test
    void a_refused_login_names_database_user_and_settings_but_never_the_password() {
        TargetTrouble trouble = trouble(Rig.server().login("hub", "Tr0ub4dor"), AS_SHIPPED);

        assertThat(trouble.kind()).isEqualTo(Kind.LOGIN_REFUSED);
        assertThat(trouble)
                .hasMessageContaining("user 'hub'")
                .hasMessageContaining("database 'openspp'")
                .hasMessageContaining("username and password")
                .hasMessageContaining("mappings/openspp.yaml");
        assertThat(trouble.getMessage()).doesNotContain("Tr0ub4dor");
    }

    @Test
    void a_wrong_database_is_reported_in_the_servers_words() {
        TargetTrouble trouble = trouble(Rig.server(), replacing("OPENSPP_DATABASE:openspp", "OPENSPP_DATABASE:nodb"));

        assertThat(trouble.kind()).isEqualTo(Kind.MISCONFIGURED);
        assertThat(trouble)
                .hasMessageContaining("database \"nodb\" does not exist")
                .hasMessageContaining("check database");
    }

    @Test
    void a_server_that_is_down_is_unreachable() {
        try (Rig rig = Rig.unprepared(Rig.server(), AS_SHIPPED, Duration.ofSeconds(5))) {
            rig.simulator.down();

            assertThatThrownBy(rig.adapter::prepare)
                    .isInstanceOfSatisfying(
                            TargetTrouble.class,
                            trouble -> assertThat(trouble.kind()).isEqualTo(Kind.UNREACHABLE));

            rig.simulator.up();
            assertThat(rig.adapter.prepare().guarantee()).isEqualTo("once");
        }
    }

    @Test
    void a_user_without_registry_rights_is_told_which_right_is_missing() {
        TargetTrouble trouble = trouble(
                Rig.server().user(new RegistryUser(7, "hub", "Hub", "hub", List.of(), Role.INTERNAL_USER)), AS_SHIPPED);

        assertThat(trouble.kind()).isEqualTo(Kind.MISCONFIGURED);
        assertThat(trouble)
                .hasMessageContaining("user 'hub'")
                .hasMessageContaining("g2p.")
                .hasMessageContaining("Registrar");
    }

    @Test
    void a_right_that_is_taken_away_later_stops_the_target() {
        try (Rig rig = Rig.start()) {
            rig.simulator
                    .faults()
                    .always(
                            call -> call.is("res.partner", "create"),
                            Fault.error(
                                    "odoo.exceptions.AccessError",
                                    "You are not allowed to create 'Contact' (res.partner) records.\n\nmore"));

            assertThat(rig.pushOne(Forms.household("Home")))
                    .isInstanceOfSatisfying(org.synchub.target.Outcome.Unsent.class, unsent -> {
                        assertThat(unsent.trouble().kind()).isEqualTo(Kind.MISCONFIGURED);
                        assertThat(unsent.trouble())
                                .hasMessageContaining("res.partner.create")
                                .hasMessageContaining("You are not allowed to create");
                    });
        }
    }

    @Test
    void an_empty_vocabulary_is_said_to_be_empty_with_the_fields_line() {
        assertThat(problems(Rig.server().withoutGenders(), AS_SHIPPED))
                .singleElement()
                .asString()
                .startsWith("mappings/openspp.yaml:" + lineOf("gender:  ") + ": ")
                .contains("'gender'", "gender.type", "is empty");
    }

    @Test
    void a_value_that_the_server_does_not_know_is_reported_with_the_tables_line_and_what_is_allowed() {
        assertThat(problems(
                        Rig.server()
                                .without("gender.type")
                                .gender("male", "Male")
                                .gender("Female", "F"),
                        AS_SHIPPED))
                .singleElement()
                .asString()
                .startsWith("mappings/openspp.yaml:" + lineOf("values: {male: Male") + ": ")
                .contains("'Male'", "male, Female");
    }

    @Test
    void every_problem_is_listed_at_once() {
        UnaryOperator<String> edit = text -> text.replace("given_name:", "given_nam:")
                .replace("constant: Household", "constant: Compound")
                .replace("values: {\"1\": Head}", "values: {\"1\": Chief}")
                .replace("family_book: Family Book}", "family_book: Data Collect GUID}")
                .replace("birthdate: {path: data.date_of_birth, type: date}", "birthdate: {path: data.date_of_birth}")
                .replace("occupation:", "create_date:")
                .replace("National ID", "National Identity")
                .replace("      - [reg_ids.Family Book]\n", "      - [name]\n");

        List<String> problems = problems(Rig.server(), edit);

        assertThat(problems).hasSize(8);
        assertThat(String.join("\n", problems))
                .contains(
                        "no field 'given_nam' in res.partner; did you mean 'given_name'?",
                        "sends 'Compound', which is not in the server's list of g2p.group.kind (by name): Household",
                        "sends 'Chief', which is not in the server's list of g2p.group.membership.kind (by name): Head",
                        "must not use 'Data Collect GUID'",
                        "is text here and date at the server; write type: date",
                        "the server lets nobody write res.partner.create_date",
                        "sends 'National Identity', which is not in the server's list of g2p.id.type (by name)",
                        "name 'National Identity', which is no id type of the server: ")
                .contains("mappings/openspp.yaml:" + lineOf("constant: Household") + ": kind 'household'");
    }

    @Test
    void a_list_and_a_single_value_must_not_stand_in_each_others_place() {
        UnaryOperator<String> edit = text -> text.replace(
                        "email: {path: data.email_address, blank: clear}",
                        "disabled_reason: {list: data.emails, fields: {text: {path: .}}}\n      group_membership_ids: {path: data.x}")
                .replace("is_group: {constant: false}", "is_group: {path: data.is_group, type: boolean}");

        assertThat(String.join("\n", problems(Rig.server(), edit)))
                .contains(
                        "'disabled_reason': takes a single value (text), not a list",
                        "'group_membership_ids': is a list of g2p.group.membership",
                        "must say whether its records are groups");
    }

    @Test
    void the_id_type_of_the_hubs_key_must_exist() {
        assertThat(problems(
                        Rig.server()
                                .without("g2p.id.type")
                                .idType("National ID", "")
                                .idType("Family Book", ""),
                        AS_SHIPPED))
                .singleElement()
                .asString()
                .contains("no id type 'Data Collect GUID'", "guidIdType");
    }

    @Test
    void a_server_that_is_no_openspp_is_refused() {
        TargetTrouble trouble = trouble(Rig.server().withoutField("res.partner", "is_registrant"), AS_SHIPPED);

        assertThat(trouble.kind()).isEqualTo(Kind.MISCONFIGURED);
        assertThat(trouble).hasMessageContaining("no OpenSPP registry");
    }

    @Test
    void unknown_and_unfit_settings_are_refused_with_their_line() {
        assertThatThrownBy(() -> create(replacing("batchSize: 100", "batchsize: 100")))
                .isInstanceOf(ConfigurationProblem.class)
                .hasMessageContaining("mappings/openspp.yaml:" + lineOf("batchSize: 100"))
                .hasMessageContaining("did you mean 'batchSize'?");
        assertThatThrownBy(() -> create(replacing("batchSize: 100", "batchSize: 0")))
                .isInstanceOf(ConfigurationProblem.class)
                .hasMessageContaining("between 1 and 1000");
        assertThatThrownBy(() -> create(replacing("${OPENSPP_URL:http://127.0.0.1:8069}", "registry.example.org")))
                .isInstanceOf(ConfigurationProblem.class)
                .hasMessageContaining("'url' must be an address");
        assertThatThrownBy(() -> create(replacing("batchSize: 100", "longestWrite: 0s")))
                .isInstanceOf(ConfigurationProblem.class)
                .hasMessageContaining("longestWrite");
    }

    private static void create(UnaryOperator<String> edit) {
        Mapping mapping = Rig.mapping("http://127.0.0.1:1", edit);
        new OpenSppAdapterFactory()
                .create(mapping, new PlainHttp("http://127.0.0.1:1", Duration.ofSeconds(1)), Clock.systemUTC());
    }
}
