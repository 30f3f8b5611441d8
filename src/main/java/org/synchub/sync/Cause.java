package org.synchub.sync;

import java.util.Locale;

/** Why a run is asked for. */
public enum Cause {
    SCHEDULE,
    CHANGE,
    COMMAND,
    HTTP,
    JMX;

    /** Whether a person asked: then a target in trouble is tried at once instead of when its wait is over. */
    boolean isPerson() {
        return this == COMMAND || this == HTTP || this == JMX;
    }

    String column() {
        return name().toLowerCase(Locale.ROOT);
    }
}
