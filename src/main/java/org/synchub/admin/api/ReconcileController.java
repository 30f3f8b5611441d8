package org.synchub.admin.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.security.Principal;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.synchub.admin.Operations;
import org.synchub.admin.security.Allowed;
import org.synchub.admin.security.Role;
import org.synchub.ledger.Targets.Restored;
import org.synchub.sync.Cause;
import org.synchub.sync.Reconciliation;

/** {@code /api/v1/targets/{target}/reconcile}: puts right what a restore of either side has left behind. */
@RestController
@RequestMapping("/api/v1/targets/{target}/reconcile")
@Tag(name = "resync")
class ReconcileController {

    private final Operations operations;

    ReconcileController(Operations operations) {
        this.operations = operations;
    }

    /**
     * What to reconcile after.
     *
     * @param restored hub, store, database (both of them) or target; null for what the hub has noticed
     * @param dryRun says what would be done, and does nothing
     */
    record ReconcileRequest(@Nullable String restored, boolean dryRun) {}

    /** @param done false of a dry run */
    record Reconciled(Reconciliation what, boolean done) implements Affecting {

        @Override
        public long affected() {
            return done ? what.compared() - what.unchanged() : 0;
        }
    }

    @Operation(
            summary = "After a restore: puts both sides right by key, and lets the target go on",
            description =
                    "For schema hub (hub), DataCollect's tables (store), both (database) or the target (target) brought back"
                            + " from an older backup. Without restored: after what the hub has noticed. Answers when it is"
                            + " done; may be asked again at any point.")
    @Allowed(Role.OPERATOR)
    @PostMapping
    Reconciled reconcile(
            @PathVariable String target,
            @RequestBody(required = false) @Nullable ReconcileRequest request,
            Principal who) {
        Restored restored = request == null ? null : Restored.of(request.restored());
        return request != null && request.dryRun()
                ? new Reconciled(operations.planReconcile(target, restored), false)
                : new Reconciled(operations.reconcile(target, restored, Cause.HTTP, who.getName()), true);
    }
}
