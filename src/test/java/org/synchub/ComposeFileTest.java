package org.synchub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** No container runs in the build, so what can be known of the compose file by reading it is held here. */
class ComposeFileTest {

    private static Map<String, Object> compose;

    @BeforeAll
    static void read() throws Exception {
        try (Reader file = Files.newBufferedReader(Path.of("docker-compose.yml"))) {
            compose = new Yaml().load(file);
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> in(Map<String, Object> map, String key) {
        assertThat(map).containsKey(key);
        return (Map<String, Object>) map.get(key);
    }

    private static Map<String, Object> service(String name) {
        return in(in(compose, "services"), name);
    }

    @Test
    void the_hub_waits_for_a_healthy_postgresql_17() {
        assertThat(service("postgres")).containsEntry("image", "postgres:17").containsKey("healthcheck");
        assertThat(in(in(service("hub"), "depends_on"), "postgres")).containsEntry("condition", "service_healthy");
    }

    @Test
    void the_api_is_published_on_loopback_unless_somebody_says_otherwise() {
        assertThat(service("hub").get("ports"))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                .allSatisfy(port -> assertThat(port.toString()).startsWith("${SYNCHUB_PUBLISH:-127.0.0.1:"));
    }

    @Test
    void every_setting_of_the_hub_is_one_that_it_knows() {
        assertThat(in(service("hub"), "environment").keySet())
                .isSubsetOf(Set.of(
                        "SPRING_DATASOURCE_URL",
                        "SPRING_DATASOURCE_USERNAME",
                        "SPRING_CONFIG_IMPORT",
                        "SYNCHUB_DEMO",
                        "SERVER_ADDRESS"));
    }

    @Test
    void every_volume_and_secret_is_declared_and_no_password_stands_in_the_file() throws Exception {
        assertThat(in(compose, "volumes").keySet()).isEqualTo(Set.of("database", "hub"));
        assertThat(in(compose, "secrets").keySet()).isEqualTo(Set.of("database_password"));
        assertThat(Files.readAllLines(Path.of("docker-compose.yml")))
                .noneMatch(line -> line.strip().matches("(?i)[a-z_]*password: \\S.*"));
    }

    @Test
    void the_image_is_built_from_files_that_are_there() throws Exception {
        List<String> copied = Files.readAllLines(Path.of("Dockerfile")).stream()
                .filter(line -> line.startsWith("COPY ") && !line.contains("--from"))
                .map(line -> line.split(" ", -1)[1])
                .toList();

        assertThat(copied)
                .isNotEmpty()
                .allSatisfy(path -> assertThat(Path.of(path)).exists());
    }
}
