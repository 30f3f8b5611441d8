package org.synchub.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.synchub.simulator.openspp.Fault;
import org.synchub.simulator.openspp.FaultPlan;
import org.synchub.simulator.openspp.RpcCall;

/** When values that begin with {@value #MARK} were first written at a registry, by the machine's clock. */
final class Arrivals implements FaultPlan {

    static final String MARK = "Live-";

    private final Map<String, Instant> first = new ConcurrentHashMap<>();

    @Override
    public List<Fault> faults(RpcCall call) {
        return List.of();
    }

    @Override
    public void applied(RpcCall call) {
        if (call.isWrite()) {
            note(call.args(), Instant.now());
        }
    }

    private void note(Object value, Instant now) {
        if (value instanceof String text && text.startsWith(MARK)) {
            first.putIfAbsent(text, now);
        } else if (value instanceof List<?> list) {
            list.forEach(each -> note(each, now));
        } else if (value instanceof Map<?, ?> map) {
            map.values().forEach(each -> note(each, now));
        }
    }

    /** Microseconds of the epoch by value. */
    void tell(ObjectNode answer) {
        first.forEach((mark, at) -> answer.put(mark, micros(at)));
    }

    static long micros(Instant at) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, at);
    }
}
