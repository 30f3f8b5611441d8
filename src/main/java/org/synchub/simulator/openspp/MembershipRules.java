package org.synchub.simulator.openspp;

import org.jspecify.annotations.Nullable;

/** Memberships: one per person and household even after it ended, and every change touches the household. */
final class MembershipRules implements ModelRules {

    private final Store store;
    private final boolean uniqueKinds;
    private final Table memberships;
    private final Field group;
    private final int individual;
    private final int kind;
    private final int startDate;
    private final int endedDate;
    private final int status;
    private final int isEnded;

    MembershipRules(Store store, boolean uniqueKinds) {
        this.store = store;
        this.uniqueKinds = uniqueKinds;
        this.memberships = store.table(Models.MEMBERSHIP);
        Model model = memberships.model;
        this.group = model.field("group");
        this.individual = model.slot("individual");
        this.kind = model.slot("kind");
        this.startDate = model.slot("start_date");
        this.endedDate = model.slot("ended_date");
        this.status = model.slot("status");
        this.isEnded = model.slot("is_ended");
    }

    @Override
    public void beforeInsert(Tx tx, @Nullable Object[] values) {
        if (values[startDate] == null) {
            values[startDate] = wholeSeconds(tx.now);
        }
        computeEnd(tx, values);
    }

    @Override
    public void afterInsert(Tx tx, Row row) {
        checkOnce(row);
        checkKinds(row);
        tx.touch(store.table(Models.PARTNER), row.reference(group.slot));
    }

    @Override
    public void update(Tx tx, Row old, @Nullable Object[] values, @Nullable Object[] patch) {
        if (patch[endedDate] != Orm.UNSET) {
            computeEnd(tx, values);
        }
    }

    @Override
    public void afterUpdate(Tx tx, Row row, @Nullable Object[] patch) {
        if (patch[individual] != Orm.UNSET) {
            checkOnce(row);
        }
        checkKinds(row);
        tx.touch(store.table(Models.PARTNER), row.reference(group.slot));
    }

    @Override
    public void afterDelete(Tx tx, Row row) {
        tx.touch(store.table(Models.PARTNER), row.reference(group.slot));
    }

    private void computeEnd(Tx tx, @Nullable Object[] values) {
        Object end = values[endedDate];
        boolean ended = end instanceof Long time && time <= Math.max(tx.now, store.now());
        values[isEnded] = ended;
        values[status] = ended ? "inactive" : "active";
        if (end instanceof Long time && values[startDate] instanceof Long start && time < start) {
            throw OdooError.validation("End Date cannot be earlier than Start Date");
        }
    }

    private static Long wholeSeconds(long micros) {
        return Math.floorDiv(micros, Times.MICROS) * Times.MICROS;
    }

    private void checkOnce(Row row) {
        int person = row.reference(individual);
        for (int sibling : memberships.lookup(group, row.reference(group.slot))) {
            Row other = memberships.get(sibling);
            if (other != null && other.id != row.id && other.reference(individual) == person) {
                throw OdooError.validation("Duplication of Member is not allowed ");
            }
        }
    }

    private void checkKinds(Row row) {
        if (!uniqueKinds || !(row.get(kind) instanceof int[] kinds)) {
            return;
        }
        Table kindTable = store.table(Models.MEMBERSHIP_KIND);
        for (int each : kinds) {
            Row kindRow = kindTable.get(each);
            if (kindRow != null && kindRow.flag(kindTable.model.slot("is_unique")) && isHeldTwice(row, each)) {
                throw OdooError.validation(
                        "Only one " + kindRow.text(kindTable.model.slot("name")) + " is allowed per group");
            }
        }
    }

    private boolean isHeldTwice(Row row, int wanted) {
        for (int sibling : memberships.lookup(group, row.reference(group.slot))) {
            Row other = memberships.get(sibling);
            if (other != null && other.id != row.id && other.get(kind) instanceof int[] kinds) {
                for (int each : kinds) {
                    if (each == wanted) {
                        return true;
                    }
                }
            }
        }
        return false;
    }
}
