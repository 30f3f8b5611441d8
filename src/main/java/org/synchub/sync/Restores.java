package org.synchub.sync;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionTemplate;
import org.synchub.ledger.Links;
import org.synchub.ledger.PullLedger;
import org.synchub.ledger.PullLedger.Parked;
import org.synchub.ledger.StoredLink;
import org.synchub.ledger.Targets;
import org.synchub.ledger.Targets.Restored;
import org.synchub.store.Marks;
import org.synchub.target.RemoteChange;
import org.synchub.target.RemoteState;
import org.synchub.target.TargetTrouble;

/**
 * Notices that schema {@code hub}, the store or a target was brought back from an older backup, says so, and lets nothing be
 * exchanged before a person has decided.
 *
 * <p>The database: by {@link Marks}, before each run. A target: by the records that were agreed on last, when it is met for
 * the first time or again, and each night. They are gone, are older than they were, or bear another entity's key.
 */
public class Restores implements Guard {

    private static final Logger log = LoggerFactory.getLogger(Restores.class);

    /** How many records are looked at, those first that were agreed on last. */
    private static final int WITNESSES = 20;

    /** People take records away too; but hardly just those, in this order. */
    private static final int CONVINCED_BY = 3;

    private final Marks marks;
    private final Targets targets;
    private final Links links;
    private final PullLedger ledger;
    private final Pushes pushes;
    private final TransactionTemplate transaction;
    private long seen;

    public Restores(
            Marks marks,
            Targets targets,
            Links links,
            PullLedger ledger,
            Pushes pushes,
            TransactionTemplate transaction) {
        this.marks = marks;
        this.targets = targets;
        this.links = links;
        this.ledger = ledger;
        this.pushes = pushes;
        this.transaction = transaction;
    }

    /**
     * At the start, once the targets are known: looks for the first time.
     *
     * @param mark whether to give the store its mark where it has none
     */
    public void begin(boolean mark) {
        marks.begin(mark);
        beforeRun();
    }

    @Override
    public synchronized void beforeRun() {
        Marks.Reading now = marks.advance();
        if (!now.kept()) {
            return;
        }
        Restored what = wentBack(now);
        if (what == null) {
            seen = now.hub();
            return;
        }
        seen = transaction.execute(status -> {
            long highest = Math.max(seen, Math.max(now.hub(), Objects.requireNonNullElse(now.store(), 0L))) + 1;
            for (Targets.Target target : targets.all()) {
                String reason = reason(what, target.name());
                hold(target.name(), what, reason, what == Restored.STORE ? now.storeAt() : null);
                log.error("{}: stopped. {}", target.name(), reason);
                pushes.tellStopped(target.name(), reason);
            }
            marks.level(highest);
            return highest;
        });
    }

    /** A running hub remembers where both were; of those that a start finds level at an older mark only targets tell. */
    private @Nullable Restored wentBack(Marks.Reading now) {
        Long store = now.store();
        if (store == null || store < now.hub()) {
            return Restored.STORE;
        }
        if (store > now.hub()) {
            return Restored.HUB;
        }
        return now.hub() < seen ? Restored.DATABASE : null;
    }

    /** Stops a target until a person decides. */
    private void hold(String target, Restored what, String reason, @Nullable Instant to) {
        targets.restored(target, what, reason, to);
        ledger.park(
                target, List.of(new Parked(Targets.RESTORED_ROW, "", null, null, "restored-" + what.word(), reason)));
    }

    @Override
    public void swapped(TargetRuntime target, String reason) {
        hold(target.name(), Restored.TARGET, reason, null);
    }

    private static String reason(Restored what, String target) {
        String which = switch (what) {
            case HUB -> "Schema hub is";
            case STORE -> "DataCollect's tables are";
            case DATABASE -> "The whole database is";
            case TARGET -> "The target is";
        };
        return which
                + " older than when the hub last looked: brought back from a backup? Nothing is sent or taken in until"
                + " somebody decides. `reconcile " + target + " --dry-run` shows what would be put right, `reconcile "
                + target
                + "` does it, `resume " + target + "` goes on with things as they are";
    }

    @Override
    public void beforeFirst(TargetRuntime target) {
        List<StoredLink> newest = links.newest(target.name(), WITNESSES);
        if (newest.size() < CONVINCED_BY) {
            return;
        }
        Witnesses held = new Witnesses(target, newest);
        long lost = newest.stream().takeWhile(held::isLost).count();
        if (lost >= CONVINCED_BY) {
            throw new TargetTrouble(
                    TargetTrouble.Kind.SWAPPED,
                    "The " + lost + " records that were agreed on last are gone, or older than they were. "
                            + reason(Restored.TARGET, target.name()));
        }
    }

    /** What a target holds of some linked records. */
    static final class Witnesses {

        private final TargetRuntime target;
        private final Map<String, RemoteChange> records;
        private final Map<String, RemoteState> states;

        /** Whether the target shows the hub's key in what the hub made. */
        private final boolean keyed;

        Witnesses(TargetRuntime target, List<StoredLink> of) {
            this.target = target;
            List<String> ids = of.stream().map(StoredLink::externalId).toList();
            records = target.adapter().read(ids).stream()
                    .collect(Collectors.toMap(RemoteChange::externalId, change -> change, (a, b) -> b));
            keyed = records.values().stream().anyMatch(change -> change.key() != null);
            List<String> unread =
                    ids.stream().filter(id -> !records.containsKey(id)).toList();
            states = unread.isEmpty() ? Map.of() : target.adapter().present(unread);
        }

        /** The record as the target holds it; null when it tells none. */
        @Nullable
        RemoteChange of(StoredLink link) {
            return records.get(link.externalId());
        }

        /** Whether the record is not there any more, or another one has its id. */
        boolean isGone(StoredLink link) {
            RemoteChange change = of(link);
            if (change == null) {
                return states.get(link.externalId()) == RemoteState.GONE;
            }
            boolean bornThere = link.guid().equals(Incoming.newGuid(target.mapping(), link.externalId()));
            return change.key() == null ? keyed && !bornThere : !change.key().equals(link.guid());
        }

        /** Whether the record is an older one than was agreed on. */
        boolean isOlder(StoredLink link) {
            RemoteChange change = of(link);
            return change != null
                    && change.version() != null
                    && link.version() != null
                    && target.adapter().isOlder(change.version(), link.version());
        }

        boolean isLost(StoredLink link) {
            return isGone(link) || isOlder(link);
        }
    }
}
