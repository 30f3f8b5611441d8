package org.synchub.simulator.openspp;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A transaction of the registry's officer that stays open: nothing of it is visible before {@link #commit}, and then all
 * of it carries the time it began. That is how a poller that trusts the highest write_date loses records. Not for use by
 * several threads.
 */
public final class HeldTransaction {

    private final Registry registry;
    private final long startedAt;
    private final List<Consumer<Tx>> work = new ArrayList<>();

    HeldTransaction(Registry registry, long startedAt) {
        this.registry = registry;
        this.startedAt = startedAt;
    }

    /** Takes an id now for a record that appears with the commit; rules are checked then. */
    public int create(String model, Map<String, Object> values) {
        int id = registry.reserve(model);
        work.add(tx -> registry.orm().create(tx, registry.model(model), values, id));
        return id;
    }

    public void write(String model, int id, Map<String, Object> values) {
        work.add(tx -> registry.orm().write(tx, registry.model(model), new int[] {id}, values));
    }

    /**
     * Applies all or nothing.
     *
     * @throws RegistryException if the registry refuses it
     */
    public void commit() {
        registry.apply(startedAt, tx -> {
            work.forEach(each -> each.accept(tx));
            return true;
        });
        work.clear();
    }

    public void rollback() {
        work.clear();
    }
}
