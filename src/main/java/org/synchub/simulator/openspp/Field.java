package org.synchub.simulator.openspp;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** One field of a model, as {@code fields_get} declares it, and where its value lives. */
final class Field {

    enum Type {
        CHAR,
        TEXT,
        BOOLEAN,
        INTEGER,
        FLOAT,
        DATE,
        DATETIME,
        SELECTION,
        MANY2ONE,
        ONE2MANY,
        MANY2MANY
    }

    /** Where the value comes from. */
    enum Source {
        COLUMN,
        ID,
        CREATE_DATE,
        CREATE_UID,
        WRITE_DATE,
        WRITE_UID,
        CHILDREN,
        COMPUTED
    }

    final String name;
    final Type type;
    final String label;
    final boolean required;
    final boolean readonly;
    final String relation;
    final String relationField;
    final Source source;
    /** Position in {@link Row#values}, or -1 for a value that is not a column. */
    final int slot;

    private final Map<String, Object> attributes;

    Field(String model, String name, Map<String, Object> attributes, int nextSlot) {
        this.name = name;
        this.attributes = new LinkedHashMap<>(attributes);
        this.type = Type.valueOf(text("type").toUpperCase(Locale.ROOT));
        this.label = text("string");
        this.required = Boolean.TRUE.equals(attributes.get("required"));
        this.readonly = Boolean.TRUE.equals(attributes.get("readonly"));
        this.relation = text("relation");
        this.relationField = text("relation_field");
        this.source = sourceOf(model);
        this.slot = source == Source.COLUMN ? nextSlot : -1;
    }

    private Source sourceOf(String model) {
        return switch (name) {
            case "id" -> Source.ID;
            case "create_date" -> Source.CREATE_DATE;
            case "create_uid" -> Source.CREATE_UID;
            case "write_date" -> Source.WRITE_DATE;
            case "write_uid" -> Source.WRITE_UID;
            default -> {
                if (type == Type.ONE2MANY) {
                    yield Source.CHILDREN;
                }
                boolean partnersFullName = name.equals("complete_name") && model.equals("res.partner");
                yield partnersFullName || Boolean.FALSE.equals(attributes.get("store"))
                        ? Source.COMPUTED
                        : Source.COLUMN;
            }
        };
    }

    private String text(String attribute) {
        return attributes.get(attribute) instanceof String value ? value : "";
    }

    Map<String, Object> attributes() {
        return attributes;
    }

    boolean isToMany() {
        return type == Type.ONE2MANY || type == Type.MANY2MANY;
    }

    /** Whether lookups by this field must not scan: keys, and what children hang on. */
    boolean indexed() {
        if (type == Type.MANY2ONE) {
            return switch (name) {
                case "partner_id", "group", "individual", "parent_id" -> true;
                default -> false;
            };
        }
        return type == Type.CHAR && (name.equals("spp_id") || name.equals("value") || name.startsWith("x_"));
    }

    @Override
    public String toString() {
        return name;
    }
}
