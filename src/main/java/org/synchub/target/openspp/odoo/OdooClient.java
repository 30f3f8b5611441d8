package org.synchub.target.openspp.odoo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.synchub.target.ClockReading;
import org.synchub.target.TargetTrouble;

/** The few calls of Odoo's models that the adapter makes, with the context each needs. */
public final class OdooClient {

    /** Archived records are records too; and the server's words and vocabularies shall not depend on a user's language. */
    private static final ObjectNode READ_CONTEXT =
            JsonNodeFactory.instance.objectNode().put("active_test", false).put("lang", "en_US");

    /** Without mail and change tracking a create takes a good third less of the server's time. */
    private static final ObjectNode WRITE_CONTEXT = JsonNodeFactory.instance
            .objectNode()
            .put("lang", "en_US")
            .put("tracking_disable", true)
            .put("mail_create_nolog", true)
            .put("mail_create_nosubscribe", true)
            .put("mail_notrack", true);

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final OdooTransport transport;

    public OdooClient(OdooTransport transport) {
        this.transport = transport;
    }

    public void login() {
        try {
            transport.login();
        } catch (OdooFault fault) {
            throw nobodysFault("authenticate", fault);
        }
    }

    /** Never in the server's future; null while the server has not said. */
    @Nullable
    public Instant serverTime() {
        return transport.serverTime();
    }

    public @Nullable ClockReading clock() {
        return transport.clock();
    }

    /** The model's fields by name. */
    public ObjectNode fieldsGet(String model) {
        ArrayNode attributes = JSON.arrayNode()
                .add("type")
                .add("string")
                .add("required")
                .add("readonly")
                .add("store")
                .add("relation")
                .add("relation_field")
                .add("selection");
        ObjectNode options = JSON.objectNode();
        options.set("attributes", attributes);
        JsonNode result = read(new OdooCall(
                model, "fields_get", List.of(new OdooCall.Argument("allfields", JSON.arrayNode())), options, false));
        if (result instanceof ObjectNode fields) {
            return fields;
        }
        throw unreadable(model, "fields_get");
    }

    /** Rows that meet the domain, archived ones included. */
    public List<ObjectNode> searchRead(
            String model, ArrayNode domain, Collection<String> fields, String order, int limit) {
        ObjectNode options = JSON.objectNode();
        ArrayNode names = options.putArray("fields");
        fields.forEach(names::add);
        if (limit > 0) {
            options.put("limit", limit);
        }
        if (!order.isEmpty()) {
            options.put("order", order);
        }
        options.set("context", READ_CONTEXT);
        JsonNode result = read(
                new OdooCall(model, "search_read", List.of(new OdooCall.Argument("domain", domain)), options, false));
        List<ObjectNode> rows = new ArrayList<>(result.size());
        for (JsonNode row : result) {
            if (!(row instanceof ObjectNode object) || !object.path("id").isIntegralNumber()) {
                throw unreadable(model, "search_read");
            }
            rows.add(object);
        }
        return rows;
    }

    /** As {@link #searchRead(String, ArrayNode, Collection, String, int)}, all rows in no particular order. */
    public List<ObjectNode> searchRead(String model, ArrayNode domain, Collection<String> fields) {
        return searchRead(model, domain, fields, "", 0);
    }

    /** The new records' ids in the order of the rows. All or nothing. */
    public long[] create(String model, List<ObjectNode> rows) {
        ArrayNode values = JSON.arrayNode(rows.size());
        rows.forEach(values::add);
        JsonNode result = transport.call(new OdooCall(
                model, "create", List.of(new OdooCall.Argument("vals_list", values)), writeOptions(), true));
        long[] ids = new long[result.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = result.get(i).asLong();
        }
        if (!result.isArray() || ids.length != rows.size()) {
            throw new TargetTrouble(
                    TargetTrouble.Kind.UNREACHABLE,
                    "the server answered " + model + ".create of " + rows.size() + " rows with " + ids.length + " ids",
                    true,
                    null);
        }
        return ids;
    }

    /** Writes the same values to all ids. All or nothing. */
    public void write(String model, Collection<Long> ids, ObjectNode values) {
        ArrayNode places = JSON.arrayNode(ids.size());
        ids.forEach(places::add);
        List<OdooCall.Argument> arguments =
                List.of(new OdooCall.Argument("ids", places), new OdooCall.Argument("vals", values));
        transport.call(new OdooCall(model, "write", arguments, writeOptions(), true));
    }

    /** A read that is refused is nobody's record's fault. */
    private JsonNode read(OdooCall call) {
        try {
            return transport.call(call);
        } catch (OdooFault fault) {
            throw nobodysFault(call.label(), fault);
        }
    }

    private static TargetTrouble nobodysFault(String label, OdooFault fault) {
        boolean passing = fault.kind() == OdooFault.Kind.CONTENDED || fault.kind() == OdooFault.Kind.BROKEN;
        return new TargetTrouble(
                passing ? TargetTrouble.Kind.UNREACHABLE : TargetTrouble.Kind.MISCONFIGURED,
                "the server refuses " + label + ": " + fault.code() + ": " + OdooAnswers.firstLine(fault.words()));
    }

    private static ObjectNode writeOptions() {
        ObjectNode options = JSON.objectNode();
        options.set("context", WRITE_CONTEXT);
        return options;
    }

    private static TargetTrouble unreadable(String model, String method) {
        return new TargetTrouble(
                TargetTrouble.Kind.UNREACHABLE,
                "the server's answer to " + model + "." + method + " is not what Odoo answers");
    }
}
