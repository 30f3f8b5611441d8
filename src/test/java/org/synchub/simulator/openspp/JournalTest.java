package org.synchub.simulator.openspp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {

    private static final String PARTNER = "res.partner";

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("registry").resolve("journal.jsonl");
    }

    private OpenSppSimulator start() {
        return OpenSppSimulator.builder()
                .journal(file)
                .clock(new TestClock("2026-11-20T10:00:00.123456Z"))
                .area("TL01", "District 1")
                .start();
    }

    private static int fill(OpenSppSimulator simulator) {
        Registry registry = simulator.registry();
        int person = registry.createPartner(Map.of(
                "name",
                "Family, Given",
                "birthdate",
                "1990-02-03",
                "gender",
                "female",
                "income",
                12.5,
                "area_id",
                1,
                "disabled",
                "2026-11-19 08:00:00",
                "reg_ids",
                List.of(List.of(0, 0, Map.of("id_type", 1, "value", "guid"))),
                "phone_number_ids",
                List.of(List.of(0, 0, Map.of("phone_no", "+639171234567")))));
        int household = registry.createPartner(Map.of("name", "HH", "is_group", true, "kind", 1));
        registry.addMember(household, person, 1);
        return person;
    }

    private static List<RegistryRecord> everything(OpenSppSimulator simulator) {
        List<RegistryRecord> all = new ArrayList<>();
        for (String model :
                List.of(PARTNER, "g2p.reg.id", "g2p.phone.number", "g2p.group.membership", "g2p.id.type", "spp.area")) {
            all.addAll(simulator.registry().all(model));
        }
        return all;
    }

    @Test
    void a_registry_survives_its_process() {
        List<RegistryRecord> before;
        try (OpenSppSimulator first = start()) {
            int person = fill(first);
            int gone = first.registry().createPartner(Map.of("name", "Gone, Soon"));
            first.registry().unlinkPartner(gone);
            first.registry().write(person, Map.of("given_name", "Anna"));
            before = everything(first);
        }
        try (OpenSppSimulator second = start()) {
            assertThat(everything(second)).usingRecursiveComparison().isEqualTo(before);
            assertThat(second.registry().partnersByRegId("guid")).hasSize(1);
            assertThat(second.registry().createPartner(Map.of("name", "Next, One")))
                    .as("ids of deleted records are not given again")
                    .isEqualTo(4);
        }
    }

    @Test
    void what_was_answered_is_in_the_file_before_the_process_ends() throws IOException {
        try (OpenSppSimulator simulator = start()) {
            int id = new OdooClient(simulator)
                    .create(PARTNER, Map.of("is_registrant", true, "name", "A, B", "spp_id", "IND_22222222"));
            List<String> lines = Files.readAllLines(file);
            assertThat(lines.get(lines.size() - 1)).contains("\"id\":" + id).contains("IND_22222222");
        }
    }

    @Test
    void what_failed_is_not_in_the_file() throws IOException {
        try (OpenSppSimulator simulator = start()) {
            long before = Files.size(file);
            String error = new OdooClient(simulator)
                    .error(PARTNER, "create", List.of(Map.of("name", "Good, One"), Map.of("nosuch", 1)));
            assertThat(error).contains("nosuch");
            assertThat(Files.size(file)).isEqualTo(before);
        }
    }

    @Test
    void a_torn_last_line_is_as_if_it_had_never_been_written() throws IOException {
        try (OpenSppSimulator first = start()) {
            fill(first);
        }
        String whole = Files.readString(file);
        Files.writeString(file, "{\"rows\":[{\"m\":\"res.par", StandardOpenOption.APPEND);

        try (OpenSppSimulator second = start()) {
            assertThat(second.registry().count(PARTNER)).isEqualTo(2);
            assertThat(Files.readString(file)).isEqualTo(whole);
            second.registry().createPartner(Map.of("name", "Next, One"));
        }
        try (OpenSppSimulator third = start()) {
            assertThat(third.registry().count(PARTNER)).isEqualTo(3);
        }
    }

    @Test
    void a_last_line_without_its_end_is_torn_even_where_it_looks_whole() throws IOException {
        try (OpenSppSimulator first = start()) {
            fill(first);
        }
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length - 1));

        try (OpenSppSimulator second = start()) {
            assertThat(second.registry().count("g2p.group.membership")).isZero();
            assertThat(second.registry().count(PARTNER)).isEqualTo(2);
        }
    }

    @Test
    void a_damaged_line_in_the_middle_is_reported_by_file_and_line() throws IOException {
        try (OpenSppSimulator first = start()) {
            fill(first);
        }
        List<String> lines = new ArrayList<>(Files.readAllLines(file));
        lines.set(1, "no json");
        Files.write(file, lines, StandardCharsets.UTF_8);

        assertThatThrownBy(this::start)
                .isInstanceOf(UncheckedIOException.class)
                .rootCause()
                .hasMessage("Line 2 of the registry's journal " + file + " is damaged; repair or remove the file");
    }

    @Test
    void two_simulators_do_not_share_a_file() {
        try (OpenSppSimulator first = start()) {
            assertThatThrownBy(this::start).rootCause().hasMessageContaining("is in use by another simulator");
            assertThat(first.registry().count(PARTNER)).isZero();
        }
    }

    @Test
    void a_file_that_is_mostly_history_is_rewritten() throws IOException {
        List<RegistryRecord> before;
        try (OpenSppSimulator first = start()) {
            int person = fill(first);
            String reason = "x".repeat(30_000);
            for (int i = 0; i < 400; i++) {
                first.registry().write(person, Map.of("disabled_reason", reason + i));
            }
            before = everything(first);
        }
        assertThat(Files.size(file)).isGreaterThan(8L << 20);

        try (OpenSppSimulator second = start()) {
            assertThat(Files.size(file)).isLessThan(1L << 20);
            second.registry().createPartner(Map.of("name", "After, Compaction"));
        }
        try (OpenSppSimulator third = start()) {
            List<RegistryRecord> after = everything(third);
            after.removeIf(each -> "Compaction".equals(each.text("given_name")));
            assertThat(after)
                    .usingRecursiveComparison()
                    .isEqualTo(before.stream().toList());
            assertThat(third.registry().partners().stream()
                            .max(Comparator.comparingInt(RegistryRecord::id))
                            .orElseThrow()
                            .id())
                    .isEqualTo(3);
        }
    }

    @Test
    void vocabularies_are_put_in_once_and_new_ones_later() {
        start().close();
        try (OpenSppSimulator second = OpenSppSimulator.builder()
                .journal(file)
                .area("TL01", "District 1")
                .area("TL02", "District 2")
                .start()) {
            assertThat(second.registry().all("spp.area"))
                    .extracting(area -> area.text("code"))
                    .containsExactly("TL01", "TL02");
            assertThat(second.registry().count("gender.type")).isEqualTo(3);
        }
    }

    @Test
    void everything_that_was_answered_survives_the_killing_of_the_process() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        SimulatorProcess.class.getName(),
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<Integer> answered = new ArrayList<>();
        try (BufferedReader output = process.inputReader()) {
            String line = output.readLine();
            while (line != null && answered.size() < 200) {
                answered.add(Integer.valueOf(line));
                line = output.readLine();
            }
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.waitFor()).isNotZero();

        try (OpenSppSimulator after = start()) {
            assertThat(answered).hasSize(200);
            assertThat(after.registry().partners())
                    .extracting(RegistryRecord::id)
                    .containsAll(answered);
        }
    }
}
