package org.synchub.admin.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.synchub.admin.security.Allowed;
import org.synchub.admin.security.Role;
import org.synchub.ledger.Runs;
import org.synchub.sync.NoSuchThing;
import org.synchub.sync.TargetRegistry;

/** {@code /api/v1/runs}: the sync log. */
@RestController
@RequestMapping("/api/v1/runs")
@Tag(name = "runs")
class RunController {

    private final Runs runs;
    private final TargetRegistry targets;

    RunController(Runs runs, TargetRegistry targets) {
        this.runs = runs;
        this.targets = targets;
    }

    @Operation(summary = "Runs, the newest first")
    @Polled
    @Allowed(Role.VIEWER)
    @GetMapping
    Page<Runs.Run> listRuns(
            @RequestParam(required = false) @Nullable String target,
            @RequestParam(required = false) @Nullable Long cursor,
            @RequestParam(defaultValue = "50") int limit) {
        if (target != null) {
            targets.get(target);
        }
        int size = Page.size(limit);
        return Page.of(runs.page(target, cursor, size + 1), size, run -> String.valueOf(run.id()));
    }

    @Operation(summary = "One run")
    @Polled
    @Allowed(Role.VIEWER)
    @GetMapping("/{id}")
    Runs.Run getRun(@PathVariable long id) {
        return runs.find(id)
                .orElseThrow(() -> new NoSuchThing(
                        "There is no run " + id + "; what ended longer ago than synchub.runs.retention is forgotten"));
    }
}
