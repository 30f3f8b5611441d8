package org.synchub.endtoend;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.synchub.simulator.openspp.RpcCall;

/** The requests that a push makes of an OpenSPP, in the order in which it makes them. */
enum RequestStep {
    LOGIN(call -> call.method().equals("authenticate") || call.method().equals("login")),
    PREPARES(call -> call.method().equals("fields_get")),
    LOOKS_UP_KEYS(call -> call.is("g2p.reg.id", "search_read")),
    LOOKS_UP_PARTNERS(call -> call.is("res.partner", "search_read")),
    CREATES_HOUSEHOLDS(call -> call.is("res.partner", "create") && row(call).get("is_group") == Boolean.TRUE),
    CREATES_PEOPLE(call -> call.is("res.partner", "create") && row(call).get("is_group") == Boolean.FALSE),
    UPDATES_PEOPLE(call -> call.is("res.partner", "write") && !isMove(call) && !isArchiving(call)),
    MOVES_A_PERSON(call -> call.is("res.partner", "write") && isMove(call)),
    ENDS_MEMBERSHIPS_OF_THE_DELETED(call -> call.is("g2p.group.membership", "write")),
    ARCHIVES_THE_DELETED(call -> call.is("res.partner", "write") && isArchiving(call));

    private final Predicate<RpcCall> which;

    RequestStep(Predicate<RpcCall> which) {
        this.which = which;
    }

    boolean is(RpcCall call) {
        return which.test(call);
    }

    /** Whether the registry is changed by it. */
    boolean writes() {
        return ordinal() >= CREATES_HOUSEHOLDS.ordinal();
    }

    private static boolean isMove(RpcCall call) {
        return values(call).containsKey("individual_membership_ids");
    }

    private static boolean isArchiving(RpcCall call) {
        return values(call).containsKey("active");
    }

    private static Map<?, ?> row(RpcCall call) {
        Object first = call.args().get(0);
        return (Map<?, ?>) (first instanceof List<?> rows ? rows.get(0) : first);
    }

    private static Map<?, ?> values(RpcCall call) {
        return (Map<?, ?>) call.args().get(1);
    }
}
