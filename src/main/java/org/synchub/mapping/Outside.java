package org.synchub.mapping;

import org.jspecify.annotations.Nullable;

/** What the placeholders of a mapping file are filled in from. */
@FunctionalInterface
public interface Outside {

    /** A variable's value, as it is at that moment; null for one that is not set. */
    @Nullable
    String variable(String name);

    /** Who is told what becomes of the secret files that are read. */
    default SecretFile.Watcher watcher() {
        return SecretFile.Watcher.NOBODY;
    }
}
