package org.synchub.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synchub.faults.FaultOptions.Way;

/** A few seeds of the fault bench; {@code mvn -Pfaults} lives more. */
class FaultBenchTest {

    @TempDir
    private Path folder;

    @Test
    void a_few_histories_with_hubs_and_faults_in_this_process() throws Exception {
        FaultReport report =
                FaultBench.run(new FaultOptions(FaultOptions.seeds("1..8"), List.of(Way.IN_PROCESS), 1, folder));

        report.write(folder.resolve("faults.json"));
        JsonNode mode = new ObjectMapper()
                .readTree(folder.resolve("faults.json").toFile())
                .path("modes")
                .path(0);
        assertThat(report.failedAny())
                .as(mode.path("failures").toPrettyString())
                .isFalse();
        assertThat(mode.path("mode").asText()).isEqualTo("in-process");
        assertThat(mode.path("lived").asInt()).isEqualTo(8);
        assertThat(mode.path("failed").asInt()).isZero();
        assertThat(mode.path("faults").path("kill").asInt()).isPositive();
        assertThat(mode.path("faults").size()).as("kinds of faults").isGreaterThan(8);
    }

    @Test
    void one_history_with_two_hubs_in_processes_of_their_own() throws Exception {
        FaultReport report =
                FaultBench.run(new FaultOptions(FaultOptions.seeds("1"), List.of(Way.PROCESSES), 1, folder));

        JsonNode mode = report.json().path("modes").path(0);
        assertThat(report.failedAny())
                .as(mode.path("failures").toPrettyString())
                .isFalse();
        assertThat(mode.path("lived").asInt()).isEqualTo(1);
        assertThat(mode.path("faults").size()).as("kinds of faults").isPositive();
    }

    @Test
    void seeds_are_numbers_and_ranges() {
        assertThat(FaultOptions.seeds("3, 17,40..42")).containsExactly(3L, 17L, 40L, 41L, 42L);
        assertThatThrownBy(() -> FaultOptions.seeds("9..3"))
                .hasMessage("-Dseeds=9..3: 9..3 are no seeds; write for instance 1..200 or 17");
        assertThatThrownBy(() -> FaultOptions.seeds("a..3")).hasMessage("-Dseeds: a is not a number");
    }
}
