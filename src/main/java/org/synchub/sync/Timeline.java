package org.synchub.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.Attention.Direction;
import org.synchub.ledger.Attention.Waiting;
import org.synchub.ledger.Exchanges.ShownExchange;
import org.synchub.ledger.Links;
import org.synchub.ledger.RecordPast;
import org.synchub.ledger.RecordSearch.Decision;
import org.synchub.ledger.RecordSearch.Row;
import org.synchub.ledger.StoredLink;
import org.synchub.mapping.Kind;
import org.synchub.store.StoredEvents;

/**
 * What happened to one record, across all targets, in plain words and in the order of time: the events that DataCollect
 * has of it, what was owed, sent and agreed on by which version of the mapping, what targets answered, and what was decided.
 * Names of fields, never what they hold. Of what happens again and again (owed, agreed on) the ledger keeps the newest.
 */
public class Timeline {

    private static final int MOST = 200;
    private static final Duration ONE_SETTLEMENT = Duration.ofSeconds(2);

    private final TargetRegistry targets;
    private final RecordReport records;
    private final StoredEvents events;
    private final Links links;
    private final RecordPast past;
    private final NeedsAttention attention;

    public Timeline(
            TargetRegistry targets,
            RecordReport records,
            StoredEvents events,
            Links links,
            RecordPast past,
            NeedsAttention attention) {
        this.targets = targets;
        this.records = records;
        this.events = events;
        this.links = links;
        this.past = past;
        this.attention = attention;
    }

    /** What sort of thing happened, in the order of cause and effect where two have the same time. */
    public enum Step {
        EVENT,
        OWED,
        SENT,
        ANSWERED,
        LINKED,
        AGREED,
        CONFLICT,
        DECIDED,
        STANDS,
        REMOVED
    }

    /**
     * One thing that happened.
     *
     * @param at when; of an event of DataCollect's by the clock of the device, else by the database's
     * @param target at which; null for what happened in the store
     * @param text in plain words
     */
    public record Entry(Instant at, Step step, @Nullable String target, String text) {}

    /** One entity of a tenant. */
    public record Told(String guid, String tenant, List<Entry> entries) {}

    /**
     * The timeline of an entity, the oldest first.
     *
     * @return one for each tenant that has it: guids are unique within a tenant only
     * @throws NoSuchThing when no target has ever been owed it
     */
    public List<Told> of(String guid) {
        List<Told> all = new ArrayList<>();
        for (RecordReport.Whole whole : records.of(guid)) {
            all.add(new Told(guid, whole.tenant(), entries(whole)));
        }
        return all;
    }

    private List<Entry> entries(RecordReport.Whole whole) {
        String guid = whole.guid();
        List<String> names = whole.targets().stream().map(Row::target).toList();
        List<Entry> entries = new ArrayList<>();
        for (StoredEvents.Made made : events.of(whole.tenant(), guid, MOST)) {
            entries.add(new Entry(
                    made.at(),
                    Step.EVENT,
                    null,
                    "DataCollect has the event " + made.type() + " (" + made.guid() + "), "
                            + (made.external() ? "taken over from outside" : "made on a device at this time")));
        }
        whole.targets().forEach(row -> standing(entries, row));
        past.underWay(names, guid)
                .forEach(sent -> entries.add(new Entry(
                        sent.sentAt(), Step.SENT, sent.target(), "Sent; the answer has not been settled yet")));
        attention.told(guid, false).stream()
                .filter(told -> names.contains(told.waiting().target()))
                .forEach(told -> waiting(entries, told.waiting(), told.exchange()));
        past.conflicts(names, guid, MOST).forEach(met -> conflict(entries, met));
        whole.decisions().forEach(decision -> entries.add(decided(decision)));
        entries.sort(Comparator.comparing(Entry::at).thenComparing(Entry::step));
        return entries;
    }

    private void standing(List<Entry> entries, Row row) {
        String what = row.delete() ? "its deletion" : "its newest state";
        entries.add(new Entry(row.owedSince(), Step.OWED, row.target(), "Owed " + what));
        StoredLink link = links.byGuid(row.target(), List.of(row.guid())).get(row.guid());
        if (row.linkedAt() != null) {
            entries.add(new Entry(
                    row.linkedAt(), Step.LINKED, row.target(), "Linked to the target's record " + row.externalId()));
        }
        if (row.agreedAt() != null && link != null) {
            entries.add(new Entry(row.agreedAt(), Step.AGREED, row.target(), agreed(row.target(), link)));
        }
        if (row.removedAt() != null) {
            entries.add(new Entry(
                    row.removedAt(),
                    Step.REMOVED,
                    row.target(),
                    "The target's record " + row.externalId() + " was taken away"));
        }
        if (row.settledAt() != null) {
            entries.add(new Entry(settled(row.settledAt(), row.agreedAt()), Step.STANDS, row.target(), stands(row)));
        }
    }

    /** One settlement notes both, milliseconds apart: that a record was delivered follows from what was agreed on. */
    private static Instant settled(Instant settled, @Nullable Instant agreed) {
        if (agreed == null || agreed.isBefore(settled)) {
            return settled;
        }
        return agreed.isBefore(settled.plus(ONE_SETTLEMENT)) ? agreed : settled;
    }

    private String agreed(String name, StoredLink link) {
        TargetRuntime target = targets.get(name);
        boolean current = target.mapping()
                .kindNamed(link.kind())
                .map(Kind::hash)
                .filter(link.mappingHash()::equals)
                .isPresent();
        return "Both sides agreed"
                + (link.version() == null ? "" : ", as the target's version " + link.version())
                + ", by "
                + (current ? "version " + target.mapping().mappingVersion() : "an earlier version")
                + " of " + target.mapping().file()
                + (link.base() == null ? "" : ", on " + String.join(", ", fields(link.base())));
    }

    /** The fields that hold something. */
    private static List<String> fields(ObjectNode record) {
        List<String> names = new ArrayList<>();
        for (Map.Entry<String, JsonNode> field : record.properties()) {
            JsonNode value = field.getValue();
            if (!value.isNull() && !(value.isContainerNode() && value.isEmpty())) {
                names.add(field.getKey());
            }
        }
        return names;
    }

    private static String stands(Row row) {
        String what = row.delete() ? "The deletion " : "The newest state ";
        String why = row.reason() == null ? "" : ": " + row.reason() + (row.at() == null ? "" : " (" + row.at() + ")");
        return switch (row.state()) {
            case DELIVERED -> what + "was delivered, or was there already";
            case PENDING, IN_FLIGHT -> "Settled last; something is owed again since";
            case RETRY ->
                what + "could not be delivered in " + row.attempts() + " attempts"
                        + (row.dueAt() == null ? "" : " and is tried again at " + row.dueAt()) + why;
            case BLOCKED -> what + "waits for " + row.blockedOn() + why;
            case CONFLICT -> what + "waits until a conflict is settled" + why;
            case UNKNOWN -> what + "may or may not have arrived and will be read back" + why;
            case REJECTED -> what + "was refused" + why;
            case HELD -> what + "waits for a person's yes" + why;
            case DISCARDED -> what + "was given up" + why;
            case EXCLUDED -> "Not sent: no record kind of the mapping matches, or no event of it has left its device";
        };
    }

    private static void waiting(List<Entry> entries, Waiting waiting, @Nullable ShownExchange exchange) {
        if (waiting.direction() == Direction.PULL) {
            entries.add(new Entry(
                    waiting.record().lastSeen(),
                    Step.STANDS,
                    waiting.target(),
                    "What came in from the target's record " + waiting.record().key() + " could not be applied: "
                            + waiting.record().reason()));
        }
        if (exchange != null && exchange.method() != null) {
            entries.add(new Entry(
                    exchange.at(),
                    Step.ANSWERED,
                    waiting.target(),
                    "The hub asked: " + exchange.label()
                            + (exchange.requestId() == null ? "" : " (X-Request-ID " + exchange.requestId() + ")")
                            + "; the target answered " + exchange.status()
                            + "; both are shown by 'attention show "
                            + waiting.record().key() + "'"));
        }
    }

    private static void conflict(List<Entry> entries, RecordPast.Met met) {
        String name = "Conflict " + met.id() + " (" + met.conflictKind() + ")";
        String where = met.paths().isEmpty() ? "" : " over " + String.join(", ", met.paths());
        entries.add(new Entry(met.firstSeen(), Step.CONFLICT, met.target(), name + where + ": " + met.reason()));
        if (met.settledAt() != null) {
            entries.add(new Entry(
                    met.settledAt(),
                    Step.DECIDED,
                    met.target(),
                    name + " was settled by " + met.settledBy() + ": " + met.choice()));
        }
    }

    private static Entry decided(Decision decision) {
        return new Entry(
                decision.at(),
                Step.DECIDED,
                decision.target(),
                "Of " + (decision.path().isEmpty() ? "the whole record" : decision.path()) + ", "
                        + decision.conflictKind() + ": " + decision.reason() + ", by rule " + decision.rule()
                        + ", decided by " + decision.decidedBy() + " (" + decision.standing() + ")");
    }
}
