package org.synchub.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.jdbc.datasource.DataSourceUtils;

/** Writes pulled changes into the store within the caller's transaction. */
public class PulledStore {

    /** A lock that was not free in time, and a deadlock. */
    private static final Set<String> BUSY = Set.of("55P03", "40P01");

    private final DataSource store;
    private final ExternalEvents events;

    public PulledStore(DataSource store, ExternalEvents events) {
        this.store = store;
        this.events = events;
    }

    /**
     * As {@link ExternalEvents#write}, on the connection of the running transaction.
     *
     * @throws PessimisticLockingFailureException when devices kept a lock too long: roll back and repeat
     */
    public List<WriteResult> write(String tenant, String target, List<PulledChange> changes) {
        Connection connection = DataSourceUtils.getConnection(store);
        try {
            return events.write(connection, tenant, target, changes);
        } catch (SQLException e) {
            if (BUSY.contains(String.valueOf(e.getSQLState()))) {
                throw new PessimisticLockingFailureException("public.events was not free in time", e);
            }
            throw new IllegalStateException(
                    "The EXTERNAL events of a page could not be written: " + e.getSQLState(), e);
        } finally {
            DataSourceUtils.releaseConnection(connection, store);
        }
    }

    /**
     * As {@link MerkleRoot#requireKnownFormat}, on a connection of its own.
     *
     * @throws IllegalStateException when the store belongs to a later DataCollect
     */
    public void requireKnownFormat(String tenant) {
        Connection connection = DataSourceUtils.getConnection(store);
        try {
            MerkleRoot.requireKnownFormat(connection, tenant);
        } catch (SQLException e) {
            throw new IllegalStateException("The Merkle root of tenant " + tenant + " could not be read", e);
        } finally {
            DataSourceUtils.releaseConnection(connection, store);
        }
    }

    /** Computes and stores a tenant's Merkle root anew, in the running transaction. */
    public void renewMerkleRoot(String tenant) {
        Connection connection = DataSourceUtils.getConnection(store);
        try {
            MerkleRoot.refresh(connection, tenant);
        } catch (SQLException e) {
            throw new IllegalStateException("The Merkle root of tenant " + tenant + " could not be renewed", e);
        } finally {
            DataSourceUtils.releaseConnection(connection, store);
        }
    }
}
