package org.synchub.sync;

import org.synchub.crypto.Sha256;

/** A lane as it is kept: what a form calls its household may be any text, and an index takes no long ones. */
final class LaneKey {

    private static final int LONGEST = 200;

    private LaneKey() {}

    static String of(String lane) {
        if (lane.length() <= LONGEST) {
            return lane;
        }
        return "sha256:" + Sha256.hex(lane);
    }
}
