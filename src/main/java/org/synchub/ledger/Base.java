package org.synchub.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Turns bases into bytes and back. The first byte names the format, so that an encrypted format can be added beside the
 * plain one without a migration: 0 is UTF-8 JSON.
 */
final class Base {

    private static final byte PLAIN_JSON = 0;
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private Base() {}

    static byte @Nullable [] toBytes(@Nullable ObjectNode record) {
        if (record == null) {
            return null;
        }
        try {
            byte[] json = JSON.writeValueAsBytes(record);
            byte[] bytes = new byte[json.length + 1];
            bytes[0] = PLAIN_JSON;
            System.arraycopy(json, 0, bytes, 1, json.length);
            return bytes;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A mapped record could not be written as JSON", e);
        }
    }

    static @Nullable ObjectNode fromBytes(byte @Nullable [] bytes) {
        if (bytes == null || bytes.length == 0) {
            return null;
        }
        if (bytes[0] != PLAIN_JSON) {
            throw new IllegalStateException("A base in hub.link has format " + bytes[0]
                    + ", which this version of the hub does not know: run the version that wrote it, or a newer one");
        }
        try {
            return (ObjectNode) JSON.readTree(Arrays.copyOfRange(bytes, 1, bytes.length));
        } catch (IOException e) {
            throw new IllegalStateException("A base in hub.link is not readable JSON", e);
        }
    }
}
