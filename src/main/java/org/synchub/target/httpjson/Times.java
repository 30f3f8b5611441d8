package org.synchub.target.httpjson;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** Points in time as servers write them. */
final class Times {

    /** Larger numbers count milliseconds since 1970, smaller ones seconds. */
    private static final long MILLIS_FROM = 100_000_000_000L;

    private Times() {}

    /** Null if it is no point in time. Without an offset it is UTC. */
    static @Nullable Instant parse(JsonNode value, @Nullable DateTimeFormatter format) {
        if (value.isIntegralNumber()) {
            long number = value.longValue();
            return number >= MILLIS_FROM ? Instant.ofEpochMilli(number) : Instant.ofEpochSecond(number);
        }
        return value.isTextual() ? parse(value.textValue().strip(), format) : null;
    }

    private static @Nullable Instant parse(String text, @Nullable DateTimeFormatter format) {
        try {
            if (format != null) {
                return LocalDateTime.parse(text, format).toInstant(ZoneOffset.UTC);
            }
        } catch (DateTimeException other) {
            // A server may take one form and give another.
        }
        String iso = text.replace(' ', 'T');
        try {
            return OffsetDateTime.parse(iso).toInstant();
        } catch (DateTimeException noOffset) {
            try {
                return LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC);
            } catch (DateTimeException noTime) {
                return null;
            }
        }
    }

    /** The time in a header such as Date; null if there is none. */
    static @Nullable Instant ofHeader(@Nullable String header) {
        try {
            return header == null
                    ? null
                    : ZonedDateTime.parse(header.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant();
        } catch (DateTimeException noTime) {
            return null;
        }
    }

    static String write(Instant time, @Nullable DateTimeFormatter format) {
        return format == null ? time.toString() : format.format(LocalDateTime.ofInstant(time, ZoneOffset.UTC));
    }
}
