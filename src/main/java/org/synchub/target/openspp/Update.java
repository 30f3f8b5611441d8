package org.synchub.target.openspp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.synchub.target.Outcome;
import org.synchub.target.Outcome.Effect;
import org.synchub.target.openspp.record.RemoteRecord;

/**
 * Values to write to a partner, and what is agreed on once they are.
 *
 * @param sent the top-level fields among the values
 * @param left whether the server holds an edit that is left alone
 */
record Update(
        Task task,
        RemoteRecord partner,
        Effect effect,
        ObjectNode values,
        Set<String> sent,
        ObjectNode agreed,
        boolean left) {

    Outcome accepted(@Nullable String version) {
        return new Outcome.Accepted(effect, partner.externalId(), version, agreed, sent, left);
    }
}
