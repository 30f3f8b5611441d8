package org.synchub.admin.alerts;

import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synchub.ledger.AlertLedger;
import org.synchub.ledger.ApiTokens;
import org.synchub.ledger.Runs;
import org.synchub.ledger.Targets;
import org.synchub.sync.StatusReport;
import org.synchub.sync.StatusReport.TargetStatus;

/**
 * The steps of {@code routes/alerts.yaml}: looks at every target of this hub and at the hub itself, keeps what is wrong as incidents, and says
 * which are still to be told. What could not be told is told with the next look.
 */
public class Alerts {

    private static final Logger log = LoggerFactory.getLogger(Alerts.class);

    /** Every rule by which an incident is known, those of targets first. */
    public static final List<String> RULES = List.of(
            "failed-runs",
            "errors-in-run",
            "failure-rate",
            "conflict-rate",
            "attention",
            "oldest-owed",
            AlertRules.TROUBLE,
            "inconsistency",
            "unusual-volume",
            "unusual-hour",
            "storage",
            "expiring-credentials");

    private static final int RUNS = 50;
    private static final Duration WINDOW = Duration.ofHours(1);

    /** Longer than from one look to the next, so that no run is overlooked. */
    private static final Duration JUST_NOW = Duration.ofMinutes(10);

    private final AlertRules rules;
    private final AlertLedger ledger;
    private final StatusReport status;
    private final Runs runs;
    private final Targets targets;
    private final ApiTokens tokens;
    private final OwnCertificates certificates;
    private final File folder;
    private final InstantSource clock;
    private final Usual usual;

    /** @param folder on whose disk the hub keeps what it writes itself */
    Alerts(
            AlertRules rules,
            AlertLedger ledger,
            StatusReport status,
            Runs runs,
            Targets targets,
            ApiTokens tokens,
            OwnCertificates certificates,
            Path folder,
            InstantSource clock) {
        this.rules = rules;
        this.ledger = ledger;
        this.status = status;
        this.runs = runs;
        this.targets = targets;
        this.tokens = tokens;
        this.certificates = certificates;
        this.folder = folder.toAbsolutePath().toFile();
        this.clock = clock;
        this.usual = new Usual(runs, clock);
    }

    /** Step of the route: looks, and returns what nobody was told yet. */
    public List<Alert> look() {
        for (TargetStatus so : status.all()) {
            // A target that answers and then fails again has not come back before it has taken something.
            Optional<Targets.Target> target = targets.find(so.name());
            boolean shaky = target.filter(found -> found.failures() > 0).isPresent();
            ledger.set(so.name(), rules.wrong(facts(so, target)), shaky ? Set.of(AlertRules.TROUBLE) : Set.of());
        }
        lookAtTheHub();
        List<Alert> untold = new ArrayList<>();
        ledger.unheard().forEach(incident -> untold.add(Alert.of(incident, false)));
        ledger.unheardEnds().forEach(incident -> untold.add(Alert.of(incident, true)));
        return untold;
    }

    /** Step of the route: somebody was told. */
    public void told(Alert alert) {
        ledger.told(alert.id(), alert.state().equals("clear"));
    }

    /** Step of the route: where alerts go did not take this one. */
    public void notTold(Exchange exchange) {
        Throwable cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        log.error(
                "An alert could not be told ({}); it is tried again. See the route 'alert'",
                cause == null ? "unknown" : cause.getClass().getSimpleName());
    }

    private AlertRules.Facts facts(TargetStatus so, Optional<Targets.Target> target) {
        Instant now = clock.instant();
        Runs.Moved lately = runs.moved(so.name(), now.minus(WINDOW));
        return new AlertRules.Facts(
                (int) runs.page(so.name(), null, RUNS).stream()
                        .filter(run -> run.endedAt() != null)
                        .takeWhile(run -> run.status().equals("failed"))
                        .count(),
                runs.moved(so.name(), now.minus(JUST_NOW)).worst(),
                lately.all(),
                lately.failed(),
                lately.conflicts(),
                so.needAttention(),
                since(so.late(), now),
                target.filter(found -> found.condition() == Targets.Condition.BACKING_OFF
                                || found.condition() == Targets.Condition.STOPPED)
                        .map(found -> Duration.between(found.since(), now))
                        .orElse(null),
                so.reason(),
                so.drifted(),
                runs.moved(so.name(), usual.hour().toInstant()).records(),
                usual.hour().getHour(),
                usual.of(so.name()));
    }

    /** What concerns no target: the room there is, and tokens and certificates that end. */
    private void lookAtTheHub() {
        ledger.set("storage", rules.storage(ledger.databaseSize(), folder.getUsableSpace()));
        Map<String, String> ending = new TreeMap<>();
        if (!rules.expiring().isZero()) {
            tokens.ending(rules.expiring())
                    .forEach(token -> ending.put(
                            "(token " + token.id() + ")",
                            "The token " + token.id() + " of " + token.name() + ", in use, ends " + token.expiresAt()));
            ending.putAll(certificates.ending(clock.instant(), rules.expiring()));
        }
        ledger.set("expiring-credentials", ending);
    }

    private static @Nullable Duration since(@Nullable Instant then, Instant now) {
        return then == null ? null : Duration.between(then, now);
    }
}
