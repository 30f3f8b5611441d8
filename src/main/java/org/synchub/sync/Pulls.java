package org.synchub.sync;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionTemplate;
import org.synchub.ledger.PullLedger;
import org.synchub.ledger.Runs;
import org.synchub.ledger.Targets;
import org.synchub.store.PulledStore;
import org.synchub.store.StoreConnection;
import org.synchub.target.ConfigurationProblem;
import org.synchub.target.EffectContract;
import org.synchub.target.TargetTrouble;

/** Begins and ends pulls. One hub at a time pulls a target: who else tries finds it taken. */
public class Pulls {

    private static final Logger log = LoggerFactory.getLogger(Pulls.class);

    private final TargetRegistry targets;
    private final Targets ledgerTargets;
    private final PullLedger ledger;
    private final Runs runs;
    private final Pushes pushes;
    private final PulledStore store;
    private final TransactionTemplate transaction;
    private final Supplier<ProducerTemplate> routes;
    private final Map<String, PullRequest> busy = new ConcurrentHashMap<>();
    private final Set<String> reconciled = ConcurrentHashMap.newKeySet();

    public Pulls(
            TargetRegistry targets,
            Targets ledgerTargets,
            PullLedger ledger,
            Runs runs,
            Pushes pushes,
            PulledStore store,
            TransactionTemplate transaction,
            Supplier<ProducerTemplate> routes) {
        this.targets = targets;
        this.ledgerTargets = ledgerTargets;
        this.ledger = ledger;
        this.runs = runs;
        this.pushes = pushes;
        this.store = store;
        this.transaction = transaction;
        this.routes = routes;
    }

    /**
     * Pulls a target through the route {@code pull} and returns when its feed is read to the end.
     *
     * @return the run, empty when the target cannot list changes, may not be tried now, or is being pulled already
     */
    public Optional<Runs.Run> pull(PullRequest request) {
        targets.get(request.target());
        Object ended = routes.get().requestBody("direct:pull", request);
        return ended instanceof PullRun run ? Optional.of(runs.get(run.id())) : Optional.empty();
    }

    /**
     * Pulls a target that is stopped because of a restore.
     *
     * @throws TargetTrouble when the target failed meanwhile
     * @throws NotNow when this hub is pulling the target already
     */
    void despiteRestore(PullRequest request) {
        reconciled.add(request.target());
        try {
            Object ended = routes.get().requestBody("direct:pull", request);
            if (!(ended instanceof PullRun run)) {
                throw new NotNow(request.target() + " is being pulled just now; reconcile it again after that");
            }
            TargetTrouble trouble = run.trouble();
            if (trouble != null) {
                throw trouble;
            }
        } finally {
            reconciled.remove(request.target());
        }
    }

    /**
     * Looks which linked records a target no longer holds, through the route {@code vanished}.
     *
     * @return the run, empty when the target may not be tried now, or is being pulled already
     */
    public Optional<Runs.Run> sweep(SweepRequest request) {
        targets.get(request.target());
        Object ended = routes.get().requestBody("direct:vanished", request);
        return ended instanceof PullRun run ? Optional.of(runs.get(run.id())) : Optional.empty();
    }

    /** Step of the route: opens a run, or returns null and the route ends. */
    public @Nullable PullRun begin(PullRequest request) {
        return begin(request, "pull", false);
    }

    /** Step of the route: opens a run that looks for what is gone, or returns null and the route ends. */
    public @Nullable PullRun beginSweep(SweepRequest request) {
        PullRequest as = PullRequest.of(request.target(), request.cause(), request.by());
        return begin(as, "reconcile", request.confirmed());
    }

    private @Nullable PullRun begin(PullRequest request, String direction, boolean confirmed) {
        return Correlation.<@Nullable PullRun>during(request.correlation(), () -> open(request, direction, confirmed));
    }

    private @Nullable PullRun open(PullRequest request, String direction, boolean confirmed) {
        TargetRuntime target = targets.find(request.target());
        if (target == null || busy.putIfAbsent(request.target(), request) != null) {
            return null;
        }
        PullRun run = null;
        try {
            pushes.lookFirst();
            boolean despite = reconciled.contains(target.name());
            if (despite || ledgerTargets.mayTry(target.name(), request.cause().isPerson())) {
                Traced traced = target.traces().run(direction, target.name(), request.askedIn());
                EffectContract contract = prepared(target, despite, traced);
                if (contract.deltaPull() || !direction.equals("pull")) {
                    Long open = request.run();
                    long id = open != null
                            ? open
                            : runs.start(
                                    target.name(),
                                    direction,
                                    request.cause().column(),
                                    request.by(),
                                    request.client(),
                                    request.correlation());
                    run = new PullRun(
                            target,
                            id,
                            open == null,
                            ledger.cursor(target.name(), Pull.STREAM).orElse(null),
                            confirmed,
                            request.correlation(),
                            traced.with("run", id).with("cause", request.cause().column()));
                }
            }
            return run;
        } catch (TargetTrouble trouble) {
            pushes.note(target, trouble);
            return null;
        } catch (ConfigurationProblem problem) {
            pushes.stop(target, String.valueOf(problem.getMessage()));
            return null;
        } finally {
            if (run == null) {
                busy.remove(request.target());
            }
        }
    }

    /** As {@link Pushes#prepare}; a run that comes to its end here is traced too. */
    private EffectContract prepared(TargetRuntime target, boolean despiteRestore, Traced traced) {
        try {
            return traced.during(() -> despiteRestore ? target.prepare() : pushes.prepare(target));
        } catch (RuntimeException e) {
            traced.with("status", "failed").end();
            throw e;
        }
    }

    /** Step of the route: renews the Merkle root once, closes the run and notes how the target is. */
    public void end(PullRun run) {
        run.during(() -> close(run));
    }

    private void close(PullRun run) {
        try {
            run.forgetKeys();
            renewMerkleRoot(run.target());
            TargetTrouble trouble = run.trouble();
            Throwable failure = run.failure();
            run.traced().failed(trouble != null ? trouble : failure);
            if (trouble != null) {
                pushes.note(run.target(), trouble);
            }
            HttpTraffic.Reading traffic = run.traffic();
            run.traced().with("requests", traffic.requests());
            if (!run.ownsRun()) {
                runs.addTraffic(run.id(), traffic.requests(), traffic.bytesOut(), traffic.bytesIn());
                return;
            }
            Runs.Run so = runs.get(run.id());
            String status = trouble != null || failure != null ? "failed" : so.parked() > 0 ? "partial" : "success";
            runs.end(
                    run.id(),
                    status,
                    trouble != null ? trouble.getMessage() : failure != null ? PushRequests.rootOf(failure) : null,
                    traffic.requests(),
                    traffic.bytesOut(),
                    traffic.bytesIn());
            run.traced().outcome(so).with("status", status);
            if (so.pulled() + so.parked() > 0 || failure != null || trouble != null) {
                pushes.report(runs.get(run.id()));
                log.info(
                        "{}: pull {} (run {}): {} applied, {} known already, {} parked, {} requests",
                        so.target(),
                        status,
                        so.id(),
                        so.pulled(),
                        so.echoes(),
                        so.parked(),
                        traffic.requests());
            }
        } finally {
            busy.remove(run.target().name());
            run.traced().end();
        }
    }

    /** Puts the root right if events were written since, by this run or by one that came to no end. */
    void renewMerkleRoot(TargetRuntime target) {
        if (ledger.owesMerkleRoot(target.name())) {
            transaction.executeWithoutResult(status -> {
                ledger.merkleRootRenewed(target.name());
                store.renewMerkleRoot(target.mapping().tenant());
            });
        }
    }

    /** Step of the error route: the page is read again by the next pull, because the cursor stays. */
    public void failed(Exchange exchange) {
        Throwable cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        if (!StoreConnection.isAway(cause)) {
            log.error("A pull could not go on: {}. Its cursor stays", PushRequests.rootOf(cause));
        }
        if (exchange.getMessage().getBody() instanceof PullRun run) {
            run.failed(cause);
            end(run);
        }
        exchange.getMessage().setBody(null);
    }
}
