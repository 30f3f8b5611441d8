package org.synchub.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.synchub.demo.FieldData;
import org.synchub.simulator.openspp.OpenSppSimulator;

/** An OpenSPP that fits the shipped mapping, and that mapping pointed at it. */
public final class OpenSppTarget {

    public static final String LOGIN = "hub";
    public static final String PASSWORD = "registrar";

    private OpenSppTarget() {}

    /** A simulator with the vocabularies that {@code mappings/openspp.yaml} names. */
    public static OpenSppSimulator.Builder registry() {
        OpenSppSimulator.Builder builder = OpenSppSimulator.builder()
                .login(LOGIN, PASSWORD)
                .withoutGenders()
                .gender("Male", "Male")
                .gender("Female", "Female")
                .without("g2p.id.type")
                .idType("Data Collect GUID", "")
                .idType("National ID", FieldData.NATIONAL_ID_PATTERN)
                .idType("Family Book", "")
                .countryCode("856");
        FieldData.AREA_CODES.forEach(area -> builder.area(area, "Area " + area));
        return builder;
    }

    /** The shipped mapping for another target name, tenant and server; what a request may still do later is short. */
    public static String mapping(String target, String tenant, OpenSppSimulator registry) {
        return mapping(target, tenant, registry.url());
    }

    public static String mapping(String target, String tenant, String url) {
        try {
            return Files.readString(Path.of("mappings/openspp.yaml"))
                    .replace("target: openspp", "target: " + target)
                    .replace("tenant: demo", "tenant: " + tenant)
                    .replace("${OPENSPP_URL:http://127.0.0.1:8069}", url)
                    .replace("${OPENSPP_USERNAME:sync}", LOGIN)
                    .replace("${OPENSPP_PASSWORD}", PASSWORD)
                    .replace("batchSize: 100", "batchSize: 100\n  longestWrite: 1s\n  readTimeout: 10s");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
