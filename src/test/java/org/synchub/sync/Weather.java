package org.synchub.sync;

import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.synchub.testing.FaultProxy.Fault;
import org.synchub.testing.FaultProxy.Plan;

/** What goes wrong between hubs and a registry for a while: one request, several in a row, or all. */
final class Weather implements Plan {

    private static final int EARLY = 12;

    /** A client waits half a second for these, so that they are rarer. */
    private static final int PATIENT = 4;

    private static final List<Fault> SINGLE = List.of(
            Fault.CUT_BEFORE_IT_ARRIVES,
            Fault.CUT_BEFORE_THE_ANSWER,
            Fault.CUT_INSIDE_THE_ANSWER,
            Fault.UNAVAILABLE,
            Fault.TOO_MANY_REQUESTS,
            Fault.LOGIN_EXPIRED,
            Fault.BAD_GATEWAY_AFTERWARDS,
            Fault.SLOW_ANSWER,
            Fault.ARRIVES_TWICE,
            Fault.ARRIVES_LATE,
            Fault.ERROR_UNDER_200,
            Fault.OTHER_PAGE_UNDER_200);

    private static final List<Fault> IN_A_ROW =
            List.of(Fault.UNAVAILABLE, Fault.TOO_MANY_REQUESTS, Fault.SLOW_ANSWER, Fault.ERROR_UNDER_200);

    private final Fault fault;
    private final int from;
    private final int to;
    private final Consumer<Fault> struck;

    private Weather(Fault fault, int from, int to, Consumer<Fault> struck) {
        this.fault = fault;
        this.from = from;
        this.to = to;
        this.struck = struck;
    }

    /** As {@link #of}, without a login that is refused: after that the hub lets a target be for five minutes. */
    static Weather withoutLongWaits(Random random, Consumer<Fault> struck) {
        Weather weather = of(random, struck);
        return weather.fault == Fault.LOGIN_EXPIRED
                ? new Weather(Fault.CUT_BEFORE_THE_ANSWER, weather.from, weather.to, struck)
                : weather;
    }

    /** @param struck is told of each request that goes wrong */
    static Weather of(Random random, Consumer<Fault> struck) {
        int from = random.nextInt(EARLY);
        int dice = random.nextInt(12);
        if (dice == 0) {
            return new Weather(Fault.CUT_BEFORE_IT_ARRIVES, from, Integer.MAX_VALUE, struck);
        }
        if (dice < 4) {
            Fault fault = IN_A_ROW.get(random.nextInt(IN_A_ROW.size()));
            return new Weather(fault, from, from + 2 + random.nextInt(6), struck);
        }
        Fault fault = random.nextInt(SINGLE.size() * PATIENT) == 0
                ? Fault.NO_ANSWER_IN_TIME
                : SINGLE.get(random.nextInt(SINGLE.size()));
        return new Weather(fault, from, from + 1, struck);
    }

    @Override
    public @Nullable Fault at(int place, String request) {
        if (place < from || place >= to || (fault == Fault.ARRIVES_TWICE && addsRecords(request))) {
            return null;
        }
        struck.accept(fault);
        return fault;
    }

    /** OpenSPP has no key by which it could tell such a request from its copy, and no client's library sends copies of it. */
    private static boolean addsRecords(String request) {
        return request.contains("\"create\"") || request.matches("(?s).*\\[0,\\s*0,.*");
    }
}
