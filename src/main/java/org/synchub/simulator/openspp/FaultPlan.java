package org.synchub.simulator.openspp;

import java.util.List;

/** Decides request by request what goes wrong. Called from many threads at once. */
@FunctionalInterface
public interface FaultPlan {

    /**
     * Called once per request, before anything is applied. It may block: that holds back this request only, while its
     * transaction has already begun.
     */
    List<Fault> faults(RpcCall call);

    /** Called once the request is applied and before it is answered; may block as well. */
    default void applied(RpcCall call) {}
}
