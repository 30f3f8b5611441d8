package org.synchub.sync;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where every value was entered, and whether somebody who saw it replaced it. What nobody replaced knowingly must be what
 * all sides hold in the end, or stand in a decision row.
 */
final class Provenance {

    static final String STORE = "store";

    /** A value that was entered at a side into a field of a record. */
    static final class Entered {
        final String side;
        final String record;
        final String field;
        final String value;
        boolean replaced;

        private Entered(String side, String record, String field, String value) {
            this.side = side;
            this.record = record;
            this.field = field;
            this.value = value;
        }

        @Override
        public String toString() {
            return value + " entered at " + side + " into " + field + " of " + record;
        }
    }

    private final Map<String, Entered> entered = new LinkedHashMap<>();

    /** Every value is entered once only, so that it tells where it comes from. */
    void enter(String side, String record, String field, String value) {
        entered.put(value, new Entered(side, record, field, value));
    }

    /** Somebody who saw the value put another in its place. */
    void replaced(@Nullable String value) {
        Entered known = value == null ? null : entered.get(value);
        if (known != null) {
            known.replaced = true;
        }
    }

    /** Something took the value's place in the store: that is DataCollect's affair where it was entered there. */
    void writtenOverInStore(@Nullable String value) {
        Entered known = value == null ? null : entered.get(value);
        if (known != null && known.side.equals(STORE)) {
            known.replaced = true;
        }
    }

    Iterable<Entered> all() {
        return entered.values();
    }
}
