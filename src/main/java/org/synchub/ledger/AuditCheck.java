package org.synchub.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.AuditChain.Root;
import org.synchub.ledger.AuditChain.Sealed;

/** Looks at the seals of the audit trail in their order and names what was tampered with. */
public final class AuditCheck {

    /** More findings than that are counted, not listed. */
    static final int MOST = 100;

    /** How long a transaction that writes an audit row may take, and how far the database's clock may be set back. */
    private static final Duration SLACK = Duration.ofMinutes(10);

    /** What was done to the trail. */
    public enum Tampering {
        CHANGED,
        REMOVED,
        INSERTED,
        SWAPPED,
        CUT,
        REWRITTEN
    }

    /**
     * One thing that was tampered with.
     *
     * @param row id of the row in {@code hub.audit}; null where only a seal tells
     * @param message names it in a sentence
     */
    public record Finding(Tampering tampering, @Nullable Long row, String message) {}

    /**
     * What a look at the whole trail gave.
     *
     * @param rows seals that were looked at
     * @param root the last seal
     * @param published how many roots that were kept elsewhere were compared
     * @param findings what was tampered with, at most {@value #MOST}; nothing when all is as it was written
     * @param found how many there are
     * @param open what was begun over five seconds ago and never concluded, the newest first, at most {@value #MOST}: the process died in between,
     *     or is still at it. Nobody has tampered with these
     * @param begun how many there are of them
     */
    public record Verdict(
            long rows, Root root, int published, List<Finding> findings, long found, List<AuditRow> open, long begun) {

        public boolean isUntouched() {
            return found == 0;
        }
    }

    /** A row that does not hold what its seal says. */
    private record Other(long id, String sealed, String holds) {}

    private final Root head;
    private final TreeMap<Long, String> published;
    private final List<Finding> findings = new ArrayList<>();
    private final List<Other> changed = new ArrayList<>();
    private final Deque<Sealed> recent = new ArrayDeque<>();
    private long found;
    private long rows;
    private long lastSeq;
    private byte @Nullable [] lastHash = new byte[32];
    private long highestPassed;
    private @Nullable Instant newest;
    private int compared;
    private List<AuditRow> open = List.of();
    private long begun;

    AuditCheck(Root head, Map<Long, String> published) {
        this.head = head;
        this.published = new TreeMap<>(published);
    }

    /** The next seal in the order of {@code seq}. */
    void seal(Sealed seal) {
        rows++;
        if (seal.seq() != lastSeq + 1) {
            note(
                    Tampering.REMOVED,
                    null,
                    "Between the seals " + lastSeq + " and " + seal.seq() + " there were " + (seal.seq() - lastSeq - 1)
                            + " more, each with its row");
            lastHash = null;
        }
        byte[] before = lastHash;
        boolean follows = before == null
                || Arrays.equals(AuditChain.hash(before, seal.seq(), seal.auditId(), seal.content()), seal.hash());
        if (!follows) {
            note(
                    Tampering.CHANGED,
                    seal.auditId(),
                    "Seal " + seal.seq() + " of row " + seal.auditId() + " does not follow from seal " + lastSeq
                            + ": one of the two was written over");
        }
        AuditRow row = seal.row();
        if (row == null) {
            note(Tampering.REMOVED, seal.auditId(), "Row " + seal.auditId() + " (seal " + seal.seq() + ") is gone");
        } else {
            look(seal, row);
        }
        lastSeq = seal.seq();
        lastHash = seal.hash();
        compare(seal.seq(), HexFormat.of().formatHex(seal.hash()));
    }

    private void look(Sealed seal, AuditRow row) {
        String sealed = HexFormat.of().formatHex(seal.content());
        String holds = HexFormat.of().formatHex(row.content());
        if (!sealed.equals(holds)) {
            if (changed.size() < MOST) {
                changed.add(new Other(row.id(), sealed, holds));
            } else {
                found++;
            }
            return;
        }
        while (!recent.isEmpty() && recent.peekFirst().sealedAt().plus(SLACK).isBefore(seal.sealedAt())) {
            highestPassed = Math.max(highestPassed, recent.removeFirst().auditId());
        }
        if (row.id() < highestPassed) {
            note(
                    Tampering.INSERTED,
                    row.id(),
                    "Row " + row.id() + " was sealed over " + SLACK.toMinutes() + " minutes after row " + highestPassed
                            + ", which was numbered later: it was put in between");
        } else if (newest != null && row.at().plus(SLACK).isBefore(newest)) {
            note(
                    Tampering.INSERTED,
                    row.id(),
                    "Row " + row.id() + " says that it is of " + row.at() + ", but stands after rows of " + newest
                            + ": it was put in later, or the database's clock was set back");
        } else {
            newest = newest == null || row.at().isAfter(newest) ? row.at() : newest;
        }
        recent.addLast(seal);
    }

    private void compare(long seq, String hash) {
        String kept = published.remove(seq);
        if (kept != null) {
            compared++;
            if (!kept.equals(hash)) {
                note(
                        Tampering.REWRITTEN,
                        null,
                        "Seal " + seq + " was published as " + kept + " and is " + hash
                                + " now: rows up to it were changed, and sealed again");
            }
        }
        if (seq == head.seq() && !head.hash().equals(hash)) {
            note(Tampering.REWRITTEN, null, "The last seal, " + seq + ", is not the one that the sealer wrote");
        }
    }

    /** Rows that are neither sealed nor wait for it. */
    void unsealed(List<Long> ids) {
        ids.forEach(id -> note(
                Tampering.INSERTED,
                id,
                "Row " + id + " has no seal and waits for none: it was put in, or its seal was removed"));
    }

    /** Rows that waited for their seal and are gone. */
    void vanished(List<Long> ids) {
        ids.forEach(id -> note(Tampering.REMOVED, id, "Row " + id + " is gone; it was not sealed yet"));
    }

    /** What was begun and never concluded: the newest ones, and how many there are. */
    void open(List<AuditRow> newest, long count) {
        open = newest;
        begun = count;
    }

    Verdict verdict() {
        Map<String, Other> bySeal = new HashMap<>();
        changed.forEach(other -> bySeal.put(other.sealed(), other));
        Set<Long> told = new HashSet<>();
        for (Other one : changed) {
            Other two = bySeal.get(one.holds());
            if (two != null && two.id() != one.id() && two.holds().equals(one.sealed())) {
                if (told.add(two.id()) && told.add(one.id())) {
                    note(
                            Tampering.SWAPPED,
                            one.id(),
                            "Rows " + one.id() + " and " + two.id() + " were swapped: each holds what the other held");
                }
            } else {
                note(Tampering.CHANGED, one.id(), "Row " + one.id() + " does not hold what was sealed");
            }
        }
        if (head.seq() > lastSeq) {
            note(Tampering.CUT, null, "The trail ends at seal " + lastSeq + "; it went on to " + head.seq());
        }
        if (!published.isEmpty() && published.lastKey() > Math.max(lastSeq, head.seq())) {
            note(
                    Tampering.CUT,
                    null,
                    "The trail ends at seal " + lastSeq + "; seal " + published.lastKey() + " was published");
        }
        return new Verdict(rows, head, compared, List.copyOf(findings), found, open, begun);
    }

    private void note(Tampering tampering, @Nullable Long row, String message) {
        found++;
        if (findings.size() < MOST) {
            findings.add(new Finding(tampering, row, message));
        }
    }
}
