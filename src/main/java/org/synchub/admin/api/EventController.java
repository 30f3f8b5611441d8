package org.synchub.admin.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.synchub.admin.live.Filter;
import org.synchub.admin.live.Listener;
import org.synchub.admin.live.LiveEvent;
import org.synchub.admin.live.LiveEvents;
import org.synchub.admin.security.Allowed;
import org.synchub.admin.security.Role;
import org.synchub.ledger.EventLog.Position;
import org.synchub.sync.TargetRegistry;

/** {@code /api/v1/events}: what happens, as server-sent events. */
@RestController
@ConditionalOnWebApplication
@RequestMapping("/api/v1/events")
@Tag(name = "events")
class EventController {

    private static final Logger log = LoggerFactory.getLogger(EventController.class);

    private final LiveEvents events;
    private final TargetRegistry targets;

    EventController(LiveEvents events, TargetRegistry targets) {
        this.events = events;
        this.targets = targets;
    }

    @Operation(
            summary = "What happens, as server-sent events: progress, ended runs, states of targets, conflicts, alerts",
            description =
                    "Keys, states and counts, never what a record holds. Last-Event-ID continues after that event.")
    @ApiResponse(
            responseCode = "200",
            content = @Content(mediaType = MediaType.TEXT_EVENT_STREAM_VALUE, schema = @Schema(type = "string")))
    @Allowed(Role.VIEWER)
    @GetMapping
    SseEmitter listenToEvents(
            @RequestParam(defaultValue = "") List<String> target,
            @RequestParam(defaultValue = "") List<String> kind,
            @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastEventId) {
        target.forEach(targets::get);
        Position seen = lastEventId == null || lastEventId.isBlank() ? null : Position.of(lastEventId.strip());
        SseEmitter emitter = new SseEmitter(0L);
        Listener listener = events.listen(new Filter(Set.copyOf(target), Set.copyOf(kind)), seen, new Stream(emitter));
        emitter.onCompletion(listener::close);
        emitter.onError(failure -> listener.close());
        return emitter;
    }

    private record Stream(SseEmitter emitter) implements Listener.Sink {

        @Override
        public void send(LiveEvent event) throws IOException {
            SseEmitter.SseEventBuilder builder = SseEmitter.event().name(event.kind());
            if (event.position() != null) {
                builder.id(event.position().toString());
            }
            emitter.send(builder.data(event.json(), MediaType.TEXT_PLAIN));
        }

        @Override
        public void beat() throws IOException {
            emitter.send(SseEmitter.event().comment(""));
        }

        @Override
        public void end() {
            try {
                emitter.complete();
            } catch (IllegalStateException gone) {
                log.debug("A listener was gone before its stream could be ended");
            }
        }
    }
}
