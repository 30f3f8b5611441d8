package org.synchub.target.httpjson.spec;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.synchub.crypto.Sha256;
import org.synchub.mapping.Settings;

/**
 * The key that the hub gives each record: the same for the same entity for ever, so that a repeated create can be
 * recognised.
 *
 * @param length of the hexadecimal forms, without the prefix
 * @param first where allotted numbers begin
 */
public record Key(Form form, String prefix, int length, long first) {

    static final String[] KEYS = {"form", "prefix", "length", "first"};

    /** What the system takes as a key. */
    public enum Form {
        /** The entity's guid as it is: unique within one tenant. */
        GUID,
        /** A name-based UUID of tenant and guid. */
        UUID,
        /** Hexadecimal digits of a hash of tenant and guid. */
        HEX,
        /** A whole number below 2^53 from a hash of tenant and guid. */
        NUMBER,
        /** A whole number that the hub allots when it first writes the record, and remembers. */
        ALLOTTED
    }

    private static final int DIGEST_DIGITS = 64;
    private static final int NUMBER_BITS = 53;

    static final Key GUID = new Key(Form.GUID, "", 0, 0);

    static Key read(Settings adapter) {
        if (!adapter.has("key")) {
            return GUID;
        }
        Settings key = adapter.child("key");
        key.onlyKnown(KEYS);
        key.text("form");
        Form form = key.choice("form", Form.class, Form.GUID);
        if (key.has("length") && form != Form.HEX) {
            throw key.failure("length", "'length' is for form: hex", "remove it");
        }
        if (key.has("first") && form != Form.ALLOTTED) {
            throw key.failure("first", "'first' is for form: allotted", "remove it");
        }
        if (key.has("prefix") && (form == Form.NUMBER || form == Form.ALLOTTED)) {
            throw key.failure("prefix", "a number has no prefix", "remove it, or choose another form");
        }
        return new Key(
                form,
                key.text("prefix", ""),
                key.integer("length", 32, 16, DIGEST_DIGITS),
                key.integer("first", 1, 1, Integer.MAX_VALUE));
    }

    /** Whether it follows from tenant and guid; otherwise only a write tells it. */
    public boolean isDerived() {
        return form != Form.ALLOTTED;
    }

    /** The key of an entity, where it is derived. */
    public String of(String tenant, String guid) {
        byte[] name = (tenant.length() + ":" + tenant + "/" + guid).getBytes(StandardCharsets.UTF_8);
        return prefix
                + switch (form) {
                    case GUID -> guid;
                    case UUID -> java.util.UUID.nameUUIDFromBytes(name).toString();
                    case HEX -> HexFormat.of().formatHex(Sha256.of(name)).substring(0, length);
                    case NUMBER ->
                        new BigInteger(1, Sha256.of(name))
                                .mod(BigInteger.ONE.shiftLeft(NUMBER_BITS))
                                .toString();
                    case ALLOTTED -> throw new IllegalStateException("an allotted key comes with the write");
                };
    }
}
