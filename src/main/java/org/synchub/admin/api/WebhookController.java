package org.synchub.admin.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.extensions.Extension;
import io.swagger.v3.oas.annotations.extensions.ExtensionProperty;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.synchub.admin.security.Webhooks;
import org.synchub.sync.NotNow;
import org.synchub.sync.PullSoon;
import org.synchub.sync.TargetRegistry;

/**
 * {@code /api/v1/webhooks/{target}}: a target says that something has changed. It is pulled sooner; what the webhook itself
 * says is not looked at.
 */
@RestController
@RequestMapping("/api/v1/webhooks")
@Tag(name = "webhooks")
class WebhookController {

    private final Webhooks webhooks;
    private final PullSoon pulls;
    private final TargetRegistry targets;

    WebhookController(Webhooks webhooks, PullSoon pulls, TargetRegistry targets) {
        this.webhooks = webhooks;
        this.pulls = pulls;
        this.targets = targets;
    }

    @Operation(
            summary = "Says that something has changed at a target, so that it is pulled soon",
            description =
                    "Signed instead of logged in: X-Hub-Timestamp is seconds since 1970, X-Hub-Signature is sha256= and the"
                            + " HMAC, in hexadecimal, of the timestamp, a dot and the body.",
            extensions = @Extension(properties = @ExtensionProperty(name = "x-role", value = "signature")))
    @PostMapping("/{target}")
    @ResponseStatus(HttpStatus.ACCEPTED)
    TargetController.Asked takeWebhook(
            @PathVariable String target,
            @RequestHeader(name = "X-Hub-Timestamp", required = false) @Nullable String timestamp,
            @RequestHeader(name = "X-Hub-Signature", required = false) @Nullable String signature,
            @RequestBody(required = false) byte @Nullable [] body,
            HttpServletRequest request) {
        boolean news =
                webhooks.take(target, timestamp, signature, body == null ? new byte[0] : body, request.getRemoteAddr());
        targets.get(target);
        if (!news) {
            throw new NotNow("This webhook was taken before; one that tells of another change is signed anew");
        }
        pulls.ask(target, "webhook");
        return new TargetController.Asked(target, "pull");
    }
}
