package org.synchub.target.openspp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.synchub.target.openspp.odoo.Domains;
import org.synchub.target.openspp.odoo.OdooClient;
import org.synchub.target.openspp.odoo.OdooField;
import org.synchub.target.openspp.record.KindPlan;
import org.synchub.target.openspp.record.ListPlan;
import org.synchub.target.openspp.record.NaturalKey;
import org.synchub.target.openspp.record.RemoteRecord;
import org.synchub.target.openspp.record.Retirement;
import org.synchub.target.openspp.record.Vocabulary;

/**
 * Reads what the server holds of a batch: by external id, by the hub's keys and by the mapping's natural keys, in as few
 * requests as there are models to ask. One is enough for a batch of records that are all new and whose natural keys, if
 * any, are registered ids.
 */
final class Surveyor {

    private static final String PARTNER_ID = "partner_id";
    private static final String REG_IDS = RemoteRecord.listName(ListPlan.REG_ID, PARTNER_ID);

    private final OdooClient client;
    private final Prepared prepared;
    private final Vocabularies vocabularies;

    Surveyor(OdooClient client, Prepared prepared, Vocabularies vocabularies) {
        this.client = client;
        this.prepared = prepared;
        this.vocabularies = vocabularies;
    }

    /** What one survey has read so far. */
    private static final class Finds {
        final Map<Long, ObjectNode> partners = new LinkedHashMap<>();
        final Map<String, Map<Long, List<ObjectNode>>> lists = new HashMap<>();
        final Map<Long, String> keys = new HashMap<>();
        final Map<String, Set<Long>> byRegId = new HashMap<>();
        final Set<Long> regIdsRead = new LinkedHashSet<>();
    }

    /**
     * @param sppIds whether to look for holders of the {@code spp_id} as well that a create would send: for when one was
     *     refused because it is taken
     */
    Survey survey(Collection<Task> tasks, boolean sppIds) {
        Finds finds = new Finds();
        Set<Long> known = new LinkedHashSet<>();
        for (Task task : tasks) {
            addIfPresent(known, task.linkedId());
            addIfPresent(known, task.claimedId());
        }
        readRegIds(finds, regIdSearch(tasks, known));
        finds.regIdsRead.addAll(known);
        Set<Long> hits = new LinkedHashSet<>(known);
        finds.byRegId.values().forEach(hits::addAll);
        readPartners(finds, partnerSearch(tasks, hits, sppIds));
        readMissingRegIds(finds);
        readLists(finds);
        return new Survey(records(finds), finds.byRegId, prepared.guidType());
    }

    /** The partners with these ids and all that hangs on them; those that are not there are left out. */
    Map<Long, RemoteRecord> read(Collection<Long> ids) {
        Finds finds = new Finds();
        if (!ids.isEmpty()) {
            List<ArrayNode> search = List.of(Domains.idsIn("id", ids), registrants());
            readPartners(finds, List.of(search));
            readMissingRegIds(finds);
            readLists(finds);
        }
        return records(finds);
    }

    private static void addIfPresent(Set<Long> ids, @Nullable Long id) {
        if (id != null) {
            ids.add(id);
        }
    }

    private List<List<ArrayNode>> regIdSearch(Collection<Task> tasks, Set<Long> known) {
        Map<Long, Set<String>> values = new TreeMap<>();
        for (Task task : tasks) {
            Set<String> keys = values.computeIfAbsent(prepared.guidType(), type -> new LinkedHashSet<>());
            keys.add(task.key().registeredId());
            keys.addAll(earlierKeys(task));
            if (!task.isLinked()) {
                for (NaturalKey key : NaturalKey.of(task.plan(), task.write().record())) {
                    key.regIds().forEach((type, value) -> addRegId(values, type, value));
                }
            }
        }
        List<List<ArrayNode>> search = new ArrayList<>();
        if (!known.isEmpty()) {
            search.add(List.of(Domains.idsIn(PARTNER_ID, known)));
        }
        values.forEach((type, texts) ->
                search.add(List.of(Domains.condition("id_type", "=", type), Domains.textsIn("value", texts))));
        return search;
    }

    /** A household that the record has left is known by its guid only; its key tells which partner it is. */
    private static Set<String> earlierKeys(Task task) {
        Set<String> keys = new LinkedHashSet<>();
        for (String guid : task.earlierReferences()) {
            if (!task.write().references().containsKey(guid)) {
                keys.add(new HubKey(task.write().tenant(), guid).registeredId());
            }
        }
        return keys;
    }

    private void addRegId(Map<Long, Set<String>> values, String type, String value) {
        Long id = vocabularies.of(Vocabulary.ID_TYPE).id(type);
        if (id != null) {
            values.computeIfAbsent(id, any -> new LinkedHashSet<>()).add(value);
        }
    }

    private List<List<ArrayNode>> partnerSearch(Collection<Task> tasks, Set<Long> ids, boolean bySppId) {
        List<List<ArrayNode>> search = new ArrayList<>();
        if (!ids.isEmpty()) {
            search.add(List.of(Domains.idsIn("id", ids)));
        }
        Set<String> sppIds = new LinkedHashSet<>();
        for (Task task : tasks) {
            if (task.isLinked()) {
                continue;
            }
            if (bySppId && prepared.once()) {
                sppIds.add(task.sppId());
            }
            for (NaturalKey key : NaturalKey.of(task.plan(), task.write().record())) {
                if (key.regIds().isEmpty()) {
                    search.add(key.conditions(task.plan(), prepared.values()));
                }
            }
        }
        if (!sppIds.isEmpty()) {
            search.add(List.of(Domains.textsIn("spp_id", sppIds)));
        }
        return search;
    }

    private void readRegIds(Finds finds, List<List<ArrayNode>> search) {
        if (search.isEmpty()) {
            return;
        }
        for (ObjectNode row : client.searchRead(
                ListPlan.REG_ID, Domains.any(search), prepared.itemFields(ListPlan.REG_ID, PARTNER_ID))) {
            long partner = id(row.path(PARTNER_ID));
            long type = id(row.path("id_type"));
            String value = row.path("value").asText("");
            boolean valid = type == prepared.guidType() || !Retirement.INVALID.isRetired(row);
            if (valid) {
                finds.byRegId
                        .computeIfAbsent(Survey.regId(type, value), key -> new LinkedHashSet<>())
                        .add(partner);
            }
            if (type == prepared.guidType()) {
                finds.keys.put(partner, value);
            }
            add(finds, REG_IDS, partner, row);
        }
    }

    private void readPartners(Finds finds, List<List<ArrayNode>> search) {
        if (search.isEmpty()) {
            return;
        }
        for (ObjectNode row : client.searchRead(OdooField.PARTNER, Domains.any(search), prepared.partnerFields())) {
            finds.partners.put(row.path("id").longValue(), row);
        }
    }

    /** Partners found by another way than their ids are not yet known with all their registered ids. */
    private void readMissingRegIds(Finds finds) {
        Set<Long> missing = new LinkedHashSet<>(finds.partners.keySet());
        missing.removeAll(finds.regIdsRead);
        if (!missing.isEmpty()) {
            readRegIds(finds, List.of(List.of(Domains.idsIn(PARTNER_ID, missing))));
            finds.regIdsRead.addAll(missing);
        }
    }

    private void readLists(Finds finds) {
        Map<String, ListPlan> lists = new LinkedHashMap<>();
        Map<String, Set<Long>> ids = new HashMap<>();
        for (KindPlan plan : prepared.plans().values()) {
            for (ListPlan list : plan.lists()) {
                if (!list.model().equals(ListPlan.REG_ID)) {
                    String name = RemoteRecord.listName(list.model(), list.inverse());
                    lists.putIfAbsent(name, list);
                    finds.partners.forEach((id, row) -> {
                        if (row.path(KindPlan.IS_GROUP).asBoolean() == plan.group()) {
                            ids.computeIfAbsent(name, any -> new LinkedHashSet<>())
                                    .add(id);
                        }
                    });
                }
            }
        }
        lists.forEach((name, list) -> {
            if (ids.containsKey(name)) {
                readList(finds, list, name, ids.get(name));
            }
        });
    }

    private void readList(Finds finds, ListPlan list, String name, Set<Long> ids) {
        ArrayNode domain = Domains.any(List.of(List.of(Domains.idsIn(list.inverse(), ids))));
        Set<String> fields = prepared.itemFields(list.model(), list.inverse());
        for (ObjectNode row : client.searchRead(list.model(), domain, fields)) {
            add(finds, name, id(row.path(list.inverse())), row);
        }
    }

    private static void add(Finds finds, String list, long partner, ObjectNode row) {
        List<ObjectNode> rows = finds.lists
                .computeIfAbsent(list, name -> new HashMap<>())
                .computeIfAbsent(partner, id -> new ArrayList<>());
        long id = row.path("id").longValue();
        if (rows.stream().noneMatch(known -> known.path("id").longValue() == id)) {
            rows.add(row);
        }
    }

    private Map<Long, RemoteRecord> records(Finds finds) {
        Map<Long, RemoteRecord> records = new LinkedHashMap<>();
        finds.partners.forEach((id, row) -> {
            Map<String, List<ObjectNode>> lists = new HashMap<>();
            finds.lists.forEach((name, byPartner) ->
                    lists.put(name, visible(name, byPartner.getOrDefault(id, List.of()))));
            records.put(id, new RemoteRecord(id, row, lists, finds.keys.get(id)));
        });
        return records;
    }

    /** The hub's own key is not part of the record. */
    private List<ObjectNode> visible(String list, List<ObjectNode> rows) {
        return list.equals(REG_IDS)
                ? rows.stream()
                        .filter(row -> id(row.path("id_type")) != prepared.guidType())
                        .toList()
                : rows;
    }

    static ArrayNode registrants() {
        return Domains.condition("is_registrant", "=", BooleanNode.TRUE);
    }

    /** The id in a many2one, 0 where it is empty. */
    static long id(JsonNode manyToOne) {
        return manyToOne.isArray() ? manyToOne.path(0).asLong() : manyToOne.asLong();
    }
}
