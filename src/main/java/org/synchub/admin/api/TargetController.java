package org.synchub.admin.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.security.Principal;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.synchub.admin.Operations;
import org.synchub.admin.security.Allowed;
import org.synchub.admin.security.Role;
import org.synchub.sync.Cause;
import org.synchub.sync.Inspection;
import org.synchub.sync.Preview;
import org.synchub.sync.Previews;
import org.synchub.sync.StatusReport;

/** {@code /api/v1/targets}: look at targets, push, pull, pause and resume them. */
@RestController
@RequestMapping("/api/v1/targets")
@Tag(name = "targets")
class TargetController {

    private final StatusReport status;
    private final Operations operations;
    private final Previews previews;
    private final Inspection inspection;

    TargetController(StatusReport status, Operations operations, Previews previews, Inspection inspection) {
        this.inspection = inspection;
        this.status = status;
        this.operations = operations;
        this.previews = previews;
    }

    /**
     * What was asked for and will be done; the target's newest run shows how it goes.
     *
     * @param asked {@code push} or {@code pull}
     */
    record Asked(String target, String asked) {}

    @Operation(summary = "How every target is: state, counts by record kind and state, what is oldest, what comes next")
    @Polled
    @Allowed(Role.VIEWER)
    @GetMapping
    List<StatusReport.TargetStatus> listTargets() {
        return status.all();
    }

    @Operation(summary = "How one target is")
    @Polled
    @Allowed(Role.VIEWER)
    @GetMapping("/{target}")
    StatusReport.TargetStatus getTarget(@PathVariable String target) {
        return status.of(target);
    }

    @Operation(
            summary = "What is not in agreement with a target yet, since when, and how far it was read",
            description =
                    "Counts open conflicts and records that could not be applied, so it is for people who ask and not for"
                            + " polling.")
    @Allowed(Role.VIEWER)
    @GetMapping("/{target}/inspection")
    Inspection.Inspected inspectTarget(@PathVariable String target) {
        return inspection.of(target);
    }

    @Operation(summary = "Sends what is owed now")
    @Allowed(Role.OPERATOR)
    @PostMapping("/{target}/push")
    @ResponseStatus(HttpStatus.ACCEPTED)
    Asked push(@PathVariable String target, Principal who) {
        operations.push(target, Cause.HTTP, who.getName());
        return new Asked(target, "push");
    }

    /** @param confirmed how many deletions go on */
    record Confirmed(String target, int confirmed) implements Affecting {

        @Override
        public long affected() {
            return confirmed;
        }
    }

    @Operation(
            summary = "Lets deletions go on that wait for a person's yes, and sends them",
            description =
                    "They wait because they were more at once than the mapping's maxDeletes, or because the mapping asks for"
                            + " each. GET /api/v1/records with state HELD names them.")
    @Allowed(Role.OPERATOR)
    @PostMapping("/{target}/deletions/confirm")
    @ResponseStatus(HttpStatus.ACCEPTED)
    Confirmed confirmDeletes(@PathVariable String target, Principal who) {
        return new Confirmed(target, operations.confirmDeletes(target, Cause.HTTP, who.getName()));
    }

    @Operation(summary = "Reads what changed at the target now")
    @Allowed(Role.OPERATOR)
    @PostMapping("/{target}/pull")
    @ResponseStatus(HttpStatus.ACCEPTED)
    Asked pull(@PathVariable String target, Principal who) {
        operations.pull(target, Cause.HTTP, who.getName());
        return new Asked(target, "pull");
    }

    @Operation(
            summary = "What would become of one record, both ways: mapped, sent, and taken back",
            description =
                    "Reads from the target and changes nothing. People's values are replaced by ‹text› and ‹number›.")
    @Allowed(Role.OPERATOR)
    @GetMapping("/{target}/records/{guid}/preview")
    Preview previewRecord(@PathVariable String target, @PathVariable String guid) {
        return previews.of(target, guid, false);
    }

    @Operation(summary = "Stops speaking to the target until it is resumed")
    @Allowed(Role.OPERATOR)
    @PostMapping("/{target}/pause")
    StatusReport.TargetStatus pause(@PathVariable String target, Principal who) {
        operations.pause(target, true, who.getName());
        return status.of(target);
    }

    @Operation(summary = "Goes on after a pause, or after a stop that a person has mended")
    @Allowed(Role.OPERATOR)
    @PostMapping("/{target}/resume")
    StatusReport.TargetStatus resume(@PathVariable String target, Principal who) {
        operations.pause(target, false, who.getName());
        return status.of(target);
    }
}
