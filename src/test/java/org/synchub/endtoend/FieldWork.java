package org.synchub.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.sql.DataSource;
import org.synchub.demo.SampleDevice;
import org.synchub.testing.ExpectedRegistry;

/**
 * What the field does all day, in rounds: fields changed, and changed back; new households with their people; people who
 * move, and some of them back again; records deleted. All by forms, as the DataCollect server stores them.
 */
final class FieldWork {

    /** People of a new household: more than one small batch. */
    private static final int NEW_PEOPLE = 6;

    private final DataSource store;
    private final String tenant;
    private final SampleDevice device;
    private final Random random;
    private final List<String> households;
    private final List<String> people;
    private final List<String> deleted = new ArrayList<>();
    private final Map<String, Map<String, String>> before = new LinkedHashMap<>();
    private final List<String> newcomers = new ArrayList<>();
    private int round;

    FieldWork(DataSource store, String tenant, int seed) throws SQLException {
        this.store = store;
        this.tenant = tenant;
        this.device = new SampleDevice(store, tenant, Clock.systemUTC(), seed);
        this.random = new Random(seed);
        ExpectedRegistry there = ExpectedRegistry.of(store, tenant);
        this.households = new ArrayList<>(there.households());
        this.people = new ArrayList<>(there.people());
    }

    /** Changes of every kind. Some of them are taken back by {@link #takeBack}. */
    void goOn() throws SQLException {
        round++;
        newcomers.clear();
        List<String> some = pick(8);
        for (String person : some.subList(0, 2)) {
            changeForNow(person, "profession", "for now " + round);
        }
        changeForNow(some.get(2), "middle_name", "Passing");
        changeForNow(some.get(3), "parentGuid", anotherHouse(some.get(3)));
        device.update(some.get(4), "profession", "since " + round);
        device.update(some.get(5), "phone_number", "+856205%07d".formatted(round * 1_000 + random.nextInt(1_000)));
        device.moveTo(some.get(6), anotherHouse(some.get(6)));
        device.delete(some.get(7));
        people.remove(some.get(7));
        before.remove(some.get(7));
        deleted.add(some.get(7));
        String house = device.createHousehold("Household of round " + round);
        for (int i = 0; i < NEW_PEOPLE; i++) {
            newcomers.add(device.createPerson(house, "New" + letters(round) + letters(i), "Comer"));
        }
        households.add(house);
        people.addAll(newcomers);
    }

    /** What was changed for now is as it was before; and a newcomer's name was misspelt. */
    void takeBack() throws SQLException {
        for (Map.Entry<String, Map<String, String>> person : before.entrySet()) {
            for (Map.Entry<String, String> field : person.getValue().entrySet()) {
                device.update(person.getKey(), field.getKey(), field.getValue());
            }
        }
        before.clear();
        if (!newcomers.isEmpty()) {
            device.update(newcomers.get(0), "first_name", "Renamed" + letters(round));
        }
    }

    private void changeForNow(String person, String field, String value) throws SQLException {
        before.computeIfAbsent(person, any -> new LinkedHashMap<>())
                .putIfAbsent(field, device.form(person).path(field).asText(""));
        device.update(person, field, value);
    }

    private List<String> pick(int n) {
        List<String> picked = new ArrayList<>();
        while (picked.size() < n) {
            String person = people.get(random.nextInt(people.size()));
            if (!picked.contains(person)) {
                picked.add(person);
            }
        }
        return picked;
    }

    private String anotherHouse(String person) throws SQLException {
        String home = device.form(person).path("parentGuid").asText();
        String other = home;
        while (other.equals(home)) {
            other = households.get(random.nextInt(households.size()));
        }
        return other;
    }

    /** Names have no digits, so that the registry's capitals stay as they are. */
    private static String letters(int n) {
        return n < 26 ? String.valueOf((char) ('a' + n)) : letters(n / 26) + letters(n % 26);
    }

    /** Somebody whose record {@link #takeBack} will change. */
    String somebodyChangedForNow() {
        return before.keySet().iterator().next();
    }

    /** What a registry must hold now. */
    ExpectedRegistry expected() throws SQLException {
        ExpectedRegistry expected = ExpectedRegistry.of(store, tenant);
        assertThat(expected.people()).containsExactlyInAnyOrderElementsOf(people);
        assertThat(expected.households()).containsExactlyInAnyOrderElementsOf(households);
        deleted.forEach(expected::delete);
        return expected;
    }
}
