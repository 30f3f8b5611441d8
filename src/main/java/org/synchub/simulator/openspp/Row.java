package org.synchub.simulator.openspp;

import org.jspecify.annotations.Nullable;

/**
 * One record; never changed, only replaced. Times are microseconds since 1970 UTC. A column holds a String (char, text,
 * selection, date), Boolean, Integer (integer, many2one), Double, Long (datetime), int[] (many2many) or null.
 */
final class Row {

    final int id;
    final long createDate;
    final int createUid;
    final long writeDate;
    final int writeUid;
    final @Nullable Object[] values;

    Row(int id, long createDate, int createUid, long writeDate, int writeUid, @Nullable Object[] values) {
        this.id = id;
        this.createDate = createDate;
        this.createUid = createUid;
        this.writeDate = writeDate;
        this.writeUid = writeUid;
        this.values = values;
    }

    @Nullable
    Object get(int slot) {
        return slot < 0 ? null : values[slot];
    }

    @Nullable
    String text(int slot) {
        return get(slot) instanceof String value ? value : null;
    }

    boolean flag(int slot) {
        return Boolean.TRUE.equals(get(slot));
    }

    int reference(int slot) {
        return get(slot) instanceof Integer value ? value : 0;
    }
}
