package org.synchub.store;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.synchub.crypto.Sha256;

/**
 * DataCollect's tree over its events, built leaf by leaf while keeping one hash per level: a parent is the SHA-256 of
 * its children's hashes written as hex, and a node without a right neighbour is hashed with nothing.
 */
final class MerkleTree {

    private final MessageDigest sha256 = Sha256.digest();

    /** Per level, the left node that still waits for its right neighbour. */
    private final List<@Nullable String> waiting = new ArrayList<>();

    private long leaves;

    /** Takes the hash of the next leaf. */
    void addLeaf(String hash) {
        leaves++;
        add(0, hash);
    }

    /** The hash of a leaf with this content. Any number of threads may ask. */
    static String leaf(String content) {
        return Sha256.hex(content);
    }

    /** The root in lower-case hex; empty for no leaves. The tree takes no leaves afterwards. */
    String root() {
        if (leaves == 0) {
            return "";
        }
        int level = 0;
        for (long nodes = leaves; nodes > 1; nodes = (nodes + 1) / 2) {
            String alone = waiting.set(level, null);
            if (alone != null) {
                add(level + 1, hash(alone));
            }
            level++;
        }
        String root = waiting.get(level);
        if (root == null) {
            throw new IllegalStateException("No root at level " + level + " of a tree of " + leaves + " leaves.");
        }
        return root;
    }

    private void add(int level, String hash) {
        String node = hash;
        for (int at = level; ; at++) {
            if (waiting.size() == at) {
                waiting.add(null);
            }
            String left = waiting.get(at);
            if (left == null) {
                waiting.set(at, node);
                return;
            }
            waiting.set(at, null);
            node = hash(left + node);
        }
    }

    private String hash(String content) {
        return HexFormat.of().formatHex(sha256.digest(content.getBytes(StandardCharsets.UTF_8)));
    }
}
