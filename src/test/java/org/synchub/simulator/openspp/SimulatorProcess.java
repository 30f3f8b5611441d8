package org.synchub.simulator.openspp;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A process that creates people over HTTP, prints each id once it is answered, and waits to be killed. */
final class SimulatorProcess {

    private SimulatorProcess() {}

    public static void main(String[] args) {
        OpenSppSimulator simulator =
                OpenSppSimulator.builder().journal(Path.of(args[0])).start();
        OdooClient client = new OdooClient(simulator);
        while (true) {
            int id = client.create(
                    "res.partner",
                    Map.of(
                            "is_registrant",
                            true,
                            "name",
                            "Family, Given",
                            "reg_ids",
                            List.of(List.of(0, 0, Map.of("id_type", 1, "value", "g")))));
            System.out.println(id);
        }
    }
}
