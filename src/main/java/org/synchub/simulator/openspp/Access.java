package org.synchub.simulator.openspp;

import java.util.Map;
import java.util.Set;

/** Who may do what on which model, as recorded for OpenSPP 17.0.1.3's groups. */
final class Access {

    enum Operation {
        READ("access"),
        CREATE("create"),
        WRITE("modify"),
        UNLINK("delete");

        private final String verb;

        Operation(String verb) {
            this.verb = verb;
        }
    }

    private static final Set<String> REGISTRY = Set.of(Models.PARTNER, Models.REG_ID, Models.PHONE, Models.MEMBERSHIP);
    private static final Set<String> OF_EVERY_EMPLOYEE = Set.of(Models.PARTNER, Models.USERS, "res.country");
    /** Models that exist in the real registry, are closed to its users, and are not simulated. */
    private static final Map<String, String> CLOSED = Map.of(
            "ir.model.data", "Model Data", "spp.import.match", "Import Matching", "account.move", "Journal Entry");

    private Access() {}

    static boolean isClosed(String model) {
        return CLOSED.containsKey(model);
    }

    static void check(RegistryUser user, Model model, Operation operation) {
        if (!allows(user.role(), model.name, operation)) {
            throw OdooError.access(operation.verb, model.description, model.name, groups(model.name, operation));
        }
    }

    static void checkClosed(RegistryUser user, String model, Operation operation) {
        if (user.role() != Role.SETTINGS_ADMIN) {
            String description = CLOSED.getOrDefault(model, model);
            throw OdooError.access(operation.verb, description, model, groups(model, operation));
        }
    }

    private static boolean allows(Role role, String model, Operation operation) {
        return switch (role) {
            case SETTINGS_ADMIN -> true;
            case REGISTRY_ADMIN -> operation == Operation.READ || !Models.isConfiguration(model);
            case REGISTRAR ->
                operation == Operation.READ || (operation != Operation.UNLINK && REGISTRY.contains(model));
            case INTERNAL_USER -> operation == Operation.READ && OF_EVERY_EMPLOYEE.contains(model);
        };
    }

    private static String[] groups(String model, Operation operation) {
        return switch (model) {
            case "ir.model.data" -> new String[] {"Administration/Access Rights", "ID Distributor"};
            case "account.move" ->
                new String[] {
                    "Invoicing/Billing",
                    "Invoicing/Billing Administrator",
                    "Program Manager",
                    "Technical/Show Accounting Features - Readonly",
                    "User types/Portal"
                };
            case Models.PARTNER ->
                operation == Operation.UNLINK
                        ? new String[] {"Administrator"}
                        : new String[] {"Extra Rights/Contact Creation", "Inventory/Administrator", "Registrar"};
            default ->
                operation == Operation.UNLINK
                        ? new String[] {"Administrator"}
                        : new String[] {"Administrator", "Program Manager", "Registrar"};
        };
    }
}
