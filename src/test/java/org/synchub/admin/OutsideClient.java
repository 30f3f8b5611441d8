package org.synchub.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.awaitility.Awaitility;

/** An operator in a process of its own, who resyncs a target by HTTP or by JMX and prints what there is to see. */
final class OutsideClient {

    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final ObjectMapper JSON = new ObjectMapper();

    private OutsideClient() {}

    /** Arguments: http or jmx, the port, a token, the target. */
    public static void main(String[] args) throws Exception {
        if (args[0].equals("http")) {
            work(new ByHttp("http://127.0.0.1:" + args[1] + "/api/v1/targets/" + args[3] + "/resync", args[2]));
        } else {
            JMXServiceURL url = new JMXServiceURL("service:jmx:rmi:///jndi/rmi://127.0.0.1:" + args[1] + "/jmxrmi");
            try (JMXConnector connector = connect(url, args[2])) {
                work(new ByJmx(
                        connector.getMBeanServerConnection(),
                        new ObjectName("org.synchub:type=Target,name=" + args[3])));
            }
        }
    }

    @SuppressWarnings("BanJNDI") // of the test's own server, on loopback
    private static JMXConnector connect(JMXServiceURL url, String token) throws IOException {
        return JMXConnectorFactory.connect(url, Map.of(JMXConnector.CREDENTIALS, new String[] {"any", token}));
    }

    private static void work(Way way) throws Exception {
        System.out.println("plan " + way.plan());
        long before = way.run().id();

        long owed = way.resync();
        TreeSet<Long> seen = new TreeSet<>();
        until(() -> {
            seen.add(way.toCompare());
            return seen.contains(0L) && way.run().isOverSince(before);
        });
        System.out.println("owed " + owed);
        System.out.println("watched " + seen.size());
        System.out.println("ended " + way.run().status());

        long first = way.run().id();
        long again = way.resync();
        until(() -> {
            long left = way.toCompare();
            return left > 0 && left < again;
        });
        long forgone = way.cancel();
        until(() -> way.toCompare() == 0 && way.run().isOverSince(first));
        System.out.println("again " + again);
        System.out.println("forgone " + forgone);
    }

    private static void until(Callable<Boolean> there) {
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(there);
    }

    /** The newest run of the target. */
    private record Newest(long id, String status) {

        boolean isOverSince(long other) {
            return id > other && !status.equals("running");
        }
    }

    /** By which way somebody reaches the hub. */
    private interface Way {

        Map<String, Long> plan() throws Exception;

        /** How many records are owed again. */
        long resync() throws Exception;

        long toCompare() throws Exception;

        Newest run() throws Exception;

        /** How many records are not compared any more. */
        long cancel() throws Exception;
    }

    private record ByHttp(String address, String token) implements Way {

        private static final HttpClient CLIENT = HttpClient.newHttpClient();
        private static final Map<String, String> NAMES = Map.of(
                "create",
                "creates",
                "update",
                "updates",
                "delete",
                "deletes",
                "take here",
                "takenHere",
                "conflict",
                "conflicts",
                "unchanged",
                "unchanged",
                "not sent",
                "notSent");

        private JsonNode send(String method, String body) throws IOException, InterruptedException {
            HttpResponse<String> answer = CLIENT.send(
                    HttpRequest.newBuilder(URI.create(address))
                            .method(method, HttpRequest.BodyPublishers.ofString(body))
                            .header("Authorization", "Bearer " + token)
                            .header("Content-Type", "application/json")
                            .timeout(PATIENCE)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() / 100 != 2) {
                throw new IOException(method + " was answered " + answer.statusCode() + ": " + answer.body());
            }
            return JSON.readTree(answer.body());
        }

        @Override
        public Map<String, Long> plan() throws Exception {
            JsonNode plan = send("POST", "{\"dryRun\": true}").path("plan");
            Map<String, Long> counts = new LinkedHashMap<>();
            for (String name :
                    new String[] {"create", "update", "delete", "take here", "conflict", "unchanged", "not sent"}) {
                counts.put(name, plan.required(NAMES.get(name)).asLong());
            }
            return counts;
        }

        @Override
        public long resync() throws Exception {
            return send("POST", "{}").required("owedAgain").asLong();
        }

        @Override
        public long toCompare() throws Exception {
            return send("GET", "").required("toCompare").asLong();
        }

        @Override
        public Newest run() throws Exception {
            JsonNode run = send("GET", "").path("run");
            return new Newest(run.path("id").asLong(0), run.path("status").asText());
        }

        @Override
        public long cancel() throws Exception {
            return send("DELETE", "").required("forgone").asLong();
        }
    }

    private record ByJmx(MBeanServerConnection hub, ObjectName target) implements Way {

        private static final Pattern RUN = Pattern.compile("\\w+ (\\w+) \\(run (\\d+)\\):");
        private static final String[] ONE_TEXT = {String.class.getName()};

        private Object call(String operation, Object... arguments) throws JMException, IOException {
            return hub.invoke(target, operation, arguments, arguments.length == 0 ? null : ONE_TEXT);
        }

        @Override
        @SuppressWarnings("unchecked")
        public Map<String, Long> plan() throws Exception {
            return (Map<String, Long>) call("planResync", "");
        }

        @Override
        public long resync() throws Exception {
            return ((Number) call("resync", "")).longValue();
        }

        @Override
        public long toCompare() throws Exception {
            return (Long) hub.getAttribute(target, "ToCompare");
        }

        @Override
        public Newest run() throws Exception {
            Matcher run = RUN.matcher(String.valueOf(hub.getAttribute(target, "LastRun")));
            if (!run.find()) {
                throw new IllegalStateException("No run is told of");
            }
            return new Newest(Long.parseLong(run.group(2)), run.group(1));
        }

        @Override
        public long cancel() throws Exception {
            return ((Number) call("cancelResync")).longValue();
        }
    }
}
