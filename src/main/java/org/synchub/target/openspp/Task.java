package org.synchub.target.openspp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.synchub.target.Link;
import org.synchub.target.Write;
import org.synchub.target.openspp.record.ExternalId;
import org.synchub.target.openspp.record.KindPlan;
import org.synchub.target.openspp.record.Neutral;
import org.synchub.target.openspp.record.RecordDiff;

/**
 * One write of a batch on its way.
 *
 * @param place its place in the batch
 * @param attempt which of the ids that follow from the key is tried
 */
record Task(int place, Write write, KindPlan plan, HubKey key, int attempt) {

    static Task of(int place, Write write, KindPlan plan) {
        return new Task(place, write, plan, new HubKey(write.tenant(), write.guid()), 0);
    }

    Task next() {
        return new Task(place, write, plan, key, attempt + 1);
    }

    String sppId() {
        return key.sppId(plan.group(), attempt);
    }

    @Nullable
    Long linkedId() {
        Link link = write.link();
        return link == null ? null : ExternalId.parse(link.externalId());
    }

    @Nullable
    Long claimedId() {
        return write.link() != null ? null : ExternalId.parse(write.claimedExternalId());
    }

    boolean isLinked() {
        return write.link() != null;
    }

    @Nullable
    ObjectNode base() {
        Link link = write.link();
        return link == null ? null : link.base();
    }

    RecordDiff.Trust trust() {
        if (!write.uncertain()) {
            return base() == null ? RecordDiff.Trust.FOUND : RecordDiff.Trust.BASE;
        }
        // Of a record that is linked by its id only, nobody knows what it was before those writes.
        boolean known = !write.sent().isEmpty() && (base() != null || !isLinked());
        return known ? RecordDiff.Trust.SENT : RecordDiff.Trust.UNCERTAIN;
    }

    /** Guids that the record referred to when it was last agreed on, and in what was sent since. */
    Set<String> earlierReferences() {
        Set<String> guids = new LinkedHashSet<>();
        ObjectNode base = base();
        if (base != null) {
            Neutral.references(base, guids);
        }
        write.sent().forEach(record -> Neutral.references(record, guids));
        return guids;
    }

    /** Whether the hub itself may have taken the record away, unseen. */
    boolean maybeTakenAway() {
        return write.sent().stream().anyMatch(ObjectNode::isEmpty);
    }

    /** Names the record without its content. */
    @Override
    public String toString() {
        return write.kind().name() + " " + write.guid();
    }
}
