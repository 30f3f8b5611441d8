package org.synchub.simulator.openspp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The other side of the registry: what its own staff do, and what a test wants to know. Everything written here is
 * written by the officer {@link #OFFICER_UID}, with the rules and the write_date a call over HTTP would have; values have
 * the shapes of the JSON API.
 */
public final class Registry {

    /** The user on the other side; never the hub's. */
    public static final int OFFICER_UID = 5;

    static final RegistryUser OFFICER =
            new RegistryUser(OFFICER_UID, "officer", "Registry Officer", "", List.of(), Role.REGISTRY_ADMIN);

    private final Store store;
    private final Orm orm;

    Registry(Store store, Orm orm) {
        this.store = store;
        this.orm = orm;
    }

    /** A backup of all that the registry holds. */
    public Backup backup() {
        return store.backup();
    }

    /** Brings a backup back. */
    public void restore(Backup backup) {
        store.restore(backup);
    }

    // What the officer does.

    /** Creates a registrant; {@code is_registrant} is set unless given. */
    public int createPartner(Map<String, Object> values) {
        Map<String, Object> all = new HashMap<>(values);
        all.putIfAbsent("is_registrant", true);
        return create(Models.PARTNER, all);
    }

    public int create(String model, Map<String, Object> values) {
        return apply(tx -> orm.create(tx, model(model), values));
    }

    public void write(int partner, Map<String, Object> values) {
        write(Models.PARTNER, List.of(partner), values);
    }

    public void write(String model, List<Integer> ids, Map<String, Object> values) {
        apply(tx -> {
            orm.write(tx, model(model), ids(ids), values);
            return true;
        });
    }

    public void archive(int partner) {
        write(partner, Map.of("active", false));
    }

    public void unarchive(int partner) {
        write(partner, Map.of("active", true));
    }

    public void disable(int partner, String reason) {
        write(
                partner,
                Map.of("disabled", Times.show(store.now()), "disabled_by", OFFICER_UID, "disabled_reason", reason));
    }

    public void enable(int partner) {
        write(partner, Map.of("disabled", false, "disabled_by", false, "disabled_reason", false));
    }

    /** Makes a person a member of a household, with the ids of its roles; answers the membership's id. */
    public int addMember(int group, int individual, Integer... kinds) {
        Map<String, Object> values = new HashMap<>(Map.of("group", group, "individual", individual));
        if (kinds.length > 0) {
            values.put("kind", List.of(List.of(6, 0, Arrays.asList(kinds))));
        }
        return create(Models.MEMBERSHIP, values);
    }

    /** Ends a membership now. */
    public void endMembership(int membership) {
        write(Models.MEMBERSHIP, List.of(membership), Map.of("ended_date", Times.show(store.now())));
    }

    /** Changes the value of a registrant's id directly, which does not touch the registrant's write_date. */
    public void editRegId(int regId, String value) {
        write(Models.REG_ID, List.of(regId), Map.of("value", value));
    }

    public void unlink(String model, List<Integer> ids) {
        apply(tx -> {
            orm.unlink(tx, model(model), ids(ids));
            return true;
        });
    }

    /** Deletes a registrant for good, its ids, phones and memberships first. */
    public void unlinkPartner(int partner) {
        apply(tx -> {
            for (String model : List.of(Models.REG_ID, Models.PHONE, Models.MEMBERSHIP)) {
                Table table = store.table(model);
                for (Field field : table.model.references()) {
                    if (field.relation.equals(Models.PARTNER) && table.hasIndex(field)) {
                        orm.unlink(tx, table.model, table.lookup(field, partner));
                    }
                }
            }
            orm.unlink(tx, model(Models.PARTNER), new int[] {partner});
            return true;
        });
    }

    /** Begins a transaction that keeps its write_date until it is committed, however much later. */
    public HeldTransaction begin() {
        return new HeldTransaction(this, store.now());
    }

    // What it holds.

    public Optional<RegistryRecord> find(String model, int id) {
        return store.read(() -> {
            Table table = store.table(model);
            Row row = table.get(id);
            return row == null ? Optional.empty() : Optional.of(record(table, row));
        });
    }

    /** A partner, archived or not; it must exist. */
    public RegistryRecord partner(int id) {
        return find(Models.PARTNER, id)
                .orElseThrow(() -> new IllegalArgumentException("The registry has no res.partner " + id));
    }

    public Optional<RegistryRecord> partnerBySppId(String sppId) {
        return lookup(Models.PARTNER, "spp_id", sppId).stream().findFirst();
    }

    /** Every partner, archived or not, that holds a registrant id of this value, of whatever type. */
    public List<RegistryRecord> partnersByRegId(String value) {
        return store.read(() -> {
            Table regIds = store.table(Models.REG_ID);
            int holder = regIds.model.slot("partner_id");
            Domain.Ids partners = new Domain.Ids();
            for (int id : regIds.lookup(regIds.model.field("value"), value)) {
                Row row = regIds.get(id);
                if (row != null) {
                    partners.add(row.reference(holder));
                }
            }
            return records(store.table(Models.PARTNER), partners.distinct());
        });
    }

    /** The memberships of a household, ended ones included. */
    public List<RegistryRecord> memberships(int group) {
        return lookup(Models.MEMBERSHIP, "group", group);
    }

    public List<RegistryRecord> regIds(int partner) {
        return lookup(Models.REG_ID, "partner_id", partner);
    }

    public List<RegistryRecord> phones(int partner) {
        return lookup(Models.PHONE, "partner_id", partner);
    }

    /** All partners by id, archived ones included. */
    public List<RegistryRecord> partners() {
        return all(Models.PARTNER);
    }

    /** All records of a model by id. */
    public List<RegistryRecord> all(String model) {
        return store.read(() -> {
            Table table = store.table(model);
            List<RegistryRecord> records = new ArrayList<>(table.size());
            for (int id = 1; id <= table.highestId(); id++) {
                Row row = table.get(id);
                if (row != null) {
                    records.add(record(table, row));
                }
            }
            return records;
        });
    }

    /** How many records a model holds, archived ones included. */
    public int count(String model) {
        return store.read(() -> store.table(model).size());
    }

    private List<RegistryRecord> lookup(String model, String field, Object value) {
        return store.read(() -> {
            Table table = store.table(model);
            return records(table, table.lookup(table.model.field(field), value));
        });
    }

    private List<RegistryRecord> records(Table table, int[] ids) {
        List<RegistryRecord> records = new ArrayList<>(ids.length);
        for (int id : ids) {
            Row row = table.get(id);
            if (row != null) {
                records.add(record(table, row));
            }
        }
        return records;
    }

    private RegistryRecord record(Table table, Row row) {
        Map<String, Object> values = new HashMap<>();
        for (Field field : table.model.fields.values()) {
            Object shown = shown(field, Values.of(store, table.model, row, field));
            if (shown != null) {
                values.put(field.name, shown);
            }
        }
        return new RegistryRecord(table.model.name, row.id, Times.instant(row.writeDate), row.writeUid, values);
    }

    private static @Nullable Object shown(Field field, @Nullable Object value) {
        if (value instanceof int[] ids) {
            return Arrays.stream(ids).boxed().toList();
        }
        return field.type == Field.Type.DATETIME && value instanceof Long micros ? Times.show(micros) : value;
    }

    <T> T apply(Function<Tx, T> work) {
        return apply(store.now(), work);
    }

    <T> T apply(long startedAt, Function<Tx, T> work) {
        try {
            return store.write(OFFICER, startedAt, work);
        } catch (OdooError e) {
            throw new RegistryException(e);
        }
    }

    Orm orm() {
        return orm;
    }

    Model model(String name) {
        return store.table(name).model;
    }

    /** An id of the sequence, taken now. */
    int reserve(String model) {
        return store.write(OFFICER, store.now(), tx -> store.table(model).takeId());
    }

    void continueIdsAt(String model, int id) {
        apply(tx -> {
            store.table(model).nextIdAtLeast(id);
            return true;
        });
    }

    private static int[] ids(List<Integer> ids) {
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }
}
