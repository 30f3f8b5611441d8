package org.synchub.admin.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.security.Principal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.synchub.admin.security.Allowed;
import org.synchub.admin.security.Role;
import org.synchub.conflict.Choice;
import org.synchub.ledger.ConflictQueue.Case;
import org.synchub.sync.Conflicts;
import org.synchub.sync.NotNow;

/** {@code /api/v1/conflicts}: what both sides changed. Who may only look sees keys and places, an admin the values. */
@RestController
@RequestMapping("/api/v1/conflicts")
@Tag(name = "conflicts")
class ConflictController {

    private final Conflicts conflicts;

    ConflictController(Conflicts conflicts) {
        this.conflicts = conflicts;
    }

    /**
     * A conflict without what the records hold.
     *
     * @param guid null when it is not known which entity is meant; {@code candidates} may be
     * @param paths the places that wait for a decision; {@code *} is the whole record
     * @param fingerprint of what both sides hold, to be sent with the answer
     * @param state {@code open}, {@code left} or {@code settled}
     */
    record ConflictView(
            long id,
            String target,
            String kind,
            @Nullable String guid,
            String externalId,
            String conflictKind,
            String reason,
            List<String> paths,
            List<String> candidates,
            String fingerprint,
            String state,
            Instant firstSeen,
            Instant lastSeen) {

        static ConflictView of(Case c) {
            return new ConflictView(
                    c.id(),
                    c.target(),
                    c.what().kind(),
                    c.what().guid(),
                    c.what().externalId(),
                    c.what().conflictKind(),
                    c.what().reason(),
                    c.what().paths(),
                    c.what().candidates(),
                    c.what().fingerprint(),
                    c.state(),
                    c.firstSeen(),
                    c.lastSeen());
        }
    }

    /**
     * A conflict with what the records hold.
     *
     * @param base what both sides last agreed on
     * @param proposed the record as a rule proposes it
     */
    record ConflictValues(
            ConflictView conflict,
            @Schema(type = "object") @Nullable ObjectNode base,
            @Schema(type = "object") @Nullable ObjectNode internal,
            @Schema(type = "object") @Nullable ObjectNode external,
            @Schema(type = "object") @Nullable ObjectNode proposed) {}

    /**
     * An answer to a conflict.
     *
     * @param choice {@code internal}, {@code external}, {@code merged}, {@code ignore} or {@code approve}
     * @param fields for {@code merged}: a value for each open place
     * @param fingerprint what was shown; nothing is written when the record has moved on since. Null for as it is now
     */
    record Answer(
            @Nullable String choice,
            @Schema(type = "object") @Nullable Map<String, @Nullable JsonNode> fields,
            @Nullable String fingerprint) {}

    /** @param guid the entity that the target's record is */
    record Link(@Nullable String guid) {}

    record Settled(long id, String effect) implements Affecting {

        @Override
        public long affected() {
            return 1;
        }
    }

    @Operation(summary = "Open conflicts, the oldest first, without values")
    @Polled
    @Allowed(Role.VIEWER)
    @GetMapping
    Page<ConflictView> listConflicts(
            @RequestParam(required = false) @Nullable String target,
            @RequestParam(required = false) @Nullable Long cursor,
            @RequestParam(defaultValue = "100") int limit) {
        int size = Page.size(limit);
        List<ConflictView> oneMore = conflicts.list(target, cursor == null ? 0 : cursor, size + 1).stream()
                .map(ConflictView::of)
                .toList();
        return Page.of(oneMore, size, conflict -> String.valueOf(conflict.id()));
    }

    @Operation(summary = "One conflict, open or not, without values")
    @Allowed(Role.VIEWER)
    @GetMapping("/{id}")
    ConflictView getConflict(@PathVariable long id) {
        return ConflictView.of(conflicts.show(id));
    }

    @Operation(summary = "One conflict with what both sides hold: people's data")
    @Allowed(Role.ADMIN)
    @GetMapping("/{id}/values")
    ConflictValues getConflictValues(@PathVariable long id) {
        Case c = conflicts.show(id);
        return new ConflictValues(
                ConflictView.of(c),
                c.what().base(),
                c.what().internal(),
                c.what().external(),
                c.what().proposed());
    }

    @Operation(summary = "Settles a conflict")
    @Allowed(Role.ADMIN)
    @PostMapping("/{id}/resolve")
    Settled resolveConflict(@PathVariable long id, @RequestBody Answer answer, Principal who) {
        Choice choice =
                Choice.of(required(answer.choice(), "choice"), answer.fields() == null ? Map.of() : answer.fields());
        return settled(id, conflicts.resolve(id, choice, answer.fingerprint(), who.getName()));
    }

    @Operation(summary = "Says which entity a record of the target is")
    @Allowed(Role.ADMIN)
    @PostMapping("/{id}/link")
    Settled linkConflict(@PathVariable long id, @RequestBody Link link, Principal who) {
        return settled(id, conflicts.link(id, required(link.guid(), "guid"), who.getName()));
    }

    static String required(@Nullable String value, String name) {
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException("The body needs a " + name);
        }
        return value;
    }

    private static Settled settled(long id, Conflicts.Answered answered) {
        return switch (answered.effect()) {
            case SETTLED -> new Settled(id, "settled");
            case MOVED_ON ->
                throw new NotNow("Conflict " + id
                        + " is of a record that has moved on since it was shown. Nothing was written; look again");
            case BUSY ->
                throw new NotNow(
                        "Others are at work on the record of conflict " + id + ". Nothing was written; answer again");
        };
    }
}
