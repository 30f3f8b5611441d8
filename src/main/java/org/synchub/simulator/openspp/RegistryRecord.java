package org.synchub.simulator.openspp;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A record as it stood when it was asked for.
 *
 * @param model for instance {@code res.partner}
 * @param id the record's id
 * @param writeDate the server's write_date, in microseconds
 * @param writeUid who wrote it last
 * @param values by field, without what is empty: String (also dates, times as {@code yyyy-MM-dd HH:mm:ss} UTC), Boolean,
 *     Integer (also the id of a many2one), Double, or a List of ids of an x2many
 */
public record RegistryRecord(String model, int id, Instant writeDate, int writeUid, Map<String, Object> values) {

    public RegistryRecord {
        values = Map.copyOf(values);
    }

    public @Nullable String text(String field) {
        return values.get(field) instanceof String text ? text : null;
    }

    public boolean flag(String field) {
        return Boolean.TRUE.equals(values.get(field));
    }

    /** The id behind a many2one, or 0 where it is empty. */
    public int reference(String field) {
        return values.get(field) instanceof Integer id ? id : 0;
    }

    /** The ids of an x2many. */
    public List<Integer> ids(String field) {
        return values.get(field) instanceof List<?> list
                ? list.stream().map(Integer.class::cast).toList()
                : List.of();
    }

    /** Names the record without its values. */
    @Override
    public String toString() {
        return model + "(" + id + ")";
    }
}
