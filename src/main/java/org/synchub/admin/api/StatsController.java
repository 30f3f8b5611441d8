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
import org.synchub.sync.StatusReport;

/** {@code /api/v1/sync/stats}: the whole in six numbers. */
@RestController
@RequestMapping("/api/v1/sync")
@Tag(name = "statistics")
class StatsController {

    private final StatusReport status;

    StatsController(StatusReport status) {
        this.status = status;
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
}
