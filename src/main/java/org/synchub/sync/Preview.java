package org.synchub.sync;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What would become of one record, both ways, with nothing sent but reads.
 *
 * @param kind null where no record kind of the mapping matches
 * @param level LOCAL, SYNCED or EXTERNAL; null when the hub has not noticed the entity yet
 * @param externalId null while it is not linked
 * @param problems why it would not be sent as it stands; with the mapping's file and line where that is the place
 * @param record what the mapping makes of it
 * @param outcome what a push would do, in words
 * @param request the first request that would change something; null where none would be sent
 * @param remote the target's record in the mapping's words; null where there is none, or it is not known yet
 * @param changesHere what taking the target's record over would change here, were nothing changed here meanwhile
 * @param problemsHere what of the target's record could not be taken over
 */
public record Preview(
        String target,
        String guid,
        @Nullable String kind,
        @Nullable String level,
        @Nullable String externalId,
        List<String> problems,
        @Nullable JsonNode record,
        String outcome,
        @Nullable Asked request,
        @Nullable JsonNode remote,
        List<Change> changesHere,
        List<String> problemsHere) {

    /**
     * A request.
     *
     * @param headers of which only harmless ones are shown
     * @param body null where there is none
     */
    public record Asked(
            String method,
            String path,
            Map<String, String> headers,
            @Nullable JsonNode body) {}

    /** A place of DataCollect's record; a missing value is null. */
    public record Change(
            String path, @Nullable JsonNode now, @Nullable JsonNode then) {}
}
