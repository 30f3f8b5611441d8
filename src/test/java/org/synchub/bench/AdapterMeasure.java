package org.synchub.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.synchub.mapping.Entity;
import org.synchub.mapping.Kind;
import org.synchub.mapping.Mapping;
import org.synchub.mapping.PolicyCheck;
import org.synchub.target.Adapter;
import org.synchub.target.AdapterFactory;
import org.synchub.target.Outcome;
import org.synchub.target.TargetHttp;
import org.synchub.target.Write;
import org.synchub.target.httpjson.HttpJsonAdapterFactory;
import org.synchub.target.openspp.OpenSppAdapterFactory;
import org.synchub.testing.OpenSppTarget;

/**
 * What the adapters themselves cost: the same new people to the same OpenSPP simulator, by the adapter made for it and by
 * {@code http-json} with a mapping that speaks the simulator's JSON-RPC. Either looks for the hub's key before each
 * create, so both ask twice for each person. Mapping and ledger are left out; the HTTP library is the hub's own.
 */
final class AdapterMeasure implements Measure {

    private static final int WARM = 3_000;
    private static final int PEOPLE = 1_000;
    private static final int ROUNDS = 7;

    private static final String KIND = """

            kinds:
              individual:
                match: {data.entityName: individual}
                onDelete: ignore
                fields:
                  is_group: {constant: false}
                  given_name: {path: data.first_name, required: true}
                  family_name: {path: data.last_name}
                  occupation: {path: data.profession, blank: clear}
                  email: {path: data.email_address, blank: clear}
                  birthdate: {path: data.date_of_birth, type: date}
            """;

    private static final String OPENSPP = """
            version: 1
            target: made
            tenant: t
            adapter: {type: openspp, url: "%1$s", database: openspp, username: %2$s, password: %3$s}
            """;

    /** The body of a request about partners, but for the method and what it takes. */
    private static final String PARTNER_CALL = """
                  body:
                    jsonrpc: "2.0"
                    method: call
                    id: 1
                    params:
                      service: object
                      method: execute_kw
                      args:
                        - "{constants.database}"
                        - "{constants.user}"
                        - "{constants.password}"
                        - res.partner
            """;

    /** The number is the user's, as the simulator gives it to its one login. */
    private static final String HTTP_JSON = """
            version: 1
            target: declared
            tenant: t
            adapter:
              type: http-json
              url: "%1$s"
              constants: {database: openspp, user: %4$d, password: %3$s}
              key: {form: hex, length: 24, prefix: DC-}
              record: {key: addl_name, version: write_date}
              write: {repeat: refused}
              requests:
                create:
                  method: POST
                  path: /jsonrpc
            """ + PARTNER_CALL + """
                        - create
                        - - - addl_name: "{key}"
                              is_registrant: true
                              name: "{record.family_name}, {record.given_name}"
                              "*": "{record}"
                        - {context: {tracking_disable: true}}
                  answer: {id: result.0}
                update: {method: POST, path: /jsonrpc, body: "{changes}"}
                find:
                  method: POST
                  path: /jsonrpc
            """ + PARTNER_CALL + """
                        - search_read
                        - [[[addl_name, "=", "{key}"]]]
                        - fields: [addl_name, given_name, family_name, occupation, email, birthdate, write_date]
                  answer: {records: result}
              outcomes:
                - {where: {error.message: {present: true}}, outcome: rejected, message: error.data.message}
            """;

    @Override
    public String name() {
        return "adapters";
    }

    @Override
    public void run(Bench bench) throws Exception {
        try (Child simulator = bench.simulator()) {
            String url = simulator
                    .ask("open", Map.of("name", "adapters", "latency", 0))
                    .path("url")
                    .asText();
            try (Side made = new Side("openspp", OPENSPP, url, new OpenSppAdapterFactory());
                    Side declared = new Side("http-json", HTTP_JSON, url, new HttpJsonAdapterFactory())) {
                for (Side side : List.of(made, declared)) {
                    side.send(WARM);
                    side.forget();
                }
                for (int round = 0; round < ROUNDS; round++) {
                    made.send(PEOPLE);
                    declared.send(PEOPLE);
                }
                for (Side side : List.of(made, declared)) {
                    bench.report().row("adapters", side.row());
                }
                bench.report()
                        .atMost(
                                "CPU per request, http-json against the OpenSPP adapter",
                                declared.perRequest() / made.perRequest(),
                                1.3);
                bench.say("adapters: " + Math.round(declared.perRequest()) + " µs of CPU per request by http-json, "
                        + Math.round(made.perRequest()) + " by the OpenSPP adapter");
            }
        }
    }

    /** One adapter with its own road to the simulator. */
    private static final class Side implements AutoCloseable {

        private final String name;
        private final Mapping mapping;
        private final Adapter adapter;
        private final JsonRpcPost post;
        private final List<Double> processor = new ArrayList<>();
        private final List<Double> own = new ArrayList<>();
        private long requests;
        private long asked;
        private long sent;

        private Side(String name, String yaml, String url, AdapterFactory factory) {
            this.name = name;
            this.post = new JsonRpcPost(url, 1);
            this.mapping = Mapping.parse(
                    Path.of("mappings/" + (yaml.contains("made") ? "made" : "declared") + ".yaml"),
                    yaml.formatted(url, OpenSppTarget.LOGIN, OpenSppTarget.PASSWORD, login(post)) + KIND,
                    key -> null,
                    PolicyCheck.NONE);
            this.adapter = factory.create(mapping, this::exchange, Clock.systemUTC());
            adapter.prepare();
        }

        private static int login(JsonRpcPost post) {
            String body = """
                    {"jsonrpc": "2.0", "method": "call", "id": 1, "params": {"service": "common",
                     "method": "authenticate", "args": ["openspp", "%s", "%s", {}]}}""".formatted(OpenSppTarget.LOGIN, OpenSppTarget.PASSWORD);
            try {
                return JsonRpcPost.result(post.send(body.getBytes(StandardCharsets.UTF_8)))
                        .asInt();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private TargetHttp.Answer exchange(TargetHttp.Call call) {
            requests++;
            byte[] body = call.body();
            try {
                return new TargetHttp.Answer(200, Map.of(), post.send(body == null ? new byte[0] : body));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** New people, one by one, as a writer with one record in hand sends them. */
        private void send(int people) {
            List<Write> writes = new ArrayList<>();
            for (int i = 0; i < people; i++) {
                writes.add(write());
            }
            long before = requests;
            long thread = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            long process = Usage.cpuNanos();
            for (Write write : writes) {
                Outcome outcome = adapter.send(List.of(write)).get(0);
                if (!(outcome instanceof Outcome.Accepted)) {
                    throw new IllegalStateException(name + " did not create a record: " + outcome);
                }
            }
            double number = requests - before;
            processor.add((Usage.cpuNanos() - process) / 1e3 / number);
            own.add((ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - thread) / 1e3 / number);
            asked += requests - before;
            sent += people;
        }

        private Write write() {
            String guid = UUID.randomUUID().toString();
            ObjectNode doc =
                    JsonNodeFactory.instance.objectNode().put("guid", guid).put("type", "individual");
            doc.putObject("data")
                    .put("entityName", "individual")
                    .put("first_name", "Ann " + guid.substring(0, 4))
                    .put("last_name", "Home " + guid.substring(4, 8))
                    .put("profession", "farmer")
                    .put("email_address", guid.substring(0, 8) + "@example.org")
                    .put("date_of_birth", "1985-04-03T00:00:00+07:00");
            Entity entity = new Entity("t", guid, 1, null, doc);
            Kind kind = mapping.kindOf(doc).orElseThrow();
            ObjectNode record = kind.outward(entity).record();
            return new Write("t", guid, kind, Write.Operation.UPSERT, record, null, false, Map.of(), null);
        }

        private void forget() {
            processor.clear();
            own.clear();
            asked = 0;
            sent = 0;
        }

        private double perRequest() {
            return Report.median(processor);
        }

        private ObjectNode row() {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("adapter", name);
            row.put("requestsPerRecord", Report.rounded((double) asked / sent));
            row.put("cpuMicrosPerRequest", Report.rounded(perRequest()));
            row.put("ofTheSendingThread", Report.rounded(Report.median(own)));
            return Report.figures(row);
        }

        @Override
        public void close() throws IOException {
            adapter.close();
            post.close();
        }
    }
}
