package org.synchub.target.httpjson.spec;

import java.time.format.DateTimeFormatter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.synchub.mapping.Settings;

/**
 * How the system's records look.
 *
 * @param id where the external id stands
 * @param hubMakesIds whether the external id is the hub's key
 * @param numericIds whether ids are numbers in requests
 * @param fields where the mapped fields stand
 * @param key where the hub's key stands; null if records do not carry it
 * @param guid where the entity's guid stands; null if records do not carry it
 * @param version where the version stands
 * @param changedAt where the time of the last change stands
 * @param changedBy where it stands who changed it last
 * @param deleted what holds for a record that is deleted; empty if deletions cannot be seen
 * @param unescapeHtml whether texts come back with HTML's escapes in them
 * @param trims whether texts come back without the blanks around them, and empty ones as none
 * @param decimalsAsText whether decimal numbers are texts in requests
 * @param nulls whether a value that is none is sent when a record is created
 * @param datetime how points in time are written; null for ISO 8601
 */
public record RecordSpec(
        Place id,
        boolean hubMakesIds,
        boolean numericIds,
        Place fields,
        @Nullable Place key,
        @Nullable Place guid,
        @Nullable Place version,
        @Nullable Place changedAt,
        @Nullable Place changedBy,
        List<Condition> deleted,
        boolean unescapeHtml,
        boolean trims,
        boolean decimalsAsText,
        boolean nulls,
        @Nullable DateTimeFormatter datetime) {

    static final String[] KEYS = {
        "id",
        "ids",
        "idType",
        "fields",
        "key",
        "guid",
        "version",
        "changedAt",
        "changedBy",
        "deleted",
        "unescape",
        "trims",
        "decimals",
        "nulls",
        "datetime"
    };

    private enum Ids {
        SERVER,
        KEY
    }

    private enum IdType {
        TEXT,
        NUMBER
    }

    private enum Decimals {
        NUMBER,
        TEXT
    }

    private enum Escape {
        NONE,
        HTML
    }

    private enum Nulls {
        OMIT,
        SEND
    }

    static RecordSpec read(Settings adapter) {
        Settings record = adapter.child("record");
        record.onlyKnown(KEYS);
        return new RecordSpec(
                Place.read(record, "id", Place.of("id")),
                record.choice("ids", Ids.class, Ids.SERVER) == Ids.KEY,
                record.choice("idType", IdType.class, IdType.TEXT) == IdType.NUMBER,
                Place.read(record, "fields", Place.WHOLE),
                Place.read(record, "key"),
                Place.read(record, "guid"),
                Place.read(record, "version"),
                Place.read(record, "changedAt"),
                Place.read(record, "changedBy"),
                Condition.read(record, "deleted"),
                record.choice("unescape", Escape.class, Escape.NONE) == Escape.HTML,
                record.bool("trims", false),
                record.choice("decimals", Decimals.class, Decimals.NUMBER) == Decimals.TEXT,
                record.choice("nulls", Nulls.class, Nulls.OMIT) == Nulls.SEND,
                record.has("datetime") ? format(record) : null);
    }

    private static DateTimeFormatter format(Settings record) {
        try {
            return DateTimeFormatter.ofPattern(record.text("datetime"));
        } catch (IllegalArgumentException e) {
            throw record.failure(
                    "datetime",
                    "'datetime' is no pattern of a time",
                    "write one such as yyyy-MM-dd HH:mm:ss; it is filled in with UTC");
        }
    }
}
