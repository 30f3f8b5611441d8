package org.synchub.sync;

import java.util.function.Function;
import javax.sql.DataSource;

/** Lives histories with hubs, registries and faults in this process, over real HTTP and on a real database. */
public final class InProcess {

    private static final int STEPS = 60;

    private InProcess() {}

    /** Lives the history of a seed. The database has been migrated, and no other history lives on it meanwhile. */
    public static Lived live(DataSource store, long seed) {
        return live(seed, s -> new History(store, new HistoryWire(), s));
    }

    static Lived live(long seed, Function<Long, History> make) {
        long start = System.nanoTime();
        try (History history = make.apply(seed)) {
            String failure = Lived.failureOf(() -> history.live(STEPS));
            return new Lived(seed, (System.nanoTime() - start) / 1e9, history.faults(), failure, history.told());
        }
    }
}
