package org.synchub.sync;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synchub.ledger.Links;
import org.synchub.ledger.PullLedger;
import org.synchub.ledger.PullLedger.Parked;
import org.synchub.ledger.StoredLink;
import org.synchub.target.RemoteChange;
import org.synchub.target.RemoteState;
import org.synchub.target.TargetTrouble;

/**
 * Notices records that a target no longer holds and of which no change tells. Everything is looked at before anything is
 * decided: a target that answers with nothing, or with half of its records, is not believed.
 */
public class Vanished {

    private static final Logger log = LoggerFactory.getLogger(Vanished.class);

    /** The parked row that stands for all records of a look that was not believed. */
    static final String ALL = "*";

    private static final int PAGE = 1_000;

    private final Links links;
    private final PullLedger ledger;
    private final Pull pull;

    public Vanished(Links links, PullLedger ledger, Pull pull) {
        this.links = links;
        this.ledger = ledger;
        this.pull = pull;
    }

    /** Step of the route: asks for every linked record, in pages, and settles those that are gone. */
    public void sweep(PullRun run) {
        run.during(() -> lookAtAll(run));
    }

    private void lookAtAll(PullRun run) {
        try {
            Look look = look(run.target());
            if (look.missing().isEmpty() || run.isConfirmed() || !tooMany(run.target(), look)) {
                ledger.unpark(run.target().name(), List.of(ALL));
                settle(run, look.missing());
            } else {
                park(run, look);
            }
        } catch (TargetTrouble trouble) {
            run.meet(trouble);
        }
    }

    /** What one look at all linked records saw. */
    private record Look(int linked, List<StoredLink> missing) {}

    private Look look(TargetRuntime target) {
        List<StoredLink> missing = new ArrayList<>();
        int linked = 0;
        String after = "";
        List<StoredLink> page;
        do {
            page = links.page(target.name(), after, PAGE);
            Map<String, RemoteState> states = target.adapter()
                    .present(page.stream().map(StoredLink::externalId).toList());
            for (StoredLink link : page) {
                if (states.get(link.externalId()) == RemoteState.GONE) {
                    missing.add(link);
                }
            }
            linked += page.size();
            after = page.isEmpty() ? after : page.get(page.size() - 1).guid();
        } while (page.size() == PAGE);
        return new Look(linked, missing);
    }

    private static boolean tooMany(TargetRuntime target, Look look) {
        return look.missing().size() > target.mapping().maxDeletes().among(look.linked());
    }

    private void park(PullRun run, Look look) {
        String reason = look.missing().size() + " of " + look.linked()
                + " linked records are missing at the target at once, more than maxDeletes in "
                + run.target().mapping().file() + " allows. None was touched. If they are meant to be gone, say so with"
                + " 'vanished " + run.target().name() + " --confirm'; else look at the target and its user's rights";
        ledger.park(run.target().name(), List.of(new Parked(ALL, "", null, null, "too-many-vanished", reason)));
        pull.count(run, 0, 1);
        log.warn("{}: {}", run.target().name(), reason);
    }

    private void settle(PullRun run, List<StoredLink> missing) {
        for (int from = 0; from < missing.size(); from += Pull.PAGE) {
            List<StoredLink> part = missing.subList(from, Math.min(missing.size(), from + Pull.PAGE));
            Set<String> back = new HashSet<>();
            Instant asOf = links.now();
            run.target()
                    .adapter()
                    .read(part.stream().map(StoredLink::externalId).toList())
                    .forEach(change -> back.add(change.externalId()));
            List<RemoteChange> gone = part.stream()
                    .filter(link -> !back.contains(link.externalId()))
                    .map(link -> new RemoteChange(
                            link.kind(), link.externalId(), link.version(), null, RemoteState.GONE, null, null, null))
                    .toList();
            pull.settle(run, asOf, gone);
        }
    }
}
