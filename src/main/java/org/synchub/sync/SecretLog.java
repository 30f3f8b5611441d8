package org.synchub.sync;

import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synchub.mapping.SecretFile;

/** Says in the log what becomes of secret files: their places, never what they hold. */
public final class SecretLog implements SecretFile.Watcher {

    private static final Logger log = LoggerFactory.getLogger(SecretLog.class);

    @Override
    public void changed(Path file) {
        log.info("Secret file {} has changed; what it holds now counts", file);
    }

    @Override
    public void found(Path file) {
        log.info("Secret file {} can be read again", file);
    }

    @Override
    public void lost(Path file, String why) {
        log.warn(
                "Secret file {} {}; what it held before goes on to count. Put the secret back, readable by the user that"
                        + " runs the hub",
                file,
                why);
    }
}
