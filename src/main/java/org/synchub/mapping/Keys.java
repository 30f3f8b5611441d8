package org.synchub.mapping;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Sets of key names that keep their order, so that messages list them as the reference does. */
final class Keys {

    private Keys() {}

    static Set<String> of(Collection<String> shared, String... own) {
        Set<String> keys = new LinkedHashSet<>(List.of(own));
        keys.addAll(shared);
        return Collections.unmodifiableSet(keys);
    }

    static Set<String> of(String... own) {
        return of(List.of(), own);
    }
}
