package org.synchub.store;

import java.sql.SQLException;
import javax.sql.DataSource;

/** The hub's own optional index on {@code public.events}; see {@link NewestEvent}. Changed by explicit command only. */
public class EventsIndex {

    private static final String NOT_OWNER = "42501";

    private final DataSource store;

    public EventsIndex(DataSource store) {
        this.store = store;
    }

    /**
     * Builds the index without locking writers out, unless another hub is building it.
     *
     * @return whether it is there now
     * @throws IllegalArgumentException when the database user does not own the table
     */
    public boolean install() {
        try {
            NewestEvent.createIndex(store);
            return NewestEvent.hasIndex(store);
        } catch (SQLException e) {
            throw refused(e);
        }
    }

    /** Takes the index away; throws as {@link #install}. */
    public void remove() {
        try {
            NewestEvent.dropIndex(store);
        } catch (SQLException e) {
            throw refused(e);
        }
    }

    public boolean installed() {
        try {
            return NewestEvent.hasIndex(store);
        } catch (SQLException e) {
            throw refused(e);
        }
    }

    private static RuntimeException refused(SQLException e) {
        return NOT_OWNER.equals(e.getSQLState())
                ? new IllegalArgumentException(
                        "The hub's database user does not own public.events, so it cannot change its indexes. Let the"
                                + " owner run the command, or go on without: the hub works either way",
                        e)
                : new IllegalStateException("The index on public.events could not be changed", e);
    }
}
