package org.synchub.sync;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.synchub.ledger.Runs;
import org.synchub.testing.MemoryAdapter;
import org.synchub.testing.TestHub;
import org.synchub.testing.TestStore;

/** A tenant and a target of their own on a database that a test class shares, with a hub between them. */
final class Scene implements AutoCloseable {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    final DataSource store;
    final String target;
    final TestStore field;
    final MemoryAdapter memory = new MemoryAdapter();
    private final String yaml;
    private final List<BareHub> hubs = new java.util.ArrayList<>();
    final BareHub hub;

    private Scene(DataSource store, UnaryOperator<String> mapping, boolean triggers) {
        int n = NUMBER.incrementAndGet();
        this.store = store;
        this.target = "target" + n;
        this.field = new TestStore(store, "tenant" + n);
        this.yaml = mapping.apply(TestHub.memoryMapping(target, field.tenant()));
        this.hub = another(Duration.ofMinutes(1));
        if (triggers) {
            hub.capture.install();
        }
    }

    static Scene on(DataSource store) {
        return new Scene(store, yaml -> yaml, true);
    }

    static Scene on(DataSource store, UnaryOperator<String> mapping) {
        return new Scene(store, mapping, true);
    }

    /** Changes are noticed by the sweep alone. */
    static Scene polling(DataSource store) {
        return new Scene(store, yaml -> yaml, false);
    }

    /** Another hub on the same database, for the same target. */
    BareHub another(Duration lease) {
        BareHub another = BareHub.on(store)
                .mapping(target, yaml)
                .memory(target, memory)
                .lease(lease)
                .start();
        hubs.add(another);
        return another;
    }

    Scene push() {
        hub.push(target);
        return this;
    }

    /** {@code state} or {@code state reason-code}. */
    String stands(String guid) {
        return BareHub.stands(field, target, guid);
    }

    /** One column of a delivery. */
    String of(String guid, String column) {
        return field.value(
                "SELECT " + column + " FROM hub.delivery WHERE target = '" + target + "' AND guid = '" + guid + "'");
    }

    /** Guids written to the target so far, in order. */
    List<String> sent() {
        return memory.received().stream().map(w -> w.guid()).toList();
    }

    Runs.Run lastRun() {
        return hub.runs.newest(target, "push").orElseThrow();
    }

    /** Lets the database's clock jump forward. */
    void later(Duration by) {
        field.run("UPDATE hub.clock SET clock_offset = clock_offset + interval '" + by.toMillis() + " ms'");
    }

    @Override
    public void close() {
        hubs.forEach(BareHub::close);
    }
}
