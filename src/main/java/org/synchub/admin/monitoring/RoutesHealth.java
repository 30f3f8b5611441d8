package org.synchub.admin.monitoring;

import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.springframework.boot.actuate.health.AbstractHealthIndicator;
import org.springframework.boot.actuate.health.Health;

/** Well while every route that starts by itself is started. How the targets are is not the hub's health. */
final class RoutesHealth extends AbstractHealthIndicator {

    private final CamelContext camel;

    RoutesHealth(CamelContext camel) {
        super("The routes cannot be looked at");
        this.camel = camel;
    }

    @Override
    protected void doHealthCheck(Health.Builder health) {
        List<String> stopped = camel.getRoutes().stream()
                .filter(route -> !Boolean.FALSE.equals(route.isAutoStartup()))
                .map(Route::getRouteId)
                .filter(id -> camel.getRouteController().getRouteStatus(id) != ServiceStatus.Started)
                .sorted()
                .toList();
        health.status(camel.isStarted() && stopped.isEmpty() ? "UP" : "DOWN").withDetail("stopped", stopped);
    }
}
