package org.synchub.admin.api;

import java.security.Principal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.synchub.admin.Operations;
import org.synchub.admin.security.Allowed;
import org.synchub.admin.security.Role;
import org.synchub.ledger.Runs;
import org.synchub.sync.Cause;
import org.synchub.sync.Resync;
import org.synchub.sync.StatusReport;

/** {@code /api/v1/targets}: look at targets, push and resync them. */
@RestController
@RequestMapping("/api/v1/targets")
class TargetController {

    private final StatusReport status;
    private final Operations operations;
    private final Runs runs;

    TargetController(StatusReport status, Operations operations, Runs runs) {
        this.status = status;
        this.operations = operations;
        this.runs = runs;
    }

    /**
     * What to resync; everything when absent.
     *
     * @param kinds only these record kinds
     * @param guids only these entities
     * @param onlyRejected only what needs attention
     */
    record ResyncRequest(
            @Nullable List<String> kinds, @Nullable List<String> guids, boolean onlyRejected) {

        Resync.Scope scope() {
            return new Resync.Scope(kinds == null ? List.of() : kinds, guids == null ? List.of() : guids, onlyRejected);
        }
    }

    @Allowed(Role.VIEWER)
    @GetMapping
    List<StatusReport.TargetStatus> list() {
        return status.all();
    }

    @Allowed(Role.VIEWER)
    @GetMapping("/{target}")
    StatusReport.TargetStatus get(@PathVariable String target) {
        return status.of(target);
    }

    @Allowed(Role.VIEWER)
    @GetMapping("/{target}/runs")
    List<Runs.Run> runs(@PathVariable String target, @RequestParam(defaultValue = "20") int limit) {
        status.of(target);
        return runs.list(target, Math.min(Math.max(limit, 1), 200));
    }

    @Allowed(Role.OPERATOR)
    @PostMapping("/{target}/push")
    ResponseEntity<Map<String, Object>> push(@PathVariable String target, Principal who) {
        operations.push(target, Cause.HTTP, who.getName());
        return ResponseEntity.accepted().body(Map.of("target", target, "asked", "push"));
    }

    @Allowed(Role.OPERATOR)
    @PostMapping("/{target}/pull")
    ResponseEntity<Map<String, Object>> pull(@PathVariable String target, Principal who) {
        operations.pull(target, Cause.HTTP, who.getName());
        return ResponseEntity.accepted().body(Map.of("target", target, "asked", "pull"));
    }

    @Allowed(Role.OPERATOR)
    @PostMapping("/{target}/resync")
    ResponseEntity<Map<String, Object>> resync(
            @PathVariable String target,
            @RequestBody(required = false) @Nullable ResyncRequest request,
            Principal who) {
        Resync.Scope scope = request == null ? Resync.Scope.FULL : request.scope();
        int owed = operations.resync(target, scope, Cause.HTTP, who.getName());
        return ResponseEntity.accepted().body(Map.of("target", target, "asked", "resync", "owedAgain", owed));
    }

    @Allowed(Role.OPERATOR)
    @PostMapping("/{target}/pause")
    void pause(@PathVariable String target, Principal who) {
        operations.pause(target, true, who.getName());
    }

    @Allowed(Role.OPERATOR)
    @PostMapping("/{target}/resume")
    void resume(@PathVariable String target, Principal who) {
        operations.pause(target, false, who.getName());
    }
}
