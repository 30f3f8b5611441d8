package org.synchub.admin.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.security.Principal;
import java.util.List;
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
import org.synchub.ledger.Attention;
import org.synchub.sync.NeedsAttention;

/** {@code /api/v1/attention}: what was rejected, tried too often, or came back and could not be applied, by cause. */
@RestController
@RequestMapping("/api/v1/attention")
@Tag(name = "attention")
class AttentionController {

    private static final int MOST_CAUSES = 200;

    private final NeedsAttention attention;

    AttentionController(NeedsAttention attention) {
        this.attention = attention;
    }

    /** @param reason why the records are given up; kept with each */
    record Discard(@Nullable String reason) {}

    /** @param records how many were tried again or given up */
    record Done(String cause, int records) implements Affecting {

        @Override
        public long affected() {
            return records;
        }
    }

    @Operation(summary = "Causes, those of most records first")
    @Polled
    @Allowed(Role.VIEWER)
    @GetMapping
    List<Attention.Cause> listCauses(@RequestParam(required = false) @Nullable String target) {
        return attention.causes(target, MOST_CAUSES);
    }

    @Operation(summary = "One cause with its first records")
    @Allowed(Role.VIEWER)
    @GetMapping("/{cause}")
    NeedsAttention.Shown getCause(@PathVariable String cause) {
        return attention.show(cause, 20);
    }

    @Operation(summary = "The records of a cause, in the order of their keys")
    @Allowed(Role.VIEWER)
    @GetMapping("/{cause}/records")
    Page<Attention.Item> listRecordsOfCause(
            @PathVariable String cause,
            @RequestParam(defaultValue = "") String cursor,
            @RequestParam(defaultValue = "50") int limit) {
        int size = Page.size(limit);
        return Page.of(attention.items(cause, cursor, size + 1), size, Attention.Item::key);
    }

    @Operation(
            summary = "What was exchanged with the target over one record of a cause, without people's values",
            description =
                    "Without 'key' it is the first record of which an exchange is kept. Names of fields, keys and what"
                            + " the target says in words stay readable; 'exchange' is null where nothing is kept.")
    @Allowed(Role.VIEWER)
    @GetMapping("/{cause}/exchange")
    NeedsAttention.Told getExchange(@PathVariable String cause, @RequestParam(required = false) @Nullable String key) {
        return attention.told(cause, key, false);
    }

    @Operation(summary = "What was exchanged over one record of a cause, with people's data; never with secrets")
    @Allowed(Role.ADMIN)
    @GetMapping("/{cause}/exchange/values")
    NeedsAttention.Told getExchangeValues(
            @PathVariable String cause, @RequestParam(required = false) @Nullable String key) {
        return attention.told(cause, key, true);
    }

    @Operation(summary = "Tries all records of a cause again")
    @Allowed(Role.OPERATOR)
    @PostMapping("/{cause}/retry")
    Done retryCause(@PathVariable String cause, Principal who) {
        return new Done(cause, attention.retry(cause, who.getName()));
    }

    @Operation(summary = "Gives all records of a cause up, until they change again")
    @Allowed(Role.OPERATOR)
    @PostMapping("/{cause}/discard")
    Done discardCause(@PathVariable String cause, @RequestBody Discard discard, Principal who) {
        String reason = discard.reason() == null ? "" : discard.reason();
        return new Done(cause, attention.discard(cause, reason, who.getName()));
    }
}
