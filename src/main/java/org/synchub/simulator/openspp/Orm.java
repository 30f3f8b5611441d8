package org.synchub.simulator.openspp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Creates, changes and deletes records the way Odoo's ORM does, x2many commands included. */
final class Orm {

    /** In a patch: this column is not written. */
    static final Object UNSET = new Object();

    private record Lines(Field field, List<?> commands) {}

    private final Store store;
    private final Map<String, ModelRules> rules;

    Orm(Store store, Map<String, ModelRules> rules) {
        this.store = store;
        this.rules = rules;
    }

    private ModelRules rules(Model model) {
        return rules.getOrDefault(model.name, ModelRules.NONE);
    }

    int create(Tx tx, Model model, Map<String, Object> given) {
        return create(tx, model, given, 0);
    }

    /** {@code reservedId} is an id taken earlier, or 0 for the next one. */
    int create(Tx tx, Model model, Map<String, Object> given, int reservedId) {
        Access.check(tx.user, model, Access.Operation.CREATE);
        Table table = store.table(model.name);
        checkNames(model, given);
        int id = reservedId > 0 ? reservedId : table.takeId();
        @Nullable Object[] values = new Object[model.columns];
        List<Lines> lines = new ArrayList<>(3);
        for (Map.Entry<String, Object> entry : given.entrySet()) {
            Field field = model.field(entry.getKey());
            Object value = entry.getValue();
            if (field.isToMany()) {
                collect(model, field, value, lines);
            } else if (field.slot >= 0) {
                values[field.slot] = Values.toColumn(store, model, field, value);
            }
        }
        ModelRules modelRules = rules(model);
        modelRules.beforeInsert(tx, values);
        for (Lines links : lines) {
            if (links.field().slot >= 0) {
                values[links.field().slot] = linked(tx, links, Table.NONE);
            }
        }
        checkColumns(model, values);
        Row row = tx.insert(table, id, values);
        modelRules.afterInsert(tx, row);
        for (Lines children : lines) {
            if (children.field().slot < 0) {
                applyChildren(tx, id, children);
            }
        }
        return id;
    }

    void write(Tx tx, Model model, int[] ids, Map<String, Object> given) {
        Access.check(tx.user, model, Access.Operation.WRITE);
        if (ids.length == 0) {
            return;
        }
        List<Row> rows = existing(tx, model, ids);
        checkNames(model, given);
        @Nullable Object[] patch = new Object[model.columns];
        Arrays.fill(patch, UNSET);
        List<Lines> lines = new ArrayList<>(3);
        for (Map.Entry<String, Object> entry : given.entrySet()) {
            Field field = model.field(entry.getKey());
            if (field.isToMany()) {
                collect(model, field, entry.getValue(), lines);
            } else if (field.slot >= 0) {
                patch[field.slot] = Values.toColumn(store, model, field, entry.getValue());
            }
        }
        ModelRules modelRules = rules(model);
        modelRules.beforeUpdate(tx, rows, patch);
        Table table = store.table(model.name);
        for (Row stale : rows) {
            Row old = table.get(stale.id);
            if (old == null) {
                continue;
            }
            @Nullable Object[] values = old.values.clone();
            for (int slot = 0; slot < patch.length; slot++) {
                if (patch[slot] != UNSET) {
                    values[slot] = patch[slot];
                }
            }
            for (Lines links : lines) {
                int slot = links.field().slot;
                if (slot >= 0) {
                    values[slot] = linked(tx, links, old.values[slot] instanceof int[] now ? now : Table.NONE);
                }
            }
            modelRules.update(tx, old, values, patch);
            checkColumns(model, values);
            Row row = tx.update(table, old, values);
            modelRules.afterUpdate(tx, row, patch);
            for (Lines children : lines) {
                if (children.field().slot < 0) {
                    applyChildren(tx, row.id, children);
                }
            }
        }
    }

    void unlink(Tx tx, Model model, int[] ids) {
        boolean registrarDeletesPartners = model.name.equals(Models.PARTNER) && tx.user.role() == Role.REGISTRAR;
        if (!registrarDeletesPartners) {
            Access.check(tx.user, model, Access.Operation.UNLINK);
        }
        // Record rules are what notices a missing record; of these models only partners have any.
        List<Row> rows = model.name.equals(Models.PARTNER) ? existing(tx, model, ids) : present(model, ids);
        Table table = store.table(model.name);
        for (Row row : rows) {
            checkUnreferenced(model, row.id);
            tx.delete(table, row);
            rules(model).afterDelete(tx, row);
        }
        if (registrarDeletesPartners) {
            // A registrar has the right on contacts as such; the registry takes it back after the delete was tried.
            throw OdooError.user("You do not have the necessary permissions to delete partner records."
                    + " Please contact the administrator.");
        }
    }

    private void checkUnreferenced(Model model, int id) {
        for (Table table : store.tables().values()) {
            for (Field field : table.model.references()) {
                if (field.relation.equals(model.name) && table.hasIndex(field) && table.lookup(field, id).length > 0) {
                    throw OdooError.foreignKey(table.model, field);
                }
            }
        }
    }

    private List<Row> existing(Tx tx, Model model, int[] ids) {
        List<Row> rows = present(model, ids);
        if (rows.size() < ids.length) {
            Table table = store.table(model.name);
            int[] missing =
                    Arrays.stream(ids).filter(id -> table.get(id) == null).toArray();
            if (missing.length > 0) {
                throw OdooError.missing(model.name, missing, tx.user.uid());
            }
        }
        return rows;
    }

    private List<Row> present(Model model, int[] ids) {
        Table table = store.table(model.name);
        List<Row> rows = new ArrayList<>(ids.length);
        for (int id : ids) {
            Row row = table.get(id);
            if (row != null) {
                rows.add(row);
            }
        }
        return rows;
    }

    private static void checkNames(Model model, Map<String, Object> given) {
        for (String name : given.keySet()) {
            model.field(name);
        }
    }

    /** NOT NULL columns and foreign keys. */
    private void checkColumns(Model model, @Nullable Object[] values) {
        for (Field field : model.required()) {
            if (values[field.slot] == null) {
                throw OdooError.mandatory(model, field);
            }
        }
        for (Field field : model.references()) {
            if (values[field.slot] instanceof Integer id && isMissing(field, id)) {
                throw OdooError.foreignKey(model, field);
            }
        }
    }

    private boolean isMissing(Field field, int id) {
        Table target = store.tables().get(field.relation);
        return target == null || target.get(id) == null;
    }

    private static void collect(Model model, Field field, @Nullable Object given, List<Lines> lines) {
        // OpenSPP drops a false x2many before the write, on every model.
        if (given == null || Boolean.FALSE.equals(given)) {
            return;
        }
        if (!(given instanceof List<?> commands)) {
            throw OdooError.wrongValue(model.name, field, given);
        }
        for (Object command : commands) {
            if (!(command instanceof List<?> parts) || parts.isEmpty() || !(parts.get(0) instanceof Integer)) {
                throw OdooError.wrongValue(model.name, field, given);
            }
        }
        if (!commands.isEmpty()) {
            lines.add(new Lines(field, commands));
        }
    }

    private static @Nullable Object part(List<?> command, int index) {
        return index < command.size() ? command.get(index) : null;
    }

    private static int id(Field field, List<?> command) {
        if (part(command, 1) instanceof Integer id) {
            return id;
        }
        throw OdooError.value("Wrong value for " + field.name + ": a command without an id");
    }

    private static int[] idsOf(Field field, List<?> command) {
        if (part(command, 2) instanceof List<?> list) {
            int[] ids = new int[list.size()];
            for (int i = 0; i < ids.length; i++) {
                if (!(list.get(i) instanceof Integer id)) {
                    throw OdooError.value("Wrong value for " + field.name + ": a command with something else than ids");
                }
                ids[i] = id;
            }
            return ids;
        }
        return Table.NONE;
    }

    /** The ids of a many2many after its commands. */
    private int[] linked(Tx tx, Lines lines, int[] now) {
        Field field = lines.field();
        Model target = store.table(field.relation).model;
        List<Integer> ids = new ArrayList<>();
        for (int id : now) {
            ids.add(id);
        }
        for (Object each : lines.commands()) {
            List<?> command = (List<?>) each;
            switch ((Integer) command.get(0)) {
                case 0 -> ids.add(create(tx, target, Values.object(part(command, 2))));
                case 1 -> write(tx, target, new int[] {id(field, command)}, Values.object(part(command, 2)));
                case 2 -> {
                    Integer gone = id(field, command);
                    ids.remove(gone);
                    unlink(tx, target, new int[] {gone});
                }
                case 3 -> ids.remove((Integer) id(field, command));
                case 4 -> addOnce(ids, id(field, command));
                case 5 -> ids.clear();
                case 6 -> {
                    ids.clear();
                    for (int id : idsOf(field, command)) {
                        addOnce(ids, id);
                    }
                }
                default -> throw OdooError.value("Wrong value for " + field.name + ": " + command);
            }
        }
        for (int id : ids) {
            if (isMissing(field, id)) {
                throw OdooError.foreignKey(target, field);
            }
        }
        return ids.stream().mapToInt(Integer::intValue).sorted().toArray();
    }

    private static void addOnce(List<Integer> ids, Integer id) {
        if (!ids.contains(id)) {
            ids.add(id);
        }
    }

    private void applyChildren(Tx tx, int parent, Lines lines) {
        Field field = lines.field();
        Table table = store.table(field.relation);
        Model target = table.model;
        Field inverse = target.field(field.relationField);
        for (Object each : lines.commands()) {
            List<?> command = (List<?>) each;
            switch ((Integer) command.get(0)) {
                case 0 -> {
                    Map<String, Object> child = new LinkedHashMap<>(Values.object(part(command, 2)));
                    child.put(inverse.name, parent);
                    create(tx, target, child);
                }
                case 1 -> write(tx, target, new int[] {id(field, command)}, Values.object(part(command, 2)));
                case 2 -> unlink(tx, target, new int[] {id(field, command)});
                case 3 -> letGo(tx, target, inverse, new int[] {id(field, command)});
                case 4 -> write(tx, target, new int[] {id(field, command)}, Map.of(inverse.name, parent));
                case 5 -> letGo(tx, target, inverse, table.lookup(inverse, parent));
                case 6 -> {
                    int[] kept = idsOf(field, command);
                    int[] dropped = Arrays.stream(table.lookup(inverse, parent))
                            .filter(id -> Arrays.stream(kept).noneMatch(keep -> keep == id))
                            .toArray();
                    letGo(tx, target, inverse, dropped);
                    write(tx, target, kept, Map.of(inverse.name, parent));
                }
                default -> throw OdooError.value("Wrong value for " + field.name + ": " + command);
            }
        }
    }

    /** A line without its parent; where the parent is mandatory, that is what Odoo refuses. */
    private void letGo(Tx tx, Model target, Field inverse, int[] ids) {
        write(tx, target, ids, Map.of(inverse.name, false));
    }
}
