package org.synchub.simulator.openspp;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The vocabularies a registry starts with. They are put in where missing, so a journal keeps its own. */
final class Seeds {

    private record Seed(String model, String key, Map<String, Object> columns) {}

    private final List<Seed> seeds = new ArrayList<>();

    void add(String model, String key, Map<String, Object> columns) {
        seeds.add(new Seed(model, key, new LinkedHashMap<>(columns)));
    }

    void remove(String model) {
        seeds.removeIf(seed -> seed.model().equals(model));
    }

    void plant(Store store, RegistryUser administrator) {
        store.write(administrator, store.now(), tx -> {
            for (Seed seed : seeds) {
                Table table = store.table(seed.model());
                Object key = seed.columns().get(seed.key());
                if (!holds(table, table.model.slot(seed.key()), key)) {
                    Object[] values = new Object[table.model.columns];
                    seed.columns().forEach((name, value) -> values[table.model.field(name).slot] = value);
                    tx.insert(table, table.takeId(), values);
                }
            }
            return true;
        });
    }

    private static boolean holds(Table table, int slot, @Nullable Object key) {
        for (int id = 1; id <= table.highestId(); id++) {
            Row row = table.get(id);
            if (row != null && Objects.equals(key, row.get(slot))) {
                return true;
            }
        }
        return false;
    }

    /** Users and the fields' own descriptions, new at every start. */
    static void plantConfiguration(Store store, Iterable<RegistryUser> users, RegistryUser administrator) {
        store.write(administrator, store.now(), tx -> {
            Table table = store.table(Models.USERS);
            for (RegistryUser user : users) {
                Object[] values = new Object[table.model.columns];
                values[table.model.slot("name")] = user.name();
                values[table.model.slot("login")] = user.login();
                values[table.model.slot("active")] = true;
                tx.insert(table, user.uid(), values);
                table.nextIdAtLeast(user.uid() + 1);
            }
            Table fields = store.table(Models.FIELDS);
            for (Table each : store.tables().values()) {
                for (Field field : each.model.fields.values()) {
                    Object[] values = new Object[fields.model.columns];
                    values[fields.model.slot("model")] = each.model.name;
                    values[fields.model.slot("name")] = field.name;
                    values[fields.model.slot("field_description")] = field.label;
                    values[fields.model.slot("ttype")] = field.attributes().get("type");
                    tx.insert(fields, fields.takeId(), values);
                }
            }
            return true;
        });
    }
}
