package org.synchub.admin.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.synchub.admin.LoadedConfiguration;
import org.synchub.admin.security.Allowed;
import org.synchub.admin.security.Role;

/** {@code /api/v1/configuration}: what this hub was started with. */
@RestController
@RequestMapping("/api/v1/configuration")
@Tag(name = "configuration")
class ConfigurationController {

    private final LoadedConfiguration configuration;

    ConfigurationController(LoadedConfiguration configuration) {
        this.configuration = configuration;
    }

    @Operation(
            summary = "Settings and where each came from, mapping files and routes, as this hub loaded them",
            description =
                    "Secrets are replaced by ******. Of several hubs on a database, the one that is asked answers.")
    @Allowed(Role.OPERATOR)
    @GetMapping
    LoadedConfiguration.Loaded getConfiguration() {
        return configuration.read();
    }
}
