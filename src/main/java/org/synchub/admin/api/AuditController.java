package org.synchub.admin.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;
import org.synchub.admin.AuditTrail;
import org.synchub.admin.security.Allowed;
import org.synchub.admin.security.Role;
import org.synchub.ledger.AuditChain;
import org.synchub.ledger.AuditCheck;
import org.synchub.ledger.AuditRow;

/** {@code /api/v1/audit}: what people did and every run, and whether that still stands as it was written. */
@RestController
@RequestMapping("/api/v1/audit")
@Tag(name = "audit")
class AuditController {

    private final AuditTrail trail;

    AuditController(AuditTrail trail) {
        this.trail = trail;
    }

    @Operation(
            summary = "The audit trail, the newest first",
            description =
                    "open=true lists only what was begun over five seconds ago and never concluded: the process died in between, or is"
                            + " still at it.")
    @Allowed(Role.ADMIN)
    @GetMapping
    Page<AuditRow> listAudit(
            @RequestParam(required = false) @Nullable String target,
            @RequestParam(defaultValue = "false") boolean open,
            @RequestParam(required = false) @Nullable Long cursor,
            @RequestParam(defaultValue = "50") int limit) {
        int size = Page.size(limit);
        return Page.of(trail.page(target, open, cursor, size + 1), size, row -> String.valueOf(row.id()));
    }

    @Operation(
            summary = "Looks for rows that were changed, removed, put in or swapped, and for a tail that was cut off",
            description = "root is one that was published before, as SEQ:HASH: the trail must still hold it.")
    @Allowed(Role.ADMIN)
    @GetMapping("/verification")
    AuditCheck.Verdict verifyAudit(@RequestParam(required = false) @Nullable String root) {
        return trail.verify(root);
    }

    /** @param root what to keep where the database's owner cannot write; {@code verification} takes it */
    record Anchor(String root) {}

    @Operation(summary = "The root of the audit trail, to be kept elsewhere")
    @Allowed(Role.VIEWER)
    @GetMapping("/root")
    Anchor getAuditRoot() {
        AuditChain.Root root = trail.root();
        return new Anchor(root.toString());
    }

    @Operation(summary = "The whole audit trail as JSON lines, oldest first, each row with its seal")
    @Allowed(Role.ADMIN)
    @GetMapping(value = "/export", produces = MediaType.APPLICATION_NDJSON_VALUE)
    ResponseEntity<StreamingResponseBody> exportAudit() {
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_NDJSON)
                .header("Content-Disposition", "attachment; filename=audit.jsonl")
                .body(out -> {
                    Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
                    trail.export(writer);
                    writer.flush();
                });
    }
}
