package org.synchub.target.openspp;

import java.util.regex.Pattern;
import org.synchub.crypto.Sha256;

/**
 * The keys under which the hub finds its own records again: a registered id that names (tenant, guid), and a
 * {@code spp_id} that follows from them, which the server's database keeps unique. Guids are unique per tenant only.
 */
record HubKey(String tenant, String guid) {

    /** How many ids a record may fall back to when others hold the first ones. */
    static final int ATTEMPTS = 8;

    /** What OpenSPP makes its ids of: digits and capitals without those that are easily confused. */
    private static final String SYMBOLS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

    private static final int LENGTH = 8;
    private static final Pattern UUID =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

    /** The value of the registered id. A UUID is unique by itself; any other guid needs its tenant beside it. */
    String registeredId() {
        return UUID.matcher(guid).matches() ? guid : tenant + ":" + guid;
    }

    /** The guid in a registered id of this tenant. */
    static String guidOf(String tenant, String registeredId) {
        String prefix = tenant + ":";
        return registeredId.startsWith(prefix) ? registeredId.substring(prefix.length()) : registeredId;
    }

    /**
     * The {@code spp_id} of the n-th attempt: five bits of a hash for each of eight symbols.
     *
     * @param attempt from 0; another one is taken only when a record of another key holds the one before
     */
    String sppId(boolean group, int attempt) {
        byte[] hash = Sha256.of(tenant.length() + ":" + tenant + guid + "#" + attempt);
        long bits = 0;
        for (int i = 0; i < 5; i++) {
            bits = bits << 8 | (hash[i] & 0xff);
        }
        StringBuilder id = new StringBuilder(group ? "GRP_" : "IND_");
        for (int i = LENGTH - 1; i >= 0; i--) {
            id.append(SYMBOLS.charAt((int) (bits >>> (5 * i) & 31)));
        }
        return id.toString();
    }
}
