package org.synchub.target;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an entity's record at a target.
 *
 * @param externalId the target's id, as text
 * @param version the target's version of the record when both sides last agreed, in the adapter's own notation
 * @param base the neutral record that both sides last agreed on; null when only the id is known (adopted, restored)
 */
public record Link(
        String externalId,
        @Nullable String version,
        @Nullable ObjectNode base) {}
