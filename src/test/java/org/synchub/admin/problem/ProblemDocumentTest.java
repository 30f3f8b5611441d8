package org.synchub.admin.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProblemDocumentTest {

    @ParameterizedTest
    @EnumSource
    void every_problem_is_documented_with_its_status(ProblemType type) throws Exception {
        assertThat(Files.readString(Path.of("docs/api.md")))
                .contains("| " + type.status().value() + " | `" + type.uri() + "` |");
    }
}
