package org.synchub.admin.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.synchub.admin.api.ConflictController.ConflictView;
import org.synchub.admin.security.Allowed;
import org.synchub.admin.security.Role;
import org.synchub.conflict.Choice;
import org.synchub.sync.AlikeConflicts;
import org.synchub.sync.NotNow;

/** {@code /api/v1/conflicts/{id}/alike}: many conflicts that one answer settles, after a look at them. */
@RestController
@RequestMapping("/api/v1/conflicts/{id}/alike")
@Tag(name = "conflicts")
class AlikeConflictController {

    private final AlikeConflicts alike;

    AlikeConflictController(AlikeConflicts alike) {
        this.alike = alike;
    }

    /**
     * The conflicts that one answer would settle.
     *
     * @param code stands for exactly these conflicts as they are; the answer has to bring it along
     */
    record AlikeView(int number, String code, List<ConflictView> conflicts) {}

    /**
     * One answer for all of them.
     *
     * @param choice {@code internal}, {@code external}, {@code ignore} or {@code approve}
     * @param code of what was shown
     */
    record AlikeAnswer(@Nullable String choice, @Nullable String code) {}

    /** @param left by the conflict's number, why it stays open */
    record AlikeSettled(int settled, Map<Long, String> left) implements Affecting {

        @Override
        public long affected() {
            return settled;
        }
    }

    @Operation(
            summary = "The open conflicts that are like this one, without values",
            description = "Of the same target, record kind and kind of conflict, in the same places; at most 10,000.")
    @Allowed(Role.VIEWER)
    @GetMapping
    AlikeView listAlikeConflicts(@PathVariable long id) {
        AlikeConflicts.Preview preview = alike.preview(id);
        return new AlikeView(
                preview.cases().size(),
                preview.code(),
                preview.cases().stream().map(ConflictView::of).toList());
    }

    @Operation(
            summary = "Settles the conflicts of a preview by one answer",
            description = "Refused (409) when they are not as they were shown any more.")
    @Allowed(Role.ADMIN)
    @PostMapping("/resolve")
    AlikeSettled resolveAlikeConflicts(@PathVariable long id, @RequestBody AlikeAnswer answer, Principal who) {
        Choice choice = Choice.of(ConflictController.required(answer.choice(), "choice"), Map.of());
        AlikeConflicts.Answered answered =
                alike.resolve(id, choice, ConflictController.required(answer.code(), "code"), who.getName());
        if (answered.now() != null) {
            throw new NotNow("The conflicts are not as they were shown under this code any more. Nothing was written;"
                    + " look again at those that are like conflict " + id);
        }
        return new AlikeSettled(answered.settled(), answered.left());
    }
}
