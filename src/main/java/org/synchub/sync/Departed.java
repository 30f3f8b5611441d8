package org.synchub.sync;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.Claim.Claimed;
import org.synchub.ledger.Settlement;
import org.synchub.ledger.Settlement.Agreement;
import org.synchub.ledger.Settlement.Tally;
import org.synchub.ledger.State;
import org.synchub.ledger.StoredLink;
import org.synchub.mapping.Kind;
import org.synchub.mapping.Mapping;
import org.synchub.mapping.OnDelete;
import org.synchub.sync.PushWriter.Prepared;
import org.synchub.target.Write;

/** What becomes of a claimed delivery whose entity is no longer in the store, by the mapping's {@code onDelete}. */
final class Departed {

    private Departed() {}

    /** What to send for it; null when the writer can settle it without a request, or needs none. */
    static @Nullable Prepared prepare(PushWriter writer, Mapping mapping, Preparing.Case matter) {
        Claimed claimed = matter.claimed();
        StoredLink link = matter.link();
        if (!claimed.delete()) {
            // The deletion itself has not been drained yet: whether it may go out is decided there.
            writer.ready().add(notSent(claimed, State.EXCLUDED, "gone", "No longer in the store"));
            return null;
        }
        if (matter.earlier() == null && (link == null || link.deleted())) {
            writer.ready()
                    .add(
                            link == null
                                    ? notSent(claimed, State.EXCLUDED, "deleted", "Deleted before it was delivered")
                                    : Settlement.delivered(claimed.guid(), claimed.revision(), Tally.UNCHANGED, null));
            return null;
        }
        Optional<Kind> kind = mapping.kindNamed(link == null ? claimed.kind() : link.kind());
        if (kind.isEmpty() || kind.get().onDelete() == OnDelete.IGNORE) {
            writer.ready().add(ignored(claimed, link, kind.isEmpty()));
            return null;
        }
        if (kind.get().onDelete() == OnDelete.ASK && !claimed.confirmed()) {
            writer.ready().add(notSent(claimed, State.HELD, Drain.ASKS, Drain.ASKS_REASON));
            return null;
        }
        return new Prepared(
                claimed,
                kind.get(),
                link == null ? claimed.lane() : link.lane(),
                Write.Operation.DELETE,
                JsonNodeFactory.instance.objectNode(),
                List.of(),
                link,
                matter.earlier(),
                null,
                null,
                Set.of());
    }

    private static Settlement notSent(Claimed claimed, State state, String code, String reason) {
        return Settlement.notSent(claimed.guid(), claimed.revision(), state, code, reason);
    }

    private static Settlement ignored(Claimed claimed, @Nullable StoredLink link, boolean noKind) {
        String reason = noKind
                ? "Deleted in DataCollect; the mapping has no such record kind any more, so the target's record stays"
                : "Deleted in DataCollect; the mapping's onDelete leaves the target's record as it is";
        return new Settlement(
                claimed.guid(),
                claimed.revision(),
                State.DELIVERED,
                null,
                null,
                false,
                false,
                Tally.UNCHANGED,
                "delete-ignored",
                reason,
                null,
                link == null
                        ? null
                        : new Agreement(
                                link.kind(), link.externalId(), null, null, link.mappingHash(), link.lane(), true));
    }
}
