package org.synchub.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.synchub.crypto.KeyRing;

/** The reference for integrators shows nothing that does not work, and leaves no key out. */
class MappingDocsTest {

    private static final Path DOCS = Path.of("docs/mapping.md");

    static List<String> wholeFiles() throws IOException {
        return blocks("yaml");
    }

    static List<String> fields() throws IOException {
        return blocks("yaml fields");
    }

    private static List<String> blocks(String language) throws IOException {
        Matcher matcher =
                Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(DOCS));
        List<String> blocks = new ArrayList<>();
        while (matcher.find()) {
            blocks.add(matcher.group(1));
        }
        return blocks;
    }

    @ParameterizedTest
    @MethodSource("wholeFiles")
    void a_whole_file_can_be_loaded(String yaml, @TempDir Path directory) throws IOException {
        Path secret = Files.writeString(directory.resolve("token"), "t");

        Mapping mapping = Mapping.parse(
                directory.resolve("registry.yaml"),
                yaml.replace("/run/secrets/registry-token", secret.toString()),
                name -> null,
                PolicyCheck.NONE);

        assertThat(mapping.kinds()).isNotEmpty();
        assertThat(mapping.warnings()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("fields")
    void an_example_of_fields_can_be_loaded(String yaml) {
        assertThat(Given.kind(yaml).fields()).isNotEmpty();
    }

    @Test
    void the_example_of_encrypted_fields_can_be_loaded() throws IOException {
        KeyRing keys = new KeyRing(Map.of("fields-2026", Base64.getEncoder().encodeToString(new byte[32])));
        Mapping mapping = Mapping.parse(
                Path.of("registry.yaml"),
                "version: 1\ntarget: registry\ntenant: t\nadapter: {type: rest}\nkinds:\n  person:\n    match: {data.a: b}\n"
                        + "    fields:\n" + blocks("yaml encrypted").get(0).indent(6),
                name -> null,
                PolicyCheck.NONE,
                keys);

        assertThat(mapping.kind("person").fields())
                .hasSize(2)
                .allSatisfy(field -> assertThat(field.encrypt()).isEqualTo("fields-2026"));
    }

    @Test
    void the_first_example_sends_what_it_says() throws IOException {
        Mapping mapping = Mapping.parse(
                Path.of("registry.yaml"),
                wholeFiles().get(0).replace("${file:/run/secrets/registry-token}", "t"),
                name -> null,
                PolicyCheck.NONE);

        Mapped mapped = mapping.kind("person")
                .outward(Given.entity(Given.json(blocks("json").get(0))));

        assertThat(mapped.problems()).isEmpty();
        assertThat(mapped.record()).isEqualTo(Given.json(blocks("json").get(1)));
    }

    @Test
    void every_key_is_in_the_reference() throws IOException {
        String docs = Files.readString(DOCS);
        for (Set<String> keys : List.of(
                MappingReader.KEYS,
                MappingReader.MAX_DELETES_KEYS,
                KindReader.KEYS,
                FieldReader.VALUE_KEYS,
                FieldReader.CONSTANT_KEYS,
                FieldReader.JOIN_KEYS,
                FieldReader.LIST_KEYS,
                FieldReader.OBJECT_KEYS)) {
            assertThat(keys).allSatisfy(key -> assertThat(docs).containsPattern("`" + key + "[`:]"));
        }
    }
}
