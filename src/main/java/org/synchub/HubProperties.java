package org.synchub;

import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationStyle;

/**
 * The hub's own settings, {@code synchub.*}.
 *
 * @param mappings folder of the mapping files; its folder {@code demo} is read as well while the demo runs
 * @param routes folder of the Camel routes
 * @param data folder of the embedded database and of the demo's servers
 * @param capture how changes of an attached database are noticed
 * @param lease how long a writer that died keeps others from its lanes
 * @param attempts how often a record is tried whose trouble may pass
 * @param firstRetry the first wait before something is tried again; doubles each time
 * @param longestRetry the longest
 * @param demo whether the demo's field data and targets are there; {@code auto} is yes on the embedded database
 * @param restoreMark whether the hub makes {@code public.synchub_mark}, by which it notices a restore; {@code auto} is yes
 *     on the embedded database
 * @param clientId what the hub calls itself towards targets, in {@code X-Client-ID}
 */
@ConfigurationProperties("synchub")
public record HubProperties(
        @DefaultValue("mappings") Path mappings,
        @DefaultValue("routes") Path routes,
        @DefaultValue("data") Path data,
        @DefaultValue("auto") CaptureMode capture,
        @DefaultValue("60s") Duration lease,
        @DefaultValue("10") int attempts,
        @DefaultValue("1s") Duration firstRetry,
        @DefaultValue("5m") Duration longestRetry,
        @DefaultValue("auto") Switch demo,
        @DefaultValue("auto") Switch restoreMark,
        @DefaultValue("sync-hub") String clientId) {

    private static final Pattern HEADER_VALUE = Pattern.compile("[!-~]{1,100}");

    public HubProperties {
        if (!HEADER_VALUE.matcher(clientId).matches()) {
            throw new IllegalArgumentException("synchub.client-id is '" + clientId
                    + "': it goes into a header and has to be 1 to 100 printable ASCII characters without spaces");
        }
    }

    /** All of them by their names in a file. */
    Map<String, String> asSettings() {
        Map<String, String> settings = new LinkedHashMap<>();
        for (RecordComponent component : HubProperties.class.getRecordComponents()) {
            String name = component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
            try {
                settings.put("synchub." + name, text(component.getAccessor().invoke(this)));
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("A record's components can be read", e);
            }
        }
        return settings;
    }

    private static String text(Object value) {
        return value instanceof Duration duration
                ? DurationStyle.SIMPLE.print(duration, ChronoUnit.SECONDS)
                : value instanceof Enum<?> choice ? choice.name().toLowerCase(Locale.ROOT) : String.valueOf(value);
    }

    /** How changes are noticed. */
    public enum CaptureMode {
        /** Triggers on the embedded database, polling on an attached one unless the triggers are installed. */
        AUTO,
        POLL,
        TRIGGER;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** For what is on by itself on the embedded database only. */
    public enum Switch {
        AUTO,
        ON,
        OFF
    }
}
