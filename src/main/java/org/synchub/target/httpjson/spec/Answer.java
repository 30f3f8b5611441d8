package org.synchub.target.httpjson.spec;

import org.jspecify.annotations.Nullable;
import org.synchub.mapping.Settings;

/**
 * Where in an answer things stand.
 *
 * @param record the record
 * @param records the list of records, for requests that give several
 * @param id the external id, where it is not in the record
 * @param version the version, where it is not in the record
 * @param items the list of results of a batch; null if there is none
 * @param match how a result finds its item
 * @param itemKey in a result: the key or id of its item, or for {@code match: index} its number counted from 0; null
 *     if results have the same order
 * @param emptyAccepts whether an answer without a body means that every record of a batch was accepted
 * @param time the target's time when it answered; null for the header Date
 */
public record Answer(
        Place record,
        Place records,
        @Nullable Place id,
        @Nullable Place version,
        @Nullable Place items,
        Match match,
        @Nullable Place itemKey,
        boolean emptyAccepts,
        @Nullable Place time) {

    static final String[] KEYS = {"record", "records", "id", "version", "items", "match", "itemKey", "empty", "time"};

    /** How the results of a batch find their items. */
    public enum Match {
        /** They have the same order, or carry the item's number. */
        INDEX,
        /** They carry the item's key or id. */
        KEY,
        /** They do not: a batch is accepted or refused as a whole. */
        NONE
    }

    private enum Empty {
        UNKNOWN,
        ACCEPTED
    }

    static Answer read(Settings request) {
        Settings answer = request.child("answer");
        answer.onlyKnown(KEYS);
        Match match = answer.choice("match", Match.class, answer.has("items") ? Match.INDEX : Match.NONE);
        if (match != Match.NONE && !answer.has("items")) {
            throw answer.failure(
                    "match",
                    "'match' says how results find their items, but not where they are",
                    "write items: results");
        }
        if (match == Match.KEY && !answer.has("itemKey")) {
            throw answer.failure(
                    "match", "'match: key' needs the place of the key in a result", "write itemKey: and its place");
        }
        return new Answer(
                Place.read(answer, "record", Place.WHOLE),
                Place.read(answer, "records", Place.WHOLE),
                Place.read(answer, "id"),
                Place.read(answer, "version"),
                Place.read(answer, "items"),
                match,
                Place.read(answer, "itemKey"),
                answer.choice("empty", Empty.class, Empty.UNKNOWN) == Empty.ACCEPTED,
                Place.read(answer, "time"));
    }
}
