package org.synchub.simulator.openspp;

import java.util.Locale;
import java.util.StringJoiner;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * OpenSPP's two-way tie between {@code name} and its parts (spp_registrant_import): a written name is split at ", " and
 * each part capitalised; a written part recomputes the name in capitals.
 */
final class Names {

    private static final Pattern SEPARATOR = Pattern.compile(", ");

    private final int name;
    private final int family;
    private final int given;
    private final int additional;

    Names(Model partner) {
        this.name = partner.slot("name");
        this.family = partner.slot("family_name");
        this.given = partner.slot("given_name");
        this.additional = partner.slot("addl_name");
    }

    int nameSlot() {
        return name;
    }

    int additionalSlot() {
        return additional;
    }

    boolean anyPart(@Nullable Object[] patch) {
        return patch[family] != Orm.UNSET || patch[given] != Orm.UNSET || patch[additional] != Orm.UNSET;
    }

    void join(@Nullable Object[] values) {
        StringJoiner joined = new StringJoiner(", ");
        for (int slot : new int[] {family, given, additional}) {
            if (values[slot] instanceof String part && !part.isEmpty()) {
                joined.add(part);
            }
        }
        values[name] = joined.toString().toUpperCase(Locale.ROOT);
    }

    void split(@Nullable Object[] values, String written) {
        String[] parts = SEPARATOR.split(written, -1);
        if (parts.length == 1) {
            values[given] = capitalized(parts[0]);
            return;
        }
        values[family] = capitalized(parts[0]);
        String second = capitalized(parts[1]);
        if (parts.length > 2) {
            values[given] = second;
            values[additional] = capitalized(parts[2]);
            return;
        }
        boolean secondIsBothParts = values[given] instanceof String first
                && !first.isEmpty()
                && values[additional] instanceof String more
                && !more.isEmpty()
                && (first + " " + more).equalsIgnoreCase(second);
        if (!secondIsBothParts) {
            values[given] = second;
        }
    }

    private static String capitalized(String part) {
        if (part.isEmpty()) {
            return part;
        }
        int first = part.offsetByCodePoints(0, 1);
        return part.substring(0, first).toUpperCase(Locale.ROOT)
                + part.substring(first).toLowerCase(Locale.ROOT);
    }
}
