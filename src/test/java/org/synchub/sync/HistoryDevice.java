package org.synchub.sync;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synchub.demo.SampleDevice;

/** What people in the field do in a history: they enter, edit from fresh and from old copies, move, delete and bring back. */
final class HistoryDevice {

    private final HistoryWorld world;
    private final SampleDevice device;
    private final Map<String, ObjectNode> copies = new LinkedHashMap<>();

    HistoryDevice(HistoryWorld world) {
        this.world = world;
        this.device = new SampleDevice(world.store, world.tenant, world.clock, (int) world.seed);
    }

    /** A household as the mobile app knows it: a form like any other. */
    void createHousehold() throws SQLException {
        ObjectNode form = household();
        known(device.create(form), form, true);
    }

    /** A group as libraries and other connectors make it, with a member inside its form: the two are deleted together. */
    void createGroup() throws SQLException {
        String group = newGuid();
        String member = newGuid();
        ObjectNode person = person(member, group);
        ObjectNode form = household();
        ObjectNode sent = form.deepCopy();
        ArrayNode members = sent.putArray("members");
        members.add(person.deepCopy().put("guid", member));
        device.submit(group, "create-group", sent);
        known(group, form, true);
        known(member, person, false);
    }

    /** A person in one of the households. */
    void createPerson() throws SQLException {
        List<String> open = world.households.stream()
                .filter(house -> world.data(house) != null)
                .toList();
        String guid = newGuid();
        ObjectNode form = person(guid, world.pick(open));
        device.submit(guid, "create-individual", form);
        known(guid, form, false);
    }

    private String newGuid() {
        return new java.util.UUID(world.random.nextLong(), world.random.nextLong()).toString();
    }

    private ObjectNode household() {
        ObjectNode form = JsonNodeFactory.instance.objectNode();
        form.put("entityName", "household").put("name", "House").put("submit", true);
        form.put("area_code", org.synchub.demo.FieldData.AREA_CODES.get(0)).put("parentGuid", "100");
        form.put("household_name", "V" + world.number() + "z");
        return form;
    }

    private ObjectNode person(String guid, String household) {
        ObjectNode form = JsonNodeFactory.instance.objectNode();
        form.put("entityName", "individual").put("name", "Somebody").put("submit", true);
        form.put("last_name", "Home").put("gender", "female");
        form.put("relationship", "2").put("date_of_birth", "1985-04-03");
        for (HistoryField field : HistoryFields.OF_PERSON) {
            String value = field instanceof HistoryField.Home ? household : field.fresh(world, guid);
            if (value != null) {
                field.enter(form, field.mayBeEmpty() && world.once(4) ? "" : value);
            }
        }
        return form;
    }

    private void known(String guid, ObjectNode form, boolean household) {
        (household ? world.households : world.people).add(guid);
        HistoryFields.of(household)
                .forEach(field -> world.provenance.enter(Provenance.STORE, guid, field, field.inForm(form)));
        copies.put(guid, form);
        world.tell("device creates %s %s: %s", household ? "household" : "person", guid, shown(guid, form));
    }

    /** The device fetches what the server has. What is deleted there may be on the screen still. */
    void look() {
        for (String guid : world.records()) {
            ObjectNode data = world.data(guid);
            if (data != null) {
                copies.put(guid, data);
            }
        }
        world.tell("device looks");
    }

    /** Sends the whole form with one field changed, as it stands or as the device saw it last. */
    void edit(boolean stale) throws SQLException {
        String guid = world.once(8) ? world.pick(world.households) : world.pick(world.people);
        ObjectNode now = world.data(guid);
        ObjectNode copy = stale ? copies.get(guid) : now;
        if (copy == null || (now == null && world.isHousehold(guid))) {
            return;
        }
        HistoryField field = world.pick(HistoryFields.of(world.isHousehold(guid)));
        String value = field.mayBeEmpty() && world.once(8) ? "" : field.fresh(world, guid);
        if (value != null) {
            submit(guid, copy.deepCopy(), now, field, value);
        }
    }

    /** While the server has read the entity and not saved it yet, something else happens. */
    void editWhile(Runnable something) throws SQLException {
        String guid = world.pick(world.people);
        ObjectNode now = world.data(guid);
        HistoryField field = world.pick(HistoryFields.OF_PERSON);
        String value = field.fresh(world, guid);
        if (now != null && value != null) {
            device.beforeSaving(something::run);
            submit(guid, now.deepCopy(), now, field, value);
        }
    }

    /** @param now what the server holds, null when it was deleted: the form then brings it back */
    private void submit(String guid, ObjectNode form, @Nullable ObjectNode now, HistoryField field, String value)
            throws SQLException {
        boolean household = world.isHousehold(guid);
        if (now != null) {
            for (HistoryField each : HistoryFields.of(household)) {
                String held = each.inForm(now);
                String shown = each.inForm(form);
                if (each.equals(field) && shown.equals(held)) {
                    world.provenance.replaced(guid, held);
                } else if (each.equals(field) || !shown.equals(held)) {
                    world.provenance.writtenOverInStore(guid, held);
                }
            }
        }
        field.enter(form, value);
        world.provenance.enter(Provenance.STORE, guid, field, value);
        world.tell(
                "device %s %s: %s = '%s', form shows %s",
                now == null ? "brings back" : "edits", guid, field.name(), value, shown(guid, form));
        device.submit(guid, world.isGroup(guid) ? "update-group" : "update-individual", form);
        copies.put(guid, form);
    }

    private String shown(String guid, ObjectNode form) {
        StringBuilder shown = new StringBuilder();
        HistoryFields.of(world.isHousehold(guid))
                .forEach(f -> shown.append(f.inForm(form)).append(' '));
        return shown.append(form.path("syncHub")).toString();
    }

    /** A person, or now and then a group with the members it names; the first household is never deleted. */
    void delete() throws SQLException {
        String guid = world.once(4) ? world.pick(world.households) : world.pick(world.people);
        if (world.data(guid) == null || guid.equals(world.households.get(0))) {
            return;
        }
        world.tell("device deletes %s with members %s", guid, world.members(guid));
        // Who deletes a record gives up what it holds.
        world.members(guid).forEach(world::givesUp);
        world.givesUp(guid);
        device.delete(guid);
    }

    /** People whose household was deleted are entered into another one: the hub only lists them. */
    void findHomes() throws SQLException {
        for (String guid : world.people) {
            ObjectNode data = world.data(guid);
            HistoryField home = HistoryFields.HOME;
            if (data != null && world.data(home.inForm(data)) == null) {
                submit(guid, data.deepCopy(), data, home, newHome(guid));
            }
        }
    }

    /** A household where the person never lived: a registrar may have replaced one where they did, knowingly. */
    private String newHome(String guid) throws SQLException {
        String first = world.households.get(0);
        if (!world.provenance.isKnown(guid, first)) {
            return first;
        }
        String other = HistoryFields.HOME.fresh(world, guid);
        if (other != null) {
            return other;
        }
        createHousehold();
        return world.households.get(world.households.size() - 1);
    }
}
