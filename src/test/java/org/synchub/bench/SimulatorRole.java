package org.synchub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.testing.OpenSppTarget;

/** OpenSPP registries with settable latency, many of them one after the other in one warm process. */
final class SimulatorRole {

    private final Map<String, OpenSppSimulator> registries = new HashMap<>();
    private final Map<String, Registrants> entered = new HashMap<>();

    private SimulatorRole() {}

    public static void main(String[] arguments) throws IOException {
        PrintStream answers = System.out;
        SimulatorRole role = new SimulatorRole();
        Child.serve(answers, role::handle);
        role.registries.values().forEach(OpenSppSimulator::close);
    }

    private ObjectNode handle(String command, JsonNode arguments) {
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

    private OpenSppSimulator registry(String name) {
        OpenSppSimulator registry = registries.get(name);
        if (registry == null) {
            throw new IllegalArgumentException("No registry " + name + " was opened");
        }
        return registry;
    }
}
