package org.synchub.simulator.openspp;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A search condition in Odoo's sense, ready to be asked row by row and to say which rows are worth asking. */
sealed interface Domain permits Domain.All, Domain.And, Domain.Or, Domain.Not, Domain.Path, Leaf {

    boolean matches(Store store, Row row);

    /** Ids, without doubles, among which all matches are; null where only a scan can tell. */
    default int @Nullable [] candidates(Store store, Table table) {
        return null;
    }

    /** Narrows the range of a magic field (id or write_date) that matches can have; both ends inclusive. */
    default Range range(Field.Source field) {
        return Range.ALL;
    }

    record Range(long from, long to) {
        static final Range ALL = new Range(Long.MIN_VALUE, Long.MAX_VALUE);

        Range and(Range other) {
            return new Range(Math.max(from, other.from), Math.min(to, other.to));
        }

        Range or(Range other) {
            return new Range(Math.min(from, other.from), Math.max(to, other.to));
        }
    }

    /** Everything, or with {@code yes} false nothing. */
    record All(boolean yes) implements Domain {
        @Override
        public boolean matches(Store store, Row row) {
            return yes;
        }

        @Override
        public int @Nullable [] candidates(Store store, Table table) {
            return yes ? null : Table.NONE;
        }
    }

    record And(List<Domain> parts) implements Domain {
        @Override
        public boolean matches(Store store, Row row) {
            for (Domain part : parts) {
                if (!part.matches(store, row)) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public int @Nullable [] candidates(Store store, Table table) {
            int[] fewest = null;
            for (Domain part : parts) {
                int[] ids = part.candidates(store, table);
                if (ids != null && (fewest == null || ids.length < fewest.length)) {
                    fewest = ids;
                }
            }
            return fewest;
        }

        @Override
        public Range range(Field.Source field) {
            Range range = Range.ALL;
            for (Domain part : parts) {
                range = range.and(part.range(field));
            }
            return range;
        }
    }

    record Or(List<Domain> parts) implements Domain {
        @Override
        public boolean matches(Store store, Row row) {
            for (Domain part : parts) {
                if (part.matches(store, row)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public int @Nullable [] candidates(Store store, Table table) {
            Ids union = new Ids();
            for (Domain part : parts) {
                int[] ids = part.candidates(store, table);
                if (ids == null) {
                    return null;
                }
                union.addAll(ids);
            }
            return union.distinct();
        }

        @Override
        public Range range(Field.Source field) {
            Range range = parts.get(0).range(field);
            for (Domain part : parts) {
                range = range.or(part.range(field));
            }
            return range;
        }
    }

    record Not(Domain part) implements Domain {
        @Override
        public boolean matches(Store store, Row row) {
            return !part.matches(store, row);
        }
    }

    /** A dotted path: some record behind {@code link} matches. */
    record Path(Field link, Domain behind) implements Domain {
        @Override
        public boolean matches(Store store, Row row) {
            Table target = store.table(link.relation);
            Object value = link.source == Field.Source.CHILDREN
                    ? Values.children(store, row, link)
                    : link.source == Field.Source.COLUMN ? row.values[link.slot] : uid(row);
            if (value instanceof Integer id) {
                Row found = target.get(id);
                return found != null && behind.matches(store, found);
            }
            if (value instanceof int[] ids) {
                for (int id : ids) {
                    Row found = target.get(id);
                    if (found != null && behind.matches(store, found)) {
                        return true;
                    }
                }
            }
            return false;
        }

        private Object uid(Row row) {
            return link.source == Field.Source.CREATE_UID ? row.createUid : row.writeUid;
        }

        @Override
        public int @Nullable [] candidates(Store store, Table table) {
            boolean children = link.source == Field.Source.CHILDREN;
            if (!children && !table.hasIndex(link)) {
                return null;
            }
            Table target = store.table(link.relation);
            int[] there = behind.candidates(store, target);
            if (there == null) {
                return null;
            }
            int inverse = children ? target.model.slot(link.relationField) : -1;
            Ids here = new Ids();
            for (int id : there) {
                Row found = target.get(id);
                if (found == null || !behind.matches(store, found)) {
                    continue;
                }
                if (children) {
                    here.add(found.reference(inverse));
                } else {
                    here.addAll(table.lookup(link, id));
                }
            }
            return here.distinct();
        }
    }

    /** A growing list of ids. */
    final class Ids {
        private int[] ids = new int[16];
        private int size;

        void add(int id) {
            if (size == ids.length) {
                ids = Arrays.copyOf(ids, size * 2);
            }
            ids[size++] = id;
        }

        void addAll(int[] more) {
            if (size + more.length > ids.length) {
                ids = Arrays.copyOf(ids, Math.max(size + more.length, size * 2));
            }
            System.arraycopy(more, 0, ids, size, more.length);
            size += more.length;
        }

        int[] distinct() {
            Arrays.sort(ids, 0, size);
            int kept = 0;
            for (int i = 0; i < size; i++) {
                if (i == 0 || ids[i] != ids[i - 1]) {
                    ids[kept++] = ids[i];
                }
            }
            return Arrays.copyOf(ids, kept);
        }
    }
}
