package org.synchub.simulator.openspp;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A running transaction: who, when it began, and what it changed, so that it can be taken back. */
final class Tx {

    /** Someone changed a row after this transaction began. */
    static final class Overtaken extends RuntimeException {
        Overtaken() {
            super(null, null, false, false);
        }
    }

    record Change(Table table, @Nullable Row old, @Nullable Row now) {}

    final Store store;
    final RegistryUser user;
    /** The transaction's start in microseconds: the write_date of everything it writes. */
    final long now;

    private final boolean mayBeOvertaken;
    private final List<Change> changes = new ArrayList<>();

    Tx(Store store, RegistryUser user, long now, boolean mayBeOvertaken) {
        this.store = store;
        this.user = user;
        this.now = now;
        this.mayBeOvertaken = mayBeOvertaken;
    }

    List<Change> changes() {
        return changes;
    }

    Row insert(Table table, int id, @Nullable Object[] values) {
        Row row = new Row(id, now, user.uid(), now, user.uid(), values);
        apply(new Change(table, null, row));
        return row;
    }

    Row update(Table table, Row old, @Nullable Object[] values) {
        if (mayBeOvertaken && old.writeDate > now) {
            throw new Overtaken();
        }
        Row row = new Row(old.id, old.createDate, old.createUid, now, user.uid(), values);
        apply(new Change(table, old, row));
        return row;
    }

    /** Rewrites a row without new values, as a recomputation does. */
    void touch(Table table, int id) {
        Row row = table.get(id);
        if (row != null && (row.writeDate != now || row.writeUid != user.uid())) {
            update(table, row, row.values);
        }
    }

    void delete(Table table, Row old) {
        apply(new Change(table, old, null));
    }

    private void apply(Change change) {
        change.table().replace(change.old(), change.now());
        changes.add(change);
    }

    void rollback() {
        for (int i = changes.size() - 1; i >= 0; i--) {
            Change change = changes.get(i);
            change.table().replace(/* old= */ change.now(), /* now= */ change.old());
        }
        changes.clear();
    }
}
