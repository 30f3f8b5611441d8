package org.synchub.simulator.openspp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** All tables of the registry under one lock: many readers, one transaction at a time, all or nothing. */
final class Store {

    private static final int TRIES = 5;

    final Clock clock;

    private final Map<String, Table> tables = new LinkedHashMap<>();
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private @Nullable Journal journal;

    Store(Map<String, Model> models, Clock clock) {
        this.clock = clock;
        models.forEach((name, model) -> tables.put(name, new Table(model, !Models.isConfiguration(name))));
    }

    Map<String, Table> tables() {
        return tables;
    }

    void journal(Journal opened) {
        this.journal = opened;
    }

    Table table(String model) {
        Table table = tables.get(model);
        if (table == null) {
            throw OdooError.user("Object " + model + " doesn't exist");
        }
        return table;
    }

    long now() {
        return Times.micros(clock.instant());
    }

    Backup backup() {
        return read(() -> {
            Map<String, Backup.Kept> kept = new LinkedHashMap<>();
            tables.forEach((name, table) -> kept.put(name, table.kept()));
            return new Backup(kept);
        });
    }

    void restore(Backup backup) {
        if (journal != null) {
            throw new IllegalStateException("A registry with a journal keeps all that happened and cannot go back");
        }
        lock.writeLock().lock();
        try {
            backup.tables().forEach((name, kept) -> table(name).restore(kept));
        } finally {
            lock.writeLock().unlock();
        }
    }

    <T> T read(Supplier<T> work) {
        lock.readLock().lock();
        try {
            return work.get();
        } finally {
            lock.readLock().unlock();
        }
    }

    /**
     * Runs a transaction that began at {@code startedAt} (microseconds). Where another one has meanwhile changed a row
     * it touches, it begins again with the present as its start, which is what Odoo does after a serialization failure.
     */
    <T> T write(RegistryUser user, long startedAt, Function<Tx, T> work) {
        lock.writeLock().lock();
        try {
            long now = startedAt;
            for (int attempt = 1; ; attempt++) {
                Tx tx = new Tx(this, user, now, attempt < TRIES);
                try {
                    T result = work.apply(tx);
                    if (journal != null) {
                        journal.append(tx);
                    }
                    return result;
                } catch (Tx.Overtaken overtaken) {
                    tx.rollback();
                    now = Math.max(now, now());
                } catch (IOException e) {
                    tx.rollback();
                    throw new UncheckedIOException("The registry's journal cannot be written", e);
                } catch (RuntimeException e) {
                    tx.rollback();
                    throw e;
                }
            }
        } finally {
            lock.writeLock().unlock();
        }
    }
}
