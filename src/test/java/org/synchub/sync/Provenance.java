package org.synchub.sync;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where every value was entered, and whether somebody who saw it replaced it. What nobody replaced knowingly must be what
 * a side holds in the end, or stand in a decision row.
 */
final class Provenance {

    static final String STORE = "store";

    /** A value that was entered at a side into a field of a record. */
    static final class Entered {
        final String side;
        final String record;
        final HistoryField field;
        final String value;
        boolean replaced;

        private Entered(String side, String record, HistoryField field, String value) {
            this.side = side;
            this.record = record;
            this.field = field;
            this.value = value;
        }

        @Override
        public String toString() {
            return value + " entered at " + side + " into " + field.name() + " of " + record;
        }
    }

    private record Key(String record, String value) {}

    private final Map<Key, Entered> entered = new LinkedHashMap<>();

    /** A record gets every value once only, so that it tells where it comes from. */
    void enter(String side, String record, HistoryField field, String value) {
        if (!value.isEmpty() && entered.put(new Key(record, value), new Entered(side, record, field, value)) != null) {
            throw new IllegalStateException(field.name() + " of " + record + " had the value " + value + " before");
        }
    }

    boolean isKnown(String record, String value) {
        return entered.containsKey(new Key(record, value));
    }

    /** Somebody who saw the value put another in its place. */
    void replaced(String record, @Nullable String value) {
        Entered known = value == null ? null : entered.get(new Key(record, value));
        if (known != null) {
            known.replaced = true;
        }
    }

    /** The household is no home any more. */
    void ended(String household) {
        entered.values().stream()
                .filter(each -> each.field == HistoryFields.HOME && each.value.equals(household))
                .forEach(each -> each.replaced = true);
    }

    /** Something took the value's place in the store: that is DataCollect's affair where it was entered there. */
    void writtenOverInStore(String record, String value) {
        Entered known = entered.get(new Key(record, value));
        if (known != null && known.side.equals(STORE)) {
            known.replaced = true;
        }
    }

    Iterable<Entered> all() {
        return entered.values();
    }
}
