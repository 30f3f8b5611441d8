package org.synchub.admin.security;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Slows those who fail to log in: after {@value #FREE} failures an address waits, twice as long each time, up to five
 * minutes. What is asked meanwhile is not looked at. An IPv6 network of 64 bits counts as one address.
 */
final class LoginGuard {

    static final int FREE = 5;
    private static final Duration LONGEST = Duration.ofMinutes(5);
    private static final Duration FORGOTTEN = Duration.ofMinutes(15);
    private static final int MOST = 10_000;

    private final InstantSource clock;
    private final Map<String, Failures> failures = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
            return size() > MOST;
        }
    };

    LoginGuard(InstantSource clock) {
        this.clock = clock;
    }

    private record Failures(int n, Instant last) {

        Instant waitsUntil() {
            if (n < FREE) {
                return last;
            }
            Duration wait = Duration.ofSeconds(1L << Math.min(n - FREE, 10));
            return last.plus(wait.compareTo(LONGEST) > 0 ? LONGEST : wait);
        }
    }

    /** How long an address has still to wait; zero when it may try. */
    synchronized Duration waits(String address) {
        Failures before = failures.get(network(address));
        if (before == null) {
            return Duration.ZERO;
        }
        Duration left = Duration.between(clock.instant(), before.waitsUntil());
        return left.isNegative() ? Duration.ZERO : left;
    }

    synchronized void failed(String address) {
        String network = network(address);
        Failures before = failures.get(network);
        Instant now = clock.instant();
        int n = before == null || before.last().plus(FORGOTTEN).isBefore(now) ? 1 : before.n() + 1;
        failures.put(network, new Failures(n, now));
    }

    synchronized void succeeded(String address) {
        failures.remove(network(address));
    }

    /** An address with a colon is a number: no name is ever looked up. */
    private static String network(String address) {
        if (address.indexOf(':') < 0) {
            return address;
        }
        try {
            byte[] bytes = InetAddress.getByName(address).getAddress();
            return bytes.length == 16 ? HexFormat.of().formatHex(Arrays.copyOf(bytes, 8)) : address;
        } catch (UnknownHostException notANumber) {
            return address;
        }
    }
}
