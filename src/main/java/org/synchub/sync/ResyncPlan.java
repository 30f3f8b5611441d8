package org.synchub.sync;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a resync would do as things stand, record by record.
 *
 * @param compared records in scope
 * @param creates the target has none that is linked; one that it has by the mapping's keys is adopted instead
 * @param updates the target's record is written to
 * @param deletes the target's record is taken away, as the mapping's {@code onDelete} says
 * @param takenHere changed at the target alone, or by its right: taken over into DataCollect
 * @param conflicts somebody has to decide
 * @param unchanged both sides hold the same
 * @param notSent what the mapping refuses or has no record kind for, and what refers to a record that cannot come
 * @param empties records of which a field would be emptied at the target
 * @param emptied how many records each field would be emptied of
 * @param refusal why a resync of this scope wants a person's yes; null when it does not
 * @param examples some records of each sort, field by field
 */
public record ResyncPlan(
        String target,
        long compared,
        long creates,
        long updates,
        long deletes,
        long takenHere,
        long conflicts,
        long unchanged,
        long notSent,
        long empties,
        Map<String, Long> emptied,
        @Nullable String refusal,
        List<Example> examples) {

    /** What would become of a record. */
    public enum Fate {
        CREATE,
        UPDATE,
        DELETE,
        TAKE_HERE,
        CONFLICT,
        UNCHANGED,
        NOT_SENT
    }

    /**
     * One record.
     *
     * @param externalId null while it is not linked
     * @param fields where the two sides differ; none where the whole record comes, goes or stays
     * @param reason why it is not sent; null when it is
     */
    public record Example(
            Fate fate,
            String kind,
            String guid,
            @Nullable String externalId,
            List<Difference> fields,
            @Nullable String reason) {}

    /**
     * One place of a record; a value that is not there is null.
     *
     * @param path without the keys of list items
     * @param there what the target holds
     * @param here what the mapping makes of DataCollect's record
     */
    public record Difference(
            String path, @Nullable JsonNode there, @Nullable JsonNode here) {}
}
