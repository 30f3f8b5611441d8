package org.synchub.sync;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.synchub.conflict.Policy;
import org.synchub.conflict.Shape;
import org.synchub.conflict.Situation;
import org.synchub.conflict.Stamp;
import org.synchub.conflict.State;
import org.synchub.ledger.StoredLink;
import org.synchub.mapping.Entity;
import org.synchub.mapping.Kind;
import org.synchub.target.ClockReading;
import org.synchub.target.RemoteChange;
import org.synchub.target.RemoteState;

/**
 * Puts the two sides of a target's records beside each other for the rules of its mapping, in the same way for a pull and
 * for a plan. What the mapping says of a record kind is read once. For one thread.
 */
final class Sides {

    private final TargetRuntime target;
    private final IdentityHashMap<Kind, Policy> policies = new IdentityHashMap<>();
    private final IdentityHashMap<Kind, Shape> shapes = new IdentityHashMap<>();

    Sides(TargetRuntime target) {
        this.target = target;
    }

    Policy policy(Kind kind) {
        return policies.computeIfAbsent(kind, k -> Policies.policy(target.mapping(), k, target.rules()));
    }

    Shape shape(Kind kind) {
        return shapes.computeIfAbsent(kind, Policies::shape);
    }

    /** Nothing but the clocks: of last-write-wins, the target's times count by the store's clock. */
    Situation.Builder situation(Shape shape) {
        ClockReading reading = target.adapter().clock();
        return Situation.of(shape)
                .clocks(
                        reading == null
                                ? Situation.Clocks.TRUSTED
                                : new Situation.Clocks(reading.ahead(), reading.tolerance()));
    }

    /**
     * Both hold the record; in the shape that fits what they hold.
     *
     * @param internal what the store says, with what it is silent about
     * @param base null when the two are met for the first time
     */
    Situation both(
            Kind kind,
            RemoteChange remote,
            StoredLink link,
            Entity entity,
            ObjectNode internal,
            ObjectNode external,
            @Nullable ObjectNode base) {
        Shape shape = shape(kind);
        Situation situation = both(shape, remote, link, entity, internal, external, base);
        Shape fitting = Policies.fitting(kind, entity.doc(), situation, policy(kind));
        return fitting == shape ? situation : both(fitting, remote, link, entity, internal, external, base);
    }

    private Situation both(
            Shape shape,
            RemoteChange remote,
            StoredLink link,
            Entity entity,
            ObjectNode internal,
            ObjectNode external,
            @Nullable ObjectNode base) {
        Situation.Builder situation =
                situation(shape).internal(internal, stamp(entity)).external(external, stamp(remote));
        if (base != null) {
            situation.base(base, Stamp.UNKNOWN, agreed(link));
        }
        return situation.build();
    }

    /** What the target told of a record, as far as the store can say it. */
    ObjectNode told(Kind kind, ObjectNode resolved, ObjectNode doc, @Nullable ObjectNode base) {
        ObjectNode held = base == null ? resolved : target.adapter().asAgreed(resolved, base);
        return Agreements.told(kind, held, doc, base);
    }

    /**
     * Fills in what the base holds and the entity's form says nothing about: that is no change of it.
     *
     * @return the fields that were filled in
     */
    static Set<String> keepSilent(ObjectNode internal, @Nullable ObjectNode base) {
        Set<String> silent = new TreeSet<>();
        if (base != null) {
            base.properties().forEach(field -> {
                if (!internal.has(field.getKey())) {
                    internal.set(field.getKey(), field.getValue());
                    silent.add(field.getKey());
                }
            });
        }
        return silent;
    }

    /** As which version the target held what was agreed on. */
    static Stamp agreed(StoredLink link) {
        return new Stamp(null, link.version());
    }

    static Stamp stamp(Entity entity) {
        return new Stamp(entity.lastUpdated(), Long.toString(entity.version()));
    }

    static Stamp stamp(RemoteChange remote) {
        return new Stamp(remote.changedAt(), remote.version());
    }

    static State.Departure departure(RemoteState state) {
        return switch (state) {
            case ARCHIVED -> State.Departure.ARCHIVED;
            case DISABLED -> State.Departure.DISABLED;
            case GONE, PRESENT -> State.Departure.VANISHED;
        };
    }
}
