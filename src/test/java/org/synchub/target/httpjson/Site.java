package org.synchub.target.httpjson;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.synchub.simulator.http.Answer;
import org.synchub.simulator.http.Faults;
import org.synchub.simulator.http.Request;
import org.synchub.simulator.http.RequestLog;
import org.synchub.simulator.http.SimulatorServer;

/** A web server that answers as a test says, and the adapter for it. */
final class Site implements AutoCloseable {

    /** A person that every mapping of these tests can send. */
    static final ObjectNode ANN = Rig.form("individual", "name", "Ann", "date_of_birth", "1985-04-03");

    private final SimulatorServer server;

    Site(Function<Request, Answer> app) {
        server = new SimulatorServer(
                "site",
                new SimulatorServer.App() {
                    @Override
                    public Answer answer(Request request) {
                        return app.apply(request);
                    }

                    @Override
                    public String key(Request request) {
                        return "";
                    }
                },
                Clock.systemUTC(),
                true);
    }

    /** The adapter for a mapping whose section {@code adapter} ends with these lines. */
    Rig rig(String adapter) {
        return rig(adapter, "fields: {name: {path: data.name, required: true}}");
    }

    /** The same with what is said of the kind person besides {@code match}. */
    Rig rig(String adapter, String person) {
        String yaml = """
                version: 1
                target: site
                tenant: t
                adapter:
                  type: http-json
                  url: %s
                %s
                kinds:
                  person:
                    match: {data.entityName: individual}
                %s
                """.formatted(server.url(), indented(adapter, 2), indented(person, 4));
        return Rig.of("site", yaml, server.url(), Map.of());
    }

    private static String indented(String lines, int by) {
        return lines.strip().indent(by).stripTrailing();
    }

    Faults faults() {
        return server.faults();
    }

    String url() {
        return server.url();
    }

    List<RequestLog.Entry> log() {
        return server.requests().entries();
    }

    List<String> lines() {
        return server.requests().lines();
    }

    void forget() {
        server.requests().clear();
    }

    @Override
    public void close() {
        server.close();
    }
}
