package org.synchub.simulator.openspp;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The methods of models that can be called from outside; each writes its result itself. */
final class ObjectService {

    /** The class OpenSPP's own res.partner.search_read shows in its errors; it knows no {@code load}. */
    private static final String PARTNER_SEARCH_READ = "ResPartnerCustomSPP.search_read";

    private final Store store;
    private final Orm orm;

    ObjectService(Store store, Orm orm) {
        this.store = store;
        this.orm = orm;
    }

    /** Writes {@code "result": …} into the answer's object, or nothing where the method returns None. */
    void execute(RpcCall call, RegistryUser user, long startedAt, JsonGenerator json) throws IOException {
        if (Access.isClosed(call.model())) {
            Access.checkClosed(user, call.model(), operation(call.method()));
            throw OdooError.notSimulated("the model " + call.model());
        }
        Model model = store.table(call.model()).model;
        String method = call.method();
        if (method.startsWith("_")) {
            throw new OdooError(
                    "odoo.exceptions.AccessError",
                    "Private methods (such as " + method + ") cannot be called remotely.");
        }
        switch (method) {
            case "create" -> create(call, user, model, startedAt, json);
            case "write" -> write(call, user, model, startedAt, json);
            case "unlink" -> unlink(call, user, model, startedAt, json);
            case "read" -> read(call, user, model, json);
            case "search" -> search(call, user, model, json);
            case "search_read" -> searchRead(call, user, model, json);
            case "search_count" -> searchCount(call, user, model, json);
            case "name_search" -> nameSearch(call, user, model, json);
            case "fields_get" -> fieldsGet(call, model, json);
            case "get_external_id" -> externalIds(call, user, model, json);
            case "check_access_rights" -> accessRights(call, user, model, json);
            default -> extra(call, user, model, startedAt, json);
        }
    }

    private static Access.Operation operation(String method) {
        return switch (method) {
            case "create" -> Access.Operation.CREATE;
            case "write" -> Access.Operation.WRITE;
            case "unlink" -> Access.Operation.UNLINK;
            default -> Access.Operation.READ;
        };
    }

    private void create(RpcCall call, RegistryUser user, Model model, long startedAt, JsonGenerator json)
            throws IOException {
        Arguments arguments = new Arguments("BaseModel.create", call, 1, "vals_list");
        Object given = arguments.get("vals_list");
        if (given instanceof List<?> list) {
            int[] ids = store.write(user, startedAt, tx -> {
                int[] created = new int[list.size()];
                for (int i = 0; i < created.length; i++) {
                    created[i] = orm.create(tx, model, Values.object(list.get(i)));
                }
                return created;
            });
            result(json, ids);
        } else {
            Map<String, Object> values = Values.object(given);
            int id = store.write(user, startedAt, tx -> orm.create(tx, model, values));
            json.writeNumberField("result", id);
        }
    }

    private void write(RpcCall call, RegistryUser user, Model model, long startedAt, JsonGenerator json)
            throws IOException {
        Arguments arguments = new Arguments("BaseModel.write", call, 2, "ids", "vals");
        int[] ids = arguments.ids("ids");
        Map<String, Object> values = Values.object(arguments.get("vals"));
        store.write(user, startedAt, tx -> {
            orm.write(tx, model, ids, values);
            return true;
        });
        json.writeBooleanField("result", true);
    }

    private void unlink(RpcCall call, RegistryUser user, Model model, long startedAt, JsonGenerator json)
            throws IOException {
        int[] ids = new Arguments("BaseModel.unlink", call, 1, "ids").ids("ids");
        store.write(user, startedAt, tx -> {
            orm.unlink(tx, model, ids);
            return true;
        });
        // OpenSPP's own res.partner.unlink forgets to return, so there is no result at all.
        if (!model.name.equals(Models.PARTNER)) {
            json.writeBooleanField("result", true);
        }
    }

    private void read(RpcCall call, RegistryUser user, Model model, JsonGenerator json) throws IOException {
        Arguments arguments = new Arguments("BaseModel.read", call, 1, "ids", "fields", "load");
        int[] ids = arguments.ids("ids");
        Access.check(user, model, Access.Operation.READ);
        checkNamed(user, model, arguments.list("fields"));
        RowWriter rows = new RowWriter(store, model, arguments.list("fields"), namesReferences(arguments));
        Table table = store.table(model.name);
        reading(() -> {
            List<Row> found = new ArrayList<>(ids.length);
            for (int id : ids) {
                Row row = table.get(id);
                if (row != null) {
                    found.add(row);
                }
            }
            json.writeFieldName("result");
            rows.write(json, found);
        });
    }

    private void search(RpcCall call, RegistryUser user, Model model, JsonGenerator json) throws IOException {
        Arguments arguments = new Arguments("BaseModel.search", call, 1, "domain", "offset", "limit", "order");
        Access.check(user, model, Access.Operation.READ);
        reading(() -> result(
                json, select(model, arguments).stream().mapToInt(row -> row.id).toArray()));
    }

    private void searchRead(RpcCall call, RegistryUser user, Model model, JsonGenerator json) throws IOException {
        Arguments arguments = model.name.equals(Models.PARTNER)
                ? new Arguments(PARTNER_SEARCH_READ, call, 0, "domain", "fields", "offset", "limit", "order")
                : new Arguments(
                        "BaseModel.search_read", call, 0, "domain", "fields", "offset", "limit", "order", "load");
        Access.check(user, model, Access.Operation.READ);
        reading(() -> {
            List<Row> found = select(model, arguments);
            checkNamed(user, model, arguments.list("fields"));
            RowWriter rows = new RowWriter(store, model, arguments.list("fields"), namesReferences(arguments));
            json.writeFieldName("result");
            rows.write(json, found);
        });
    }

    private void searchCount(RpcCall call, RegistryUser user, Model model, JsonGenerator json) throws IOException {
        Arguments arguments = new Arguments("BaseModel.search_count", call, 1, "domain", "limit");
        Access.check(user, model, Access.Operation.READ);
        reading(() -> {
            Domain domain = DomainParser.parse(store, model, arguments.get("domain"), arguments.activeTest());
            int count = new Query(store, store.table(model.name), domain).count(arguments.number("limit"));
            json.writeNumberField("result", count);
        });
    }

    private static boolean namesReferences(Arguments arguments) {
        Object load = arguments.get("load");
        return !arguments.has("load") || "_classic_read".equals(load);
    }

    private List<Row> select(Model model, Arguments arguments) {
        Domain domain = DomainParser.parse(store, model, arguments.get("domain"), arguments.activeTest());
        return new Query(store, store.table(model.name), domain)
                .select(arguments.text("order"), arguments.number("offset"), arguments.number("limit"));
    }

    /** All fields of a partner include some of models that only accountants may read. */
    private static void checkNamed(RegistryUser user, Model model, List<?> fields) {
        if (fields.isEmpty() && model.name.equals(Models.PARTNER)) {
            Access.checkClosed(user, "account.move", Access.Operation.READ);
        }
    }

    private void nameSearch(RpcCall call, RegistryUser user, Model model, JsonGenerator json) throws IOException {
        Arguments arguments = new Arguments("BaseModel.name_search", call, 0, "name", "args", "operator", "limit");
        Access.check(user, model, Access.Operation.READ);
        String operator = arguments.text("operator");
        String name = arguments.text("name");
        int limit = arguments.get("limit") == null ? 100 : arguments.number("limit");
        reading(() -> {
            Domain domain = DomainParser.parse(store, model, arguments.get("args"), arguments.activeTest());
            if (name != null) {
                Field shown = model.field("display_name");
                domain = new Domain.And(
                        List.of(domain, Leaf.of(model, shown, operator == null ? "ilike" : operator, name)));
            }
            json.writeArrayFieldStart("result");
            for (Row row : new Query(store, store.table(model.name), domain).select(null, 0, limit)) {
                json.writeStartArray();
                json.writeNumber(row.id);
                json.writeString(Values.displayName(store, model, row));
                json.writeEndArray();
            }
            json.writeEndArray();
        });
    }

    private void fieldsGet(RpcCall call, Model model, JsonGenerator json) throws IOException {
        Arguments arguments = new Arguments("BaseModel.fields_get", call, 0, "allfields", "attributes");
        List<?> wanted = arguments.list("allfields");
        List<?> attributes = arguments.list("attributes");
        reading(() -> {
            json.writeObjectFieldStart("result");
            for (Field field : model.fields.values()) {
                if (wanted.isEmpty() || wanted.contains(field.name)) {
                    json.writeObjectFieldStart(field.name);
                    for (Map.Entry<String, Object> attribute :
                            field.attributes().entrySet()) {
                        if (attributes.isEmpty() || attributes.contains(attribute.getKey())) {
                            boolean choices = attribute.getKey().equals("selection");
                            json.writePOJOField(
                                    attribute.getKey(),
                                    choices ? Values.selectionOf(store, model, field) : attribute.getValue());
                        }
                    }
                    json.writeEndObject();
                }
            }
            json.writeEndObject();
        });
    }

    private void externalIds(RpcCall call, RegistryUser user, Model model, JsonGenerator json) throws IOException {
        int[] ids = new Arguments("BaseModel.get_external_id", call, 1, "ids").ids("ids");
        Access.check(user, model, Access.Operation.READ);
        json.writeObjectFieldStart("result");
        for (int id : ids) {
            json.writeStringField(Integer.toString(id), "");
        }
        json.writeEndObject();
    }

    private static void accessRights(RpcCall call, RegistryUser user, Model model, JsonGenerator json)
            throws IOException {
        Arguments arguments = new Arguments("BaseModel.check_access_rights", call, 1, "operation", "raise_exception");
        boolean raise = arguments.get("raise_exception") == null || Values.truth(arguments.get("raise_exception"));
        boolean allowed = true;
        try {
            Access.check(user, model, operation(String.valueOf(arguments.get("operation"))));
        } catch (OdooError refused) {
            if (raise) {
                throw refused;
            }
            allowed = false;
        }
        json.writeBooleanField("result", allowed);
    }

    /** What OpenSPP adds to res.partner. */
    private void extra(RpcCall call, RegistryUser user, Model model, long startedAt, JsonGenerator json)
            throws IOException {
        boolean partner = model.name.equals(Models.PARTNER);
        switch (partner ? call.method() : "") {
            case "enable_registrant" -> enable(call, user, model, startedAt);
            case "search_or_create" -> searchOrCreate(call, user, model, startedAt, json);
            case "load" -> {
                Access.checkClosed(user, "spp.import.match", Access.Operation.READ);
                throw OdooError.notSimulated("load");
            }
            case "create_or_update_by_external_id" -> {
                Access.checkClosed(user, "ir.model.data", Access.Operation.CREATE);
                throw OdooError.notSimulated("create_or_update_by_external_id");
            }
            default ->
                throw new OdooError(
                        "builtins.AttributeError",
                        "The method '" + call.method() + "' does not exist on the model '" + model.name + "'");
        }
    }

    /** Returns None, so nothing is written. */
    private void enable(RpcCall call, RegistryUser user, Model model, long startedAt) {
        int[] ids = new Arguments("G2PRegistrant.enable_registrant", call, 1, "ids").ids("ids");
        Table table = store.table(model.name);
        int disabled = model.slot("disabled");
        store.write(user, startedAt, tx -> {
            int[] affected = Arrays.stream(ids)
                    .filter(id -> {
                        Row row = table.get(id);
                        return row != null && row.get(disabled) != null;
                    })
                    .toArray();
            orm.write(tx, model, affected, Map.of("disabled", false, "disabled_by", false, "disabled_reason", false));
            return true;
        });
    }

    private void searchOrCreate(RpcCall call, RegistryUser user, Model model, long startedAt, JsonGenerator json)
            throws IOException {
        Map<String, Object> values =
                Values.object(new Arguments("SPPResPartner.search_or_create", call, 1, "vals").get("vals"));
        List<Object> terms = new ArrayList<>();
        values.forEach((name, value) -> terms.add(Arrays.asList(name, "=", value)));
        int[] found = store.read(
                () -> new Query(store, store.table(model.name), DomainParser.parse(store, model, terms, true))
                        .select(null, 0, 0).stream().mapToInt(row -> row.id).toArray());
        boolean isNew = found.length == 0;
        int[] ids = isNew ? new int[] {store.write(user, startedAt, tx -> orm.create(tx, model, values))} : found;
        json.writeArrayFieldStart("result");
        json.writeBoolean(isNew);
        json.writeArray(ids, 0, ids.length);
        json.writeEndArray();
    }

    private static void result(JsonGenerator json, int[] ids) throws IOException {
        json.writeFieldName("result");
        json.writeArray(ids, 0, ids.length);
    }

    private interface Reading {
        void run() throws IOException;
    }

    private void reading(Reading work) {
        store.read(() -> {
            try {
                work.run();
                return true;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** The households whose rows a call is about to write, its own or those of the people it writes. */
    int[] householdsOf(RpcCall call) {
        if (!call.isWrite() || call.args().isEmpty()) {
            return Table.NONE;
        }
        return store.read(() -> {
            Domain.Ids households = new Domain.Ids();
            Object first = call.args().get(0);
            boolean creates = call.method().equals("create");
            for (Object each : first instanceof List<?> list ? list : List.of(first)) {
                if (creates && each instanceof Map<?, ?> values) {
                    collectFromValues(call.model(), values, households);
                } else if (each instanceof Integer id) {
                    collectFromRow(call.model(), id, households);
                }
            }
            return households.distinct();
        });
    }

    private static void collectFromValues(String model, Map<?, ?> values, Domain.Ids households) {
        if (model.equals(Models.MEMBERSHIP) && values.get("group") instanceof Integer group) {
            households.add(group);
        }
        if (model.equals(Models.PARTNER) && values.get("individual_membership_ids") instanceof List<?> commands) {
            for (Object command : commands) {
                if (command instanceof List<?> parts
                        && parts.size() == 3
                        && parts.get(2) instanceof Map<?, ?> membership
                        && membership.get("group") instanceof Integer group) {
                    households.add(group);
                }
            }
        }
    }

    private void collectFromRow(String model, int id, Domain.Ids households) {
        Table memberships = store.table(Models.MEMBERSHIP);
        int group = memberships.model.slot("group");
        if (model.equals(Models.MEMBERSHIP)) {
            collectGroup(memberships.get(id), group, households);
        } else if (model.equals(Models.PARTNER)) {
            Row partner = store.table(model).get(id);
            if (partner != null && partner.flag(store.table(model).model.slot("is_group"))) {
                households.add(id);
            }
            for (int membership : memberships.lookup(memberships.model.field("individual"), id)) {
                collectGroup(memberships.get(membership), group, households);
            }
        }
    }

    private static void collectGroup(@Nullable Row membership, int group, Domain.Ids households) {
        if (membership != null) {
            households.add(membership.reference(group));
        }
    }
}
