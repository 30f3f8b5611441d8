package org.synchub.target.httpjson;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synchub.target.ChangePage;
import org.synchub.target.RemoteChange;
import org.synchub.target.TargetTrouble;
import org.synchub.target.httpjson.FeedCursor.Mark;
import org.synchub.target.httpjson.FeedCursor.Walk;
import org.synchub.target.httpjson.spec.Operation;
import org.synchub.target.httpjson.spec.Pages;
import org.synchub.target.httpjson.spec.Place;
import org.synchub.target.httpjson.spec.Request;
import org.synchub.target.httpjson.spec.Since;

/**
 * Lists what changed: by the request for changes where there is one, else by reading everything. What the target's clock
 * cannot tell apart is read completely rather than lost.
 */
final class Changes {

    private static final Logger log = LoggerFactory.getLogger(Changes.class);

    private final Session session;
    private final @Nullable Request list;
    private final @Nullable Request changes;
    private final List<Feed> feeds;

    Changes(Session session) {
        this.session = session;
        this.list = session.spec().request(Operation.LIST);
        this.changes = session.spec().request(Operation.CHANGES);
        this.feeds = feeds(session);
    }

    /** What a pull reads one after the other. */
    static List<Feed> feeds(Session session) {
        Request list = session.spec().request(Operation.LIST);
        Request changes = session.spec().request(Operation.CHANGES);
        boolean together = (list == null || list.isForAllKinds()) && (changes == null || changes.isForAllKinds());
        return Feed.of(session.mapping().kinds(), together);
    }

    ChangePage page(@Nullable String cursorText) {
        if (list == null && changes == null) {
            return new ChangePage(List.of(), cursorText == null ? "" : cursorText, false);
        }
        FeedCursor cursor = FeedCursor.parse(cursorText);
        if (cursor.feed() >= feeds.size()) {
            cursor = new FeedCursor(0, null, cursor.marks());
        }
        Feed feed = feeds.get(cursor.feed());
        Mark mark = cursor.mark(feed.name());
        Walk walk = cursor.walk() == null ? Walk.begin(isComplete(mark)) : cursor.walk();
        Request request = request(walk);
        Feed.Page page = feed.read(session, request, walk, walk.complete() ? null : mark.since());
        Walk after = Feed.after(walk, page, told(request, page));
        List<RemoteChange> read = changes(page);
        FeedCursor next = page.last() ? end(cursor, feed, mark, request, page, after) : cursor.at(after);
        boolean more = !(next.feed() == 0 && next.walk() == null);
        return new ChangePage(read, next.toString(), more);
    }

    private Request request(Walk walk) {
        Request request = walk.complete() ? list : changes;
        if (request == null) {
            throw new IllegalStateException("the cursor speaks of a request that the mapping file no longer has");
        }
        return request;
    }

    /** Whether a feed is begun with all of its records. */
    private boolean isComplete(Mark mark) {
        Since since = changes == null ? null : changes.since();
        if (list == null || since == null) {
            return changes == null;
        }
        boolean begins = mark.since() == null && since.from() == Since.From.RECORDS;
        Instant scanned = mark.scanned();
        boolean due = since.scanEvery() != null
                && (scanned == null || !session.clock().instant().isBefore(scanned.plus(since.scanEvery())));
        return begins || due;
    }

    private @Nullable String told(Request request, Feed.Page page) {
        Since since = request.since() != null ? request.since() : changes == null ? null : changes.since();
        Place at = since == null ? null : since.at();
        String told = at == null ? null : at.text(page.body());
        Instant date = told == null && since != null && since.orDate() ? Times.ofHeader(page.date()) : null;
        return date == null ? told : date.toString();
    }

    private static List<RemoteChange> changes(Feed.Page page) {
        List<RemoteChange> read = new ArrayList<>();
        for (RemoteItem item : page.items()) {
            RemoteChange change = item.change();
            if (change != null) {
                read.add(change);
            }
        }
        return read;
    }

    private FeedCursor end(FeedCursor cursor, Feed feed, Mark mark, Request request, Feed.Page page, Walk walk) {
        if (page.missing() > 0) {
            // Records moved between the pages while these were read: the next pull begins where this one did.
            log.warn(
                    "{}: the answer to {} lacks {} of the records that the target says there are; they are asked for again",
                    session.mapping().target(),
                    request.operation().word(),
                    page.missing());
            return cursor.done(feed.name(), mark, feeds.size());
        }
        Instant scanned = walk.complete() ? session.clock().instant() : mark.scanned();
        Since since = changes == null ? null : changes.since();
        if (since == null) {
            return cursor.done(feed.name(), new Mark(null, scanned), feeds.size());
        }
        if (since.from() == Since.From.ANSWER) {
            String told = overlapped(walk.told(), since);
            // Asked again from the same time after nothing was read, the target can say that nothing is new (304).
            boolean stays = told == null || (mark.since() != null && isTime(told) && walk.read() == 0);
            return cursor.done(feed.name(), new Mark(stays ? mark.since() : told, scanned), feeds.size());
        }
        Instant newest = walk.newest();
        String next = newest == null
                ? mark.since()
                : Times.write(
                        newest.minus(since.overlap()), session.spec().record().datetime());
        Pages pages = request.pages();
        boolean cutOff =
                !walk.complete() && pages.by() == Pages.By.NONE && pages.size() > 0 && page.records() >= pages.size();
        if (!cutOff) {
            return cursor.done(feed.name(), new Mark(next, scanned), feeds.size());
        }
        if (next != null && !next.equals(mark.since()) && isLater(next, mark.since())) {
            FeedCursor same = cursor.done(feed.name(), new Mark(next, scanned), feeds.size());
            return new FeedCursor(cursor.feed(), Walk.begin(false), same.marks());
        }
        if (list == null) {
            throw new TargetTrouble(
                    TargetTrouble.Kind.MISCONFIGURED,
                    "More records changed within 'overlap' than one answer holds, and there is no request 'list' to read"
                            + " them with; describe it in " + session.spec().where());
        }
        // More changed within the overlap than one answer holds: only a complete reading sees all of it.
        return cursor.at(Walk.begin(true));
    }

    private boolean isLater(String next, @Nullable String before) {
        Instant then = before == null
                ? null
                : Times.parse(text(before), session.spec().record().datetime());
        Instant now = Times.parse(text(next), session.spec().record().datetime());
        return then == null || (now != null && now.isAfter(then));
    }

    private boolean isTime(String value) {
        return Times.parse(text(value), session.spec().record().datetime()) != null;
    }

    private static JsonNode text(String value) {
        return TextNode.valueOf(value);
    }

    private @Nullable String overlapped(@Nullable String told, Since since) {
        if (told == null) {
            return null;
        }
        Instant time = Times.parse(text(told), session.spec().record().datetime());
        // What is no time is a cursor of the target's own, and goes back as it came.
        return time == null
                ? told
                : Times.write(
                        time.minus(since.overlap()), session.spec().record().datetime());
    }
}
