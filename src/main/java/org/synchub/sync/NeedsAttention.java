package org.synchub.sync;

import java.util.List;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.Attention;
import org.synchub.ledger.Attention.Cause;
import org.synchub.ledger.Attention.Direction;
import org.synchub.ledger.Attention.Item;

/**
 * The one list of what people have to look at, and what they may do about it: try it again or give it up. Whole causes
 * are worked off page by page, so that a million records with one cause need no more memory than a few.
 */
public class NeedsAttention {

    private static final int PAGE = 500;

    private final Attention attention;
    private final TargetRegistry targets;
    private final Conflicts conflicts;

    public NeedsAttention(Attention attention, TargetRegistry targets, Conflicts conflicts) {
        this.attention = attention;
        this.targets = targets;
        this.conflicts = conflicts;
    }

    /**
     * A cause as it is shown before anything is done to it.
     *
     * @param examples its first records
     */
    public record Shown(Cause cause, List<Item> examples) {}

    /**
     * Causes, those of most records first.
     *
     * @param target only this one's; null for all
     * @throws UnknownTarget when no mapping describes it
     */
    public List<Cause> causes(@Nullable String target, int most) {
        if (target != null) {
            targets.get(target);
        }
        return attention.causes(target, most);
    }

    /**
     * A cause with its first records.
     *
     * @throws NoSuchThing when nothing waits for it
     */
    public Shown show(String cause, int examples) {
        Cause found = require(cause);
        return new Shown(found, attention.items(found, "", examples));
    }

    /**
     * Further records of a cause, in the order of their keys.
     *
     * @throws IllegalArgumentException when nothing waits for it
     */
    public List<Item> items(String cause, String after, int most) {
        return attention.items(require(cause), after, most);
    }

    /**
     * Tries all records of a cause again: what was going out is owed again, what came in is read again and applied.
     *
     * @return how many were tried
     * @throws NoSuchThing when nothing waits for it
     * @throws org.synchub.target.TargetTrouble when records have to be read from a target that does not answer
     */
    public int retry(String cause, String by) {
        Cause found = require(cause);
        targets.get(found.target());
        return each(found, keys -> {
            if (found.direction() == Direction.PUSH) {
                return attention.retry(found.target(), keys);
            }
            conflicts.retry(found.target(), keys, by);
            return keys.size();
        });
    }

    /**
     * Gives all records of a cause up: an entity until it changes again, a target's record until the target changes it.
     *
     * @param reason why, kept with each of them together with who
     * @return how many were given up
     * @throws NoSuchThing when nothing waits for it
     * @throws IllegalArgumentException when no reason is given
     */
    public int discard(String cause, String reason, String by) {
        if (reason.isBlank()) {
            throw new IllegalArgumentException("Say why these records are given up");
        }
        Cause found = require(cause);
        targets.get(found.target());
        String kept = "Given up by " + by + ": " + reason.strip();
        return each(found, keys -> {
            if (found.direction() == Direction.PUSH) {
                return attention.discard(found.target(), keys, kept);
            }
            conflicts.discard(found.target(), keys, kept, by);
            return keys.size();
        });
    }

    private int each(Cause cause, ToIntFunction<List<String>> work) {
        int done = 0;
        String after = "";
        while (true) {
            List<String> keys =
                    attention.items(cause, after, PAGE).stream().map(Item::key).toList();
            if (keys.isEmpty()) {
                return done;
            }
            done += work.applyAsInt(keys);
            after = keys.get(keys.size() - 1);
        }
    }

    private Cause require(String cause) {
        return attention
                .cause(cause)
                .orElseThrow(() -> new NoSuchThing(
                        "Nothing waits for cause '" + cause + "' (any more); 'attention list' shows what does"));
    }
}
