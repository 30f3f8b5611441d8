package org.synchub;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** The page on settings names every setting that the hub has. */
class SettingsDocumentTest {

    @Test
    void every_setting_of_the_hub_is_documented() throws Exception {
        List<String> settings = new ArrayList<>();
        for (RecordComponent component : HubProperties.class.getRecordComponents()) {
            settings.add("synchub."
                    + component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT));
        }
        Map<String, Object> shipped = new Yaml().load(Files.readString(Path.of("src/main/resources/application.yaml")));
        collect("synchub", shipped.get("synchub"), settings);
        String document = Files.readString(Path.of("docs/settings.md"));

        assertThat(settings)
                .isNotEmpty()
                .allSatisfy(setting -> assertThat(document).contains("`" + setting + "`"));
    }

    private static void collect(String prefix, Object value, List<String> into) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, child) -> collect(prefix + "." + key, child, into));
        } else {
            into.add(prefix);
        }
    }
}
