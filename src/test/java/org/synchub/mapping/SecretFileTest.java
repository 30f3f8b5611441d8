package org.synchub.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.synchub.sync.SecretLog;

/** A secret's file is read again when it has changed, and what it held last counts while it cannot be read. */
@ExtendWith(OutputCaptureExtension.class)
class SecretFileTest {

    private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));

    @TempDir
    private Path directory;

    private Path file;
    private SecretFile secret;

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(directory.resolve("a-password"), "first-value\n");
        secret = new SecretFile(file, String::strip, "first-value", new SecretLog());
    }

    private static int times(CapturedOutput output, String text) {
        return output.getAll().split(text, -1).length - 1;
    }

    @Test
    void what_is_written_counts_even_within_the_same_tick_of_the_files_time() throws IOException {
        assertThat(secret.text()).isEqualTo("first-value", new SecretLog());
        FileTime same = Files.getLastModifiedTime(file);

        Files.writeString(file, "other-value\n");
        Files.setLastModifiedTime(file, same);

        assertThat(secret.text()).isEqualTo("other-value");
    }

    @Test
    void a_file_that_has_not_changed_for_a_while_is_only_looked_at() throws IOException {
        Files.setLastModifiedTime(file, LONG_AGO);
        assertThat(secret.text()).isEqualTo("first-value", new SecretLog());

        Files.writeString(file, "never--read\n");
        Files.setLastModifiedTime(file, LONG_AGO);
        assertThat(secret.text()).as("same time, size and file").isEqualTo("first-value", new SecretLog());

        Files.setLastModifiedTime(file, FileTime.from(LONG_AGO.toInstant().plusSeconds(1)));
        assertThat(secret.text()).isEqualTo("never--read");
    }

    @Test
    void a_link_that_is_moved_to_another_file_of_the_same_time_and_size_counts() throws IOException {
        Path next = Files.writeString(directory.resolve("b-password"), "other-value\n");
        Files.setLastModifiedTime(file, LONG_AGO);
        Files.setLastModifiedTime(next, LONG_AGO);
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);
        SecretFile linked = new SecretFile(link, String::strip, "first-value", new SecretLog());
        assertThat(linked.text()).isEqualTo("first-value", new SecretLog());

        Files.delete(link);
        Files.createSymbolicLink(link, next);

        assertThat(linked.text()).isEqualTo("other-value");
    }

    @Test
    void the_last_good_value_counts_while_the_file_is_gone_or_empty_and_the_log_says_so_once(CapturedOutput output)
            throws IOException {
        Files.delete(file);
        assertThat(secret.text()).isEqualTo("first-value", new SecretLog());
        assertThat(secret.text()).isEqualTo("first-value", new SecretLog());
        Files.writeString(file, " \n");
        assertThat(secret.text()).isEqualTo("first-value", new SecretLog());
        assertThat(times(output, "WARN")).isEqualTo(1);
        assertThat(output.getAll())
                .contains("Secret file " + file + " cannot be read (NoSuchFileException); what it held before goes on");

        Files.writeString(file, "third-value\n");
        assertThat(secret.text()).isEqualTo("third-value");

        assertThat(output.getAll())
                .contains("Secret file " + file + " has changed; what it holds now counts")
                .doesNotContain("first-value", "third-value");
    }

    @Test
    void a_file_that_comes_back_as_it_was_is_told_too(CapturedOutput output) throws IOException {
        Files.delete(file);
        secret.text();

        Files.writeString(file, "first-value\n");

        assertThat(secret.text()).isEqualTo("first-value", new SecretLog());
        assertThat(output.getAll()).contains("Secret file " + file + " can be read again");
        assertThat(secret).hasToString(file.toString());
    }
}
