package org.synchub.sync;

import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synchub.target.Adapter;
import org.synchub.target.ChangePage;
import org.synchub.target.RemoteChange;

/** What a pull takes must be newer than the pull before it, by the hub's clock. */
final class CursorByTime implements Planted {

    private final Map<String, Instant> pulled = new HashMap<>();

    @Override
    public Adapter around(String target, Adapter adapter, Clock clock) {
        return new DecoratedAdapter(adapter) {
            @Override
            public ChangePage changes(@Nullable String cursor, int limit) {
                Instant since = pulled.getOrDefault(target, Instant.EPOCH);
                ChangePage page = real.changes(cursor, limit);
                List<RemoteChange> newer = page.changes().stream()
                        .filter(change ->
                                change.changedAt() == null || change.changedAt().isAfter(since))
                        .toList();
                if (!page.more()) {
                    pulled.put(target, clock.instant());
                }
                return new ChangePage(newer, page.cursor(), page.more());
            }
        };
    }
}
