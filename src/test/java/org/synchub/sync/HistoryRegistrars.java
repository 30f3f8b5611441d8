package org.synchub.sync;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the staff of the registries do in a history. */
final class HistoryRegistrars {

    private final HistoryWorld world;

    HistoryRegistrars(HistoryWorld world) {
        this.world = world;
    }

    void edit(String target) {
        String guid = world.once(8) ? world.pick(world.households) : world.pick(world.people);
        Integer partner = world.active(target, guid);
        HistoryField field = world.pick(HistoryFields.of(world.isHousehold(guid)));
        if (partner == null) {
            return;
        }
        String value = field.mayBeEmpty() && world.once(8) ? "" : field.fresh(world, guid);
        if (value == null || !field.isKnown(world, target, value)) {
            return;
        }
        List<String> before = field.atRegistry(world, target, partner);
        before.forEach(held -> world.provenance.replaced(guid, held));
        world.provenance.enter(target, guid, field, value);
        field.register(world, target, partner, value);
        world.tell("registrar of %s edits %s: %s = '%s' instead of %s", target, guid, field.name(), value, before);
    }

    void archive(String target) {
        String guid = world.once(8) ? world.pick(world.households) : world.pick(world.people);
        Integer partner = world.active(target, guid);
        if (partner != null && !guid.equals(world.households.get(0))) {
            world.tell("registrar of %s archives %s, which is %d", target, guid, partner);
            world.givesUp(target, guid, partner);
            // Where the deletion is followed, DataCollect takes a group's members with it.
            world.members(guid).forEach(world::givesUp);
            world.registry(target).archive(partner);
        }
    }

    void restore(String target) {
        for (String guid : world.records()) {
            Integer partner = world.partner(target, guid);
            boolean there = partner != null
                    && world.registry(target).find("res.partner", partner).isPresent();
            if (there && !world.isActive(target, partner)) {
                world.registry(target).unarchive(partner);
                world.tell("registrar of %s restores %s", target, guid);
                return;
            }
        }
    }

    /** @param hubs which say what guid the record will have */
    void create(String target, HistoryHubs hubs) {
        Map<String, Object> columns = new LinkedHashMap<>(Map.of("is_group", false, "family_name", "Outside"));
        columns.put("given_name", "V" + world.number() + "z");
        columns.put("name", "OUTSIDE, " + columns.get("given_name"));
        int partner = world.registry(target).createPartner(columns);
        String guid = hubs.newGuid(target, partner);
        world.people.add(guid);
        world.provenance.enter(target, guid, HistoryFields.OF_PERSON.get(0), String.valueOf(columns.get("given_name")));
        for (HistoryField field : HistoryFields.OF_PERSON) {
            String value = field.atRegistry(world, target, partner).isEmpty() && !world.once(3)
                    ? field.fresh(world, guid)
                    : null;
            if (value != null && field.isKnown(world, target, value)) {
                world.provenance.enter(target, guid, field, value);
                field.register(world, target, partner, value);
            }
        }
        world.tell("registrar of %s creates %s (%d)", target, guid, partner);
    }
}
