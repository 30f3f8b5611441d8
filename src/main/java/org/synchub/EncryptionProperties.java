package org.synchub;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The installation's keys, {@code synchub.encryption.*}.
 *
 * @param keys AES-256 keys as Base64 by their ids; from the environment or files, never from a file that is kept with the
 *     code
 * @param atRest id of the key with which people's data is sealed in schema hub; null keeps it in clear
 */
@ConfigurationProperties("synchub.encryption")
record EncryptionProperties(
        @DefaultValue Map<String, String> keys, @Nullable String atRest) {

    /** The ids alone. */
    @Override
    public String toString() {
        return "EncryptionProperties[keys " + keys.keySet() + ", at rest " + atRest + "]";
    }
}
