package org.synchub.target.httpjson;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.synchub.mapping.Kind;
import org.synchub.target.RemoteChange;
import org.synchub.target.RemoteState;
import org.synchub.target.TargetTrouble;
import org.synchub.target.httpjson.spec.Operation;
import org.synchub.target.httpjson.spec.Request;

/** Reads linked records as they are now, and tells which of them are gone. */
final class Presence {

    /** From this many on a complete list is cheaper than asking for each. */
    private static final int LIST_FROM = 20;

    private final Session session;
    private final Lookup lookup;

    Presence(Session session) {
        this.session = session;
        this.lookup = new Lookup(session);
    }

    List<RemoteChange> read(Collection<String> externalIds) {
        if (!lookup.canRead()) {
            Map<String, RemoteChange> all = listed();
            return externalIds.stream()
                    .map(all::get)
                    .filter(change -> change != null)
                    .toList();
        }
        List<RemoteChange> found = new ArrayList<>();
        for (String id : externalIds) {
            RemoteItem item = read(id);
            RemoteChange change = item == null ? null : item.change();
            if (change != null) {
                found.add(change);
            }
        }
        return found;
    }

    private @Nullable RemoteItem read(String externalId) {
        Set<String> asked = new HashSet<>(session.ids().kinds(externalId));
        boolean one = session.spec().need(Operation.READ).isForAllKinds();
        for (Kind kind : session.mapping().kinds()) {
            if (!one && !asked.contains(kind.name())) {
                continue;
            }
            RemoteItem item = lookup.read(kind, externalId);
            if (item != null) {
                return item;
            }
        }
        return null;
    }

    /**
     * A record is gone when the target says so for its id. Where it can only be asked for everything, a record that a
     * complete list does not hold is gone.
     */
    Map<String, RemoteState> present(Collection<String> externalIds) {
        boolean canList = session.spec().request(Operation.LIST) != null;
        if (!lookup.canRead() && !canList) {
            return Map.of();
        }
        Map<String, RemoteChange> listed =
                canList && (!lookup.canRead() || externalIds.size() >= LIST_FROM) ? listed() : Map.of();
        Map<String, RemoteState> states = new HashMap<>();
        for (String id : externalIds) {
            RemoteChange change = listed.get(id);
            boolean there =
                    change != null ? change.state() == RemoteState.PRESENT : lookup.canRead() && read(id) != null;
            states.put(id, there ? RemoteState.PRESENT : RemoteState.GONE);
        }
        return states;
    }

    /** All records by their ids; none where the target has no list. */
    private Map<String, RemoteChange> listed() {
        Request list = session.spec().request(Operation.LIST);
        Map<String, RemoteChange> all = new LinkedHashMap<>();
        if (list == null) {
            return all;
        }
        for (Feed feed : Feed.of(session.mapping().kinds(), list.isForAllKinds())) {
            FeedCursor.Walk walk = FeedCursor.Walk.begin(true);
            Feed.Page page;
            do {
                page = feed.read(session, list, walk, null);
                for (RemoteItem item : page.items()) {
                    RemoteChange change = item.change();
                    if (change != null) {
                        all.put(change.externalId(), change);
                    }
                }
                walk = Feed.after(walk, page, null);
            } while (!page.last());
            if (page.missing() > 0) {
                throw new TargetTrouble(
                        TargetTrouble.Kind.UNREACHABLE,
                        "The complete list lacks " + page.missing()
                                + " of the records that the target says there are; nothing is concluded from it. If that"
                                + " stays so, check pages in " + session.spec().where());
            }
        }
        return all;
    }
}
