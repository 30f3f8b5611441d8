package org.synchub.simulator.openspp;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A method's arguments by name, checked against its signature as Python would. */
final class Arguments {

    private final Map<String, Object> byName = new HashMap<>();
    private final Map<String, Object> context;

    /**
     * @param function the name Python shows, for instance {@code BaseModel.write}
     * @param required how many of the parameters must be given
     */
    Arguments(String function, RpcCall call, int required, String... parameters) {
        List<Object> args = call.args();
        if (args.size() > parameters.length) {
            throw OdooError.typeError(function + "() takes from " + (required + 1) + " to " + (parameters.length + 1)
                    + " positional arguments but " + (args.size() + 1) + " were given");
        }
        for (int i = 0; i < args.size(); i++) {
            byName.put(parameters[i], args.get(i));
        }
        Map<String, Object> named = Map.of();
        for (Map.Entry<String, Object> keyword : call.kwargs().entrySet()) {
            String name = keyword.getKey();
            if (name.equals("context")) {
                named = keyword.getValue() == null ? Map.of() : Values.object(keyword.getValue());
                continue;
            }
            if (!List.of(parameters).contains(name)) {
                throw OdooError.typeError(function + "() got an unexpected keyword argument '" + name + "'");
            }
            if (byName.containsKey(name)) {
                throw OdooError.typeError(function + "() got multiple values for argument '" + name + "'");
            }
            byName.put(name, keyword.getValue());
        }
        this.context = named;
        for (int i = 0; i < required; i++) {
            if (!byName.containsKey(parameters[i])) {
                throw OdooError.typeError(
                        function + "() missing 1 required positional argument: '" + parameters[i] + "'");
            }
        }
    }

    @Nullable
    Object get(String name) {
        return byName.get(name);
    }

    boolean has(String name) {
        return byName.containsKey(name);
    }

    boolean activeTest() {
        return !context.containsKey("active_test") || Values.truth(context.get("active_test"));
    }

    int number(String name) {
        Object value = byName.get(name);
        if (value == null || Boolean.FALSE.equals(value)) {
            return 0;
        }
        if (value instanceof Integer number && number >= 0) {
            return number;
        }
        throw OdooError.value("Wrong value for " + name + ": " + value);
    }

    @Nullable
    String text(String name) {
        return byName.get(name) instanceof String text && !text.isEmpty() ? text : null;
    }

    List<?> list(String name) {
        return byName.get(name) instanceof List<?> list ? list : List.of();
    }

    /** Record ids: a list of them or a single one. */
    int[] ids(String name) {
        Object value = byName.get(name);
        if (value instanceof Integer id) {
            return new int[] {id};
        }
        if (!(value instanceof List<?> list)) {
            throw OdooError.typeError("ids must be a list of integers");
        }
        int[] ids = new int[list.size()];
        for (int i = 0; i < ids.length; i++) {
            if (!(list.get(i) instanceof Integer id)) {
                throw OdooError.typeError("ids must be a list of integers");
            }
            ids[i] = id;
        }
        return ids;
    }
}
