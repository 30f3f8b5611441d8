package org.synchub.sync;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.synchub.mapping.Mapping;
import org.synchub.target.Adapter;
import org.synchub.target.AdapterFactory;
import org.synchub.target.TargetHttp;
import org.synchub.target.TargetTrouble;

/**
 * An adapter whose reads reach the target and whose writes do not: the first write of what it is asked for is kept
 * instead of sent, and ends it. Used once, by one thread.
 */
final class Rehearsal implements TargetHttp, AutoCloseable {

    /** Makes one for a target. */
    @FunctionalInterface
    interface Maker {
        Rehearsal make();
    }

    private final TargetHttp way;
    private final List<Answer> read = new ArrayList<>();
    private @Nullable Call heldBack;
    private @Nullable Adapter adapter;

    private Rehearsal(TargetHttp way) {
        this.way = way;
    }

    static Rehearsal of(AdapterFactory factory, Mapping mapping, TargetHttp way, Clock clock) {
        Rehearsal rehearsal = new Rehearsal(way);
        rehearsal.adapter = factory.create(mapping, rehearsal, clock);
        return rehearsal;
    }

    Adapter adapter() {
        if (adapter == null) {
            throw new IllegalStateException("a rehearsal has its adapter from the start");
        }
        return adapter;
    }

    @Override
    public Answer exchange(Call call) {
        if (call.write()) {
            if (heldBack == null) {
                heldBack = call;
            }
            throw new TargetTrouble(TargetTrouble.Kind.UNREACHABLE, "Held back: this is a preview");
        }
        Answer answer = way.exchange(call);
        read.add(answer);
        return answer;
    }

    /** The request that was kept instead of sent; null where none was to be sent. */
    @Nullable
    Call heldBack() {
        return heldBack;
    }

    /** The answers to what was read since this was asked last. */
    List<Answer> takeRead() {
        List<Answer> taken = List.copyOf(read);
        read.clear();
        return taken;
    }

    @Override
    public void close() {
        if (adapter != null) {
            adapter.close();
        }
    }
}
