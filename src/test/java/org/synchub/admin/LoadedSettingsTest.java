package org.synchub.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.synchub.admin.LoadedSettings.Setting;

/** What is shown of an environment, and what of it is not. */
class LoadedSettingsTest {

    private static PropertySource<?> options(Map<String, Object> settings) {
        return new MapPropertySource("commandLineArgs", settings);
    }

    private static PropertySource<?> variables(Map<String, Object> settings) {
        return new SystemEnvironmentPropertySource(
                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, settings);
    }

    private static PropertySource<?> file(Map<String, Object> settings) {
        return new MapPropertySource("application.yaml", settings);
    }

    private static Map<String, Setting> read(Map<String, String> defaults, PropertySource<?>... sources) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().stream()
                .toList()
                .forEach(s -> environment.getPropertySources().remove(s.getName()));
        for (PropertySource<?> source : sources) {
            environment.getPropertySources().addLast(source);
        }
        Map<String, Setting> byName = new LinkedHashMap<>();
        new LoadedSettings(environment, defaults)
                .read(Set.of("a secret of a mapping file"))
                .forEach(setting -> byName.put(setting.name(), setting));
        return byName;
    }

    @Test
    void the_nearest_source_counts_and_is_named() {
        Map<String, Setting> settings = read(
                Map.of("synchub.client-id", "sync-hub", "synchub.lease", "60s"),
                options(Map.of("synchub.push.cron", "0 0 1 * * ?")),
                variables(Map.of("SYNCHUB_PUSH_CRON", "0 0 2 * * ?", "SYNCHUB_CLIENT_ID", "north", "HOME", "/root")),
                file(Map.of("synchub.push.cron", "0 0 3 * * ?", "synchub.push.targets-at-once", 8)));

        assertThat(settings.keySet())
                .containsExactly(
                        "synchub.client-id", "synchub.lease", "synchub.push.cron", "synchub.push.targets-at-once");
        assertThat(settings.get("synchub.push.cron").value()).isEqualTo("0 0 1 * * ?");
        assertThat(settings.get("synchub.push.cron").origin()).contains("commandLineArgs");
        assertThat(settings.get("synchub.client-id").value())
                .as("a variable overrides what has a dash in its name")
                .isEqualTo("north");
        assertThat(settings.get("synchub.client-id").origin()).contains("SYNCHUB_CLIENT_ID");
        assertThat(settings.get("synchub.lease").origin()).isEqualTo("default");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "spring.datasource.password",
                "spring.datasource.hikari.data-source-properties.password",
                "spring.ssl.bundle.pem.north.keystore.private-key",
                "spring.ssl.bundle.jks.north.key.password",
                "spring.application.json",
                "server.ssl.key-store-password",
                "synchub.webhooks.north",
                "synchub.encryption.keys.k1",
                "synchub.audit.key",
                "synchub.security.login.key",
                "spring.security.oauth2.client.registration.x.client-secret"
            })
    void a_secret_is_not_shown(String name) {
        Map<String, Setting> settings = read(Map.of(), file(Map.of(name, "correct horse battery")));

        assertThat(settings.get(name).value()).isEqualTo("******");
    }

    @Test
    void an_empty_secret_is_shown_as_empty() {
        assertThat(read(Map.of(), file(Map.of("synchub.security.login.key", "")))
                        .get("synchub.security.login.key")
                        .value())
                .isEmpty();
    }

    @Test
    void a_secret_within_another_value_is_not_shown_either() {
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("spring.datasource.url", "jdbc:postgresql://db:5432/collect?user=hub&password=tiger&ssl=true");
        file.put("spring.datasource.password", "correct horse battery");
        file.put("synchub.note", "its password is correct horse battery, or a secret of a mapping file");
        file.put("synchub.data", "${PLACE}/data");
        file.put("PLACE", "/var");

        Map<String, Setting> settings = read(Map.of(), file(file));

        assertThat(settings.get("spring.datasource.url").value())
                .isEqualTo("jdbc:postgresql://db:5432/collect?user=hub&password=******&ssl=true");
        assertThat(settings.get("synchub.note").value()).isEqualTo("its password is ******, or ******");
        assertThat(settings.get("synchub.data").value()).isEqualTo("/var/data");
        assertThat(List.copyOf(settings.values()).toString()).doesNotContain("tiger", "horse");
    }
}
