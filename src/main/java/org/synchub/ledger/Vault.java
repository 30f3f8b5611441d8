package org.synchub.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.synchub.crypto.AesGcm;
import org.synchub.crypto.KeyRing;

/**
 * Turns what the hub keeps of people into bytes and back. The first byte names the format: 0 is UTF-8 JSON; 1 is followed by
 * the length of the key's id in a byte, the id, a nonce of {@value AesGcm#NONCE} bytes and the text sealed by AES-256-GCM.
 * What is authenticated beside the text is all that stands before the nonce, and the record the bytes belong to: they
 * cannot be put under another record, and equal values of two people do not look equal. Equal contents of one record
 * under one key are equal bytes, which the ledger's statements compare without opening them.
 */
public final class Vault {

    private static final byte PLAIN = 0;
    private static final byte SEALED = 1;
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private final KeyRing keys;
    private final KeyRing.@Nullable Key current;
    private final byte[] header;

    /**
     * Opens what any of the keys has sealed, and seals with one of them.
     *
     * @param current id of the key to seal with; null or blank keeps what is written from now on in clear
     * @throws IllegalArgumentException when there is no such key; names the setting
     */
    public Vault(KeyRing keys, @Nullable String current) {
        this.keys = keys;
        if (current == null || current.isBlank()) {
            this.current = null;
            this.header = new byte[] {PLAIN};
            return;
        }
        String id = current.strip();
        if (!keys.ids().contains(id)) {
            throw new IllegalArgumentException(
                    "synchub.encryption.at-rest is '" + id + "', but there is no key of that id"
                            + (keys.ids().isEmpty() ? "" : " (there is " + String.join(", ", keys.ids()) + ")")
                            + ": give it as synchub.encryption.keys." + id
                            + ", from the environment or a file, or name another key");
        }
        this.current = keys.get(id);
        this.header = header(id);
    }

    /** One without any key: everything is kept in clear, and nothing that was sealed can be read. */
    public static Vault plain() {
        return new Vault(new KeyRing(Map.of()), null);
    }

    private static byte[] header(String id) {
        byte[] ascii = id.getBytes(StandardCharsets.US_ASCII);
        byte[] header = new byte[2 + ascii.length];
        header[0] = SEALED;
        header[1] = (byte) ascii.length;
        System.arraycopy(ascii, 0, header, 2, ascii.length);
        return header;
    }

    /** Id of the key that is sealed with; null when what is written is kept in clear. */
    public @Nullable String current() {
        return current == null ? null : current.id();
    }

    /** Ids of the keys that can open. */
    public Set<String> keys() {
        return keys.ids();
    }

    /** Whether there may be bytes that this vault would write otherwise than they are. */
    boolean mayMeetOthers() {
        return !keys.ids().isEmpty();
    }

    /** What all bytes begin with that this vault writes now, and no others. */
    byte[] header() {
        return header.clone();
    }

    /**
     * The bytes of a record; null of null.
     *
     * @param owner the target, or of what no target holds the tenant, that the record belongs to
     * @param key what the record is known by there: the entity's guid, or where there is none the target's id
     */
    byte @Nullable [] seal(@Nullable ObjectNode record, String owner, String key) {
        if (record == null) {
            return null;
        }
        byte[] json;
        try {
            json = JSON.writeValueAsBytes(record);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A mapped record could not be written as JSON", e);
        }
        return seal(json, owner, key);
    }

    private byte[] seal(byte[] json, String owner, String key) {
        if (current == null) {
            return ByteBuffer.allocate(1 + json.length).put(header).put(json).array();
        }
        AesGcm.Sealed sealed = AesGcm.seal(current, head(header, owner, key), json);
        return ByteBuffer.allocate(header.length + sealed.nonce().length + sealed.text().length)
                .put(header)
                .put(sealed.nonce())
                .put(sealed.text())
                .array();
    }

    /** Each part with its length before it, so that no two records have the same. */
    private static byte[] head(byte[] header, String owner, String key) {
        byte[] first = owner.getBytes(StandardCharsets.UTF_8);
        byte[] second = key.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(header.length + 8 + first.length + second.length)
                .put(header)
                .putInt(first.length)
                .put(first)
                .putInt(second.length)
                .put(second)
                .array();
    }

    /**
     * The record of these bytes; null of none.
     *
     * @param table where they were read, for what is said when they cannot be opened
     * @throws UnreadableException when the key is missing, or the bytes are not what was sealed for this record
     */
    @Nullable
    ObjectNode open(byte @Nullable [] bytes, String table, String owner, String key) {
        if (bytes == null || bytes.length == 0) {
            return null;
        }
        try {
            return (ObjectNode) JSON.readTree(json(bytes, owner, key));
        } catch (Unopened e) {
            throw new UnreadableException(table, owner, key, e.why);
        } catch (IOException | ClassCastException e) {
            throw new UnreadableException(table, owner, key, "is not readable JSON");
        }
    }

    /**
     * The same content as this vault writes it.
     *
     * @return the bytes themselves when there is nothing to change about them
     * @throws UnreadableException as {@link #open} throws it
     */
    byte @Nullable [] renew(byte @Nullable [] bytes, String table, String owner, String key) {
        if (bytes == null || bytes.length == 0 || isOwn(bytes)) {
            return bytes;
        }
        try {
            return seal(json(bytes, owner, key), owner, key);
        } catch (Unopened e) {
            throw new UnreadableException(table, owner, key, e.why);
        }
    }

    /** Whether this vault would write them like this: plain, or sealed with the current key. */
    boolean isOwn(byte[] bytes) {
        return bytes.length >= header.length && Arrays.equals(bytes, 0, header.length, header, 0, header.length);
    }

    private byte[] json(byte[] bytes, String owner, String key) throws Unopened {
        if (bytes[0] == PLAIN) {
            return Arrays.copyOfRange(bytes, 1, bytes.length);
        }
        if (bytes[0] != SEALED) {
            throw new Unopened("has format " + bytes[0]
                    + ", which this version of the hub does not know: run the version that wrote it, or a newer one");
        }
        int id = bytes.length < 2 ? 0 : bytes[1];
        int nonce = 2 + id;
        if (id < 1 || bytes.length < nonce + AesGcm.NONCE + AesGcm.TAG) {
            throw new Unopened("was cut off");
        }
        String named = new String(bytes, 2, id, StandardCharsets.US_ASCII);
        if (!keys.ids().contains(named)) {
            // Tampered bytes may say anything here: only what could be an id is repeated.
            throw new Unopened(
                    KeyRing.isId(named)
                            ? "was sealed with the key " + named
                                    + ", which is not there: give it as synchub.encryption.keys." + named
                                    + ", from the environment or a file"
                            : "names no key: it has been changed since it was sealed");
        }
        try {
            return AesGcm.open(
                    keys.get(named),
                    head(Arrays.copyOf(bytes, nonce), owner, key),
                    new AesGcm.Sealed(
                            Arrays.copyOfRange(bytes, nonce, nonce + AesGcm.NONCE),
                            Arrays.copyOfRange(bytes, nonce + AesGcm.NONCE, bytes.length)));
        } catch (AesGcm.TamperedException e) {
            throw new Unopened("was sealed with the key " + named + " and cannot be opened: synchub.encryption.keys."
                    + named + " is another key than then, or the row has been changed since");
        }
    }

    /** Why bytes cannot be opened, to be completed with whose they are. */
    private static final class Unopened extends Exception {

        private static final long serialVersionUID = 1;

        private final String why;

        Unopened(String why) {
            super(why);
            this.why = why;
        }
    }

    /** What is kept of a record cannot be read; names table, record and key, never a value. */
    public static final class UnreadableException extends RuntimeException {

        private static final long serialVersionUID = 1;

        UnreadableException(String table, String owner, String key, String why) {
            super("What hub." + table + " keeps of record " + key + " (" + owner + ") " + why);
        }
    }
}
