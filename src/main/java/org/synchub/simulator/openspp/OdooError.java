package org.synchub.simulator.openspp;

import java.util.Arrays;
import java.util.stream.Collectors;

/** An error the way Odoo reports it: a Python class name and a message, under HTTP 200. */
final class OdooError extends RuntimeException {

    private static final String USER_GROUPS = "OpenG2P Module Access/";

    private final String type;

    OdooError(String type, String message) {
        super(message, null, false, false);
        this.type = type;
    }

    String type() {
        return type;
    }

    String text() {
        String message = getMessage();
        return message == null ? "" : message;
    }

    static OdooError validation(String message) {
        return new OdooError("odoo.exceptions.ValidationError", message);
    }

    static OdooError user(String message) {
        return new OdooError("odoo.exceptions.UserError", message);
    }

    static OdooError value(String message) {
        return new OdooError("builtins.ValueError", message);
    }

    static OdooError typeError(String message) {
        return new OdooError("builtins.TypeError", message);
    }

    static OdooError invalidField(String field, String model) {
        return value("Invalid field '" + field + "' on model '" + model + "'");
    }

    static OdooError wrongValue(String model, Field field, Object value) {
        return value("Wrong value for " + model + "." + field.name + ": " + python(value));
    }

    static OdooError missing(String model, int[] ids, int uid) {
        return new OdooError(
                "odoo.exceptions.MissingError",
                "Record does not exist or has been deleted.\n(Record: " + model + tuple(ids) + ", User: " + uid + ")");
    }

    static OdooError singleton(String model, int[] ids) {
        return value("Expected singleton: " + model + tuple(ids));
    }

    static OdooError mandatory(Model model, Field field) {
        return validation("The operation cannot be completed:\n- Create/update: a mandatory field is not set.\n"
                + "- Delete: another model requires the record being deleted. If possible, archive it instead.\n\n"
                + "Model: " + model.description + " (" + model.name + ")\nField: " + field.label + " (" + field.name
                + ")\n");
    }

    static OdooError foreignKey(Model model, Field field) {
        return validation("The operation cannot be completed: another model requires the record being deleted."
                + " If possible, archive it instead.\n\nModel: " + model.description + " (" + model.name
                + ")\nConstraint: " + model.name.replace('.', '_') + "_" + field.name + "_fkey\n");
    }

    static OdooError accessDenied() {
        return new OdooError("odoo.exceptions.AccessDenied", "Access Denied");
    }

    /** {@code verb} is access, create, modify or delete; {@code groups} are those that could do it. */
    static OdooError access(String verb, String description, String model, String... groups) {
        String allowed = Arrays.stream(groups)
                .map(group -> "\n\t- " + (group.indexOf('/') < 0 ? USER_GROUPS + group : group))
                .collect(Collectors.joining());
        return new OdooError(
                "odoo.exceptions.AccessError",
                "You are not allowed to " + verb + " '" + description + "' (" + model + ") records.\n\n"
                        + "This operation is allowed for the following groups:" + allowed
                        + "\n\nContact your administrator to request access if necessary.");
    }

    static OdooError serializationFailure() {
        return new OdooError(
                "psycopg2.errors.SerializationFailure", "could not serialize access due to concurrent update\n");
    }

    static OdooError unknownDatabase(String database) {
        return new OdooError(
                "psycopg2.OperationalError",
                "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  database \"" + database
                        + "\" does not exist\n");
    }

    static OdooError notSimulated(String what) {
        return new OdooError("builtins.NotImplementedError", "The OpenSPP simulator does not do " + what);
    }

    private static String tuple(int[] ids) {
        if (ids.length == 1) {
            return "(" + ids[0] + ",)";
        }
        return Arrays.stream(ids).mapToObj(Integer::toString).collect(Collectors.joining(", ", "(", ")"));
    }

    private static String python(Object value) {
        if (value instanceof Boolean flag) {
            return flag ? "True" : "False";
        }
        return value instanceof String ? "'" + value + "'" : String.valueOf(value);
    }
}
