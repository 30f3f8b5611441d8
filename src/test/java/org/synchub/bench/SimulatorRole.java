package org.synchub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.simulator.openspp.Registry;
import org.synchub.simulator.openspp.RegistryRecord;
import org.synchub.testing.ExpectedRegistry;
import org.synchub.testing.OpenSppTarget;

/** OpenSPP registries with settable latency, many of them one after the other in one warm process. */
final class SimulatorRole {

    private static final String HUB_KEY = "Data Collect GUID";

    private final Map<String, OpenSppSimulator> registries = new HashMap<>();
    private final Map<String, Registrants> entered = new HashMap<>();
    private final Map<String, Staff> staff = new HashMap<>();
    private final Map<String, Arrivals> watched = new HashMap<>();

    private SimulatorRole() {}

    public static void main(String[] arguments) throws IOException {
        PrintStream answers = System.out;
        SimulatorRole role = new SimulatorRole();
        Child.serve(answers, role::handle);
        role.registries.values().forEach(OpenSppSimulator::close);
    }

    private ObjectNode handle(String command, JsonNode arguments) throws SQLException {
        String name = arguments.path("name").asText();
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        return switch (command) {
            case "open" -> {
                OpenSppSimulator registry = OpenSppTarget.registry()
                        .latency(Duration.ofMillis(arguments.path("latency").asInt()))
                        .start();
                registries.put(name, registry);
                yield answer.put("url", registry.url());
            }
            case "enter" -> {
                Registrants registrants = new Registrants();
                registrants.enter(arguments.path("records").asInt());
                entered.put(name, registrants);
                registries.put(name, registrants.server());
                yield answer.put("url", registrants.server().url());
            }
            case "correct" -> {
                entered.get(name).correct();
                yield answer;
            }
            case "read" -> read(registry(name), answer);
            case "count" -> answer.put("partners", registry(name).registry().count("res.partner"));
            case "watch" -> {
                Arrivals watch = new Arrivals();
                watched.put(name, watch);
                registry(name).faults().add(watch);
                yield answer;
            }
            case "arrivals" -> {
                watched.get(name).tell(answer);
                yield answer;
            }
            case "staff" -> {
                staff(name).edit(arguments.path("seed").asLong());
                yield answer;
            }
            case "weather" -> {
                staff(name).weather(arguments.path("kind").asText());
                yield answer;
            }
            case "differences" -> differences(name, arguments, answer);
            case "doubled" -> answer.put("doubled", doubled(registry(name).registry()));
            case "close" -> {
                OpenSppSimulator registry = registries.remove(name);
                entered.remove(name);
                if (registry != null) {
                    registry.close();
                }
                yield answer;
            }
            default -> throw new IllegalArgumentException("The simulator knows no command " + command);
        };
    }

    private static ObjectNode read(OpenSppSimulator registry, ObjectNode answer) {
        long requests = registry.requests().counts().values().stream()
                .mapToLong(Long::longValue)
                .sum();
        return answer.put("cpuNanos", Usage.cpuNanos())
                .put("requests", requests)
                .put("atOnce", registry.requests().mostAtOnce())
                .put("partners", registry.registry().partners().size());
    }

    private Staff staff(String name) {
        return staff.computeIfAbsent(name, any -> new Staff(registry(any)));
    }

    /** In what the registry is not as a tenant's forms say it must be. */
    private ObjectNode differences(String name, JsonNode arguments, ObjectNode answer) throws SQLException {
        ExpectedRegistry expected = ExpectedRegistry.of(
                Databases.source(arguments.path("database").asText()),
                arguments.path("tenant").asText());
        arguments.path("deleted").forEach(guid -> expected.delete(guid.asText()));
        ArrayNode told = answer.putArray("differences");
        expected.differences(registry(name).registry()).forEach(told::add);
        return answer;
    }

    /** How many of the hub's keys more than one registrant carries. */
    private static long doubled(Registry registry) {
        Set<Integer> types = registry.all("g2p.id.type").stream()
                .filter(type -> HUB_KEY.equals(type.text("name")))
                .map(RegistryRecord::id)
                .collect(Collectors.toSet());
        Map<String, Long> carried = registry.all("g2p.reg.id").stream()
                .filter(id -> types.contains(id.reference("id_type")))
                .collect(Collectors.groupingBy(id -> String.valueOf(id.text("value")), Collectors.counting()));
        return carried.values().stream().filter(times -> times > 1).count();
    }

    private OpenSppSimulator registry(String name) {
        OpenSppSimulator registry = registries.get(name);
        if (registry == null) {
            throw new IllegalArgumentException("No registry " + name + " was opened");
        }
        return registry;
    }
}
