package org.synchub.target.openspp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How an item of a list is taken away. A Registrar may delete neither memberships nor registered ids nor phone numbers,
 * and a registry wants their history, so an item is marked as over and taken up again when it comes back.
 */
enum Retirement {
    ENDED("ended_date") {
        @Override
        void retire(ObjectNode values, String now, ObjectNode row) {
            String start = row.path("start_date").asText("");
            // The server refuses an end before the start, and start is its own clock's.
            values.put(field(), start.compareTo(now) > 0 ? start : now);
        }

        @Override
        void revive(ObjectNode values) {
            values.put(field(), false);
        }
    },

    DISABLED("disabled") {
        @Override
        void retire(ObjectNode values, String now, ObjectNode row) {
            values.put(field(), now);
        }

        @Override
        void revive(ObjectNode values) {
            values.put(field(), false);
        }
    },

    INVALID("status") {
        @Override
        boolean isRetired(ObjectNode row) {
            return row.path(field()).asText("").equals(INVALID_STATUS);
        }

        @Override
        void retire(ObjectNode values, String now, ObjectNode row) {
            values.put(field(), INVALID_STATUS);
        }

        @Override
        void revive(ObjectNode values) {
            values.put(field(), "valid");
        }
    },

    ARCHIVED("active") {
        @Override
        boolean isRetired(ObjectNode row) {
            return row.path(field()).isBoolean() && !row.path(field()).booleanValue();
        }

        @Override
        void retire(ObjectNode values, String now, ObjectNode row) {
            values.put(field(), false);
        }

        @Override
        void revive(ObjectNode values) {
            values.put(field(), true);
        }
    };

    private static final String INVALID_STATUS = "invalid";

    private final String field;

    Retirement(String field) {
        this.field = field;
    }

    String field() {
        return field;
    }

    boolean isRetired(ObjectNode row) {
        JsonNode value = row.path(field);
        return value.isTextual() && !value.textValue().isEmpty();
    }

    abstract void retire(ObjectNode values, String now, ObjectNode row);

    abstract void revive(ObjectNode values);

    /** The way a model offers; null if it offers none that can be written. */
    static @Nullable Retirement of(Map<String, OdooField> model) {
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
