package org.synchub.target.openspp.odoo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * One call of a model's method.
 *
 * @param arguments in the method's order, each with its name, so that a transport can pass them by place or by name
 * @param options arguments that every transport passes by name
 * @param write whether the call changes anything
 */
public record OdooCall(String model, String method, List<Argument> arguments, ObjectNode options, boolean write) {

    public record Argument(String name, JsonNode value) {}

    /** What is asked, fit for logs and metrics. */
    public String label() {
        return model + "." + method;
    }

    /** Only what is asked: the arguments hold people's data. */
    @Override
    public String toString() {
        return "OdooCall[" + label() + "]";
    }
}
