package org.synchub.sync;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.synchub.target.TargetHttp;
import org.synchub.target.TargetTrouble;

/** One hub's way to a registry of a history: every request is a step at which the hub can end or others can act. */
final class HistoryTarget implements TargetHttp {

    private final Windows windows;
    private final Boundaries boundaries;
    private final TargetHttp way;
    private @Nullable Random weather;

    HistoryTarget(Windows windows, Boundaries boundaries, TargetHttp way) {
        this.windows = windows;
        this.boundaries = boundaries;
        this.way = way;
    }

    /** From now on one in fifty requests, or its answer, is lost. */
    void storm(@Nullable Random random) {
        weather = random;
    }

    /** The hub sets to work. */
    void begin() {
        windows.begin();
    }

    @Override
    public Answer exchange(Call call) {
        int luck = weather == null ? 50 : weather.nextInt(50);
        if (luck == 0) {
            throw cut(call);
        }
        boundaries.request("before " + call.label());
        Answer answer = way.exchange(call);
        boundaries.request("after " + call.label());
        if (luck == 1) {
            throw cut(call);
        }
        return answer;
    }

    private static TargetTrouble cut(Call call) {
        return new TargetTrouble(
                TargetTrouble.Kind.UNREACHABLE,
                "the connection broke during " + call.label(),
                !call.repeatable(),
                null);
    }

    /** A way to a simulator in this process: no sockets, but the same bytes. */
    static TargetHttp inMemory(HistoryWorld world, String target, Windows windows) {
        return call -> {
            byte[] body = call.body();
            if (body == null) {
                throw new IllegalArgumentException("Only JSON-RPC is spoken here");
            }
            Leases.checkBeforeRequest();
            windows.arrives(body);
            byte[] answer = world.server(target).answer(body);
            windows.answered(body, answer);
            String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                    world.time(target).atOffset(ZoneOffset.UTC));
            return new Answer(200, Map.of("Date", List.of(date), "Content-Type", List.of("application/json")), answer);
        };
    }
}
