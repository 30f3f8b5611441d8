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
import org.synchub.sync.Statistics;
import org.synchub.sync.StatusReport;

/** {@code /api/v1/sync}: the whole in six numbers, and how the runs of some time went. */
@RestController
@RequestMapping("/api/v1/sync")
@Tag(name = "statistics")
class StatsController {

    private final StatusReport status;
    private final Statistics statistics;

    StatsController(StatusReport status, Statistics statistics) {
        this.status = status;
        this.statistics = statistics;
    }

    @Operation(
            summary = "How much is in agreement, over all targets or one",
            description =
                    "total is pending + synced + failed + conflicts; what is never sent is not counted. Statistics by"
                            + " user are refused: DataCollect's store does not say whose device a record came from.")
    @Polled
    @Allowed(Role.VIEWER)
    @GetMapping("/stats")
    StatusReport.Stats getStats(
            @RequestParam(required = false) @Nullable String target,
            @RequestParam(required = false) @Nullable String userId) {
        if (userId != null) {
            throw new IllegalArgumentException(
                    "userId cannot be asked for: DataCollect's store does not say whose device a record came from");
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
}
