package org.synchub.simulator.openspp;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds rows by a domain: by an index where one fits, else walking in the wanted order only as far as needed. */
final class Query {

    private static final Pattern ORDER_TERM =
            Pattern.compile("\\s*(\\w+)(\\s+(asc|desc))?(\\s+nulls\\s+(first|last))?\\s*", Pattern.CASE_INSENSITIVE);
    private static final Pattern COMMA = Pattern.compile(",");

    private record Order(Field field, boolean descending) {}

    private final Store store;
    private final Table table;
    private final Domain domain;

    Query(Store store, Table table, Domain domain) {
        this.store = store;
        this.table = table;
        this.domain = domain;
    }

    /** {@code limit} 0 means all. */
    List<Row> select(@Nullable String order, int offset, int limit) {
        List<Order> orders = orders(order == null || order.isBlank() ? table.model.defaultOrder : order);
        int[] candidates = domain.candidates(store, table);
        long wanted = limit <= 0 ? Long.MAX_VALUE : (long) offset + limit;
        List<Row> found;
        if (candidates != null) {
            found = new ArrayList<>(candidates.length);
            for (int id : candidates) {
                Row row = table.get(id);
                if (row != null && domain.matches(store, row)) {
                    found.add(row);
                }
            }
            found.sort(comparator(orders));
        } else {
            Boolean byWriteDate = walkable(orders, Field.Source.WRITE_DATE);
            Boolean byId = walkable(orders, Field.Source.ID);
            if (byWriteDate != null) {
                found = walk(rowsByWriteDate(byWriteDate), wanted);
            } else if (byId != null) {
                found = walk(rowsById(byId), wanted);
            } else {
                found = best(comparator(orders), wanted);
            }
        }
        int from = Math.min(offset, found.size());
        int to = limit <= 0 ? found.size() : Math.min(found.size(), from + limit);
        return from == 0 && to == found.size() ? found : found.subList(from, to);
    }

    int count(int limit) {
        long wanted = limit <= 0 ? Long.MAX_VALUE : limit;
        int[] candidates = domain.candidates(store, table);
        long count = 0;
        if (candidates != null) {
            for (int id : candidates) {
                Row row = table.get(id);
                if (row != null && domain.matches(store, row)) {
                    count++;
                }
            }
        } else {
            for (Row row : scan()) {
                if (domain.matches(store, row) && ++count >= wanted) {
                    break;
                }
            }
        }
        return (int) Math.min(count, wanted);
    }

    private Iterable<Row> scan() {
        Domain.Range written = domain.range(Field.Source.WRITE_DATE);
        return written.equals(Domain.Range.ALL)
                ? rowsById(false)
                : table.byWriteDate(written.from(), written.to(), false);
    }

    private Iterable<Row> rowsByWriteDate(boolean descending) {
        Domain.Range range = domain.range(Field.Source.WRITE_DATE);
        return table.byWriteDate(range.from(), range.to(), descending);
    }

    private Iterable<Row> rowsById(boolean descending) {
        Domain.Range range = domain.range(Field.Source.ID);
        int from = (int) Math.max(1, Math.min(range.from(), Integer.MAX_VALUE));
        int to = (int) Math.max(0, Math.min(range.to(), table.highestId()));
        return () -> new IdWalk(table, descending ? to : from, descending ? from : to, descending);
    }

    private List<Row> walk(Iterable<Row> rows, long wanted) {
        List<Row> found = new ArrayList<>();
        for (Row row : rows) {
            if (domain.matches(store, row)) {
                found.add(row);
                if (found.size() >= wanted) {
                    break;
                }
            }
        }
        return found;
    }

    private List<Row> best(Comparator<Row> comparator, long wanted) {
        if (wanted > table.size()) {
            List<Row> all = walk(scan(), Long.MAX_VALUE);
            all.sort(comparator);
            return all;
        }
        PriorityQueue<Row> kept = new PriorityQueue<>(comparator.reversed());
        for (Row row : scan()) {
            if (domain.matches(store, row)) {
                kept.add(row);
                if (kept.size() > wanted) {
                    kept.poll();
                }
            }
        }
        List<Row> sorted = new ArrayList<>(kept);
        sorted.sort(comparator);
        return sorted;
    }

    /** Whether an index is already in this order, and if so whether it is walked backwards; null if it is not. */
    private static @Nullable Boolean walkable(List<Order> orders, Field.Source index) {
        Order first = orders.get(0);
        if (first.field().source != index) {
            return null;
        }
        if (orders.size() == 1 || index == Field.Source.ID) {
            return first.descending();
        }
        Order second = orders.get(1);
        boolean sameWay = second.field().source == Field.Source.ID && second.descending() == first.descending();
        return sameWay ? first.descending() : null;
    }

    private List<Order> orders(String text) {
        List<Order> orders = new ArrayList<>();
        for (String term : COMMA.split(text, -1)) {
            var matcher = ORDER_TERM.matcher(term);
            if (!matcher.matches()) {
                throw OdooError.user("Invalid \"order\" specified (" + text + "). A valid \"order\" specification is a"
                        + " comma-separated list of valid field names (optionally followed by asc/desc for the"
                        + " direction)");
            }
            Field field = table.model.field(matcher.group(1));
            String direction = matcher.group(3);
            orders.add(new Order(
                    field,
                    direction != null && direction.toLowerCase(Locale.ROOT).equals("desc")));
        }
        return orders;
    }

    private Comparator<Row> comparator(List<Order> orders) {
        Comparator<Row> comparator = null;
        for (Order order : orders) {
            Comparator<Row> next = (a, b) -> compare(
                    Values.of(store, table.model, a, order.field()), Values.of(store, table.model, b, order.field()));
            if (order.descending()) {
                next = next.reversed();
            }
            comparator = comparator == null ? next : comparator.thenComparing(next);
        }
        Comparator<Row> byId = Comparator.comparingInt(row -> row.id);
        return comparator == null ? byId : comparator.thenComparing(byId);
    }

    /** PostgreSQL's order: empty last, text without regard to case first. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private static int compare(@Nullable Object a, @Nullable Object b) {
        if (a == null || b == null) {
            return a == b ? 0 : a == null ? 1 : -1;
        }
        if (a instanceof String left && b instanceof String right) {
            int order = left.compareToIgnoreCase(right);
            return order != 0 ? order : left.compareTo(right);
        }
        return a instanceof Comparable left ? left.compareTo(b) : 0;
    }

    private static final class IdWalk implements Iterator<Row> {
        private final Table table;
        private final int end;
        private final int step;
        private int at;
        private @Nullable Row next;

        IdWalk(Table table, int from, int to, boolean descending) {
            this.table = table;
            this.step = descending ? -1 : 1;
            this.at = from;
            this.end = to;
            advance();
        }

        private void advance() {
            next = null;
            while (next == null && (step > 0 ? at <= end : at >= end)) {
                next = table.get(at);
                at += step;
            }
        }

        @Override
        public boolean hasNext() {
            return next != null;
        }

        @Override
        public Row next() {
            Row row = next;
            if (row == null) {
                throw new NoSuchElementException();
            }
            advance();
            return row;
        }
    }
}
