package org.synchub.target.openspp;

import java.time.Duration;
import org.synchub.mapping.Mapping;
import org.synchub.mapping.Settings;
import org.synchub.target.Limits;
import org.synchub.target.TargetHttp;
import org.synchub.target.openspp.odoo.OdooLogin;

/**
 * How to work with an OpenSPP server, from {@code adapter:} in a mapping file. {@code docs/targets/openspp.md} lists every
 * setting. Address and time-outs belong to the target's route; they are checked here and used there.
 *
 * @param batchSize records per request, 1 to 1000
 * @param writers requests that write at the same time, 1 to 16
 * @param longestWrite how long a request that was given up may still be applied
 * @param guidIdType the name of the {@code g2p.id.type} under which the hub's own key is kept
 */
record OpenSppSettings(OdooLogin login, int batchSize, int writers, Duration longestWrite, String guidIdType) {

    static final String TYPE = "openspp";

    private static final String[] KNOWN = TargetHttp.settingsAnd(
            "type",
            "database",
            "username",
            "password",
            "batchSize",
            "writers",
            "longestWrite",
            "guidIdType",
            "gzipRequests",
            Limits.KEY);

    static OpenSppSettings of(Mapping mapping) {
        Settings settings = mapping.adapter();
        settings.onlyKnown(KNOWN);
        if (!settings.text("url").matches("https?://[^/?#]+.*")) {
            throw settings.failure(
                    "url", "setting 'url' must be an address such as https://registry.example.org", "mend it");
        }
        // Odoo itself repeats a contended write for about a hundred seconds before it answers.
        positive(settings, "readTimeout", Duration.ofSeconds(130));
        positive(settings, "connectTimeout", Duration.ofSeconds(10));
        OdooLogin login = new OdooLogin(
                filled(settings, "database", settings.text("database")),
                filled(settings, "username", settings.text("username")),
                settings.secret("password"),
                "'adapter' of " + mapping.file());
        return new OpenSppSettings(
                login,
                settings.integer("batchSize", 100, 1, 1000),
                settings.integer("writers", 2, 1, 16),
                positive(settings, "longestWrite", Duration.ofMinutes(2)),
                filled(settings, "guidIdType", settings.text("guidIdType", "Data Collect GUID")));
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
