package org.synchub.simulator.openspp;

import java.util.List;
import java.util.Map;

/**
 * One request as it arrived: what fault plans decide on.
 *
 * @param number counts requests from 1
 * @param service {@code common} or {@code object}
 * @param model the model of an {@code execute_kw}, else empty
 * @param method the model's method, or that of the service
 * @param uid the user's id, 0 where none is sent
 * @param args the method's positional arguments
 * @param kwargs the method's keyword arguments
 */
public record RpcCall(
        long number,
        String service,
        String model,
        String method,
        int uid,
        List<Object> args,
        Map<String, Object> kwargs) {

    private static final String RESULT_OF_CREATE = "create";

    /** Whether this is a call of a model's method, for instance {@code is("res.partner", "create")}. */
    public boolean is(String wantedModel, String wantedMethod) {
        return model.equals(wantedModel) && method.equals(wantedMethod);
    }

    /** Whether the method changes records. */
    public boolean isWrite() {
        return switch (method) {
            case RESULT_OF_CREATE, "write", "unlink", "enable_registrant", "search_or_create" -> true;
            default -> false;
        };
    }

    /** How many records the call names: rows of a create, ids of other methods. */
    public int records() {
        if (args.isEmpty() || method.startsWith("search") || method.equals("fields_get")) {
            return 0;
        }
        return args.get(0) instanceof List<?> list ? list.size() : 1;
    }

    /** Names the call without its values. */
    @Override
    public String toString() {
        return "#" + number + " " + (model.isEmpty() ? service : model) + "." + method + "(" + records() + ")";
    }
}
