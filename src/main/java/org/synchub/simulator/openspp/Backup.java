package org.synchub.simulator.openspp;

import java.util.List;
import java.util.Map;

/** What a registry held at a time: its rows, and the ids that it would have given next. */
public final class Backup {

    private final Map<String, Kept> tables;

    Backup(Map<String, Kept> tables) {
        this.tables = tables;
    }

    /** One model's part. */
    record Kept(List<Row> rows, int nextId) {}

    Map<String, Kept> tables() {
        return tables;
    }
}
