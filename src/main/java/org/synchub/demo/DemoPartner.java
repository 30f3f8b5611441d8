package org.synchub.demo;

import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.synchub.simulator.records.RecordServer;

/**
 * The demo's second target: a partner's server of plain records on loopback that survives restarts. One runs per data
 * folder; a second process finds the first one's.
 */
public final class DemoPartner implements Closeable {

    private final @Nullable RecordServer server;
    private final PortFile portFile;
    private final int port;

    private DemoPartner(@Nullable RecordServer server, PortFile portFile, int port) {
        this.server = server;
        this.portFile = portFile;
        this.port = port;
    }

    /**
     * Starts the server, or finds the one that another process runs on the same folder.
     *
     * @throws IOException when it does not start
     */
    public static DemoPartner startOrFind(Path folder) throws IOException {
        Files.createDirectories(folder);
        PortFile portFile = new PortFile(folder.resolve("partner-simulator.port"));
        OptionalInt running = portFile.running();
        if (running.isPresent()) {
            return new DemoPartner(null, portFile, running.getAsInt());
        }
        RecordServer server = RecordServer.builder()
                .etags()
                .file(folder.resolve("partner-simulator.records"))
                .start();
        int port = URI.create(server.url()).getPort();
        portFile.write(port);
        return new DemoPartner(server, portFile, port);
    }

    /** What the demo's mapping reads from its environment. */
    public Map<String, Object> settings() {
        return Map.of("PARTNER_URL", "http://127.0.0.1:" + port + "/api", "PARTNER_TOKEN", RecordServer.CREDENTIAL);
    }

    @Override
    public void close() throws IOException {
        if (server != null) {
            server.close();
            portFile.delete();
        }
    }
}
