package org.synchub.target.httpjson;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.synchub.target.Outcome;
import org.synchub.target.Outcome.Effect;
import org.synchub.target.httpjson.spec.Operation;
import org.synchub.target.httpjson.spec.Request;
import org.synchub.target.httpjson.spec.WriteSpec;

/** Decides what has to be asked so that the target no longer holds a record, and what the answers mean for it. */
final class Deletes {

    private static final int ROUNDS = 3;

    private final Session session;
    private final Lookup lookup;
    private final Ahead ahead;

    Deletes(Session session, Ahead ahead) {
        this.session = session;
        this.ahead = ahead;
        this.lookup = new Lookup(session);
    }

    /** Looks at what the target holds as far as needed; null if something is to be sent. */
    @Nullable
    Outcome before(Task task) {
        Request delete = session.spec().request(Operation.DELETE);
        if (delete == null) {
            return done(task, Effect.UNCHANGED);
        }
        task.toDelete();
        String linked = task.externalId();
        if (linked == null) {
            // It may have arrived unseen before its entity was deleted.
            if (task.write().uncertain()
                    && !lookup.canLook()
                    && session.spec().record().hubMakesIds()) {
                // Where it would be is known, whether it is there cannot be asked.
                return null;
            }
            Lookup.Found own = lookup.byKey(task);
            if (own.isEmpty()) {
                return done(task, Effect.UNCHANGED);
            }
            if (own.isAmbiguous()) {
                return task.conflict("constraint", "Several records of the target carry this entity's key", null);
            }
            task.found(own.item());
            return null;
        }
        boolean checked = session.spec().write().check() == WriteSpec.Check.READ || delete.needsReading();
        if (lookup.canRead() && (checked || task.write().uncertain())) {
            RemoteItem item = lookup.read(task.kind(), linked);
            return item == null ? done(task, Effect.DELETED) : found(task, item);
        }
        RemoteItem moved = ahead.of(linked);
        if (ahead.lacks(linked)) {
            return done(task, Effect.DELETED);
        }
        if (moved != null) {
            return moved.isDeleted() ? done(task, Effect.DELETED) : found(task, moved);
        }
        return null;
    }

    private @Nullable Outcome found(Task task, RemoteItem item) {
        if (item.belongsToAnother(task.write().guid())) {
            return task.conflict("delete-update", "The target's record belongs to another entity now", item);
        }
        if (task.isChanged(item.told())) {
            return task.conflict(
                    "delete-update",
                    "was deleted in the store and changed at the target since it was last agreed on",
                    item);
        }
        task.found(item);
        return null;
    }

    /** What an answer means for the task; null if it has to be sent once more. */
    @Nullable
    Outcome after(Task task, Judgement judgement) {
        return switch (judgement.verdict()) {
            case ACCEPTED, UNCHANGED, GONE -> done(task, Effect.DELETED);
            case CONFLICT -> overtaken(task, judgement);
            case REJECTED, EXISTS -> new Outcome.Rejected(judgement.code(), judgement.message(), judgement.field());
            case RETRY -> new Outcome.Retry(judgement.code(), judgement.message(), null);
            case UNKNOWN -> new Outcome.Unknown(judgement.message());
            case LOGIN, UNAVAILABLE, MISCONFIGURED ->
                throw new IllegalStateException(judgement.verdict() + " is the client's to handle");
        };
    }

    private @Nullable Outcome overtaken(Task task, Judgement judgement) {
        String id = task.externalId();
        RemoteItem theirs = judgement.record().isObject()
                ? new RemoteItem(session, task.kind(), judgement.record())
                : id == null || !lookup.canRead() ? null : lookup.read(task.kind(), id);
        if (theirs == null || task.nextRound() >= ROUNDS) {
            return task.conflict("delete-update", judgement.message(), theirs);
        }
        return found(task, theirs);
    }

    private static Outcome done(Task task, Effect effect) {
        String id = task.externalId();
        return new Outcome.Accepted(
                effect, id == null ? "" : id, null, JsonNodeFactory.instance.objectNode(), Set.of());
    }
}
