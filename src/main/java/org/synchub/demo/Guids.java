package org.synchub.demo;

import java.util.UUID;
import java.util.random.RandomGenerator;

/** Guids of version 4 whose randomness the caller owns. */
final class Guids {

    private Guids() {}

    static String next(RandomGenerator random) {
        long high = (random.nextLong() & 0xFFFFFFFFFFFF0FFFL) | 0x4000L;
        long low = (random.nextLong() & 0x3FFFFFFFFFFFFFFFL) | 0x8000000000000000L;
        return new UUID(high, low).toString();
    }
}
