package org.synchub.admin.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.security.Principal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.synchub.admin.Operations;
import org.synchub.admin.security.Allowed;
import org.synchub.admin.security.Role;
import org.synchub.sync.Cause;
import org.synchub.sync.Resync;
import org.synchub.sync.ResyncPlan;
import org.synchub.sync.ResyncPlans;

/** {@code /api/v1/targets/{target}/resync}: read back, compare and put right what a target was sent. */
@RestController
@RequestMapping("/api/v1/targets/{target}/resync")
@Tag(name = "resync")
class ResyncController {

    private final Resync resync;
    private final ResyncPlans plans;
    private final Operations operations;

    ResyncController(Resync resync, ResyncPlans plans, Operations operations) {
        this.plans = plans;
        this.resync = resync;
        this.operations = operations;
    }

    /**
     * What to resync; everything when absent.
     *
     * @param kinds only these record kinds
     * @param guids only these entities
     * @param onlyRejected only what was rejected, is in conflict or was given up
     * @param onlyDiffering compares first, and owes again only what is not the same on both sides
     * @param since only what became owed or was settled then or later
     * @param dryRun says what would become of each record, and does nothing
     * @param confirm however much it takes away or empties: it is meant to go
     */
    record ResyncRequest(
            @Nullable List<String> kinds,
            @Nullable List<String> guids,
            boolean onlyRejected,
            boolean onlyDiffering,
            @Nullable Instant since,
            boolean dryRun,
            boolean confirm) {

        Resync.Scope scope() {
            return new Resync.Scope(
                    kinds == null ? List.of() : kinds,
                    guids == null ? List.of() : guids,
                    onlyRejected,
                    onlyDiffering,
                    since);
        }
    }

    /**
     * What a resync began with.
     *
     * @param owedAgain records owed by this request; what an earlier one has not come to yet is not counted again
     * @param wouldCompare of a dry run: by record kind, how many records would be read back
     * @param plan of a dry run: what would become of them
     * @param toCompare records that this resync and earlier ones have still to come to
     */
    record ResyncAnswer(
            String target,
            int owedAgain,
            @Nullable Map<String, Long> wouldCompare,
            @Nullable ResyncPlan plan,
            long toCompare)
            implements Affecting {

        @Override
        public long affected() {
            return owedAgain;
        }
    }

    /** @param forgone records that are not read back any more */
    record Cancelled(String target, int forgone) implements Affecting {

        @Override
        public long affected() {
            return forgone;
        }
    }

    @Operation(
            summary = "Pulls, then owes records again, so that each is read back, compared and put right",
            description =
                    "Asking twice does not do it twice: what waits for an earlier resync is left as it is. One that would take away"
                            + " or empty more than the mapping's maxDeletes is refused (409) unless confirm is true.")
    @Allowed(Role.OPERATOR)
    @PostMapping
    ResponseEntity<ResyncAnswer> startResync(
            @PathVariable String target,
            @RequestBody(required = false) @Nullable ResyncRequest request,
            Principal who) {
        Resync.Scope scope = request == null ? Resync.Scope.FULL : request.scope();
        if (request != null && request.dryRun()) {
            return ResponseEntity.ok(new ResyncAnswer(
                    target,
                    0,
                    resync.plan(target, scope),
                    plans.of(target, scope, false),
                    resync.progress(target).toCompare()));
        }
        int owed = operations.resync(target, scope, request != null && request.confirm(), Cause.HTTP, who.getName());
        return ResponseEntity.status(HttpStatus.ACCEPTED)
                .body(new ResyncAnswer(
                        target, owed, null, null, resync.progress(target).toCompare()));
    }

    @Operation(summary = "How many records are still to be compared, and the newest run of a resync")
    @Polled
    @Allowed(Role.VIEWER)
    @GetMapping
    Resync.Progress getResync(@PathVariable String target) {
        return resync.progress(target);
    }

    @Operation(
            summary = "Lets resyncs of the target go no further",
            description = "What they have not come to is not read back. What is owed for another reason stays owed.")
    @Allowed(Role.OPERATOR)
    @DeleteMapping
    Cancelled cancelResync(@PathVariable String target, Principal who) {
        return new Cancelled(target, operations.cancelResync(target, who.getName()));
    }
}
