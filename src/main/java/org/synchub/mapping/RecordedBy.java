package org.synchub.mapping;

import java.util.Locale;

/** Of whom a mapping may name the place: who filled the form in, and on which device. */
public enum RecordedBy {
    USER,
    DEVICE;

    /** As it is written in mapping files and asked for. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
