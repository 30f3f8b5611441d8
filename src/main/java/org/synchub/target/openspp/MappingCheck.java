package org.synchub.target.openspp;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.synchub.mapping.Field;
import org.synchub.mapping.Kind;
import org.synchub.mapping.Mapping;
import org.synchub.mapping.Suggest;
import org.synchub.target.openspp.odoo.OdooField;
import org.synchub.target.openspp.record.KindPlan;
import org.synchub.target.openspp.record.ListPlan;
import org.synchub.target.openspp.record.NaturalKey;
import org.synchub.target.openspp.record.Schema;
import org.synchub.target.openspp.record.Values;
import org.synchub.target.openspp.record.Vocabulary;

/** Finds everything in a mapping that this server cannot take, and says where and what it would take instead. Pure. */
final class MappingCheck {

    private static final int SHOWN = 20;
    private static final Set<String> TIMES = Set.of("date", "datetime");
    private static final Set<String> SUPPORTED = Set.of(
            "char",
            "text",
            "html",
            "selection",
            "many2one",
            "many2many",
            "integer",
            "float",
            "monetary",
            "boolean",
            "date",
            "datetime");

    /** Types that hold any text as it is. */
    private static final Set<String> ENVELOPES = Set.of("char", "text");

    private final Mapping mapping;
    private final Schema schema;
    private final Function<String, Vocabulary> vocabularies;
    private final String guidIdType;
    private final List<String> problems = new ArrayList<>();
    private Kind kind;

    MappingCheck(Mapping mapping, Schema schema, Function<String, Vocabulary> vocabularies, String guidIdType) {
        this.mapping = mapping;
        this.schema = schema;
        this.vocabularies = vocabularies;
        this.guidIdType = guidIdType;
        this.kind = mapping.kinds().get(0);
    }

    List<String> problems() {
        keyType();
        for (Kind each : mapping.kinds()) {
            kind = each;
            kindAsWhole();
            for (Field field : each.fields()) {
                field(OdooField.PARTNER, schema.partner(), field, field.name());
            }
            naturalKeys();
        }
        return problems;
    }

    private void keyType() {
        Vocabulary types = vocabularies.apply(Vocabulary.ID_TYPE);
        if (types.id(guidIdType) == null) {
            String nearest = Suggest.nearest(guidIdType, types.labels());
            problems.add(mapping.file() + ": the server has no id type '" + guidIdType
                    + "', under which the hub keeps its key; add it in the registry's configuration (ID Types), or name"
                    + " another one with guidIdType under adapter"
                    + (nearest == null ? "" : "; did you mean '" + nearest + "'?"));
        }
    }

    private void kindAsWhole() {
        Field isGroup = find(KindPlan.IS_GROUP);
        if (isGroup == null
                || !isGroup.isConstant()
                || !isGroup.given().get(0).value().isBoolean()) {
            problem(
                    isGroup == null ? kind.line() : isGroup.line(),
                    "must say whether its records are groups; write is_group: {constant: true} or {constant: false}");
            return;
        }
        boolean group = isGroup.given().get(0).value().asBoolean();
        boolean named = find(KindPlan.NAME) != null
                || (!group && KindPlan.NAME_PARTS.stream().anyMatch(part -> find(part) != null));
        if (!named) {
            problem(
                    kind.line(),
                    "has no name, which the server demands; map " + (group ? "name" : "family_name and given_name"));
        }
        Field sppId = find("spp_id");
        if (sppId != null && sppId.direction().out()) {
            problem(sppId.line(), "must not send spp_id: the hub makes it from its own key");
        }
    }

    private @Nullable Field find(String name) {
        return kind.fields().stream()
                .filter(field -> field.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    private void field(String model, Map<String, OdooField> fields, Field field, String place) {
        OdooField odoo = fields.get(field.name());
        if (odoo == null) {
            String nearest = Suggest.nearest(field.name(), fields.keySet());
            problem(
                    field.line(),
                    place,
                    "the server has no field '" + field.name() + "' in " + model
                            + (nearest == null ? "" : "; did you mean '" + nearest + "'?"));
            return;
        }
        if (odoo.readonly() && field.direction().out()) {
            problem(
                    field.line(),
                    place,
                    "the server lets nobody write " + model + "." + field.name()
                            + "; drop the field or write direction: in");
            return;
        }
        if (odoo.type().equals("one2many")) {
            list(field, odoo, place);
            return;
        }
        if (!SUPPORTED.contains(odoo.type())) {
            problem(field.line(), place, "is of type " + odoo.type() + ", which the hub cannot fill");
            return;
        }
        if ((field.isList() || !field.fields().isEmpty()) && !odoo.type().equals("many2many")) {
            problem(field.line(), place, "takes a single value (" + odoo.type() + "), not a list or an object");
            return;
        }
        if (field.encrypt() != null) {
            encrypted(field, odoo, model, place);
            return;
        }
        type(field, odoo, place);
        if (field.direction().out()) {
            given(field, odoo, model, place);
        }
    }

    /** An envelope is a long text, and the server must neither look into it nor write it its own way. */
    private void encrypted(Field field, OdooField odoo, String model, String place) {
        if (!ENVELOPES.contains(odoo.type())) {
            problem(
                    field.line(),
                    place,
                    "is encrypted, but the server's field is of type " + odoo.type()
                            + " and cannot hold an envelope; drop encrypt, or send it to a field of type char or text");
        }
        boolean name = field.name().equals(KindPlan.NAME) || KindPlan.NAME_PARTS.contains(field.name());
        if (name && model.equals(OdooField.PARTNER)) {
            problem(
                    field.line(),
                    place,
                    "is encrypted, but the server writes names its own way, which destroys an envelope; drop encrypt");
        }
    }

    private void list(Field field, OdooField odoo, String place) {
        if (!field.isList()) {
            problem(field.line(), place, "is a list of " + odoo.relation() + "; write list: and fields: under it");
            return;
        }
        String model = String.valueOf(odoo.relation());
        Map<String, OdooField> items = schema.model(model);
        for (Field inner : field.fields()) {
            field(model, items, inner, place + "." + inner.name());
        }
        ListPlan plan = ListPlan.of(field, odoo, items);
        for (String key : plan.key()) {
            if (plan.columns().stream().noneMatch(column -> column.name().equals(key))) {
                problem(field.line(), place, "must fill '" + key + "', which tells its items apart at the server");
            }
        }
        if (model.equals(ListPlan.REG_ID)) {
            ownKey(field, place);
        }
    }

    private void ownKey(Field field, String place) {
        for (Field inner : field.fields()) {
            for (Field.Given given : inner.given()) {
                if (inner.name().equals("id_type") && given.value().asText().equals(guidIdType)) {
                    problem(
                            given.line(),
                            place + ".id_type",
                            "must not use '" + guidIdType + "': the hub keeps its own key under it");
                }
            }
        }
    }

    private void type(Field field, OdooField odoo, String place) {
        boolean reference = field.reference() != null;
        if (reference != odoo.pointsToPartner()) {
            problem(
                    field.line(),
                    place,
                    reference
                            ? "refers to a record of kind " + field.reference() + ", but the server's field is of type "
                                    + odoo.type() + (odoo.relation() == null ? "" : " to " + odoo.relation())
                            : "points to another registrant; write reference: and the kind it refers to");
            return;
        }
        if (odoo.type().equals("many2many") && OdooField.PARTNER.equals(odoo.relation())) {
            problem(field.line(), place, "links registrants in a way that the hub does not fill");
            return;
        }
        String wanted = wanted(field.type(), odoo);
        if (wanted != null) {
            problem(
                    field.line(),
                    place,
                    "is " + field.type() + " here and " + odoo.type() + " at the server; write type: " + wanted);
        }
    }

    /** The mapping's type that fits; null if the declared one does, or none is declared. */
    private static @Nullable String wanted(@Nullable String type, OdooField odoo) {
        if (type == null) {
            return null;
        }
        return switch (odoo.type()) {
            case "integer" -> type.equals("integer") ? null : "integer";
            case "float", "monetary" -> type.equals("integer") || type.equals("decimal") ? null : "decimal";
            case "boolean" -> type.equals("boolean") ? null : "boolean";
            case "date" -> type.equals("date") ? null : "date";
            case "datetime" -> type.equals("datetime") ? null : "datetime";
            case "many2many" -> type.equals("text") || type.equals("json") ? null : "text";
            default -> type.equals("json") || type.equals("boolean") ? "text" : null;
        };
    }

    private void given(Field field, OdooField odoo, String model, String place) {
        Collection<String> allowed = allowed(odoo);
        if (allowed != null && allowed.isEmpty()) {
            problem(
                    field.line(),
                    place,
                    "cannot be filled: the server's " + source(odoo, model)
                            + " is empty; add values to it in the registry's configuration, or drop the field");
            return;
        }
        for (Field.Given each : field.given()) {
            if (allowed == null) {
                plain(each, odoo, place);
                continue;
            }
            for (String name : Values.names(each.value())) {
                String ambiguous = ambiguous(odoo, name);
                if (!allowed.contains(name)) {
                    problem(
                            each.line(),
                            place,
                            "sends '" + name + "', which is not in the server's " + source(odoo, model) + ": "
                                    + shown(allowed));
                } else if (ambiguous != null) {
                    problem(each.line(), place, ambiguous);
                }
            }
        }
    }

    private void plain(Field.Given given, OdooField odoo, String place) {
        JsonNode value = given.value();
        boolean fits = value.isNull()
                || switch (odoo.type()) {
                    case "integer" -> value.isIntegralNumber();
                    case "float", "monetary" -> value.isNumber();
                    case "boolean" -> value.isBoolean();
                    default -> !value.isContainerNode() && (!TIMES.contains(odoo.type()) || value.isTextual());
                };
        if (!fits) {
            problem(given.line(), place, "sends " + value + ", but the server's field is of type " + odoo.type());
        }
    }

    private @Nullable String ambiguous(OdooField odoo, String name) {
        String model = odoo.vocabulary();
        if (model == null || !vocabularies.apply(model).isAmbiguous(name)) {
            return null;
        }
        return "sends '" + name + "', which several records of " + model + " are called; rename all but one";
    }

    /** What may be sent; null if anything of the type may. */
    private @Nullable Collection<String> allowed(OdooField odoo) {
        String model = odoo.vocabulary();
        if (model != null) {
            return vocabularies.apply(model).labels();
        }
        return odoo.isSelection() ? odoo.selection() : null;
    }

    private String source(OdooField odoo, String model) {
        String vocabulary = odoo.vocabulary();
        if (vocabulary != null) {
            return "list of " + vocabulary + " (by "
                    + vocabularies.apply(vocabulary).label() + ")";
        }
        return odoo.name().equals("gender")
                ? "list for " + model + ".gender (gender.type)"
                : "list for " + model + "." + odoo.name();
    }

    private static String shown(Collection<String> allowed) {
        String some = String.join(", ", allowed.stream().limit(SHOWN).toList());
        return allowed.size() <= SHOWN ? some : some + " … (" + allowed.size() + " in all)";
    }

    private void naturalKeys() {
        for (List<String> key : kind.keys()) {
            for (String place : key) {
                naturalKey(place);
            }
        }
    }

    private void naturalKey(String place) {
        String idType = NaturalKey.regIdType(place);
        if (idType != null) {
            Vocabulary types = vocabularies.apply(Vocabulary.ID_TYPE);
            if (!types.has(idType)) {
                problem(
                        kind.line(),
                        "keys",
                        "name '" + idType + "', which is no id type of the server: " + shown(types.labels()));
            }
            return;
        }
        OdooField odoo = schema.partner().get(place);
        if (odoo == null || odoo.type().equals("one2many") || odoo.type().equals("many2many")) {
            problem(
                    kind.line(),
                    "keys",
                    "can name single fields and registered ids (reg_ids.<id type>), not '" + place + "'");
        }
    }

    private void problem(int line, String place, String what) {
        problem(line, "field '" + place + "': " + what);
    }

    private void problem(int line, String what) {
        problems.add(mapping.file() + ":" + line + ": kind '" + kind.name() + "' " + what);
    }
}
