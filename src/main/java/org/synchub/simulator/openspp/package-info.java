/**
 * A registry that answers like OpenSPP 17.0.1.3 on Odoo 17: JSON-RPC at {@code /jsonrpc}, the models a sync hub uses and
 * the surprises recorded from a real server. The demo starts it inside the hub's process, tests start it too.
 *
 * <p>It is a stand-in for a server that cannot be shipped along, not a registry: everything lives in memory, optionally
 * backed by a {@linkplain org.synchub.simulator.openspp.OpenSppSimulator.Builder#journal journal file}.
 */
@NullMarked
package org.synchub.simulator.openspp;

import org.jspecify.annotations.NullMarked;
