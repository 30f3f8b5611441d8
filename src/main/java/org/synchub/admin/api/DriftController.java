package org.synchub.admin.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.synchub.admin.security.Allowed;
import org.synchub.admin.security.Role;
import org.synchub.ledger.DriftLedger.Drift;
import org.synchub.sync.Drifts;

/** {@code /api/v1/drift}: entities that do not hold what their events say. */
@RestController
@RequestMapping("/api/v1/drift")
@Tag(name = "drift")
class DriftController {

    private static final int MOST = 500;

    private final Drifts drifts;

    DriftController(Drifts drifts) {
        this.drifts = drifts;
    }

    /**
     * One entity, without what it holds.
     *
     * @param fields in which it and its events differ
     * @param events guids of the events, in the order in which they were stored
     * @param deleted whether the last event deletes the entity, which is still there
     * @param version of the entity when it was compared
     */
    record Drifted(
            String tenant,
            String guid,
            List<String> fields,
            List<String> events,
            boolean deleted,
            long version,
            Instant noticedAt) {

        static Drifted of(Drift drift) {
            TreeSet<String> fields = new TreeSet<>();
            ObjectNode said = drift.said();
            if (said != null) {
                said.fieldNames().forEachRemaining(fields::add);
            }
            return new Drifted(
                    drift.tenant(),
                    drift.guid(),
                    List.copyOf(fields),
                    drift.events(),
                    drift.deleted(),
                    drift.version(),
                    drift.noticedAt());
        }
    }

    /**
     * What both say of the fields in which they differ.
     *
     * @param entity what it holds in these fields
     * @param events what they say; null where the last one deletes the entity
     */
    record Values(
            String tenant,
            String guid,
            @Nullable ObjectNode entity,
            @Nullable ObjectNode events) {}

    /** An entity that was taken off the list. */
    record Dismissed(String tenant, String guid) implements Affecting {

        @Override
        public long affected() {
            return 1;
        }
    }

    @Operation(summary = "Entities that do not hold what their events say, the oldest first: keys and names of fields")
    @Polled
    @Allowed(Role.VIEWER)
    @GetMapping
    List<Drifted> listDrift(@RequestParam(required = false) @Nullable String tenant) {
        return drifts.list(tenant, MOST).stream().map(Drifted::of).toList();
    }

    @Operation(summary = "One of them with what the entity and its events say")
    @Allowed(Role.ADMIN)
    @GetMapping("/{tenant}/{guid}/values")
    Values getDriftValues(@PathVariable String tenant, @PathVariable String guid) {
        Drift drift = drifts.of(tenant, guid);
        return new Values(tenant, guid, drift.held(), drift.said());
    }

    @Operation(summary = "Takes one off the list until another event of it is dropped: a person has seen it")
    @Allowed(Role.OPERATOR)
    @PostMapping("/{tenant}/{guid}/dismiss")
    Dismissed dismissDrift(@PathVariable String tenant, @PathVariable String guid) {
        drifts.dismiss(tenant, guid);
        return new Dismissed(tenant, guid);
    }
}
