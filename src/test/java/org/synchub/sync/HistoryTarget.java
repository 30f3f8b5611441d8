package org.synchub.sync;

import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.target.TargetHttp;
import org.synchub.target.TargetTrouble;

/** The way to a simulator in this process: no sockets, but the same bytes, and a connection that can break. */
final class HistoryTarget implements TargetHttp {

    private final OpenSppSimulator server;
    private final Boundaries boundaries;
    private final Clock clock;
    private @Nullable Random weather;

    HistoryTarget(OpenSppSimulator server, Boundaries boundaries, Clock clock) {
        this.server = server;
        this.boundaries = boundaries;
        this.clock = clock;
    }

    /** From now on one in fifty requests, or its answer, is lost. */
    void storm(@Nullable Random random) {
        weather = random;
    }

    @Override
    public Answer exchange(Call call) {
        byte[] body = call.body();
        if (body == null) {
            throw new IllegalArgumentException("Only JSON-RPC is spoken here");
        }
        int luck = weather == null ? 50 : weather.nextInt(50);
        if (luck == 0) {
            throw cut(call);
        }
        boundaries.request("before " + call.label());
        byte[] answer = server.answer(body);
        boundaries.request("after " + call.label());
        if (luck == 1) {
            throw cut(call);
        }
        String date =
                DateTimeFormatter.RFC_1123_DATE_TIME.format(clock.instant().atOffset(ZoneOffset.UTC));
        return new Answer(200, Map.of("Date", List.of(date), "Content-Type", List.of("application/json")), answer);
    }

    private static TargetTrouble cut(Call call) {
        return new TargetTrouble(
                TargetTrouble.Kind.UNREACHABLE,
                "the connection broke during " + call.label(),
                !call.repeatable(),
                null);
    }
}
