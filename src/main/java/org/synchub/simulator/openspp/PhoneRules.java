package org.synchub.simulator.openspp;

import org.jspecify.annotations.Nullable;

/**
 * Phone numbers: refused by length, as the phone library behind Odoo does first; national numbering plans are not known
 * here.
 */
final class PhoneRules implements ModelRules {

    private static final int SHORTEST = 7;
    private static final int LONGEST = 15;

    private final String countryCode;
    private final int number;
    private final int sanitized;
    private final int collected;

    /** {@code countryCode} is what a number without "+" gets in front, for instance 63. */
    PhoneRules(Store store, String countryCode) {
        this.countryCode = countryCode;
        Model phone = store.table(Models.PHONE).model;
        this.number = phone.slot("phone_no");
        this.sanitized = phone.slot("phone_sanitized");
        this.collected = phone.slot("date_collected");
    }

    @Override
    public void beforeInsert(Tx tx, @Nullable Object[] values) {
        if (values[collected] == null) {
            values[collected] = Times.day(tx.now);
        }
        sanitize(values);
    }

    @Override
    public void update(Tx tx, Row old, @Nullable Object[] values, @Nullable Object[] patch) {
        if (patch[number] != Orm.UNSET) {
            sanitize(values);
        }
    }

    private void sanitize(@Nullable Object[] values) {
        values[sanitized] = values[number] instanceof String given ? e164(given) : null;
    }

    private String e164(String given) {
        StringBuilder digits = new StringBuilder();
        boolean international = given.strip().startsWith("+");
        for (int i = 0; i < given.length(); i++) {
            char c = given.charAt(i);
            if (c >= '0' && c <= '9') {
                digits.append(c);
            } else if (Character.isLetter(c)) {
                throw notANumber(given);
            }
        }
        if (digits.length() < 2) {
            throw notANumber(given);
        }
        if (digits.length() < SHORTEST) {
            throw OdooError.user("Impossible number " + given + ": not enough digits.");
        }
        if (digits.length() > LONGEST) {
            throw OdooError.user("Impossible number " + given + ": too many digits.");
        }
        if (international) {
            return given.length() == digits.length() + 1 ? given : "+" + digits;
        }
        boolean trunkPrefix = digits.charAt(0) == '0';
        return "+" + countryCode + (trunkPrefix ? digits.substring(1) : digits);
    }

    private static OdooError notANumber(String given) {
        return OdooError.user(
                "Unable to parse " + given + ": (1) The string supplied did not seem to be a phone number.");
    }
}
