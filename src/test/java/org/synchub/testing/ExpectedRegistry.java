package org.synchub.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.synchub.simulator.openspp.Registry;
import org.synchub.simulator.openspp.RegistryRecord;

/**
 * What an OpenSPP registry must hold of a tenant once everything is delivered by the shipped mapping, worked out from the
 * forms without the hub's mapping, ledger or adapter: a second opinion.
 */
public final class ExpectedRegistry {

    private static final String KEY_TYPE = "Data Collect GUID";

    private final Map<String, JsonNode> households = new TreeMap<>();
    private final Map<String, JsonNode> people = new TreeMap<>();
    private final Set<String> deleted = new HashSet<>();

    private ExpectedRegistry() {}

    /** Everything that the tenant's entities hold now. */
    public static ExpectedRegistry of(DataSource store, String tenant) throws SQLException {
        ExpectedRegistry expected = new ExpectedRegistry();
        JsonMapper json = JsonMapper.builder().build();
        try (Connection connection = store.getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "SELECT guid, modified->>'data' FROM public.entities WHERE tenant_id = ?")) {
            select.setString(1, tenant);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    expected.put(row.getString(1), json.readTree(row.getString(2)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return expected;
    }

    /** Nothing yet; see {@link #put}. */
    public static ExpectedRegistry empty() {
        return new ExpectedRegistry();
    }

    /** The entity's form as it stands now; forms that the mapping does not know are not expected. */
    public void put(String guid, JsonNode form) {
        switch (form.path("entityName").asText()) {
            case "household" -> households.put(guid, form);
            case "individual" -> people.put(guid, form);
            default -> {
                return;
            }
        }
        deleted.remove(guid);
    }

    /** The entity is gone from the store: its record, where there is one, must be archived and in no household. */
    public void delete(String guid) {
        households.remove(guid);
        people.remove(guid);
        deleted.add(guid);
    }

    /** The form that was put last. */
    public JsonNode form(String guid) {
        JsonNode form = people.getOrDefault(guid, households.get(guid));
        if (form == null) {
            throw new IllegalArgumentException("Nothing is expected of " + guid);
        }
        return form;
    }

    public Set<String> households() {
        return households.keySet();
    }

    public Set<String> people() {
        return people.keySet();
    }

    public int size() {
        return households.size() + people.size();
    }

    /** Everything in which the registry is not as it must be, in words; empty when all is right. */
    public List<String> differences(Registry registry) {
        return new Comparison(registry).differences();
    }

    private final class Comparison {

        private final Registry registry;
        private final List<String> differences = new ArrayList<>();
        private final Map<Integer, String> guidOf = new HashMap<>();
        private final Map<String, Integer> idOf = new HashMap<>();
        private final Map<Integer, String> idTypes;
        private final Map<Integer, String> roles;
        private final Map<Integer, String> areas;

        private Comparison(Registry registry) {
            this.registry = registry;
            this.idTypes = words("g2p.id.type", "name");
            this.roles = words("g2p.group.membership.kind", "name");
            this.areas = words("spp.area", "code");
        }

        private Map<Integer, String> words(String model, String field) {
            Map<Integer, String> words = new HashMap<>();
            registry.all(model).forEach(r -> words.put(r.id(), String.valueOf(r.text(field))));
            return words;
        }

        List<String> differences() {
            findKeys();
            households.forEach((guid, form) -> compare(guid, form, true));
            people.forEach((guid, form) -> compare(guid, form, false));
            deleted.forEach(this::compareDeleted);
            compareMemberships();
            for (RegistryRecord partner : registry.partners()) {
                if (partner.flag("is_registrant") && !guidOf.containsKey(partner.id())) {
                    differences.add(partner + " carries no key of the hub's: nobody's record");
                }
            }
            return differences;
        }

        private void findKeys() {
            for (RegistryRecord regId : registry.all("g2p.reg.id")) {
                if (KEY_TYPE.equals(idTypes.get(regId.reference("id_type")))) {
                    String key = String.valueOf(regId.text("value"));
                    String guid = key.substring(key.indexOf(':') + 1);
                    int partner = regId.reference("partner_id");
                    Integer other = idOf.put(guid, partner);
                    if (other != null) {
                        differences.add(guid + " is there twice: res.partner " + other + " and " + partner);
                    }
                    if (guidOf.put(partner, guid) != null) {
                        differences.add("res.partner " + partner + " carries two keys");
                    }
                    if (!households.containsKey(guid) && !people.containsKey(guid) && !deleted.contains(guid)) {
                        differences.add("res.partner " + partner + " is of " + guid + ", which is not expected");
                    }
                }
            }
        }

        private void compare(String guid, JsonNode form, boolean group) {
            Integer id = idOf.get(guid);
            if (id == null) {
                differences.add(guid + " is missing");
                return;
            }
            RegistryRecord partner = registry.partner(id);
            same(guid, "active", true, partner.flag("active"));
            same(guid, "is_group", group, partner.flag("is_group"));
            if (group) {
                same(guid, "name", text(form, "household_name"), partner.text("name"));
                same(guid, "area", text(form, "area_code"), areas.get(partner.reference("area_id")));
            } else {
                sameName(guid, "given_name", text(form, "first_name"), partner.text("given_name"));
                sameName(guid, "family_name", text(form, "last_name"), partner.text("family_name"));
                sameName(guid, "addl_name", text(form, "middle_name"), partner.text("addl_name"));
                same(guid, "occupation", text(form, "profession"), partner.text("occupation"));
                same(guid, "email", text(form, "email_address"), partner.text("email"));
                String born = text(form, "date_of_birth");
                same(guid, "birthdate", born == null ? null : born.substring(0, 10), partner.text("birthdate"));
                String gender = text(form, "gender");
                same(
                        guid,
                        "gender",
                        gender == null ? null : gender.equals("male") ? "Male" : "Female",
                        partner.text("gender"));
                comparePhones(guid, form, id);
            }
            compareDocuments(
                    guid, form, id, group ? "family_book" : "national_id", group ? "Family Book" : "National ID");
        }

        private void comparePhones(String guid, JsonNode form, int id) {
            List<String> numbers = registry.phones(id).stream()
                    .filter(phone -> phone.text("disabled") == null)
                    .map(phone -> String.valueOf(phone.text("phone_no")))
                    .toList();
            String phone = text(form, "phone_number");
            same(guid, "phones", phone == null ? List.of() : List.of(phone), numbers);
        }

        private void compareDocuments(String guid, JsonNode form, int id, String type, String name) {
            Set<String> wanted = new TreeSet<>();
            form.path("document_ids").forEach(document -> {
                if (document.path("id_type").asText().equals(type)) {
                    wanted.add(document.path("id_number").asText());
                }
            });
            List<String> held = registry.regIds(id).stream()
                    .filter(r ->
                            name.equals(idTypes.get(r.reference("id_type"))) && !"invalid".equals(r.text("status")))
                    .map(r -> String.valueOf(r.text("value")))
                    .sorted()
                    .toList();
            same(guid, name, List.copyOf(wanted), held);
        }

        private void compareDeleted(String guid) {
            Integer id = idOf.get(guid);
            if (id != null && registry.partner(id).flag("active")) {
                differences.add(guid + " is deleted in the store but active in the registry");
            }
        }

        private void compareMemberships() {
            Map<String, String> homes = new HashMap<>();
            Set<List<Integer>> pairs = new HashSet<>();
            for (RegistryRecord membership : registry.all("g2p.group.membership")) {
                int group = membership.reference("group");
                int person = membership.reference("individual");
                if (!pairs.add(List.of(group, person))) {
                    differences.add("res.partner " + person + " is twice in household " + group);
                }
                if (membership.text("ended_date") != null) {
                    continue;
                }
                String guid = guidOf.get(person);
                String home = guidOf.get(group);
                if (guid == null || home == null) {
                    differences.add(membership + " ties records that are not the hub's");
                } else if (homes.put(guid, home) != null) {
                    differences.add(guid + " lives in two households");
                } else if (people.containsKey(guid)) {
                    boolean head =
                            people.get(guid).path("relationship").asText().equals("1");
                    List<String> held =
                            membership.ids("kind").stream().map(roles::get).toList();
                    same(guid, "role", head ? List.of("Head") : List.of(), held);
                }
            }
            people.forEach((guid, form) -> same(guid, "household", text(form, "parentGuid"), homes.remove(guid)));
            homes.forEach((guid, home) -> differences.add(guid + " is deleted and still lives in " + home));
        }

        private void same(String guid, String what, @Nullable Object wanted, @Nullable Object held) {
            if (wanted == null ? held != null : !wanted.equals(held)) {
                differences.add(guid + ": " + what + " is <" + held + "> instead of <" + wanted + ">");
            }
        }

        /** OpenSPP capitalises the parts of a new person's name: O'Brien becomes O'brien. */
        private void sameName(String guid, String what, @Nullable String wanted, @Nullable String held) {
            if (wanted == null || held == null || !wanted.equalsIgnoreCase(held)) {
                same(guid, what, wanted, held);
            }
        }

        private static @Nullable String text(JsonNode form, String field) {
            String text = form.path(field).asText("");
            return text.isEmpty() || text.equals("null") ? null : text;
        }
    }
}
