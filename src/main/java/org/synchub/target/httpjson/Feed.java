package org.synchub.target.httpjson;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.synchub.mapping.Kind;
import org.synchub.target.TargetTrouble;
import org.synchub.target.httpjson.spec.Pages;
import org.synchub.target.httpjson.spec.Request;
import org.synchub.target.httpjson.spec.Variables;
import org.synchub.target.httpjson.spec.Verdict;

/**
 * Reads pages of records: of one kind, or of all kinds where one address serves them.
 *
 * @param name in cursors
 * @param kinds whose records it holds
 */
record Feed(String name, List<Kind> kinds) {

    /**
     * One page.
     *
     * @param records how many it held, those of no kind of the mapping too
     * @param missing on the last page: how many records fewer were read than the target says there are
     * @param date the header of that name, null if there was none
     */
    record Page(
            List<RemoteItem> items,
            int records,
            JsonNode body,
            @Nullable String date,
            @Nullable String next,
            boolean last,
            int missing) {}

    /** The feeds that a request reads. */
    static List<Feed> of(List<Kind> kinds, boolean together) {
        return together
                ? List.of(new Feed("*", kinds))
                : kinds.stream()
                        .map(kind -> new Feed(kind.name(), List.of(kind)))
                        .toList();
    }

    /**
     * Reads one page.
     *
     * @param since where changes begin; null for all
     */
    Page read(Session session, Request request, FeedCursor.Walk walk, @Nullable String since) {
        Pages pages = request.pages();
        Variables variables =
                session.variables(kinds.size() == 1 ? kinds.get(0).name() : null, placeholder -> switch (placeholder) {
                    case "since" -> since == null ? null : TextNode.valueOf(since);
                    case "page" -> IntNode.valueOf(pages.first() + walk.page());
                    case "offset" -> IntNode.valueOf(walk.read());
                    case "size" -> IntNode.valueOf(pages.size());
                    case "next" -> walk.next() == null ? null : TextNode.valueOf(walk.next());
                    default -> null;
                });
        String about = kinds.size() == 1 ? kinds.get(0).name() : "all kinds";
        String link = pages.by() == Pages.By.LINK ? walk.next() : null;
        Client.Judged judged = link == null
                ? session.client().ask(request, variables, about)
                : session.client().follow(request, link, variables, about);
        if (judged.judgement().verdict() == Verdict.UNCHANGED) {
            return new Page(List.of(), 0, judged.reply().body(), null, null, true, 0);
        }
        JsonNode records = request.answer().records().in(judged.reply().body());
        if (judged.judgement().verdict() != Verdict.ACCEPTED || !records.isArray()) {
            throw new TargetTrouble(
                    TargetTrouble.Kind.MISCONFIGURED,
                    "The answer to " + judged.reply().label() + " (HTTP "
                            + judged.reply().status()
                            + ") holds no list of records; check the request's answer in "
                            + session.spec().where());
        }
        List<RemoteItem> items = new ArrayList<>();
        records.forEach(record -> kinds.stream()
                .map(kind -> new RemoteItem(session, kind, record))
                .filter(RemoteItem::fits)
                .findFirst()
                .ifPresent(items::add));
        String next = next(session, pages, judged.reply().body());
        boolean last = isLast(pages, walk, judged, records.size(), next);
        JsonNode total =
                last && pages.total() != null ? pages.total().in(judged.reply().body()) : null;
        int missing = total == null ? 0 : Math.max(0, total.asInt() - walk.read() - records.size());
        return new Page(
                items,
                records.size(),
                judged.reply().body(),
                judged.reply().answer().header("Date"),
                next,
                last,
                missing);
    }

    private static @Nullable String next(Session session, Pages pages, JsonNode body) {
        String next = pages.next() == null ? null : pages.next().text(body);
        if (next == null || next.isEmpty() || pages.by() != Pages.By.LINK) {
            return next == null || next.isEmpty() ? null : next;
        }
        String below = Client.below(session.mapping().adapter().text("url"), next);
        if (below == null) {
            throw new TargetTrouble(
                    TargetTrouble.Kind.MISCONFIGURED,
                    "The next page is said to be at another server than adapter.url names; check pages in "
                            + session.spec().where());
        }
        return below;
    }

    private static boolean isLast(
            Pages pages, FeedCursor.Walk walk, Client.Judged judged, int records, @Nullable String next) {
        JsonNode body = judged.reply().body();
        if (pages.more() != null && !pages.more().in(body).isMissingNode()) {
            return !pages.more().in(body).asBoolean() || records == 0;
        }
        JsonNode last = pages.last() == null ? null : pages.last().in(body);
        return switch (pages.by()) {
            case NONE -> true;
            case CURSOR, LINK -> next == null;
            case NUMBER, OFFSET -> {
                if (last != null && last.isNumber()) {
                    yield records == 0 || pages.first() + walk.page() >= last.intValue();
                }
                yield records < pages.size();
            }
        };
    }

    /** The walk after a page. */
    static FeedCursor.Walk after(FeedCursor.Walk walk, Page page, @Nullable String told) {
        Instant newest = walk.newest();
        for (RemoteItem item : page.items()) {
            Instant at = item.changedAt();
            if (at != null && (newest == null || at.isAfter(newest))) {
                newest = at;
            }
        }
        return new FeedCursor.Walk(
                walk.complete(),
                walk.page() + 1,
                walk.read() + page.records(),
                page.next(),
                newest,
                walk.told() == null ? told : walk.told());
    }
}
