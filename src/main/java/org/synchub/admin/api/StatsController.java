package org.synchub.admin.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.synchub.admin.security.Allowed;
import org.synchub.admin.security.Role;
import org.synchub.sync.Recorders;
import org.synchub.sync.Statistics;
import org.synchub.sync.StatusReport;

/** {@code /api/v1/sync}: the whole in six numbers, and how the runs of some time went. */
@RestController
@RequestMapping("/api/v1/sync")
@Tag(name = "statistics")
class StatsController {

    private final StatusReport status;
    private final Statistics statistics;
    private final Recorders recorders;

    StatsController(StatusReport status, Statistics statistics, Recorders recorders) {
        this.recorders = recorders;
        this.status = status;
        this.statistics = statistics;
    }

    @Operation(
            summary = "How much is in agreement, over all targets or one",
            description = "total is pending + synced + failed + conflicts; what is never sent is not counted. userId is"
                    + " refused: DataCollect's store does not say who recorded a record. Where the mapping does,"
                    + " /api/v1/sync/statistics/recorders counts by user.")
    @Polled
    @Allowed(Role.VIEWER)
    @GetMapping("/stats")
    StatusReport.Stats getStats(
            @RequestParam(required = false) @Nullable String target,
            @RequestParam(required = false) @Nullable String userId) {
        if (userId != null) {
            throw new IllegalArgumentException(
                    "userId cannot be asked for here: DataCollect's store does not say who recorded a record. Where the mapping"
                            + " names the place (recordedBy), /api/v1/sync/statistics/recorders?by=user counts by user");
        }
        return status.stats(target);
    }

    @Operation(
            summary = "How the runs of some time went, in periods and together, and which took longest",
            description =
                    "A run counts in the period in which it ended. direction is push, pull, sync, resync or reconcile; from and"
                            + " to are dates or times, and to is the first that does not count; by is hour, day (where nothing is"
                            + " said), week or month, at most 1,000 of them; zone is UTC where nothing is said. Without from and"
                            + " to: the last 24 hours, 30 days, 13 weeks or 12 months, with the one that goes on. Rates are"
                            + " between 0 and 1, and null where there is nothing to be a share of.")
    @Polled
    @Allowed(Role.VIEWER)
    @GetMapping("/statistics")
    Statistics.Report getStatistics(
            @RequestParam(required = false) @Nullable String target,
            @RequestParam(required = false) @Nullable String direction,
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to,
            @RequestParam(required = false) @Nullable String by,
            @RequestParam(required = false) @Nullable String zone) {
        return statistics.of(new Statistics.Question(target, direction, from, to, by, zone));
    }

    @Operation(
            summary = "How the records stand that each user recorded, or that came from each device",
            description =
                    "by is user or device. Only of record kinds whose mapping names the place (recordedBy); refused where none does."
                            + " Each record counts once, as it stands now; with from or to, only those that came to stand so in"
                            + " that time: were settled then, or are pending since. who is null for records that do not say, or"
                            + " that are gone from the store. It passes over the target's records: not for polling.")
    @Allowed(Role.ADMIN)
    @GetMapping("/statistics/recorders")
    Recorders.Report getRecorders(
            @RequestParam String target,
            @RequestParam String by,
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to,
            @RequestParam(defaultValue = "100") int limit) {
        return recorders.of(target, by, from, to, limit);
    }
}
