package org.synchub.target.openspp.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synchub.target.openspp.odoo.OdooField;

/**
 * How an item of a list is taken away. A Registrar may delete neither memberships nor registered ids nor phone numbers,
 * and a registry wants their history, so an item is marked as over and taken up again when it comes back.
 */
public enum Retirement {
    ENDED("ended_date") {
        @Override
        public void retire(ObjectNode values, String now, ObjectNode row) {
            String start = row.path("start_date").asText("");
            // The server refuses an end before the start, and start is its own clock's.
            values.put(field(), start.compareTo(now) > 0 ? start : now);
        }

        @Override
        public void revive(ObjectNode values) {
            values.put(field(), false);
        }
    },

    DISABLED("disabled") {
        @Override
        public void retire(ObjectNode values, String now, ObjectNode row) {
            values.put(field(), now);
        }

        @Override
        public void revive(ObjectNode values) {
            values.put(field(), false);
        }
    },

    INVALID("status") {
        @Override
        public boolean isRetired(ObjectNode row) {
            return row.path(field()).asText("").equals(INVALID_STATUS);
        }

        @Override
        public void retire(ObjectNode values, String now, ObjectNode row) {
            values.put(field(), INVALID_STATUS);
        }

        @Override
        public void revive(ObjectNode values) {
            values.put(field(), "valid");
        }
    },

    ARCHIVED("active") {
        @Override
        public boolean isRetired(ObjectNode row) {
            return row.path(field()).isBoolean() && !row.path(field()).booleanValue();
        }

        @Override
        public void retire(ObjectNode values, String now, ObjectNode row) {
            values.put(field(), false);
        }

        @Override
        public void revive(ObjectNode values) {
            values.put(field(), true);
        }
    };

    private static final String INVALID_STATUS = "invalid";

    private final String field;

    Retirement(String field) {
        this.field = field;
    }

    public String field() {
        return field;
    }

    public boolean isRetired(ObjectNode row) {
        JsonNode value = row.path(field);
        return value.isTextual() && !value.textValue().isEmpty();
    }

    public abstract void retire(ObjectNode values, String now, ObjectNode row);

    public abstract void revive(ObjectNode values);

    /** The way a model offers; null if it offers none that can be written. */
    public static @Nullable Retirement of(Map<String, OdooField> model) {
        for (Retirement way : values()) {
            OdooField field = model.get(way.field);
            boolean fits = field != null
                    && !field.readonly()
                    && (way != INVALID || field.selection().contains(INVALID_STATUS));
            if (fits) {
                return way;
            }
        }
        return null;
    }
}
