package org.synchub.admin.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.synchub.admin.security.Allowed;
import org.synchub.admin.security.Role;
import org.synchub.ledger.RecordSearch.Row;
import org.synchub.ledger.State;
import org.synchub.sync.RecordReport;
import org.synchub.sync.Timeline;

/** {@code /api/v1/records}: what is known of single records, without what they hold. */
@RestController
@RequestMapping("/api/v1/records")
@Tag(name = "records")
class RecordController {

    private final RecordReport records;
    private final Timeline timeline;

    RecordController(RecordReport records, Timeline timeline) {
        this.records = records;
        this.timeline = timeline;
    }

    @Operation(
            summary = "Finds records by guid, by the target's id, or by state and kind",
            description =
                    "One of guid, externalId and target is needed. State and kind are looked for within a target.")
    @Allowed(Role.VIEWER)
    @GetMapping
    Page<Row> findRecords(
            @RequestParam(required = false) @Nullable String target,
            @RequestParam(required = false) @Nullable String guid,
            @RequestParam(required = false) @Nullable String externalId,
            @RequestParam(required = false) @Nullable State state,
            @RequestParam(required = false) @Nullable String kind,
            @RequestParam(defaultValue = "") String cursor,
            @RequestParam(defaultValue = "50") int limit) {
        int size = Page.size(limit);
        if (guid != null) {
            return new Page<>(records.byGuid(target, guid), null);
        }
        if (externalId != null) {
            return new Page<>(records.byExternalId(target, externalId), null);
        }
        if (target == null) {
            throw new IllegalArgumentException(
                    "Name what to look for: guid, externalId, or target (with state and kind)");
        }
        return Page.of(records.page(target, state, kind, cursor, size + 1), size, Row::guid);
    }

    @Operation(summary = "One entity across all targets: how it stands with each, and what was decided about it")
    @Allowed(Role.VIEWER)
    @GetMapping("/{guid}")
    List<RecordReport.Whole> getRecord(@PathVariable String guid) {
        return records.of(guid);
    }

    @Operation(
            summary = "What happened to one entity, across all targets, in plain words, the oldest first",
            description =
                    "Events of DataCollect, what was owed, sent and agreed on by which version of the mapping, answers, conflicts"
                            + " and decisions. Names of fields, never what they hold.")
    @Allowed(Role.VIEWER)
    @GetMapping("/{guid}/timeline")
    List<Timeline.Told> getTimeline(@PathVariable String guid) {
        return timeline.of(guid);
    }
}
