package org.synchub.bench;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.synchub.simulator.openspp.Fault;
import org.synchub.simulator.openspp.Fault.Cut;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.simulator.openspp.RegistryRecord;

/** Who works at a registry while hubs do, and what its server and network go through meanwhile. */
final class Staff {

    private static final List<String> FIELDS = List.of("occupation", "email", "given_name");

    private final OpenSppSimulator registry;
    private List<Integer> people = List.of();

    Staff(OpenSppSimulator registry) {
        this.registry = registry;
    }

    /** One edit of one person's record. Whom they know are those who were there at first. */
    void edit(long seed) {
        if (people.isEmpty()) {
            people = registry.registry().partners().stream()
                    .filter(partner -> partner.flag("is_registrant") && !partner.flag("is_group"))
                    .map(RegistryRecord::id)
                    .toList();
        }
        Random random = new Random(seed);
        int person = people.get(random.nextInt(people.size()));
        registry.registry()
                .write(person, Map.of(FIELDS.get(random.nextInt(FIELDS.size())), "r" + seed + "@example.org"));
    }

    /** Lets it change to what is named, until the next call. */
    void weather(String kind) {
        registry.faults().clear();
        switch (kind) {
            case "UNAVAILABLE" -> registry.faults().always(call -> true, Fault.status(503));
            case "TOO_MANY_REQUESTS" ->
                registry.faults().always(call -> true, Fault.status(429, Duration.ofSeconds(1)));
            case "CUT" -> {
                // A third of the requests each: not heard, done and not answered, answered by half.
                registry.faults().always(call -> call.number() % 3 == 0, Fault.cut(Cut.BEFORE_APPLYING));
                registry.faults().always(call -> call.number() % 3 == 1, Fault.cut(Cut.BEFORE_ANSWER));
                registry.faults().always(call -> call.number() % 3 == 2, Fault.cut(Cut.IN_ANSWER));
            }
            case "DOWN" -> registry.down();
            case "UP" -> registry.up();
            default -> {
                // Calm, which it is already.
            }
        }
    }
}
