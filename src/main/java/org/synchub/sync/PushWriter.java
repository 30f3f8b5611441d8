package org.synchub.sync;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.Claim;
import org.synchub.ledger.Settlement;
import org.synchub.ledger.StoredLink;
import org.synchub.mapping.Kind;
import org.synchub.mapping.Reference;
import org.synchub.target.Outcome;
import org.synchub.target.Write;

/**
 * One writer of a push: the body that travels through the route {@code push-writer}. Holds the claim, the batches mapped
 * from it in the order in which records depend on each other, and what is to be settled next.
 */
public final class PushWriter {

    private final PushRun run;
    private @Nullable Claim claim;
    private final Deque<List<Prepared>> batches = new ArrayDeque<>();
    private final List<Settlement> ready = new ArrayList<>();
    private final Map<String, String> externalIds = new HashMap<>();
    private final Map<String, Settlement> refused = new HashMap<>();
    private List<Prepared> sending = List.of();
    private List<Write> writes = List.of();
    private List<Outcome> outcomes = List.of();

    PushWriter(PushRun run) {
        this.run = run;
    }

    /** One claimed delivery, mapped and ready to be sent once what it refers to is there. */
    record Prepared(
            Claim.Claimed claimed,
            Kind kind,
            Write.Operation operation,
            ObjectNode record,
            List<Reference> references,
            @Nullable StoredLink link,
            @Nullable String claimedExternalId) {}

    PushRun run() {
        return run;
    }

    /** Read by the route: whether a claim is at hand. One that was taken is brought to its end, whatever the run met. */
    public boolean isWorking() {
        return claim != null;
    }

    /** Read by the route: whether another batch waits to be sent. */
    public boolean isBatchReady() {
        return !batches.isEmpty() || !ready.isEmpty();
    }

    @Nullable
    Claim claim() {
        return claim;
    }

    Claim held() {
        if (claim == null) {
            throw new IllegalStateException("The route mapped, sent or settled before it claimed");
        }
        return claim;
    }

    void take(Claim next) {
        claim = next;
        batches.clear();
        ready.clear();
        externalIds.clear();
        refused.clear();
        sending = List.of();
        writes = List.of();
        outcomes = List.of();
    }

    void drop() {
        claim = null;
    }

    Deque<List<Prepared>> batches() {
        return batches;
    }

    /** What can be settled without a request. */
    List<Settlement> ready() {
        return ready;
    }

    /** External ids known so far, of parents linked before and of those delivered by this claim. */
    Map<String, String> externalIds() {
        return externalIds;
    }

    /** What this claim settled other than delivered, by guid. */
    Map<String, Settlement> refused() {
        return refused;
    }

    void sending(List<Prepared> batch, List<Write> asWrites) {
        sending = batch;
        writes = asWrites;
        outcomes = List.of();
    }

    List<Prepared> sending() {
        return sending;
    }

    List<Write> writes() {
        return writes;
    }

    void answered(List<Outcome> read) {
        outcomes = read;
    }

    List<Outcome> outcomes() {
        return outcomes;
    }

    /** Read by logs: keys and counts only. */
    @Override
    public String toString() {
        return "push of " + run.target().name() + ", run " + run.id();
    }
}
