package org.synchub.sync;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.Claim;
import org.synchub.ledger.Earlier;
import org.synchub.ledger.Leaving;
import org.synchub.ledger.Settlement;
import org.synchub.ledger.State;
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

    /** For so long outcomes wait for those of the next batch. */
    private static final Duration TOGETHER = Duration.ofMillis(50);

    private final PushRun run;
    private @Nullable Claim claim;
    private final Deque<List<Prepared>> batches = new ArrayDeque<>();
    private final List<Settlement> ready = new ArrayList<>();
    private final Map<String, String> externalIds = new HashMap<>();
    private final Map<String, Settlement> refused = new HashMap<>();
    private final Map<String, Settlement> unsettled = new HashMap<>();
    private long unsettledSince;
    private final Set<String> settled = new HashSet<>();
    private Map<String, Long> numbers = Map.of();
    private Map<String, Leaving> leaving = Map.of();
    private List<Prepared> sending = List.of();
    private List<Write> writes = List.of();
    private List<Outcome> outcomes = List.of();
    private @Nullable String fault;
    private boolean sent;
    private boolean givesWay;
    private @Nullable Traced traced;

    PushWriter(PushRun run) {
        this.run = run;
    }

    /**
     * One claimed delivery, mapped and ready to be sent once what it refers to is there.
     *
     * @param lane in which the record belongs by what is sent now
     * @param earlier what was sent before and may have arrived or not; null when nothing was
     * @param changedAt when the store's record was last changed; null where it does not say
     */
    record Prepared(
            Claim.Claimed claimed,
            Kind kind,
            String lane,
            Write.Operation operation,
            ObjectNode record,
            List<Reference> references,
            @Nullable StoredLink link,
            @Nullable Earlier earlier,
            @Nullable String claimedExternalId,
            @Nullable Instant changedAt,
            Set<String> single) {}

    PushRun run() {
        return run;
    }

    /** The span of the claim, between two claims that of the run. */
    Traced traced() {
        return traced == null ? run.traced() : traced;
    }

    /** Does a step of the writer as a part of it. */
    void during(Runnable step) {
        run.during(traced(), step);
    }

    /** Read by the route: whether there is something to map and send. */
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

    /** Whether a batch of this claim has left. */
    boolean hasSent() {
        return sent;
    }

    /** Whether this batch and all that is left of the claim is a backfill's. */
    boolean isBackfill(List<Prepared> batch) {
        return Stream.concat(Stream.of(batch), batches.stream())
                .flatMap(List::stream)
                .allMatch(p -> p.claimed().isBackfill());
    }

    /** Lets the rest of the claim go. */
    void giveWay() {
        givesWay = true;
    }

    boolean givesWay() {
        return givesWay;
    }

    void take(Claim next) {
        claim = next;
        traced = run.traced().part("claim").with("records", next.deliveries().size());
        sent = false;
        givesWay = false;
        batches.clear();
        ready.clear();
        externalIds.clear();
        refused.clear();
        unsettled.clear();
        settled.clear();
        numbers = Map.of();
        leaving = Map.of();
        sending = List.of();
        writes = List.of();
        outcomes = List.of();
    }

    void drop() {
        claim = null;
        traced().end();
        traced = null;
        batches.clear();
        ready.clear();
    }

    Deque<List<Prepared>> batches() {
        return batches;
    }

    /**
     * Takes the next batch, and of one that is larger than allowed its beginning.
     *
     * @return null when there is none
     */
    @Nullable
    List<Prepared> next(int most) {
        List<Prepared> batch = batches.poll();
        if (batch == null || batch.size() <= most) {
            return batch;
        }
        batches.addFirst(batch.subList(most, batch.size()));
        return batch.subList(0, most);
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

    void numbers(Map<String, Long> allotted) {
        numbers = allotted;
    }

    /** The entity's own number at the target; null where that wants none. */
    @Nullable
    Long number(String guid) {
        return numbers.get(guid);
    }

    /** What was noted of the claim before anything was sent. */
    void leaving(Map<String, Leaving> noted) {
        leaving = noted;
    }

    /** What was noted of the claim, by guid. */
    Map<String, Leaving> leaving() {
        return leaving;
    }

    /** The time that the write of an entity says it was made at; null where it says none. */
    @Nullable
    Instant changedAt(String guid) {
        Leaving noted = leaving.get(guid);
        return noted == null ? null : noted.changedAt();
    }

    void sending(List<Prepared> batch, List<Write> asWrites) {
        sending = batch;
        writes = asWrites;
        outcomes = List.of();
        fault = null;
    }

    List<Prepared> sending() {
        return sending;
    }

    List<Write> writes() {
        return writes;
    }

    void answered(List<Outcome> read) {
        outcomes = read;
        sent = true;
    }

    List<Outcome> outcomes() {
        return outcomes;
    }

    /** The adapter failed instead of answering. */
    void failed(String how) {
        fault = how;
    }

    @Nullable
    String fault() {
        return fault;
    }

    /** What became of the batch, and what needed no request; kept until it is settled. */
    void toSettle(List<Settlement> settlements) {
        if (unsettled.isEmpty()) {
            unsettledSince = System.nanoTime();
        }
        for (Settlement settlement : settlements) {
            unsettled.put(settlement.guid(), settlement);
            if (settlement.link() != null && !settlement.link().deleted()) {
                externalIds.put(settlement.guid(), settlement.link().externalId());
            } else if (settlement.state() != State.DELIVERED) {
                // Kept until the claim ends, for its state only.
                refused.put(settlement.guid(), settlement.with(null));
            }
        }
        ready.clear();
        sending(List.of(), List.of());
    }

    /**
     * What is to be settled now. While a target answers at once, several batches are settled together: what the hub would
     * have to read back should it die here is then no more than a slow target leaves open in one batch.
     *
     * @return empty as long as more is about to follow
     */
    List<Settlement> settleNow() {
        boolean moreFollows = isBatchReady() && System.nanoTime() - unsettledSince < TOGETHER.toNanos();
        return moreFollows ? List.of() : List.copyOf(unsettled.values());
    }

    void settled() {
        settled.addAll(unsettled.keySet());
        unsettled.clear();
    }

    /**
     * What must still be said of the claim's deliveries when its writer cannot go on: what is known is kept, what may
     * have left is unknown, and what has not is given back.
     */
    List<Settlement> leftovers(Duration readBackIn, Duration again) {
        ready.forEach(s -> unsettled.put(s.guid(), s));
        Set<String> left = new HashSet<>();
        sending.forEach(p -> left.add(p.claimed().guid()));
        List<Settlement> all = new ArrayList<>(unsettled.values());
        for (Claim.Claimed claimed : held().deliveries()) {
            String guid = claimed.guid();
            if (settled.contains(guid) || unsettled.containsKey(guid)) {
                continue;
            }
            all.add(
                    left.contains(guid)
                            ? Settlement.unknown(
                                    guid, claimed.revision(), readBackIn, "The hub failed while it was sent")
                            : Settlement.givenBack(guid, claimed.revision(), again));
        }
        return all;
    }

    /** Read by logs: keys and counts only. */
    @Override
    public String toString() {
        return "push of " + run.target().name() + ", run " + run.id();
    }
}
