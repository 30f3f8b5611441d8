package org.synchub.ledger;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.regex.Pattern;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.synchub.crypto.Hmac;

/**
 * What somebody typed, as the audit trail may keep it for ever: the hub's own numbers and DataCollect's guids as they are,
 * anything else (an external id, a national id, a name in the wrong place) as a keyed hash, {@code hmac:KEYID:HEX}. Who holds
 * the key can still look for one; nobody else can try them all.
 */
public final class AuditKeys {

    private static final int SHORTEST = 16;

    /** A number of a conflict or run, the code of a cause, a guid. */
    private static final Pattern OWN =
            Pattern.compile("\\d{1,9}|[0-9a-f]{10}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    /** Names of files, which targets are called by. */
    private static final Pattern TARGET = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]{0,62}");

    private final @Nullable SecretKeySpec key;
    private final String id;

    /**
     * @param secret text of 16 characters at least; null or blank: what is not a key of the hub's is not kept at all
     * @throws IllegalArgumentException when it is shorter
     */
    public AuditKeys(@Nullable String secret) {
        String text = secret == null ? "" : secret.strip();
        if (!text.isEmpty() && text.length() < SHORTEST) {
            throw new IllegalArgumentException("synchub.audit.key has " + text.length() + " characters; it needs "
                    + SHORTEST + " at least, best random ones from a file");
        }
        this.key = text.isEmpty() ? null : Hmac.key(text.getBytes(StandardCharsets.UTF_8));
        this.id = key == null ? "" : mac(key, "id of this key").substring(0, 8);
    }

    /** Something that is meant to be a key. */
    public String of(String typed) {
        return OWN.matcher(typed).matches() ? typed : hashed(typed);
    }

    /** Something that is meant to be a target's name. */
    public @Nullable String target(@Nullable String typed) {
        return typed == null || TARGET.matcher(typed).matches() ? typed : hashed(typed);
    }

    /** Something that is no key, whatever it looks like: what somebody typed who is not known. */
    public String hashed(String typed) {
        return key == null ? "(not kept)" : "hmac:" + id + ":" + mac(key, typed).substring(0, 32);
    }

    private static String mac(SecretKeySpec key, String text) {
        return HexFormat.of().formatHex(Hmac.of(key, text.getBytes(StandardCharsets.UTF_8)));
    }
}
