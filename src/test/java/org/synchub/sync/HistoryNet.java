package org.synchub.sync;

import org.apache.camel.CamelContext;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.target.TargetHttp;
import org.synchub.testing.OpenSppTarget;

/** How the hubs of a history reach its registries. */
interface HistoryNet extends AutoCloseable {

    /** Makes a registry that this net leads to. */
    OpenSppSimulator registry(String target, OpenSppSimulator.Builder builder);

    /** The mapping of a target, with its address. */
    String mapping(String target, String tenant);

    /** Called once, when the first hub knows its targets. */
    void connect(CamelContext camel, TargetRegistry targets);

    /** One hub's way to a target. */
    TargetHttp way(HistoryWorld world, String target, Windows windows, TargetHttp http);

    /** Something may go wrong on the way to this target until {@link #calm}. */
    void trouble(HistoryWorld world, String target);

    void calm();

    /** What has been under way for long arrives, before time passes by which nothing can be under way any more. */
    void deliverLate();

    @Override
    void close();

    /** In memory, without sockets. */
    static HistoryNet offline() {
        return new HistoryNet() {
            @Override
            public OpenSppSimulator registry(String target, OpenSppSimulator.Builder builder) {
                return builder.offline();
            }

            @Override
            public String mapping(String target, String tenant) {
                return OpenSppTarget.mapping(target, tenant, "http://127.0.0.1:1");
            }

            @Override
            public void connect(CamelContext camel, TargetRegistry targets) {
                camel.start();
            }

            @Override
            public TargetHttp way(HistoryWorld world, String target, Windows windows, TargetHttp http) {
                return HistoryTarget.inMemory(world, target, windows);
            }

            @Override
            public void trouble(HistoryWorld world, String target) {
                // A method call does not go wrong.
            }

            @Override
            public void calm() {
                // It is always calm.
            }

            @Override
            public void deliverLate() {
                // Nothing is ever under way.
            }

            @Override
            public void close() {
                // Nothing was opened.
            }
        };
    }
}
