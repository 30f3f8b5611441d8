package org.synchub.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synchub.simulator.openspp.Registry;
import org.synchub.simulator.openspp.RegistryRecord;

/** One thing that a form and a registry both hold of a record, and how either writes it. An empty text is no value. */
interface HistoryField {

    /** The form's name for it. */
    String name();

    boolean mayBeEmpty();

    /** A value that the record never had, null when there is none. */
    @Nullable
    String fresh(HistoryWorld world, String guid);

    String inForm(JsonNode form);

    void enter(ObjectNode form, String value);

    /** What the registry holds: several where it has room for more than the form. */
    List<String> atRegistry(HistoryWorld world, String target, int partner);

    /** What a registrar does who changes it, or empties it. */
    void register(HistoryWorld world, String target, int partner, String value);

    /** Whether a registrar can enter this value now. */
    default boolean isKnown(HistoryWorld world, String target, String value) {
        return true;
    }

    /** A column of the registrant. */
    record Text(String name, String column, boolean mayBeEmpty) implements HistoryField {

        @Override
        public String fresh(HistoryWorld world, String guid) {
            String value = "V" + world.number() + "z";
            return name.equals("email_address") ? value + "@example.org" : value;
        }

        @Override
        public String inForm(JsonNode form) {
            return form.path(name).isNull() ? "" : form.path(name).asText();
        }

        @Override
        public void enter(ObjectNode form, String value) {
            form.put(name, value);
        }

        @Override
        public List<String> atRegistry(HistoryWorld world, String target, int partner) {
            String held = world.record(target, partner).text(column);
            return held == null || held.isEmpty() ? List.of() : List.of(held);
        }

        @Override
        public void register(HistoryWorld world, String target, int partner, String value) {
            world.registry(target).write(partner, Map.of(column, value.isEmpty() ? false : value));
        }
    }

    /** One number in the form, any number of them at the registry. */
    record Phone() implements HistoryField {

        private static final String MODEL = "g2p.phone.number";

        @Override
        public String name() {
            return "phone_number";
        }

        @Override
        public boolean mayBeEmpty() {
            return true;
        }

        @Override
        public String fresh(HistoryWorld world, String guid) {
            return String.format("+85620%08d", world.number());
        }

        @Override
        public String inForm(JsonNode form) {
            return form.path(name()).isNull() ? "" : form.path(name()).asText();
        }

        @Override
        public void enter(ObjectNode form, String value) {
            form.put(name(), value);
        }

        private static List<RegistryRecord> used(HistoryWorld world, String target, int partner) {
            return world.registry(target).phones(partner).stream()
                    .filter(phone -> phone.text("disabled") == null)
                    .toList();
        }

        @Override
        public List<String> atRegistry(HistoryWorld world, String target, int partner) {
            return used(world, target, partner).stream()
                    .map(phone -> String.valueOf(phone.text("phone_no")))
                    .toList();
        }

        @Override
        public void register(HistoryWorld world, String target, int partner, String value) {
            Registry registry = world.registry(target);
            List<Integer> used = used(world, target, partner).stream()
                    .map(RegistryRecord::id)
                    .toList();
            if (value.isEmpty()) {
                registry.write(MODEL, used, Map.of("disabled", world.serverTime(target)));
            } else if (used.isEmpty()) {
                registry.create(MODEL, Map.of("partner_id", partner, "phone_no", value));
            } else {
                registry.write(MODEL, used.subList(0, 1), Map.of("phone_no", value));
            }
        }
    }

    /** One kind of document. */
    record NationalId() implements HistoryField {

        private static final String MODEL = "g2p.reg.id";
        private static final String FORM_TYPE = "national_id";

        @Override
        public String name() {
            return "document_ids";
        }

        @Override
        public boolean mayBeEmpty() {
            return true;
        }

        @Override
        public String fresh(HistoryWorld world, String guid) {
            return Long.toString(100_000_000_000L + world.number());
        }

        @Override
        public String inForm(JsonNode form) {
            for (JsonNode document : form.path(name())) {
                if (document.path("id_type").asText().equals(FORM_TYPE)) {
                    return document.path("id_number").asText();
                }
            }
            return "";
        }

        @Override
        public void enter(ObjectNode form, String value) {
            ArrayNode documents = form.putArray(name());
            if (!value.isEmpty()) {
                documents.addObject().put("id_type", FORM_TYPE).put("id_number", value);
            }
        }

        private static int type(HistoryWorld world, String target) {
            return world.registry(target).all("g2p.id.type").stream()
                    .filter(type -> "National ID".equals(type.text("name")))
                    .findFirst()
                    .orElseThrow()
                    .id();
        }

        private static List<RegistryRecord> all(HistoryWorld world, String target, int partner) {
            int type = type(world, target);
            return world.registry(target).regIds(partner).stream()
                    .filter(id -> id.reference("id_type") == type)
                    .toList();
        }

        @Override
        public List<String> atRegistry(HistoryWorld world, String target, int partner) {
            return all(world, target, partner).stream()
                    .filter(id -> !"invalid".equals(id.text("status")))
                    .map(id -> String.valueOf(id.text("value")))
                    .toList();
        }

        @Override
        public void register(HistoryWorld world, String target, int partner, String value) {
            Registry registry = world.registry(target);
            List<Integer> held =
                    all(world, target, partner).stream().map(RegistryRecord::id).toList();
            if (held.isEmpty() && !value.isEmpty()) {
                registry.create(MODEL, Map.of("partner_id", partner, "id_type", type(world, target), "value", value));
            } else if (!held.isEmpty()) {
                registry.write(
                        MODEL,
                        held,
                        value.isEmpty() ? Map.of("status", "invalid") : Map.of("value", value, "status", "valid"));
            }
        }
    }

    /** The household where a person lives: a parent in the form, a membership at the registry. Its values are guids. */
    record Home() implements HistoryField {

        private static final String MODEL = "g2p.group.membership";

        @Override
        public String name() {
            return "parentGuid";
        }

        @Override
        public boolean mayBeEmpty() {
            return false;
        }

        /** Nobody comes back to where they lived, so that a household tells which move was made. */
        @Override
        public @Nullable String fresh(HistoryWorld world, String guid) {
            List<String> open = world.households.stream()
                    .filter(house -> world.data(house) != null && !world.provenance.isKnown(guid, house))
                    .toList();
            return open.isEmpty() ? null : world.pick(open);
        }

        @Override
        public String inForm(JsonNode form) {
            return form.path(name()).asText();
        }

        @Override
        public void enter(ObjectNode form, String value) {
            form.put(name(), value);
        }

        private static List<RegistryRecord> all(HistoryWorld world, String target, int partner) {
            return world.registry(target).all(MODEL).stream()
                    .filter(membership -> membership.reference("individual") == partner)
                    .toList();
        }

        @Override
        public List<String> atRegistry(HistoryWorld world, String target, int partner) {
            List<String> homes = new ArrayList<>();
            for (RegistryRecord membership : all(world, target, partner)) {
                if (membership.text("ended_date") == null) {
                    homes.add(String.valueOf(world.guid(target, membership.reference("group"))));
                }
            }
            return homes;
        }

        @Override
        public boolean isKnown(HistoryWorld world, String target, String value) {
            return world.active(target, value) != null;
        }

        @Override
        public void register(HistoryWorld world, String target, int partner, String value) {
            Integer house = world.active(target, value);
            if (house == null) {
                throw new IllegalArgumentException("No household " + value + " at " + target);
            }
            Registry registry = world.registry(target);
            boolean been = false;
            for (RegistryRecord membership : all(world, target, partner)) {
                if (membership.reference("group") == house) {
                    been = true;
                    registry.write(MODEL, List.of(membership.id()), Map.of("ended_date", false));
                } else if (membership.text("ended_date") == null) {
                    registry.endMembership(membership.id());
                }
            }
            if (!been) {
                registry.addMember(house, partner);
            }
        }
    }
}
