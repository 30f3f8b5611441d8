package org.synchub.target.openspp.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.synchub.target.openspp.odoo.OdooField;

/**
 * Single values as neutral records hold them and as Odoo does: names for ids, instants for its zoneless times, and nothing
 * for its {@code false}.
 */
public final class Values {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final DateTimeFormatter ODOO_TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

    private final Function<String, Vocabulary> vocabularies;

    /** @param vocabularies by model */
    public Values(Function<String, Vocabulary> vocabularies) {
        this.vocabularies = vocabularies;
    }

    /** A moment in Odoo's words, in UTC and whole seconds. */
    public static String time(Instant moment) {
        return ODOO_TIME.format(moment.atOffset(ZoneOffset.UTC));
    }

    /** Null if the text is no time of Odoo's. */
    public static @Nullable Instant instant(String odooTime) {
        try {
            return LocalDateTime.parse(odooTime, ODOO_TIME).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException noTime) {
            return null;
        }
    }

    /**
     * What is written for a neutral value.
     *
     * @throws UnknownName when the server's vocabulary lacks the name
     */
    public JsonNode odoo(OdooField field, @Nullable JsonNode value) {
        if (value == null || Neutral.isBlank(value)) {
            return field.type().equals("many2many") ? set(JSON.arrayNode()) : BooleanNode.FALSE;
        }
        return switch (field.type()) {
            case "many2one" -> LongNode.valueOf(id(field, value));
            case "many2many" -> {
                ArrayNode ids = JSON.arrayNode();
                names(value).forEach(name -> ids.add(idOf(field, name)));
                yield set(ids);
            }
            case "datetime" -> {
                Instant moment = moment(value);
                yield moment == null ? value : TextNode.valueOf(time(moment));
            }
            case "integer", "float", "monetary", "boolean" -> value;
            default -> value.isTextual() ? value : TextNode.valueOf(value.asText());
        };
    }

    /**
     * As {@link #odoo(OdooField, JsonNode)}, in an envelope where the mapping wants one.
     *
     * @throws UnknownName when the server's vocabulary lacks the name
     */
    public JsonNode odoo(Column column, @Nullable JsonNode value) {
        return odoo(
                column.odoo(),
                value == null || Neutral.isBlank(value)
                        ? value
                        : column.mapped().sealed(value));
    }

    private static JsonNode set(ArrayNode ids) {
        return JSON.arrayNode().add(JSON.arrayNode().add(6).add(0).add(ids));
    }

    private long id(OdooField field, JsonNode value) {
        if (value.isObject()) {
            JsonNode external = value.path(Neutral.EXT);
            Long id = external.isTextual() ? ExternalId.parse(external.textValue()) : null;
            if (id == null) {
                throw new UnknownName(field.name(), OdooField.PARTNER, "reference", false);
            }
            return id;
        }
        return idOf(field, value.asText());
    }

    private long idOf(OdooField field, String name) {
        Vocabulary vocabulary = vocabularies.apply(String.valueOf(field.vocabulary()));
        Long id = vocabulary.id(name);
        if (id == null) {
            throw new UnknownName(field.name(), vocabulary.model(), vocabulary.label(), vocabulary.isAmbiguous(name));
        }
        return id;
    }

    /** The names in a value of a many2many: one, a list of them, or a list of objects of one field. */
    public static List<String> names(@Nullable JsonNode value) {
        List<String> names = new ArrayList<>();
        if (value == null || Neutral.isBlank(value)) {
            return names;
        }
        if (value.isArray() || value.isObject()) {
            value.forEach(element -> names.addAll(names(element)));
        } else {
            names.add(value.asText());
        }
        return names;
    }

    private static @Nullable Instant moment(JsonNode value) {
        try {
            return OffsetDateTime.parse(value.asText()).toInstant().truncatedTo(ChronoUnit.SECONDS);
        } catch (DateTimeException noTime) {
            return null;
        }
    }

    /** What is read, as a neutral value; null where the server holds nothing. */
    @Nullable
    public JsonNode neutral(Column column, JsonNode odoo) {
        OdooField field = column.odoo();
        if (field.type().equals("boolean")) {
            return odoo.isBoolean() ? odoo : null;
        }
        if (odoo.isMissingNode() || odoo.isNull() || odoo.isBoolean() || Neutral.isBlank(odoo)) {
            return null;
        }
        return switch (field.type()) {
            case "many2one" -> manyToOne(field, odoo);
            case "many2many" -> manyToMany(column, odoo);
            case "datetime" -> {
                Instant moment = instant(odoo.asText());
                yield moment == null ? odoo : TextNode.valueOf(moment.toString());
            }
            default -> column.mapped().opened(odoo);
        };
    }

    /** Whether the server holds a value in another way than it would be sent now. Odoo's {@code false} is none. */
    static boolean isStale(Column column, JsonNode held) {
        return held.isTextual() && column.mapped().isStale(held);
    }

    private JsonNode manyToOne(OdooField field, JsonNode odoo) {
        long id = odoo.isArray() ? odoo.path(0).asLong() : odoo.asLong();
        if (field.pointsToPartner()) {
            return Neutral.ext(id);
        }
        String label = vocabularies.apply(String.valueOf(field.vocabulary())).label(id);
        return TextNode.valueOf(label == null ? odoo.path(1).asText(Long.toString(id)) : label);
    }

    private JsonNode manyToMany(Column column, JsonNode odoo) {
        Vocabulary vocabulary = vocabularies.apply(String.valueOf(column.odoo().vocabulary()));
        List<String> names = new ArrayList<>();
        for (JsonNode id : odoo) {
            String label = vocabulary.label(id.asLong());
            names.add(label == null ? id.asText() : label);
        }
        if (column.mapped().isList()) {
            String name = column.mapped().fields().isEmpty()
                    ? KindPlan.NAME
                    : column.mapped().fields().get(0).name();
            ArrayNode items = JSON.arrayNode();
            names.forEach(text -> items.addObject().put(name, text));
            return items;
        }
        if (names.size() == 1) {
            return TextNode.valueOf(names.get(0));
        }
        ArrayNode several = JSON.arrayNode();
        names.forEach(several::add);
        return several;
    }

    /** What the server shows where nothing was ever written: it has no empty number and no empty boolean. */
    public static @Nullable JsonNode unset(OdooField field) {
        if (field.isNumber()) {
            return IntNode.valueOf(0);
        }
        return field.type().equals("boolean") ? BooleanNode.FALSE : null;
    }

    /** Whether two neutral values mean the same to the server. */
    public boolean same(OdooField field, @Nullable JsonNode a, @Nullable JsonNode b) {
        JsonNode left = plain(field, a);
        JsonNode right = plain(field, b);
        return left == null ? right == null : left.equals(right);
    }

    private static @Nullable JsonNode plain(OdooField field, @Nullable JsonNode value) {
        if (value == null || Neutral.isBlank(value)) {
            return null;
        }
        return switch (field.type()) {
            case "integer", "float", "monetary" -> number(value);
            case "boolean" -> value.asBoolean() ? BooleanNode.TRUE : null;
            case "datetime" -> {
                Instant moment = moment(value);
                yield moment == null ? value : TextNode.valueOf(moment.toString());
            }
            case "many2many" -> {
                ArrayNode sorted = JSON.arrayNode();
                new TreeSet<>(names(value)).forEach(sorted::add);
                yield sorted.isEmpty() ? null : sorted;
            }
            default -> value.isValueNode() ? TextNode.valueOf(value.asText()) : value;
        };
    }

    private static @Nullable JsonNode number(JsonNode value) {
        try {
            BigDecimal number = value.isNumber() ? value.decimalValue() : new BigDecimal(value.asText());
            return number.signum() == 0 ? null : DecimalNode.valueOf(number.stripTrailingZeros());
        } catch (NumberFormatException noNumber) {
            return value;
        }
    }

    /** The vocabularies in which a record's names are missing. */
    public void missing(List<Column> columns, JsonNode record, Set<String> models) {
        for (Column column : columns) {
            String model = column.odoo().vocabulary();
            if (model == null) {
                continue;
            }
            Vocabulary vocabulary = vocabularies.apply(model);
            for (String name : names(record.path(column.name()))) {
                if (!vocabulary.has(name)) {
                    models.add(model);
                }
            }
        }
    }

    /** The vocabularies that lack a label for an id that was read. */
    public void unknownIds(List<Column> columns, ObjectNode row, Set<String> models) {
        for (Column column : columns) {
            String model = column.odoo().vocabulary();
            JsonNode value = row.path(column.name());
            if (model == null || !value.isArray()) {
                continue;
            }
            Vocabulary vocabulary = vocabularies.apply(model);
            boolean single = column.odoo().type().equals("many2one");
            for (int i = 0; i < (single ? Math.min(1, value.size()) : value.size()); i++) {
                if (vocabulary.label(value.get(i).asLong()) == null) {
                    models.add(model);
                }
            }
        }
    }

    /** The fields of an object by column, as neutral values; what is empty is left out. */
    public ObjectNode neutral(List<Column> columns, ObjectNode row) {
        ObjectNode record = JSON.objectNode();
        for (Column column : columns) {
            JsonNode value = neutral(column, row.path(column.name()));
            if (value != null) {
                record.set(column.name(), value);
            }
        }
        return record;
    }

    /** What is written for the fields of an object that hold something. */
    public ObjectNode odoo(List<Column> columns, JsonNode record) {
        ObjectNode values = JSON.objectNode();
        for (Map.Entry<String, JsonNode> entry : record.properties()) {
            for (Column column : columns) {
                if (column.name().equals(entry.getKey()) && !Neutral.isBlank(entry.getValue())) {
                    values.set(column.name(), odoo(column, entry.getValue()));
                }
            }
        }
        return values;
    }
}
