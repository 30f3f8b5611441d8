package org.synchub.simulator.openspp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The rows of one model with their indexes: by id, by (write_date, id) and by each indexed field. */
final class Table {

    static final int[] NONE = {};

    private static final Comparator<Row> BY_WRITE_DATE =
            Comparator.<Row>comparingLong(row -> row.writeDate).thenComparingInt(row -> row.id);

    final Model model;
    /** False for what is configuration rather than data and so is not journaled. */
    final boolean durable;

    private final TreeSet<Row> byWriteDate = new TreeSet<>(BY_WRITE_DATE);
    private final List<Index> indexes = new ArrayList<>();
    private final @Nullable Index[] indexBySlot;
    private @Nullable Row[] rows = new Row[64];
    private int size;
    private int nextId = 1;

    Table(Model model, boolean durable) {
        this.model = model;
        this.durable = durable;
        this.indexBySlot = new Index[model.columns];
        for (Field field : model.fields.values()) {
            if (field.slot >= 0 && field.indexed()) {
                Index index =
                        field.type == Field.Type.MANY2ONE ? new ReferenceIndex(field.slot) : new TextIndex(field.slot);
                indexes.add(index);
                indexBySlot[field.slot] = index;
            }
        }
    }

    @Nullable
    Row get(int id) {
        return id > 0 && id < rows.length ? rows[id] : null;
    }

    int size() {
        return size;
    }

    /** Ids are taken for good, as a PostgreSQL sequence does: a failed transaction leaves a gap. */
    int takeId() {
        return nextId++;
    }

    int nextId() {
        return nextId;
    }

    void nextIdAtLeast(int id) {
        nextId = Math.max(nextId, id);
    }

    boolean hasIndex(Field field) {
        return field.slot >= 0 && indexBySlot[field.slot] != null;
    }

    /** Ascending ids of the rows whose indexed field has this value. */
    int[] lookup(Field field, Object value) {
        Index index = field.slot < 0 ? null : indexBySlot[field.slot];
        if (index == null) {
            throw new IllegalStateException("Field " + field.name + " of " + model.name + " has no index");
        }
        return index.ids(value);
    }

    /** Rows in (write_date, id) order within the given bounds, both inclusive. */
    Iterable<Row> byWriteDate(long from, long to, boolean descending) {
        if (from > to) {
            return List.of();
        }
        Row low = new Row(Integer.MIN_VALUE, 0, 0, from, 0, new Object[0]);
        Row high = new Row(Integer.MAX_VALUE, 0, 0, to, 0, new Object[0]);
        var range = byWriteDate.subSet(low, true, high, true);
        return descending ? range.descendingSet() : range;
    }

    Backup.Kept kept() {
        return new Backup.Kept(List.copyOf(byWriteDate), nextId);
    }

    /** Goes back to what was kept, as a restored PostgreSQL does: the ids given since are given again. */
    void restore(Backup.Kept kept) {
        List.copyOf(byWriteDate).forEach(row -> replace(row, null));
        kept.rows().forEach(row -> replace(null, row));
        nextId = kept.nextId();
    }

    int highestId() {
        return Math.min(nextId, rows.length) - 1;
    }

    /** Puts, changes or removes a row; null on one side means it does not exist there. */
    void replace(@Nullable Row old, @Nullable Row now) {
        if (old != null) {
            byWriteDate.remove(old);
            rows[old.id] = null;
            size--;
        }
        if (now != null) {
            if (now.id >= rows.length) {
                rows = Arrays.copyOf(rows, Math.max(now.id + 1, rows.length * 2));
            }
            rows[now.id] = now;
            byWriteDate.add(now);
            size++;
        }
        for (Index index : indexes) {
            Object before = old == null ? null : old.values[index.slot];
            Object after = now == null ? null : now.values[index.slot];
            if (!Objects.equals(before, after)) {
                if (before != null && old != null) {
                    index.remove(before, old.id);
                }
                if (after != null && now != null) {
                    index.add(after, now.id);
                }
            }
        }
    }

    /** From a value to the ascending ids of the rows that hold it. */
    private abstract static class Index {
        final int slot;

        Index(int slot) {
            this.slot = slot;
        }

        abstract int[] ids(Object value);

        abstract void put(Object value, int[] ids);

        void add(Object value, int id) {
            int[] present = ids(value);
            int[] grown = Arrays.copyOf(present, present.length + 1);
            grown[present.length] = id;
            if (present.length > 0 && present[present.length - 1] > id) {
                Arrays.sort(grown);
            }
            put(value, grown);
        }

        void remove(Object value, int id) {
            int[] present = ids(value);
            int at = Arrays.binarySearch(present, id);
            if (at >= 0) {
                int[] shrunk = new int[present.length - 1];
                System.arraycopy(present, 0, shrunk, 0, at);
                System.arraycopy(present, at + 1, shrunk, at, shrunk.length - at);
                put(value, shrunk);
            }
        }
    }

    private static final class TextIndex extends Index {
        private final Map<Object, int[]> ids = new HashMap<>();

        TextIndex(int slot) {
            super(slot);
        }

        @Override
        int[] ids(Object value) {
            return ids.getOrDefault(value, NONE);
        }

        @Override
        void put(Object value, int[] now) {
            if (now.length == 0) {
                ids.remove(value);
            } else {
                ids.put(value, now);
            }
        }
    }

    /** By a record's id; an array, since at a million children a map of boxed numbers weighs more than the rows. */
    private static final class ReferenceIndex extends Index {
        private int[] @Nullable [] ids = new int[64][];

        ReferenceIndex(int slot) {
            super(slot);
        }

        @Override
        int[] ids(Object value) {
            int key = value instanceof Integer id ? id : -1;
            int[] found = key < 0 || key >= ids.length ? null : ids[key];
            return found == null ? NONE : found;
        }

        @Override
        void put(Object value, int[] now) {
            int key = (Integer) value;
            if (key >= ids.length) {
                ids = Arrays.copyOf(ids, Math.max(key + 1, ids.length * 2));
            }
            ids[key] = now.length == 0 ? null : now;
        }
    }
}
