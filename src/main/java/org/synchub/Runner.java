package org.synchub;

import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.context.WebServerApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.env.Environment;
import org.synchub.admin.security.FirstLogin;
import org.synchub.cli.Console;
import org.synchub.ledger.State;
import org.synchub.store.StoreConnection;
import org.synchub.sync.Drain;
import org.synchub.sync.Pushes;
import org.synchub.sync.StatusReport;
import org.synchub.sync.StatusReport.TargetStatus;
import org.synchub.sync.TargetRegistry;
import org.synchub.sync.TargetRuntime;

/**
 * What a running hub does at first, with progress on the terminal: owes new targets what is there, waits until the first
 * work is done, and says how it went. At the end it lets the writers finish their batch before anything else stops.
 */
class Runner implements ApplicationListener<ApplicationReadyEvent>, SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(Runner.class);

    private final TargetRegistry targets;
    private final Drain drain;
    private final Pushes pushes;
    private final StatusReport status;
    private final @Nullable FirstLogin firstLogin;
    private final @Nullable DemoTour tour;
    private final Environment environment;
    private final Console console = new Console(System.out);
    private volatile boolean running;

    Runner(
            TargetRegistry targets,
            Drain drain,
            Pushes pushes,
            StatusReport status,
            @Nullable FirstLogin firstLogin,
            @Nullable DemoTour tour,
            Environment environment) {
        this.targets = targets;
        this.drain = drain;
        this.pushes = pushes;
        this.status = status;
        this.firstLogin = firstLogin;
        this.tour = tour;
        this.environment = environment;
    }

    @Override
    public void onApplicationEvent(ApplicationReadyEvent event) {
        if (firstLogin != null) {
            sayHowToLogIn(firstLogin);
        }
        if (!environment.getProperty("synchub.schedules", Boolean.class, true)) {
            return;
        }
        Thread first = new Thread(() -> firstWork(event), "first-work");
        first.setDaemon(true);
        first.start();
    }

    /** The one-time token goes to the terminal and not to the log, which others may keep. */
    private void sayHowToLogIn(FirstLogin login) {
        if (login.isConfigured()) {
            return;
        }
        login.oneTimeToken()
                .ifPresentOrElse(
                        token -> console.line("The API's token until this hub stops: %s", token),
                        () -> log.warn(
                                "Nobody can log in to the API yet: make a token with 'token create NAME --role admin',"
                                        + " a user with 'users add NAME --role admin', or name an issuer of JWTs"));
    }

    private void firstWork(ApplicationReadyEvent event) {
        try {
            targets.all().forEach(drain::backfill);
            waitUntilSettled();
            if (tour != null && running && tour.lateDevices()) {
                waitUntilSettled();
            }
            if (tour != null && running && tour.registrarEdits()) {
                waitUntilSettled();
            }
            summary(event);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException | RuntimeException e) {
            if (!StoreConnection.isAway(e)) {
                log.error("The first work stopped: {}. The schedules go on with it", e.toString());
            }
        }
    }

    /** Prints how it comes along until nothing is due soon. */
    private void waitUntilSettled() throws InterruptedException {
        long quiet = 0;
        while (running && quiet < 2) {
            TimeUnit.MILLISECONDS.sleep(500);
            boolean due = false;
            for (TargetRuntime target : targets.all()) {
                TargetStatus so = status.of(target.name());
                long moving = so.in(State.PENDING) + so.in(State.IN_FLIGHT);
                if (moving > 0 && so.condition().equals("running")) {
                    due = true;
                    console.line("  %s: %,d delivered, %,d to go", so.name(), so.in(State.DELIVERED), moving);
                }
            }
            quiet = due || pushes.isAnyRunning() ? 0 : quiet + 1;
        }
    }

    private void summary(ApplicationReadyEvent event) {
        if (!running) {
            return;
        }
        status.all().forEach(console::target);
        console.line("");
        if (tour != null) {
            tour.told().forEach(line -> console.line("%s", line));
        }
        if (event.getApplicationContext() instanceof WebServerApplicationContext web && web.getWebServer() != null) {
            int port = web.getWebServer().getPort();
            console.line("The hub goes on by its schedule; Ctrl-C stops it. Look at:");
            console.line("  http://127.0.0.1:%d/api/v1/targets   what is owed, stuck or wrong", port);
            console.line("  http://127.0.0.1:%d/actuator/health  whether the hub is well", port);
            console.line("  mappings/ and docs/mapping.md         what is sent, and how to change it");
        }
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        pushes.stopAll();
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        try {
            while (pushes.isAnyRunning() && System.nanoTime() < until) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Stops first, while routes, database and targets are still there. */
    @Override
    public int getPhase() {
        return Integer.MAX_VALUE;
    }
}
