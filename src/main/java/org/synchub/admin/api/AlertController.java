package org.synchub.admin.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.synchub.admin.security.Allowed;
import org.synchub.admin.security.Role;
import org.synchub.ledger.AlertLedger;

/** {@code /api/v1/alerts}: what is, or was, wrong for a while. */
@RestController
@RequestMapping("/api/v1/alerts")
@Tag(name = "alerts")
class AlertController {

    private static final int MOST = 200;

    private final AlertLedger alerts;

    AlertController(AlertLedger alerts) {
        this.alerts = alerts;
    }

    @Operation(summary = "Incidents: those that last first, then the newest that are over")
    @Polled
    @Allowed(Role.VIEWER)
    @GetMapping
    List<AlertLedger.Incident> listAlerts() {
        return alerts.newest(MOST);
    }
}
