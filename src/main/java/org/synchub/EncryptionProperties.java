package org.synchub;

import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The installation's keys, {@code synchub.encryption.*}.
 *
 * @param keys AES-256 keys as Base64 by their ids; from the environment or files, never from a file that is kept with the
 *     code
 */
@ConfigurationProperties("synchub.encryption")
record EncryptionProperties(@DefaultValue Map<String, String> keys) {

    /** The ids alone. */
    @Override
    public String toString() {
        return "EncryptionProperties" + keys.keySet();
    }
}
