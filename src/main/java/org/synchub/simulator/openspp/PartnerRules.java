package org.synchub.simulator.openspp;

import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Registrants: names, spp_id, registration date, and the households that a member's write touches. */
final class PartnerRules implements ModelRules {

    private static final String SPP_ID_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    private static final Pattern SPP_ID_BODY = Pattern.compile("[" + SPP_ID_LETTERS + "]{8}");

    private final Store store;
    private final SppId sppId;
    private final Names names;
    private final Table memberships;
    private final Field memberOf;
    private final int group;
    private final int isRegistrant;
    private final int isGroup;
    private final int active;
    private final int registrationDate;
    private final int sppIdSlot;

    PartnerRules(Store store, SppId sppId) {
        this.store = store;
        this.sppId = sppId;
        Model partner = store.table(Models.PARTNER).model;
        this.names = new Names(partner);
        this.memberships = store.table(Models.MEMBERSHIP);
        this.memberOf = memberships.model.field("individual");
        this.group = memberships.model.slot("group");
        this.isRegistrant = partner.slot("is_registrant");
        this.isGroup = partner.slot("is_group");
        this.active = partner.slot("active");
        this.registrationDate = partner.slot("registration_date");
        this.sppIdSlot = partner.slot("spp_id");
    }

    @Override
    public void beforeInsert(Tx tx, @Nullable Object[] values) {
        if (!(values[names.nameSlot()] instanceof String written)) {
            throw withoutName();
        }
        if (isIndividual(values)) {
            names.split(values, written);
        }
        if (values[active] == null) {
            values[active] = true;
        }
        if (registrationDate >= 0 && values[registrationDate] == null) {
            values[registrationDate] = Times.day(tx.now);
        }
        checkRegistrationDate(values);
        if (sppIdSlot >= 0) {
            String prefix = prefix(values);
            if (prefix != null && (values[sppIdSlot] == null || sppId == SppId.READ_ONLY)) {
                values[sppIdSlot] = unusedSppId(prefix);
            }
            checkSppId(values, 0);
        }
    }

    @Override
    public void beforeUpdate(Tx tx, List<Row> rows, @Nullable Object[] patch) {
        if (rows.size() < 2) {
            return;
        }
        // Both directions of the name are written for one record and called for many.
        boolean nameWritten = patch[names.nameSlot()] != Orm.UNSET;
        boolean partWritten = names.anyPart(patch);
        for (Row row : rows) {
            boolean individual = row.flag(isRegistrant) && !row.flag(isGroup);
            Object additional = patch[names.additionalSlot()] == Orm.UNSET
                    ? row.get(names.additionalSlot())
                    : patch[names.additionalSlot()];
            boolean hasAdditional = additional instanceof String text && !text.isEmpty();
            if (individual && (nameWritten || (partWritten && hasAdditional))) {
                throw OdooError.singleton(
                        Models.PARTNER, rows.stream().mapToInt(each -> each.id).toArray());
            }
        }
    }

    @Override
    public void update(Tx tx, Row old, @Nullable Object[] values, @Nullable Object[] patch) {
        boolean individual = isIndividual(values);
        if (patch[names.nameSlot()] != Orm.UNSET) {
            if (values[names.nameSlot()] instanceof String written) {
                if (individual) {
                    names.split(values, written);
                }
            } else if (individual) {
                throw new OdooError("builtins.AttributeError", "'bool' object has no attribute 'split'");
            } else {
                throw withoutName();
            }
        } else if (individual
                && (names.anyPart(patch) || patch[isGroup] != Orm.UNSET || patch[isRegistrant] != Orm.UNSET)) {
            names.join(values);
        }
        if (registrationDate >= 0 && patch[registrationDate] != Orm.UNSET) {
            checkRegistrationDate(values);
        }
        if (sppIdSlot >= 0 && patch[sppIdSlot] != Orm.UNSET) {
            checkSppId(values, old.id);
        }
    }

    @Override
    public void afterUpdate(Tx tx, Row row, @Nullable Object[] patch) {
        if (!row.flag(isRegistrant) || row.flag(isGroup)) {
            return;
        }
        Table partners = store.table(Models.PARTNER);
        for (int id : memberships.lookup(memberOf, row.id)) {
            Row membership = memberships.get(id);
            if (membership != null) {
                tx.touch(partners, membership.reference(group));
            }
        }
    }

    private boolean isIndividual(@Nullable Object[] values) {
        return Boolean.TRUE.equals(values[isRegistrant]) && !Boolean.TRUE.equals(values[isGroup]);
    }

    private @Nullable String prefix(@Nullable Object[] values) {
        if (!Boolean.TRUE.equals(values[isRegistrant])) {
            return null;
        }
        return Boolean.TRUE.equals(values[isGroup]) ? "GRP_" : "IND_";
    }

    private void checkRegistrationDate(@Nullable Object[] values) {
        if (registrationDate >= 0
                && values[registrationDate] instanceof String day
                && day.compareTo(Times.day(store.now())) > 0) {
            throw OdooError.validation("Registration date must be less than the current date.");
        }
    }

    private void checkSppId(@Nullable Object[] values, int ownId) {
        if (!(values[sppIdSlot] instanceof String given)) {
            return;
        }
        String prefix = prefix(values);
        if (prefix != null
                && (!given.startsWith(prefix)
                        || !SPP_ID_BODY
                                .matcher(given.substring(prefix.length()))
                                .matches())) {
            throw OdooError.validation("Unique ID is not following correct format!");
        }
        for (int holder : holders(given)) {
            if (holder != ownId) {
                throw OdooError.validation("The operation cannot be completed: spp_id is an unique identifier!");
            }
        }
    }

    private int[] holders(String id) {
        Table partners = store.table(Models.PARTNER);
        return partners.lookup(partners.model.field("spp_id"), id);
    }

    private String unusedSppId(String prefix) {
        while (true) {
            String id = sppId(prefix, ThreadLocalRandom.current());
            if (holders(id).length == 0) {
                return id;
            }
        }
    }

    /** The same id for the same key every time, as long as nobody minds that it might be taken. */
    static String sppIdOf(String prefix, String key) {
        return sppId(prefix, new Random(key.hashCode()));
    }

    private static String sppId(String prefix, Random random) {
        StringBuilder id = new StringBuilder(12).append(prefix);
        for (int i = 0; i < 8; i++) {
            id.append(SPP_ID_LETTERS.charAt(random.nextInt(SPP_ID_LETTERS.length())));
        }
        return id.toString();
    }

    private static OdooError withoutName() {
        return OdooError.validation("The operation cannot be completed: Contacts require a name");
    }
}
