package org.synchub.sync;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synchub.conflict.Choice;
import org.synchub.conflict.ChoiceException;
import org.synchub.crypto.Sha256;
import org.synchub.ledger.ConflictQueue;
import org.synchub.ledger.ConflictQueue.Case;

/**
 * Settles many alike conflicts by one answer: of one target and record kind, of one kind of conflict, in the same places.
 * An answer needs the code of a preview, and holds for exactly the conflicts that the preview showed, as it showed them.
 */
public class AlikeConflicts {

    private static final int MOST = 10_000;
    private static final int DIGITS = 12;

    private final ConflictQueue queue;
    private final Conflicts conflicts;

    public AlikeConflicts(ConflictQueue queue, Conflicts conflicts) {
        this.queue = queue;
        this.conflicts = conflicts;
    }

    /**
     * The conflicts that one answer would settle.
     *
     * @param code stands for these conflicts as they are; another one as soon as any of them changes
     */
    public record Preview(List<Case> cases, String code) {}

    /**
     * What became of an answer.
     *
     * @param left by the conflict's number, why it was not settled: it stays open as it is
     * @param now what stands now, when the preview no longer does and nothing was written; null otherwise
     */
    public record Answered(
            int settled, Map<Long, String> left, @Nullable Preview now) {}

    /**
     * Shows the conflicts that are like this one, itself among them.
     *
     * @throws IllegalArgumentException when there is no such conflict, or it asks which entity is meant
     */
    public Preview preview(long id) {
        Case like = conflicts.show(id);
        if (!like.state().equals("open") || like.what().guid() == null) {
            throw new IllegalArgumentException("Conflict " + id
                    + (like.state().equals("open")
                            ? " asks which entity is meant, so no other is like it; answer it with 'conflicts link'"
                            : " is not open any more: it is " + like.state()));
        }
        List<Case> cases = queue.alike(like, MOST);
        return new Preview(cases, code(cases));
    }

    /**
     * Settles the conflicts of a preview, one after the other; one that has moved on meanwhile, or cannot take the answer,
     * stops only itself.
     *
     * @param code of the preview
     * @throws IllegalArgumentException for an answer with values of its own: they cannot be right for several records
     * @throws org.synchub.target.TargetTrouble when the target cannot be asked; what was settled until then stays so
     */
    public Answered resolve(long id, Choice choice, String code, String by) {
        if (choice instanceof Choice.Merged) {
            throw new IllegalArgumentException(
                    "'merged' gives values of one record; several are settled by internal, external, ignore or approve");
        }
        Preview now = preview(id);
        if (!now.code().equals(code)) {
            return new Answered(0, Map.of(), now);
        }
        int settled = 0;
        Map<Long, String> left = new LinkedHashMap<>();
        for (Case each : now.cases()) {
            try {
                switch (conflicts
                        .resolve(each.id(), choice, each.what().fingerprint(), by)
                        .effect()) {
                    case SETTLED -> settled++;
                    case MOVED_ON -> left.put(each.id(), "has moved on since the preview");
                    case BUSY -> left.put(each.id(), "others are at work on the record");
                }
            } catch (ChoiceException | IllegalStateException cannot) {
                left.put(each.id(), String.valueOf(cannot.getMessage()));
            }
        }
        return new Answered(settled, left, null);
    }

    private static String code(List<Case> cases) {
        List<String> parts = new ArrayList<>();
        cases.forEach(each -> parts.add(each.id() + " " + each.what().fingerprint()));
        return Sha256.hex(String.join("\n", parts)).substring(0, DIGITS);
    }
}
