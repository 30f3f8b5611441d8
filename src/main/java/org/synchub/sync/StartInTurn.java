package org.synchub.sync;

import org.apache.camel.CamelContext;
import org.apache.camel.support.LifecycleStrategySupport;
import org.synchub.ledger.StartTurn;

/** The routes of one hub start while no other hub's do, {@link StartTurn}. */
public final class StartInTurn extends LifecycleStrategySupport {

    private final StartTurn turn;

    public StartInTurn(StartTurn turn) {
        this.turn = turn;
    }

    @Override
    public void onContextStarting(CamelContext camel) {
        turn.take();
    }

    @Override
    public void onContextStarted(CamelContext camel) {
        turn.give();
    }

    @Override
    public void onContextStopping(CamelContext camel) {
        turn.give();
    }
}
