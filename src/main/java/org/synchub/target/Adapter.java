package org.synchub.target;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Speaks one target's protocol: turns neutral records into requests and answers into outcomes. One instance serves one
 * target and is called by several writers at once. It keeps no state that a restart would need; what must survive
 * belongs to the ledger.
 *
 * <p>An adapter never decides to repeat a write whose outcome it does not know: it says {@link Outcome.Unknown} and is
 * asked again later with {@link Write#uncertain()} set, which means: read back by key, compare with the base and with
 * {@link Write#sent()}, then write the rest.
 */
public interface Adapter extends AutoCloseable {

    /**
     * Reads from the server what the mapping depends on (fields, vocabularies, rights) and says what this server lets
     * the hub guarantee. Called before the first write, again after the target was in trouble, and by {@code validate}.
     *
     * @throws TargetTrouble when the server cannot be reached or does not let the hub in
     * @throws ConfigurationProblem when the server cannot take what the mapping would send; names the mapping's lines
     *     and what the server allows
     */
    EffectContract prepare();

    /** How many writes one call of {@link #send} takes at most. */
    int batchSize();

    /** How many callers may send at the same time. */
    int writers();

    /**
     * Sends one batch. No two writes are of one entity, and every reference in a record is resolved in
     * {@link Write#references()}.
     *
     * @return one outcome per write, in the order of the batch. A target that fails in the middle does not lose what
     *     was already read: the rest is {@link Outcome.Unsent} or, where a request may have arrived, {@link
     *     Outcome.Unknown}.
     */
    List<Outcome> send(List<Write> batch);

    /**
     * Reads one bounded page of what changed, oldest first, at or after the cursor. Pages overlap: the caller drops what
     * it knows.
     *
     * @param cursor what the last page returned, null for the very first
     * @throws TargetTrouble when the page could not be read; nothing is lost, the cursor stays
     */
    ChangePage changes(@Nullable String cursor, int limit);

    /**
     * Which of these external ids still exist (archived ones do). Used to notice deletions that leave nothing to poll.
     *
     * @return external id to presence; an id that is absent from the map was not answered for
     */
    Map<String, RemoteState> present(Collection<String> externalIds);

    /**
     * Reads the records with these external ids as they are now.
     *
     * @return one change per record found, in no particular order
     */
    List<RemoteChange> read(Collection<String> externalIds);

    /**
     * Undoes what the target makes by itself of values that it is sent, such as capitals in a name: where it holds just
     * that, it holds what was agreed on, and has changed nothing.
     *
     * @param record as the target told it, neutral
     * @param base what was agreed on last
     * @return the record, with such values as the base has them; a target that keeps what it is sent needs none of this
     */
    default ObjectNode asAgreed(ObjectNode record, ObjectNode base) {
        return record;
    }

    /**
     * Where the whole numbers begin that the target wants as ids of new records from the hub. Each entity gets one,
     * remembered in the ledger before anything is sent: {@link Write#number()}. Empty for a target that wants none.
     */
    default OptionalLong numbersFrom() {
        return OptionalLong.empty();
    }

    /** Whether writes say when they were made; {@link Write#changedAt()} then holds a time. */
    default boolean saysTimes() {
        return false;
    }

    /**
     * Whether a record's version is older than one that was seen before, as after a restore of the target. Whole numbers and
     * points in time are compared; false where versions have no order.
     */
    default boolean isOlder(String version, String than) {
        return Versions.isOlder(version, than);
    }

    /** Words of the protocol itself that requests and answers hold, whatever the record: nobody's values, fit to be shown. */
    default Set<String> words() {
        return Set.of();
    }

    /** How the target's clock stands to the hub's; null where the target tells no time. Needs no request. */
    default @Nullable ClockReading clock() {
        return null;
    }

    /** Where the target tells that something changed; null where it does not. Needs no request. */
    default @Nullable HintSource hints() {
        return null;
    }

    @Override
    default void close() {}
}
