package org.synchub.target.openspp;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.synchub.mapping.Mapping;
import org.synchub.mapping.Secret;
import org.synchub.mapping.Settings;

/**
 * How to reach an OpenSPP server, from {@code adapter:} in a mapping file. {@code docs/targets/openspp.md} lists every
 * setting.
 *
 * @param url the server's address without a path that belongs to Odoo
 * @param password a password or an API key: Odoo takes either in the same place
 * @param batchSize records per request, 1 to 1000
 * @param writers requests that write at the same time, 1 to 16
 * @param readTimeout how long an answer is waited for; Odoo may try a contended write for about 100 s by itself
 * @param longestWrite how long a request that was given up may still be applied
 * @param guidIdType the name of the {@code g2p.id.type} under which the hub's own key is kept
 * @param where the place of the settings, for messages
 */
record OpenSppSettings(
        String url,
        String database,
        String username,
        Secret password,
        int batchSize,
        int writers,
        Duration readTimeout,
        Duration longestWrite,
        String guidIdType,
        String where) {

    static final String TYPE = "openspp";

    private static final List<String> OWN = List.of(
            "type",
            "url",
            "database",
            "username",
            "password",
            "batchSize",
            "writers",
            "readTimeout",
            "longestWrite",
            "guidIdType");

    /** Settings of the road to the target: read by the route, listed here so that a slip of the pen is noticed. */
    private static final List<String> ROAD = List.of("connectTimeout", "gzipRequests");

    static OpenSppSettings of(Mapping mapping) {
        Settings settings = mapping.adapter();
        List<String> known = new ArrayList<>(OWN);
        known.addAll(ROAD);
        settings.onlyKnown(known.toArray(String[]::new));
        String url = settings.text("url");
        if (!url.matches("https?://[^/?#]+.*")) {
            throw settings.failure(
                    "url", "setting 'url' must be an address such as https://registry.example.org", "mend it");
        }
        Duration readTimeout = positive(settings, "readTimeout", Duration.ofSeconds(130));
        Duration longestWrite = positive(settings, "longestWrite", Duration.ofMinutes(2));
        return new OpenSppSettings(
                url,
                filled(settings, "database", settings.text("database")),
                filled(settings, "username", settings.text("username")),
                settings.secret("password"),
                settings.integer("batchSize", 100, 1, 1000),
                settings.integer("writers", 2, 1, 16),
                readTimeout,
                longestWrite,
                filled(settings, "guidIdType", settings.text("guidIdType", "Data Collect GUID")),
                "'adapter' of " + mapping.file());
    }

    private static Duration positive(Settings settings, String key, Duration otherwise) {
        Duration duration = settings.duration(key, otherwise);
        if (duration.isZero()) {
            throw settings.failure(key, "setting '" + key + "' must be more than nothing", "write " + key + ": 2m");
        }
        return duration;
    }

    private static String filled(Settings settings, String key, String value) {
        if (value.isBlank()) {
            throw settings.failure(key, "setting '" + key + "' is blank", "fill it in");
        }
        return value;
    }
}
