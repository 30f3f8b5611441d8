package org.synchub.target.httpjson;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synchub.target.httpjson.spec.Operation;
import org.synchub.target.httpjson.spec.Request;
import org.synchub.target.httpjson.spec.WriteSpec;

/**
 * What the target changed and the hub has not taken in yet, for targets that compare nothing and let single records not be
 * read: the changes since the place from which the last pull read, or everything where that is not known. Read once, when
 * first asked; used for one batch.
 */
final class Ahead {

    private final Session session;
    private final boolean wanted;
    private @Nullable Map<String, RemoteItem> changed;
    private boolean complete = true;

    Ahead(Session session) {
        this.session = session;
        this.wanted = session.spec().write().check() == WriteSpec.Check.CHANGES;
    }

    /** The record as it was last changed there, which may be by the hub; null if it was not changed, or nobody looks. */
    @Nullable
    RemoteItem of(String externalId) {
        return wanted ? known().get(externalId) : null;
    }

    /** Whether everything was read, and the record is not there. */
    boolean lacks(String externalId) {
        return wanted && !known().containsKey(externalId) && complete;
    }

    private Map<String, RemoteItem> known() {
        Map<String, RemoteItem> known = changed;
        if (known == null) {
            known = read();
            changed = known;
        }
        return known;
    }

    private Map<String, RemoteItem> read() {
        Request list = session.spec().request(Operation.LIST);
        FeedCursor cursor = FeedCursor.parse(session.pulledFrom());
        Map<String, RemoteItem> found = new HashMap<>();
        for (Feed feed : Changes.feeds(session)) {
            String since = cursor.mark(feed.name()).since();
            Request request =
                    since == null && list != null ? list : session.spec().need(Operation.CHANGES);
            boolean all = request.operation() == Operation.LIST;
            complete &= all;
            FeedCursor.Walk walk = FeedCursor.Walk.begin(all);
            Feed.Page page;
            do {
                page = feed.read(session, request, walk, since);
                for (RemoteItem item : page.items()) {
                    String id = item.externalId();
                    if (id != null) {
                        // Oldest first: the last word counts.
                        found.put(id, item);
                    }
                }
                walk = Feed.after(walk, page, null);
            } while (!page.last());
            complete &= page.missing() == 0;
        }
        return found;
    }
}
