package org.synchub.target.httpjson;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import org.synchub.target.Outcome;
import org.synchub.target.Outcome.Effect;
import org.synchub.target.TargetTrouble;
import org.synchub.target.httpjson.spec.Operation;
import org.synchub.target.httpjson.spec.Request;
import org.synchub.target.httpjson.spec.Verdict;
import org.synchub.target.httpjson.spec.WriteSpec;

/** Decides what has to be asked so that the target holds a record, and what the answers mean for it. */
final class Upserts {

    /** How often one write is sent because a version had moved on or a record turned up meanwhile. */
    private static final int ROUNDS = 3;

    private final Session session;
    private final Lookup lookup;
    private final Ahead ahead;
    private final WriteSpec spec;

    Upserts(Session session, Ahead ahead) {
        this.session = session;
        this.ahead = ahead;
        this.lookup = new Lookup(session);
        this.spec = session.spec().write();
    }

    /** Looks at what the target holds as far as needed; null if something is to be sent. */
    @Nullable
    Outcome before(Task task) {
        String linked = task.externalId();
        if (linked == null) {
            return beforeCreate(task);
        }
        boolean trusted = task.trust() == Difference.Trust.BASE;
        Request update = session.spec().request(Operation.UPDATE);
        boolean checks = spec.check() == WriteSpec.Check.READ
                || (spec.check() == WriteSpec.Check.SERVER && task.version() == null)
                || (update != null && update.needsReading());
        boolean look = task.write().reread() || !trusted || checks;
        if (lookup.canRead() && look) {
            RemoteItem item = lookup.read(task.kind(), linked);
            return item == null ? gone(task, linked) : found(task, item);
        }
        RemoteItem moved = ahead.of(linked);
        if (ahead.lacks(linked)) {
            return gone(task, linked);
        }
        if (moved != null) {
            return moved.isDeleted() ? gone(task, linked) : found(task, moved);
        }
        boolean wasTakenAway = task.write().uncertain() && task.base() == null;
        if (wasTakenAway && !lookup.canRead() && spec.repeat() == WriteSpec.Repeat.SAFE) {
            task.toCreate();
            return null;
        }
        return different(task, task.difference(null), null);
    }

    /** A record of which nothing is known but that it was there may be made again; another one is missed. */
    private @Nullable Outcome gone(Task task, String linked) {
        if (task.write().uncertain() && task.base() == null) {
            task.toCreate();
            return null;
        }
        return new Outcome.Gone(linked, "The target no longer has this record");
    }

    private @Nullable Outcome beforeCreate(Task task) {
        String claimed = task.write().claimedExternalId();
        if (claimed != null && lookup.canRead()) {
            RemoteItem item = lookup.read(task.kind(), claimed);
            if (item != null && lookup.isOurs(task, item)) {
                return found(task, item);
            }
        }
        if (spec.lookFirst() || task.write().uncertain()) {
            Lookup.Found own = lookup.byKey(task);
            if (!own.isEmpty()) {
                return one(task, own, "Several records of the target carry this entity's key");
            }
        }
        Lookup.Found same = lookup.byNaturalKeys(task);
        if (!same.isEmpty()) {
            return one(task, same, "Several records of the target have the same key");
        }
        task.toCreate();
        return null;
    }

    private @Nullable Outcome one(Task task, Lookup.Found found, String message) {
        return found.isAmbiguous() ? task.conflict("constraint", message, null) : found(task, found.item());
    }

    private @Nullable Outcome found(Task task, RemoteItem item) {
        if (item.belongsToAnother(task.write().guid())) {
            throw new TargetTrouble(
                    TargetTrouble.Kind.SWAPPED,
                    "Record " + task.externalId() + " carries the key of another entity than " + task
                            + ": the target was restored or swapped. Nothing is written until somebody has looked");
        }
        task.found(item);
        return different(task, task.difference(item), item);
    }

    private @Nullable Outcome different(Task task, Difference difference, @Nullable RemoteItem item) {
        if (!difference.conflicts().isEmpty()) {
            return task.conflict("stale-push", "Both sides changed " + String.join(", ", difference.conflicts()), item);
        }
        if (difference.changes().isEmpty()) {
            Effect effect = task.write().link() == null ? Effect.ADOPTED : Effect.UNCHANGED;
            task.toUpdate(difference);
            return task.accepted(effect, null, task.version());
        }
        task.toUpdate(difference);
        return null;
    }

    /** The request that a task needs now. */
    Request request(Task task) {
        Request update = session.spec().request(Operation.UPDATE);
        return task.operation() == Operation.UPDATE && update != null
                ? update
                : session.spec().need(Operation.CREATE);
    }

    /** What an answer means for the task; null if it has to be sent once more. */
    @Nullable
    Outcome after(Task task, Judgement judgement) {
        return switch (judgement.verdict()) {
            case ACCEPTED, UNCHANGED -> accepted(task, judgement);
            case EXISTS -> exists(task, judgement);
            case CONFLICT -> overtaken(task, judgement);
            case REJECTED -> new Outcome.Rejected(judgement.code(), judgement.message(), judgement.field());
            case RETRY -> new Outcome.Retry(judgement.code(), judgement.message(), null);
            case GONE -> goneMeanwhile(task, judgement);
            case UNKNOWN -> new Outcome.Unknown(judgement.message());
            case LOGIN, UNAVAILABLE, MISCONFIGURED ->
                throw new IllegalStateException(judgement.verdict() + " is the client's to handle");
        };
    }

    private Outcome accepted(Task task, Judgement judgement) {
        boolean created = task.operation() == Operation.CREATE;
        if (created && judgement.id() == null && !session.spec().record().hubMakesIds()) {
            return made(task);
        }
        Effect effect = judgement.verdict() == Verdict.UNCHANGED
                ? Effect.UNCHANGED
                : created ? Effect.CREATED : task.write().link() == null ? Effect.ADOPTED : Effect.UPDATED;
        return task.accepted(effect, created ? judgement.id() : null, judgement.version());
    }

    /** A record was made, but the answer does not tell its id: it is looked for by its key. */
    private Outcome made(Task task) {
        try {
            Lookup.Found own = lookup.byKey(task);
            if (own.items().size() == 1) {
                task.found(own.item());
            }
        } catch (TargetTrouble trouble) {
            return new Outcome.Unknown(trouble);
        }
        return task.accepted(Effect.CREATED, null, task.version());
    }

    /** A record with this key is there: made by an earlier request of the hub's, or by somebody else. */
    private @Nullable Outcome exists(Task task, Judgement judgement) {
        if (task.operation() == Operation.CREATE && task.nextRound() < ROUNDS) {
            Lookup.Found own = lookup.byKey(task);
            if (own.isEmpty()) {
                own = lookup.byNaturalKeys(task);
            }
            if (!own.isEmpty()) {
                return one(task, own, "Several records of the target carry this entity's key");
            }
        }
        return new Outcome.Rejected(judgement.code(), judgement.message(), judgement.field());
    }

    /** The target's record moved on. What it holds now decides whether that matters. */
    private @Nullable Outcome overtaken(Task task, Judgement judgement) {
        RemoteItem theirs =
                judgement.record().isObject() ? new RemoteItem(session, task.kind(), judgement.record()) : reread(task);
        ObjectNode told = theirs == null ? null : theirs.told();
        if (theirs == null || told == null || task.nextRound() >= ROUNDS) {
            return task.conflict("stale-push", judgement.message(), theirs);
        }
        return found(task, theirs);
    }

    private @Nullable RemoteItem reread(Task task) {
        String id = task.externalId();
        return id == null || !lookup.canRead() ? null : lookup.read(task.kind(), id);
    }

    private static @Nullable Outcome goneMeanwhile(Task task, Judgement judgement) {
        String id = task.externalId();
        return id == null
                ? new Outcome.Rejected(judgement.code(), judgement.message(), judgement.field())
                : new Outcome.Gone(id, judgement.message());
    }
}
