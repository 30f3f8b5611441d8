package org.synchub.mapping;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synchub.mapping.Settings.Setting;

/** Reads {@code adapter:}, fills in its placeholders and finds out which settings are secret. */
final class SettingsReader {

    private final Placeholders placeholders;
    private final Problems problems;

    SettingsReader(Placeholders placeholders, Problems problems) {
        this.placeholders = placeholders;
        this.problems = problems;
    }

    @Nullable
    Settings read(Node node) {
        if (!node.isMap()) {
            problems.error(
                    node,
                    "'adapter' must be a map, not " + node.describe(),
                    "such as adapter: {type: openspp, url: …}");
            return null;
        }
        Node type = node.get("type");
        if (type == null || !type.isScalar() || type.isNull()) {
            problems.error(
                    type == null ? node : type,
                    "required setting 'type' of 'adapter' is missing",
                    "name the adapter that speaks to this target: type: openspp");
        }
        return settings("adapter", node, false);
    }

    /** Settings of another sort than an adapter's. */
    @Nullable
    Settings read(String name, Node node) {
        if (!node.isMap()) {
            problems.error(node, "'" + name + "' must be a map, not " + node.describe(), "");
            return null;
        }
        return settings(name, node, false);
    }

    private Settings settings(String name, Node node, boolean secret) {
        Map<String, Setting> settings = new LinkedHashMap<>();
        node.rawEntries()
                .forEach((key, entry) -> settings.put(
                        key, setting(name + "." + key, key, entry.value(), secret || SecretNames.isSecret(key))));
        return new Settings(problems.file(), name, node, settings);
    }

    private Setting setting(String name, String key, Node node, boolean secret) {
        if (node.isMap()) {
            return new Setting(node, null, false, secret, secret, settings(name, node, secret), null, null);
        }
        if (node.isList()) {
            List<Setting> items = new ArrayList<>();
            node.items().forEach(item -> items.add(setting(name, key, item, secret)));
            return new Setting(node, null, false, secret, secret, null, items, null);
        }
        Placeholders.Filled filled = placeholders.fill(node);
        if (!filled.outside() && !node.isNull() && !filled.text().isEmpty()) {
            warnOfLiteral(key, node, secret);
        }
        boolean masked = secret || filled.secret();
        Held held = masked && filled.outside() ? new Held(filled.now()) : null;
        return new Setting(node, filled.text(), filled.outside(), masked, secret, null, null, held);
    }

    private void warnOfLiteral(String key, Node node, boolean secret) {
        boolean inUrl = !SecretNames.maskUrl(node.text()).equals(node.text());
        if (secret || inUrl) {
            problems.warning(
                    node,
                    inUrl
                            ? "'" + key + "' holds a password within its address"
                            : "'" + key + "' holds a secret in clear",
                    "take it from the environment or a file: ${NAME} or ${file:/run/secrets/name}");
        }
    }
}
