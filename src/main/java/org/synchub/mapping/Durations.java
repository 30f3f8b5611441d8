package org.synchub.mapping;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Lengths of time as integrators write them: a whole number and its unit. */
final class Durations {

    private static final Map<String, Duration> UNITS = new LinkedHashMap<>();

    static {
        UNITS.put("ms", Duration.ofMillis(1));
        UNITS.put("s", Duration.ofSeconds(1));
        UNITS.put("m", Duration.ofMinutes(1));
        UNITS.put("h", Duration.ofHours(1));
        UNITS.put("d", Duration.ofDays(1));
    }

    private Durations() {}

    static @Nullable Duration parse(String text) {
        String word = text.strip();
        int digits = 0;
        while (digits < word.length() && word.charAt(digits) >= '0' && word.charAt(digits) <= '9') {
            digits++;
        }
        Duration unit = UNITS.get(word.substring(digits).strip());
        if (unit == null || digits == 0 || digits > 9) {
            return null;
        }
        return unit.multipliedBy(Long.parseLong(word.substring(0, digits)));
    }
}
