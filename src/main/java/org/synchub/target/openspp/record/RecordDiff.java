package org.synchub.target.openspp.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.synchub.target.openspp.odoo.OdooField;

/**
 * Compares what the store wants with what both sides last agreed on and with what the server holds now, and builds the
 * values to write. Only what the store changed is sent; what only the server changed is left alone; what both changed to
 * different values is a conflict. Pure.
 */
public final class RecordDiff {

    /** How far the base may be believed. */
    public enum Trust {
        /** Both sides agreed on the base. */
        BASE,
        /** There is none: the record was found. What it lacks is written; two different values are for the rules of a pull. */
        FOUND,
        /** Earlier writes may or may not have arrived, but what they carried is known: see {@link Arrival}. */
        SENT,
        /** What was written before is not known: the store's state is brought about whatever is there. */
        UNCERTAIN
    }

    /** Fields that are fixed when a record is made. */
    private static final Set<String> FIXED = Set.of(KindPlan.IS_GROUP);

    private final KindPlan plan;
    private final Values values;
    private final String now;

    /** @param now the time at which items end, in Odoo's words */
    public RecordDiff(KindPlan plan, Values values, String now) {
        this.plan = plan;
        this.values = values;
        this.now = now;
    }

    /**
     * Compares the three and says what to write.
     *
     * @param desired the store's record, with references as the mapping makes them
     * @param base the record last agreed on, null if there is none
     * @param sent what earlier writes carried that may have arrived or not, oldest first
     * @param externalIds by guid, for the references in both
     * @param single names of lists for which the store has one place only
     * @throws UnknownName when the record names something that the server does not have
     */
    public Decision decide(
            ObjectNode desired,
            @Nullable ObjectNode base,
            List<ObjectNode> sent,
            RemoteRecord remote,
            Map<String, String> externalIds,
            Trust trust,
            Set<String> single) {
        ObjectNode wanted = Neutral.resolvedRecord(desired, externalIds);
        ObjectNode before = before(base, sent, remote, externalIds, trust);
        ObjectNode vals = JsonNodeFactory.instance.objectNode();
        Set<String> written = new LinkedHashSet<>();
        Set<String> conflicts = new LinkedHashSet<>();
        Set<String> open = new LinkedHashSet<>();
        for (Column column : plan.columns()) {
            if (wanted.has(column.name()) && !FIXED.contains(column.name())) {
                if (before == null && trust == Trust.FOUND && isTwofold(column, wanted, remote)) {
                    open.add(column.name());
                    continue;
                }
                column(column, wanted, before, remote, trust, vals, written, conflicts);
            }
        }
        for (ListPlan list : plan.lists()) {
            JsonNode items = wanted.get(list.name());
            if (items != null && items.isArray()) {
                ListDiff diff = new ListDiff(list, values, now, trust);
                JsonNode agreed = before == null ? null : before.get(list.name());
                diff.decide(items, agreed, remote, single.contains(list.name()));
                if (diff.isConflict()) {
                    (trust == Trust.FOUND ? open : conflicts).add(list.name());
                } else if (!diff.commands().isEmpty()) {
                    vals.set(list.name(), diff.commands());
                    written.add(list.name());
                }
            }
        }
        ObjectNode agreed = agreed(desired, trust == Trust.SENT ? arrived(base, before) : base);
        if (!open.isEmpty()) {
            agreed = agreed.deepCopy();
            agreed.remove(open);
        }
        boolean left = !open.isEmpty() || (before != null && isEdited(before, written, remote));
        return new Decision(vals, written, conflicts, left, agreed);
    }

    /** Whether a record that was found holds a value of its own where the store has another. */
    private boolean isTwofold(Column column, ObjectNode wanted, RemoteRecord remote) {
        JsonNode ours = wanted.get(column.name());
        JsonNode theirs = values.neutral(column, remote.row().path(column.name()));
        return column.isDecided()
                && !Neutral.isBlank(ours)
                && !Neutral.isBlank(theirs)
                && !values.same(column.odoo(), theirs, Values.unset(column.odoo()))
                && !asAgreed(column, theirs, ours);
    }

    /** Whether the server holds something else than was agreed on, in what is not written. */
    private boolean isEdited(ObjectNode before, Set<String> written, RemoteRecord remote) {
        for (Column column : plan.columns()) {
            JsonNode theirs = values.neutral(column, remote.row().path(column.name()));
            if (!written.contains(column.name()) && !asAgreed(column, theirs, before.get(column.name()))) {
                return true;
            }
        }
        for (ListPlan list : plan.lists()) {
            JsonNode items = before.get(list.name());
            if (!written.contains(list.name())
                    && items != null
                    && items.isArray()
                    && new ListDiff(list, values, now, Trust.BASE).isChanged(items, remote)) {
                return true;
            }
        }
        return false;
    }

    /** What both sides agree on now; null where that is not known. */
    private @Nullable ObjectNode before(
            @Nullable ObjectNode base,
            List<ObjectNode> sent,
            RemoteRecord remote,
            Map<String, String> externalIds,
            Trust trust) {
        ObjectNode known = base == null ? null : Neutral.resolvedRecord(base, externalIds);
        return switch (trust) {
            case BASE -> known;
            case SENT ->
                new Arrival(plan, values, remote)
                        .agreed(
                                known,
                                sent.stream()
                                        .map(record -> Neutral.resolvedRecord(record, externalIds))
                                        .toList());
            case FOUND, UNCERTAIN -> null;
        };
    }

    /** The base with the single values that have arrived: the store may say nothing about them any more. */
    private ObjectNode arrived(@Nullable ObjectNode base, @Nullable ObjectNode before) {
        ObjectNode arrived = base == null ? JsonNodeFactory.instance.objectNode() : base.deepCopy();
        for (Column column : plan.columns()) {
            JsonNode value = before == null ? null : before.get(column.name());
            if (value != null && !column.odoo().pointsToPartner()) {
                arrived.set(column.name(), value);
            }
        }
        return arrived;
    }

    private void column(
            Column column,
            ObjectNode wanted,
            @Nullable ObjectNode before,
            RemoteRecord remote,
            Trust trust,
            ObjectNode vals,
            Set<String> written,
            Set<String> conflicts) {
        OdooField field = column.odoo();
        JsonNode ours = wanted.get(column.name());
        JsonNode held = remote.row().path(column.name());
        JsonNode theirs = values.neutral(column, held);
        boolean same = values.same(field, ours, theirs);
        if (same && !Values.isStale(column, held)) {
            return;
        }
        if (before != null && !same) {
            JsonNode agreed = before.get(column.name());
            if (values.same(field, ours, agreed)) {
                return;
            }
            if (!asAgreed(column, theirs, agreed)) {
                conflicts.add(column.name());
                return;
            }
        } else if (trust == Trust.FOUND && Neutral.isBlank(ours)) {
            return;
        }
        vals.set(column.name(), values.odoo(column, ours));
        written.add(column.name());
    }

    /** Whether the server still holds what was agreed on; of a name also when it is what a create makes of it. */
    private boolean asAgreed(Column column, @Nullable JsonNode theirs, @Nullable JsonNode agreed) {
        return values.same(column.odoo(), theirs, agreed)
                || (plan.isPartOfName(column) && NameParts.madeOf(agreed, theirs));
    }

    /**
     * What both sides agree on afterwards: all that the store wants, and what was agreed on before where it wants nothing.
     * A number or boolean that nobody ever filled in reads as 0 or false, so that is what was agreed on.
     *
     * @return the desired record itself where that is all
     */
    public ObjectNode agreed(ObjectNode desired, @Nullable ObjectNode base) {
        ObjectNode all = base == null ? desired : base.deepCopy().setAll(desired.deepCopy());
        List<Column> blank = plan.columns().stream()
                .filter(column -> Values.unset(column.odoo()) != null && Neutral.isBlank(all.get(column.name())))
                .toList();
        if (blank.isEmpty()) {
            return all;
        }
        ObjectNode agreed = all.deepCopy();
        blank.forEach(column -> agreed.set(column.name(), Values.unset(column.odoo())));
        return agreed;
    }

    /**
     * Whether the server changed a value that was agreed on, or filled one in, for a record that the store deleted. What the
     * server added to a list is no reason to keep it; where nothing is known to be agreed on, nothing is changed.
     */
    public boolean isChanged(
            @Nullable ObjectNode base,
            List<ObjectNode> sent,
            RemoteRecord remote,
            Map<String, String> externalIds,
            Trust trust) {
        ObjectNode before = before(base, sent, remote, externalIds, trust);
        if (before == null) {
            return false;
        }
        for (Column column : plan.columns()) {
            JsonNode theirs = values.neutral(column, remote.row().path(column.name()));
            boolean neverFilled =
                    !before.has(column.name()) && values.same(column.odoo(), theirs, Values.unset(column.odoo()));
            if (!neverFilled && !asAgreed(column, theirs, before.get(column.name()))) {
                return true;
            }
        }
        for (ListPlan list : plan.lists()) {
            JsonNode items = before.get(list.name());
            if (items != null
                    && items.isArray()
                    && new ListDiff(list, values, now, Trust.BASE).isChanged(items, remote)) {
                return true;
            }
        }
        return false;
    }
}
