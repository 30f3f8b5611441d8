package org.synchub.ledger;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code hub.link}: an entity's record at a target and the last states both sides agreed on.
 *
 * @param base the neutral record last agreed on; null when only the id is known
 * @param mappingHash which mapping made the base
 * @param lane the lane in which it was last delivered; another one now means the record moved
 * @param deleted whether the record was taken away at the target on purpose
 */
public record StoredLink(
        String guid,
        String kind,
        String externalId,
        @Nullable String version,
        @Nullable ObjectNode base,
        String mappingHash,
        String lane,
        long revision,
        boolean deleted) {

    /** The same link with another base. */
    public StoredLink withBase(ObjectNode other) {
        return new StoredLink(guid, kind, externalId, version, other, mappingHash, lane, revision, deleted);
    }
}
