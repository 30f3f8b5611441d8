package org.synchub.sync;

import java.util.Locale;
import org.synchub.testing.OpenSppTarget;

/** As the wire of one process, but each process gets addresses of its own, and time goes by itself. */
final class RunningWire extends HistoryWire {

    /** A setting by which a process is told its own way to a target. */
    static String addressOf(String target) {
        return "ADDRESS_" + target.toUpperCase(Locale.ROOT);
    }

    @Override
    public String mapping(String target, String tenant) {
        String own = "${" + addressOf(target) + ":" + proxy(target).url() + "}";
        return OpenSppTarget.mapping(target, tenant, own)
                .replace("longestWrite: 1s\n  readTimeout: 10s", "longestWrite: 3s\n  readTimeout: 1s");
    }
}
