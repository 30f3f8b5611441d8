package org.synchub.sync;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A lane as it is kept: what a form calls its household may be any text, and an index takes no long ones. */
final class LaneKey {

    private static final int LONGEST = 200;

    private LaneKey() {}

    static String of(String lane) {
        if (lane.length() <= LONGEST) {
            return lane;
        }
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(lane.getBytes(StandardCharsets.UTF_8));
            return "sha256:" + HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This Java has no SHA-256", e);
        }
    }
}
