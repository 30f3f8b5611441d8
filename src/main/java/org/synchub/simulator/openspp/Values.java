package org.synchub.simulator.openspp;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Between JSON and what a {@link Row} holds. */
final class Values {

    private Values() {}

    /** Converts a value written to a column; null, false and absent are the same to Odoo except for booleans. */
    static @Nullable Object toColumn(Store store, Model model, Field field, @Nullable Object given) {
        if (field.type == Field.Type.BOOLEAN) {
            return truth(given);
        }
        if (given == null || Boolean.FALSE.equals(given)) {
            return null;
        }
        return switch (field.type) {
            case CHAR, TEXT -> given instanceof String ? given : String.valueOf(given);
            case INTEGER -> integer(model, field, given);
            case FLOAT -> decimal(model, field, given);
            case DATE -> date(model, field, given);
            case DATETIME -> time(model, field, given);
            case SELECTION -> selection(store, model, field, given);
            case MANY2ONE -> reference(model, field, given);
            default -> throw OdooError.wrongValue(model.name, field, given);
        };
    }

    static boolean truth(@Nullable Object given) {
        if (given instanceof Number number) {
            return number.doubleValue() != 0;
        }
        if (given instanceof String text) {
            return !text.isEmpty();
        }
        return given instanceof Boolean flag ? flag : given != null;
    }

    private static Object integer(Model model, Field field, Object given) {
        if (given instanceof Number number) {
            return number.intValue();
        }
        if (given instanceof String text) {
            try {
                return Integer.valueOf(text.trim());
            } catch (NumberFormatException e) {
                throw OdooError.value("invalid literal for int() with base 10: '" + text + "'");
            }
        }
        throw OdooError.wrongValue(model.name, field, given);
    }

    private static Object decimal(Model model, Field field, Object given) {
        if (given instanceof Number number) {
            return number.doubleValue();
        }
        if (given instanceof String text) {
            try {
                return Double.valueOf(text.trim());
            } catch (NumberFormatException e) {
                throw OdooError.value("could not convert string to float: '" + text + "'");
            }
        }
        throw OdooError.wrongValue(model.name, field, given);
    }

    private static @Nullable Object date(Model model, Field field, Object given) {
        if (given instanceof String text) {
            return text.isEmpty() ? null : Times.parseDate(text);
        }
        throw OdooError.wrongValue(model.name, field, given);
    }

    private static @Nullable Object time(Model model, Field field, Object given) {
        if (given instanceof String text) {
            return text.isEmpty() ? null : (Object) Times.parseDateTime(text);
        }
        throw OdooError.wrongValue(model.name, field, given);
    }

    private static Object selection(Store store, Model model, Field field, Object given) {
        for (List<?> option : selectionOf(store, model, field)) {
            if (option.get(0).equals(given)) {
                return given;
            }
        }
        throw OdooError.wrongValue(model.name, field, given);
    }

    private static Object reference(Model model, Field field, Object given) {
        if (given instanceof Integer id) {
            return id;
        }
        throw OdooError.wrongValue(model.name, field, given);
    }

    /** The choices of a selection; those of a gender are the rows of gender.type. */
    static List<List<String>> selectionOf(Store store, Model model, Field field) {
        boolean gender = (field.name.equals("gender") && model.name.equals(Models.PARTNER))
                || field.name.equals("individual_gender");
        if (gender) {
            Table genders = store.table(Models.GENDER);
            int value = genders.model.slot("value");
            int code = genders.model.slot("code");
            int active = genders.model.slot("active");
            List<List<String>> options = new ArrayList<>();
            for (int id = 1; id <= genders.highestId(); id++) {
                Row row = genders.get(id);
                String stored = row == null || !row.flag(active) ? null : row.text(value);
                if (row != null && stored != null) {
                    String label = row.text(code);
                    options.add(List.of(stored, label == null ? stored : label));
                }
            }
            return options;
        }
        Object declared = field.attributes().get("selection");
        if (declared instanceof List<?> options) {
            return options.stream()
                    .map(option ->
                            ((List<?>) option).stream().map(String::valueOf).toList())
                    .toList();
        }
        return List.of();
    }

    /** Any field's value as it is kept, also of what is no column; children as an int[] in the model's order. */
    static @Nullable Object of(Store store, Model model, Row row, Field field) {
        return switch (field.source) {
            case COLUMN -> row.values[field.slot];
            case ID -> row.id;
            case CREATE_DATE -> row.createDate;
            case CREATE_UID -> row.createUid;
            case WRITE_DATE -> row.writeDate;
            case WRITE_UID -> row.writeUid;
            case CHILDREN -> children(store, row, field);
            case COMPUTED -> computed(store, model, row, field);
        };
    }

    static int[] children(Store store, Row parent, Field field) {
        Table children = store.table(field.relation);
        Field inverse = children.model.fields.get(field.relationField);
        if (inverse == null || !children.hasIndex(inverse)) {
            return Table.NONE;
        }
        int[] ids = children.lookup(inverse, parent.id);
        if (ids.length < 2 || !children.model.defaultOrder.equals("id desc")) {
            return ids;
        }
        int[] reversed = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            reversed[i] = ids[ids.length - 1 - i];
        }
        return reversed;
    }

    private static @Nullable Object computed(Store store, Model model, Row row, Field field) {
        return switch (field.name) {
            case "display_name", "complete_name" -> displayName(store, model, row);
            case "id_type_as_str" -> through(store, model, row, "id_type", "name");
            case "individual_birthdate" -> through(store, model, row, "individual", "birthdate");
            case "individual_gender" -> through(store, model, row, "individual", "gender");
            default -> null;
        };
    }

    private static @Nullable Object through(Store store, Model model, Row row, String reference, String wanted) {
        Field link = model.field(reference);
        Table target = store.table(link.relation);
        Row found = target.get(row.reference(link.slot));
        return found == null ? null : found.get(target.model.slot(wanted));
    }

    static String displayName(Store store, Model model, Row row) {
        String name = switch (model.name) {
            case Models.REG_ID -> nameThrough(store, model, row, "partner_id");
            case Models.MEMBERSHIP -> nameThrough(store, model, row, "group");
            case Models.PHONE -> row.text(model.slot("phone_no"));
            case Models.GENDER -> row.text(model.slot("code"));
            case Models.AREA -> areaName(model, row);
            default -> row.text(model.slot("name"));
        };
        return name == null ? "" : name;
    }

    private static @Nullable String nameThrough(Store store, Model model, Row row, String reference) {
        return through(store, model, row, reference, "name") instanceof String name ? name : null;
    }

    private static @Nullable String areaName(Model model, Row row) {
        String code = row.text(model.slot("code"));
        String name = row.text(model.slot("name"));
        return code == null || code.isEmpty() ? name : code + " - " + name;
    }

    /** A JSON object's entries; anything else is refused the way Python would. */
    @SuppressWarnings("unchecked")
    static Map<String, Object> object(@Nullable Object given) {
        if (given instanceof Map<?, ?> map) {
            return (Map<String, Object>) map;
        }
        throw new OdooError("builtins.AttributeError", "the values must be an object, field by field");
    }
}
