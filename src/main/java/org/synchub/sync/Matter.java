package org.synchub.sync;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.synchub.conflict.Resolution;
import org.synchub.conflict.Shape;
import org.synchub.conflict.Situation;
import org.synchub.ledger.StoredLink;
import org.synchub.mapping.Kind;
import org.synchub.store.Entities;
import org.synchub.target.RemoteChange;

/**
 * One linked record that a target reports, as it is being decided.
 *
 * @param row the entity; null when the store has none
 * @param copy whether the entity was written back from a copy made before the last pull
 * @param external what the target holds, as the mapping sees it; null when it holds nothing
 * @param silent fields that the entity says nothing about
 */
record Matter(
        RemoteChange remote,
        StoredLink link,
        Kind kind,
        Entities.@Nullable Row row,
        boolean copy,
        Shape shape,
        @Nullable ObjectNode external,
        Set<String> silent,
        Situation situation,
        Resolution resolution) {

    Entities.Row entityRow() {
        Entities.Row known = row;
        if (known == null) {
            throw new IllegalStateException("Entity " + link.guid() + " is not in the store");
        }
        return known;
    }

    /** What both sides are compared with; null when they never agreed on anything. */
    @Nullable
    ObjectNode base() {
        Situation.Base base = situation.base();
        return base == null ? null : base.record();
    }
}
