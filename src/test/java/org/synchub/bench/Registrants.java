package org.synchub.bench;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.synchub.demo.FieldData;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.simulator.openspp.Registry;
import org.synchub.testing.OpenSppTarget;

/**
 * An OpenSPP whose own staff entered all that it holds: households with four members each, every person with a national
 * id, a phone number and a membership. They entered them a day ago, fifty records a second; what they correct, they
 * correct now and in one go.
 */
final class Registrants {

    private static final Duration EACH = Duration.ofMillis(20);
    private static final int MEMBERS = 4;
    private static final List<String> NAMES = List.of("Noy", "Thong", "Dao", "Khamla", "Renée", "ນ້ອຍ", "美玲", "Bounmy");

    private final Ticks clock = new Ticks();
    private final OpenSppSimulator server;
    private final List<Integer> households = new ArrayList<>();
    private final List<Integer> people = new ArrayList<>();

    Registrants() {
        server = OpenSppTarget.registry().clock(clock).start();
    }

    OpenSppSimulator server() {
        return server;
    }

    /** The staff enter this many registrants: one household and four members in turn. */
    void enter(int records) {
        Registry registry = server.registry();
        int household = id("g2p.group.kind", "name", "Household");
        int head = id("g2p.group.membership.kind", "name", "Head");
        int nationalId = id("g2p.id.type", "name", "National ID");
        int familyBook = id("g2p.id.type", "name", "Family Book");
        List<Integer> areas = FieldData.AREA_CODES.stream()
                .map(code -> id("spp.area", "code", code))
                .toList();
        for (int i = 0; i < records / (MEMBERS + 1); i++) {
            clock.tick(EACH);
            String surname = "Family" + i;
            int group = registry.createPartner(Map.of(
                    "is_group", true, "name", surname, "kind", household, "area_id", areas.get(i % areas.size())));
            households.add(group);
            registry.create(
                    "g2p.reg.id", Map.of("partner_id", group, "id_type", familyBook, "value", "FB%09d".formatted(i)));
            for (int member = 0; member < MEMBERS; member++) {
                clock.tick(EACH);
                int person = registry.createPartner(person(i, member, surname));
                people.add(person);
                registry.create(
                        "g2p.reg.id",
                        Map.of(
                                "partner_id",
                                person,
                                "id_type",
                                nationalId,
                                "value",
                                "%012d".formatted(100_000_000_000L + people.size())));
                registry.create(
                        "g2p.phone.number",
                        Map.of("partner_id", person, "phone_no", "+856205%07d".formatted(people.size() % 10_000_000)));
                registry.addMember(group, person, member == 0 ? new Integer[] {head} : new Integer[0]);
            }
        }
        clock.isPresent = true;
    }

    private static Map<String, Object> person(int household, int member, String surname) {
        String given = NAMES.get((household + member) % NAMES.size());
        Map<String, Object> values = new HashMap<>();
        values.put("is_group", false);
        values.put("name", surname + ", " + given);
        values.put("given_name", given);
        values.put("family_name", surname);
        values.put("gender", member % 2 == 0 ? "Female" : "Male");
        values.put("birthdate", "%04d-%02d-%02d".formatted(1941 + household % 84, 1 + member, 1 + household % 28));
        values.put("occupation", "farmer");
        values.put("email", "p" + household + "." + member + "@example.org");
        return values;
    }

    /** The staff correct the name of every registrant. */
    void correct() {
        Registry registry = server.registry();
        for (int group : households) {
            registry.write(group, Map.of("name", "House " + group));
        }
        for (int person : people) {
            registry.write(person, Map.of("given_name", "Given" + person));
        }
    }

    private int id(String model, String field, String value) {
        return server.registry().all(model).stream()
                .filter(row -> value.equals(row.text(field)))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("The registry has no " + model + " " + value))
                .id();
    }

    /** Moves when it is told to, until it is the present. */
    private static final class Ticks extends Clock {

        private volatile boolean isPresent;
        private volatile Instant now = Instant.now().minus(Duration.ofDays(1));

        void tick(Duration step) {
            now = now.plus(step);
        }

        @Override
        public Instant instant() {
            return isPresent ? Instant.now() : now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
