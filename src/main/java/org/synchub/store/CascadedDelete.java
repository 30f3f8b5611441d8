package org.synchub.store;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One entity that goes with a pulled delete, the deleted one itself included. */
record CascadedDelete(String guid, PulledChange cause) {

    /**
     * Everything that goes with {@code guid}, members before their group and {@code guid} last. A group that contains
     * itself, with which the server never ends, counts once.
     */
    static List<String> membersFirst(String guid, Map<String, List<String>> members) {
        Set<String> done = new LinkedHashSet<>();
        collect(guid, members, new LinkedHashSet<>(), done);
        return new ArrayList<>(done);
    }

    private static void collect(String guid, Map<String, List<String>> members, Set<String> above, Set<String> done) {
        if (done.contains(guid) || !above.add(guid)) {
            return;
        }
        members.getOrDefault(guid, List.of()).forEach(member -> collect(member, members, above, done));
        above.remove(guid);
        done.add(guid);
    }
}
