package org.synchub.sync;

import java.util.List;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.Attention;
import org.synchub.ledger.Attention.Cause;
import org.synchub.ledger.Attention.Direction;
import org.synchub.ledger.Attention.Item;
import org.synchub.ledger.Attention.Waiting;
import org.synchub.ledger.Exchanges;

/**
 * The one list of what people have to look at, and what they may do about it: try it again or give it up. Whole causes
 * are worked off page by page, so that a million records with one cause need no more memory than a few.
 */
public class NeedsAttention {

    private static final int PAGE = 500;

    private final Attention attention;
    private final Exchanges exchanges;
    private final TargetRegistry targets;
    private final Conflicts conflicts;

    public NeedsAttention(Attention attention, Exchanges exchanges, TargetRegistry targets, Conflicts conflicts) {
        this.attention = attention;
        this.exchanges = exchanges;
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
     * One record with what was exchanged over it.
     *
     * @param exchange null where nothing is kept: the hub refused the record before it asked the target anything, or it is
     *     longer ago than exchanges are kept
     */
    public record Told(Waiting waiting, Exchanges.@Nullable ShownExchange exchange) {}

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
     * A record of a cause with what was exchanged over it.
     *
     * @param key of the record; null for the first of which an exchange is kept
     * @param values whether people's values are shown; secrets never are
     * @throws NoSuchThing when nothing waits for the cause, or not this record
     */
    public Told told(String cause, @Nullable String key, boolean values) {
        Cause found = require(cause);
        String which = key != null
                ? key
                : exchanges
                        .firstKey(found)
                        .orElseGet(() -> attention.items(found, "", 1).stream()
                                .map(Item::key)
                                .findFirst()
                                .orElse(""));
        return attention.waiting(which).stream()
                .filter(waiting ->
                        waiting.cause().equals(cause) && waiting.record().key().equals(which))
                .findFirst()
                .map(waiting -> told(waiting, values))
                .orElseThrow(
                        () -> new NoSuchThing("No record '" + which + "' waits for cause '" + cause + "' (any more)"));
    }

    /**
     * What waits under a key, an entity's guid or a target's id, with what was exchanged over it.
     *
     * @param values whether people's values are shown; secrets never are
     * @return one for each target at which it waits; empty when it waits nowhere
     */
    public List<Told> told(String key, boolean values) {
        return attention.waiting(key).stream()
                .map(waiting -> told(waiting, values))
                .toList();
    }

    private Told told(Waiting waiting, boolean values) {
        return new Told(
                waiting,
                exchanges
                        .find(
                                waiting.target(),
                                waiting.direction(),
                                waiting.record().key(),
                                values)
                        .orElse(null));
    }

    /** Whether a cause by this name waits. */
    public boolean isCause(String id) {
        return attention.cause(id).isPresent();
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
