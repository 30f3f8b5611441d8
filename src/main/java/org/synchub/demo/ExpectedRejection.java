package org.synchub.demo;

/**
 * A record of the demo's field data that the hub must not deliver, and why.
 *
 * @param entityGuid the entity in tenant {@link FieldData#TENANT}
 * @param fate what a correct hub makes of it
 * @param why one short clause in neutral words, without the value itself
 */
public record ExpectedRejection(String entityGuid, Fate fate, String why) {

    /** What becomes of a record that cannot be delivered. */
    public enum Fate {
        /** The mapping or the target refuses a value in it: it needs a person's attention. */
        REFUSED,
        /** It points at a household that does not exist in the store and never will. */
        WAITS_FOR_HOUSEHOLD,
        /** No mapping selects its form: nothing is owed, and that is right. */
        NOT_MAPPED,
        /** Its only event is LOCAL: the server made it, and no device has synced it. */
        NOT_SYNCED
    }
}
