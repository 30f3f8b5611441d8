package org.synchub.crypto;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A text that only holders of a key can read, as JWE in compact serialization (RFC 7516) with {@code "alg":"dir"} and
 * {@code "enc":"A256GCM"} (RFC 7518), so that any JOSE library opens it. {@code kid} names the key, {@code cty} says
 * {@code json} where the content is JSON and not just a text, and the private parameter {@code field} names the field that
 * it was sealed for: equal texts of two fields look different. By the nonce of {@link AesGcm}, the same text of the same
 * field under the same key is the same envelope.
 */
public final class Envelope {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    private static final int PARTS = 5;
    private static final String METHOD = "dir";
    private static final String CIPHER = "A256GCM";
    private static final String JSON = "json";

    /** A header in Base64, no key of its own, and what follows. */
    private static final Pattern SHAPE = Pattern.compile("eyJ[A-Za-z0-9_-]*\\.\\.[A-Za-z0-9_.-]*");

    /** A JSON object in Base64. */
    private static final String JSON_BEGINS = "eyJ";

    /** How every envelope of a hub begins: the start of its header, which names {@code alg} first. */
    private static final String BEGINS = "eyJhbGciOiJkaXIi";

    private final String head;
    private final String kid;
    private final boolean json;
    private final @Nullable String field;
    private final AesGcm.Sealed sealed;

    private Envelope(String head, String kid, boolean json, @Nullable String field, AesGcm.Sealed sealed) {
        this.head = head;
        this.kid = kid;
        this.json = json;
        this.field = field;
        this.sealed = sealed;
    }

    /**
     * Seals a text.
     *
     * @param field readable by everybody; may be empty
     * @param json whether the text is JSON, and not to be taken as it is
     */
    public static String seal(KeyRing.Key key, String field, String text, boolean json) {
        ObjectNode header = JsonNodeFactory.instance
                .objectNode()
                .put("alg", METHOD)
                .put("enc", CIPHER)
                .put("kid", key.id());
        if (json) {
            header.put("cty", JSON);
        }
        header.put("field", field);
        String head = base64(header.toString().getBytes(StandardCharsets.UTF_8));
        AesGcm.Sealed sealed =
                AesGcm.seal(key, head.getBytes(StandardCharsets.US_ASCII), text.getBytes(StandardCharsets.UTF_8));
        int length = sealed.text().length - AesGcm.TAG;
        return head + ".." + base64(sealed.nonce()) + "." + base64(Arrays.copyOf(sealed.text(), length)) + "."
                + base64(Arrays.copyOfRange(sealed.text(), length, sealed.text().length));
    }

    private static String base64(byte[] bytes) {
        return ENCODER.encodeToString(bytes);
    }

    /** Whether a text is, or was before it was damaged, an envelope. */
    public static boolean looksLikeOne(String text) {
        if (!text.contains(JSON_BEGINS)) {
            return false;
        }
        String stripped = text.strip();
        return stripped.startsWith(BEGINS) || SHAPE.matcher(stripped).matches();
    }

    /** A text in which something else stands for each envelope. */
    public static String hidden(String text, String instead) {
        return text.contains(JSON_BEGINS) ? SHAPE.matcher(text).replaceAll(instead) : text;
    }

    /**
     * Takes an envelope apart without opening it.
     *
     * @throws DamagedException when it is none, or one that a hub does not open
     */
    public static Envelope read(String text) {
        String[] parts = text.strip().split("\\.", -1);
        if (parts.length != PARTS || !parts[1].isEmpty()) {
            throw new DamagedException("it does not have the five parts of one with a shared key");
        }
        JsonNode header = header(parts[0]);
        if (!METHOD.equals(header.path("alg").textValue())
                || !CIPHER.equals(header.path("enc").textValue())) {
            throw new DamagedException("its header does not say alg " + METHOD + " and enc " + CIPHER);
        }
        if (header.has("zip") || header.has("crit")) {
            throw new DamagedException("its header asks for something that the hub does not do (zip or crit)");
        }
        String kid = header.path("kid").textValue();
        if (kid == null || !KeyRing.isId(kid)) {
            throw new DamagedException("its header names no key (kid) that a hub could have");
        }
        byte[] content = bytes(parts[3]);
        byte[] tag = bytes(parts[4]);
        byte[] joined = Arrays.copyOf(content, content.length + tag.length);
        System.arraycopy(tag, 0, joined, content.length, tag.length);
        if (tag.length != AesGcm.TAG) {
            throw new DamagedException("its end is missing");
        }
        return new Envelope(
                parts[0],
                kid,
                JSON.equalsIgnoreCase(header.path("cty").textValue()),
                header.path("field").textValue(),
                new AesGcm.Sealed(bytes(parts[2]), joined));
    }

    private static JsonNode header(String part) {
        try {
            JsonNode header = MAPPER.readTree(bytes(part));
            if (header != null && header.isObject()) {
                return header;
            }
        } catch (JacksonException e) {
            throw new DamagedException("its header is no JSON");
        } catch (IOException e) {
            throw new IllegalStateException("Bytes in memory can be read", e);
        }
        throw new DamagedException("its header is no JSON object");
    }

    private static byte[] bytes(String part) {
        try {
            return Base64.getUrlDecoder().decode(part);
        } catch (IllegalArgumentException e) {
            throw new DamagedException("a part of it is not Base64");
        }
    }

    /** The id of the key that opens it. */
    public String kid() {
        return kid;
    }

    /** Whether the content is JSON, and not a text to be taken as it is. */
    public boolean isJson() {
        return json;
    }

    /** The field that it was sealed for; null where it does not say. */
    public @Nullable String field() {
        return field;
    }

    /**
     * What is in it.
     *
     * @throws KeyRing.MissingKeyException when the ring has no such key
     * @throws AesGcm.TamperedException when it was sealed with another key of the same id, or changed since
     */
    public String open(KeyRing ring) {
        byte[] plain = AesGcm.open(ring.get(kid), head.getBytes(StandardCharsets.US_ASCII), sealed);
        return new String(plain, StandardCharsets.UTF_8);
    }

    /** Something looks like an envelope and is none that a hub can open. */
    public static final class DamagedException extends RuntimeException {

        private static final long serialVersionUID = 1;

        /** @param what is wrong with it; no part of it */
        public DamagedException(String what) {
            super("It has been damaged, or another system made it: " + what);
        }
    }
}
