package org.synchub.target.openspp;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.synchub.target.ChangePage;
import org.synchub.target.RemoteChange;
import org.synchub.target.RemoteState;
import org.synchub.target.openspp.odoo.Domains;
import org.synchub.target.openspp.odoo.OdooField;
import org.synchub.target.openspp.record.ExternalId;
import org.synchub.target.openspp.record.KindPlan;
import org.synchub.target.openspp.record.ListPlan;
import org.synchub.target.openspp.record.RemoteRecord;
import org.synchub.target.openspp.record.Values;

/**
 * Lists what changed at the server. Registered ids, phone numbers and memberships that are written by themselves leave
 * their partner's {@code write_date} alone, so they are read by their own and mapped to their partners.
 */
final class ChangeFeed {

    private static final int IDS_AT_ONCE = 1000;
    private static final String WRITE_DATE = "write_date";

    private final Session session;
    private final String tenant;
    private final Duration overlap;
    private final List<Source> sources;

    /**
     * A model that is polled.
     *
     * @param partners the fields that say which partners a row belongs to
     */
    private record Source(String model, List<String> partners) {}

    ChangeFeed(Session session, String tenant, Duration overlap) {
        this.session = session;
        this.tenant = tenant;
        this.overlap = overlap;
        this.sources = sources(session.prepared());
    }

    private static List<Source> sources(Prepared prepared) {
        Map<String, Set<String>> models = new TreeMap<>();
        models.put(ListPlan.REG_ID, new LinkedHashSet<>(List.of("partner_id")));
        for (KindPlan plan : prepared.plans().values()) {
            plan.lists()
                    .forEach(list -> models.computeIfAbsent(list.model(), model -> new LinkedHashSet<>())
                            .add(list.inverse()));
        }
        List<Source> sources = new ArrayList<>();
        sources.add(new Source(OdooField.PARTNER, List.of()));
        models.forEach((model, partners) -> sources.add(new Source(model, List.copyOf(partners))));
        return sources;
    }

    ChangePage page(@Nullable String cursorText, int limit) {
        FeedCursor cursor = FeedCursor.parse(cursorText).begun(session.present(), overlap);
        while (true) {
            List<ObjectNode> rows = rows(cursor, limit);
            FeedCursor next = next(cursor, rows, limit);
            boolean again = rows.size() == limit && !cursor.inSecond();
            List<ObjectNode> whole = again ? before(next.at(), rows) : rows;
            List<RemoteChange> changes = changes(partners(whole, sources.get(cursor.source())), false);
            cursor = next;
            if (cursor.source() == sources.size()) {
                return new ChangePage(changes, cursor.nextSweep(overlap).toString(), false);
            }
            if (!changes.isEmpty()) {
                return new ChangePage(changes, cursor.toString(), true);
            }
        }
    }

    private List<ObjectNode> rows(FeedCursor cursor, int limit) {
        Source source = sources.get(cursor.source());
        List<ArrayNode> conditions = new ArrayList<>();
        conditions.add(Domains.condition(WRITE_DATE, ">=", cursor.at()));
        if (cursor.inSecond()) {
            conditions.add(Domains.condition(WRITE_DATE, "<", cursor.nextSecond()));
            conditions.add(Domains.condition("id", ">", cursor.afterId()));
        }
        if (source.model().equals(OdooField.PARTNER)) {
            conditions.add(Surveyor.registrants());
        }
        List<String> fields = new ArrayList<>(source.partners());
        fields.add(WRITE_DATE);
        String order = cursor.inSecond() ? "id" : "write_date, id";
        return session.client().searchRead(source.model(), Domains.all(conditions), fields, order, limit);
    }

    private static FeedCursor next(FeedCursor cursor, List<ObjectNode> rows, int limit) {
        if (rows.size() < limit) {
            return cursor.inSecond() ? cursor.afterSecond() : cursor.nextSource();
        }
        ObjectNode last = rows.get(rows.size() - 1);
        return cursor.after(last.path(WRITE_DATE).asText(), last.path("id").longValue());
    }

    /** Without the rows of a second that the next page reads from its beginning: a sweep looks at each row once. */
    private static List<ObjectNode> before(String second, List<ObjectNode> rows) {
        return rows.stream()
                .filter(row -> !second.equals(row.path(WRITE_DATE).asText()))
                .toList();
    }

    private static Set<Long> partners(List<ObjectNode> rows, Source source) {
        Set<Long> ids = new LinkedHashSet<>();
        for (ObjectNode row : rows) {
            if (source.partners().isEmpty()) {
                ids.add(row.path("id").longValue());
            }
            source.partners().forEach(field -> ids.add(Surveyor.id(row.path(field))));
        }
        return ids;
    }

    List<RemoteChange> read(Collection<String> externalIds) {
        List<RemoteChange> changes = new ArrayList<>();
        for (List<Long> part : Halving.parts(ids(externalIds), IDS_AT_ONCE)) {
            changes.addAll(changes(part, true));
        }
        return changes;
    }

    private List<RemoteChange> changes(Collection<Long> ids, boolean asked) {
        Map<Long, RemoteRecord> records = session.surveyor().read(ids);
        refreshVocabularies(records.values());
        List<RemoteChange> changes = new ArrayList<>();
        for (Long id : ids) {
            RemoteRecord partner = records.get(id);
            KindPlan plan = partner == null ? null : planOf(partner, asked);
            if (partner != null && plan != null) {
                changes.add(change(partner, plan));
            }
        }
        return changes;
    }

    /** A registry may have got new areas or kinds since the start. */
    private void refreshVocabularies(Collection<RemoteRecord> partners) {
        Set<String> models = new LinkedHashSet<>();
        for (RemoteRecord partner : partners) {
            for (KindPlan plan : session.prepared().plans().values()) {
                session.values().unknownIds(plan.columns(), partner.row(), models);
                for (ListPlan list : plan.lists()) {
                    partner.rows(list).forEach(row -> session.values().unknownIds(list.columns(), row, models));
                }
            }
        }
        models.forEach(session.vocabularies()::refresh);
    }

    /** A record of the hub's stays one when the registry changes what the mapping gives every record of its kind. */
    private @Nullable KindPlan planOf(RemoteRecord partner, boolean asked) {
        Collection<KindPlan> plans = session.prepared().plans().values();
        for (KindPlan plan : plans) {
            if (plan.fits(partner.row(), session.values())) {
                return plan;
            }
        }
        for (KindPlan plan : plans) {
            if ((asked || partner.key() != null) && partner.isRegistrant(plan.group())) {
                return plan;
            }
        }
        return null;
    }

    private RemoteChange change(RemoteRecord partner, KindPlan plan) {
        ObjectNode newest = partner.newestRow();
        Instant changedAt = Values.instant(newest.path(WRITE_DATE).asText(""));
        long by = Surveyor.id(newest.path("write_uid"));
        return new RemoteChange(
                plan.kind().name(),
                partner.externalId(),
                partner.version(plan, session.values()),
                partner.key() == null ? null : HubKey.guidOf(tenant, partner.key()),
                partner.state(),
                partner.told(plan, session.values()),
                changedAt,
                by == 0 ? null : Long.toString(by),
                partner.isStale(plan));
    }

    Map<String, RemoteState> present(Collection<String> externalIds) {
        Map<String, RemoteState> states = new HashMap<>();
        boolean canBeDisabled = session.prepared().schema().partner().containsKey("disabled");
        List<String> fields = canBeDisabled ? List.of("active", "disabled") : List.of("active");
        for (List<Long> part : Halving.parts(ids(externalIds), IDS_AT_ONCE)) {
            part.forEach(id -> states.put(Long.toString(id), RemoteState.GONE));
            ArrayNode domain = Domains.any(List.of(List.of(Domains.idsIn("id", part))));
            for (ObjectNode row : session.client().searchRead(OdooField.PARTNER, domain, fields)) {
                RemoteRecord partner = new RemoteRecord(row.path("id").longValue(), row, Map.of(), null);
                states.put(partner.externalId(), partner.state());
            }
        }
        return states;
    }

    private static List<Long> ids(Collection<String> externalIds) {
        Set<Long> ids = new LinkedHashSet<>();
        for (String text : externalIds) {
            Long id = ExternalId.parse(text);
            if (id != null) {
                ids.add(id);
            }
        }
        return List.copyOf(ids);
    }
}
