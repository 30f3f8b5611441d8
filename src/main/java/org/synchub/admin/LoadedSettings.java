package org.synchub.admin;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.synchub.mapping.Secret;
import org.synchub.mapping.SecretNames;

/** The settings that count and where each came from: file, variable or option. Secrets are replaced. */
public final class LoadedSettings {

    /** What is the hub's among all that an environment holds. */
    private static final Set<String> OWN = Set.of("synchub", "server", "spring", "management", "logging", "camel");

    /** What stands right below these is a secret, whatever its name. */
    private static final Set<String> KEPT_SECRET = Set.of("keys", "webhooks");

    private static final Pattern STEPS = Pattern.compile("[.\\[\\]]+");

    /** A shorter secret is not looked for in other values: "postgres" would be found, and so be told. */
    private static final int WORTH_LOOKING_FOR = 16;

    private final ConfigurableEnvironment environment;
    private final Map<String, String> defaults;

    /** @param defaults settings that count where nobody sets them, and stand in no file */
    public LoadedSettings(ConfigurableEnvironment environment, Map<String, String> defaults) {
        this.environment = environment;
        this.defaults = Map.copyOf(defaults);
    }

    /**
     * One setting that counts.
     *
     * @param value as it counts; a secret is replaced
     * @param origin file and line, variable or option; {@code default} where nobody set it
     */
    public record Setting(String name, String value, String origin) {}

    /**
     * Every setting of the hub's that has a value, by name.
     *
     * @param otherSecrets what must not be shown although no setting says that it is a secret
     */
    List<Setting> read(Set<String> otherSecrets) {
        Map<String, Setting> clear = new LinkedHashMap<>();
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source instanceof IterableConfigurationPropertySource all) {
                all.stream().filter(LoadedSettings::isOwn).forEach(name -> {
                    ConfigurationProperty found = all.getConfigurationProperty(name);
                    if (found != null) {
                        clear.merge(letters(name.toString()), setting(name, found), LoadedSettings::named);
                    }
                });
            }
        }
        defaults.forEach((name, value) ->
                clear.merge(letters(name), new Setting(name, value, "default"), LoadedSettings::named));
        Set<String> secrets = new TreeSet<>(
                Comparator.comparingInt(String::length).reversed().thenComparing(Comparator.naturalOrder()));
        secrets.addAll(otherSecrets);
        clear.values().stream().filter(s -> isSecret(s.name())).forEach(s -> secrets.add(s.value()));
        secrets.removeIf(secret -> secret.length() < WORTH_LOOKING_FOR);
        return clear.values().stream()
                .map(setting -> new Setting(setting.name(), shown(setting, secrets), setting.origin()))
                .sorted(Comparator.comparing(Setting::name))
                .toList();
    }

    private Setting setting(ConfigurationPropertyName name, ConfigurationProperty found) {
        return new Setting(
                name.toString(),
                environment.resolvePlaceholders(String.valueOf(found.getValue())),
                found.getOrigin() == null ? "unknown" : found.getOrigin().toString());
    }

    /** The earlier source counts, but a variable's name does not say where a name has dashes. */
    private static Setting named(Setting counts, Setting overridden) {
        String name = overridden.name().contains("-") ? overridden.name() : counts.name();
        return new Setting(name, counts.value(), counts.origin());
    }

    private static boolean isOwn(ConfigurationPropertyName name) {
        return name.getNumberOfElements() > 1 && OWN.contains(name.getElement(0, Form.UNIFORM));
    }

    private static String letters(String name) {
        return name.replace("-", "").replace(".", "");
    }

    private static String shown(Setting setting, Set<String> secrets) {
        if (setting.value().isEmpty()) {
            return "";
        }
        if (isSecret(setting.name())) {
            return Secret.MASK;
        }
        String text = SecretNames.maskUrl(setting.value());
        for (String secret : secrets) {
            text = text.replace(secret, Secret.MASK);
        }
        return text;
    }

    private static boolean isSecret(String name) {
        List<String> steps = STEPS.splitAsStream(name).toList();
        for (int i = 0; i < steps.size(); i++) {
            if (SecretNames.isSecret(steps.get(i)) || (i > 0 && KEPT_SECRET.contains(steps.get(i - 1)))) {
                return true;
            }
        }
        return steps.get(steps.size() - 1).equals("key") || name.equals("spring.application.json");
    }
}
