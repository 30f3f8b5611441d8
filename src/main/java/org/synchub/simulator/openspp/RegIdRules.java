package org.synchub.simulator.openspp;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Registrant ids: one of a type per person, and the type's format. */
final class RegIdRules implements ModelRules {

    private final Store store;
    private final Table regIds;
    private final Field partner;
    private final int idType;
    private final int value;
    private final Map<String, Pattern> patterns = new ConcurrentHashMap<>();

    RegIdRules(Store store) {
        this.store = store;
        this.regIds = store.table(Models.REG_ID);
        this.partner = regIds.model.field("partner_id");
        this.idType = regIds.model.slot("id_type");
        this.value = regIds.model.slot("value");
    }

    @Override
    public void afterInsert(Tx tx, Row row) {
        checkFormat(row);
        checkOnePerType(row);
    }

    @Override
    public void afterUpdate(Tx tx, Row row, @Nullable Object[] patch) {
        checkFormat(row);
        if (patch[idType] != Orm.UNSET || patch[partner.slot] != Orm.UNSET) {
            checkOnePerType(row);
        }
    }

    private void checkFormat(Row row) {
        Table types = store.table(Models.ID_TYPE);
        Row type = types.get(row.reference(idType));
        String given = row.text(value);
        if (type == null || given == null) {
            return;
        }
        String format = type.text(types.model.slot("id_validation"));
        // Python's re.match ties only the start.
        if (format != null
                && !format.isEmpty()
                && !patterns.computeIfAbsent(format, Pattern::compile)
                        .matcher(given)
                        .lookingAt()) {
            throw OdooError.validation(
                    "The provided " + type.text(types.model.slot("name")) + " ID '" + given + "' is invalid.");
        }
    }

    private void checkOnePerType(Row row) {
        for (int sibling : regIds.lookup(partner, row.reference(partner.slot))) {
            Row other = regIds.get(sibling);
            if (other != null && other.id != row.id && other.reference(idType) == row.reference(idType)) {
                throw OdooError.validation("ID Type must be unique.");
            }
        }
    }
}
