package org.synchub.sync;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.synchub.conflict.ConflictKind;
import org.synchub.conflict.Detection;
import org.synchub.conflict.FieldDecision;
import org.synchub.conflict.Resolution;
import org.synchub.conflict.Stamp;
import org.synchub.conflict.Verdict;
import org.synchub.ledger.ConflictQueue.Standing;
import org.synchub.ledger.ConflictQueue.Unsettled;
import org.synchub.ledger.Debt;
import org.synchub.ledger.PullLedger.Agreed;
import org.synchub.ledger.PullLedger.Decision;
import org.synchub.ledger.PullLedger.Held;
import org.synchub.ledger.PullLedger.Parked;
import org.synchub.ledger.State;
import org.synchub.ledger.StoredLink;
import org.synchub.mapping.Entity;
import org.synchub.mapping.Inward;
import org.synchub.mapping.Kind;
import org.synchub.mapping.Mapping;
import org.synchub.mapping.Problem;
import org.synchub.store.Entities;
import org.synchub.store.Expected;
import org.synchub.store.PulledChange;
import org.synchub.target.RemoteChange;

/** Turns what was resolved about a record into what is to be written. Pure. */
final class Conclusion {

    /** Why a delivery is not owed: somebody chose to leave the two sides as they are. */
    static final String LEFT = "left";

    /** In place of a mapping's hash: the target holds what no mapping of the hub's would send so. */
    private static final String STALE = "";

    private final Mapping mapping;
    private final Map<String, Standing> standing;

    /** @param standing what the queue says about records, by external id */
    Conclusion(Mapping mapping, Map<String, Standing> standing) {
        this.mapping = mapping;
        this.standing = standing;
    }

    PullPlan of(Matter m) {
        return switch (m.resolution().verdict()) {
            case MANUAL -> unsettled(m, false);
            case KEEP -> unsettled(m, true);
            case DELETE -> delete(m);
            case AGREED, TAKE_INTERNAL, TAKE_EXTERNAL, MERGED -> keep(m);
        };
    }

    private PullPlan unsettled(Matter m, boolean leave) {
        String fingerprint = m.situation().fingerprint();
        Standing known = standing.get(m.remote().externalId());
        boolean same = known != null && known.fingerprint().equals(fingerprint);
        boolean left = leave || (known != null && same && known.left());
        List<String> paths =
                m.resolution().unresolved().stream().map(Object::toString).toList();
        boolean isGone = m.external() == null;
        String reason = left
                ? "Each side is left as it is"
                : isGone
                        ? "The target's record is " + word(m.remote().state())
                                + "; somebody has to decide whether the entity goes too"
                        : m.row() == null
                                ? "Deleted in DataCollect and changed at the target"
                                : "Both sides changed " + String.join(", ", paths);
        Unsettled unsettled = new Unsettled(
                m.remote().externalId(),
                m.link().guid(),
                m.kind().name(),
                word(m.resolution().kind()),
                m.resolution().likeness(),
                reason,
                paths,
                List.of(),
                m.base(),
                m.situation().internal().record(),
                m.external(),
                m.resolution().merged(),
                isGone ? word(m.remote().state()) : null,
                fingerprint,
                left);
        return PullPlan.unsettled(
                m.remote(), unsettled, same ? List.of() : decisions(m), m.row() == null ? deletion(m, left) : null);
    }

    /** A deletion that the target's change stands against waits for an answer, or stays undone. */
    private static Debt deletion(Matter m, boolean left) {
        return left
                ? debt(m, true, State.DISCARDED, LEFT, "Each side is left as it is")
                : debt(m, true, State.HELD, "delete-update", "Deleted in DataCollect and changed at the target");
    }

    /** Nothing at the target stands against a deletion in the store, or no longer: what waited for an answer goes on. */
    PullPlan unopposed(RemoteChange remote, StoredLink link) {
        return standing.containsKey(remote.externalId())
                ? owing(remote, null, deletion(link, Priorities.live(mapping, link.kind())))
                : PullPlan.echo(remote);
    }

    /** Whatever the deletion in the store waited for, the target's record went without it. */
    static PullPlan goneOnBothSides(RemoteChange remote, StoredLink link, Kind kind) {
        return owing(
                remote, agreed(remote, link, kind, link.lane(), null, true), deletion(link, Priorities.live(kind)));
    }

    /**
     * A deletion that the hub sent has arrived, and its entity is back meanwhile: it is made again at the target, whatever
     * older form it came back with.
     */
    static PullPlan tookAwayItself(RemoteChange remote, StoredLink link, Kind kind, Entities.Row row) {
        String lane = kind.laneOf(link.guid(), row.entity().doc());
        return owing(remote, agreed(remote, link, kind, link.lane(), null, true), owe(link.guid(), kind, lane));
    }

    private static PullPlan owing(RemoteChange remote, @Nullable Agreed agreed, Debt owe) {
        return new PullPlan(remote, agreed, null, owe, null, null, List.of());
    }

    private static Debt deletion(StoredLink link, int priority) {
        return new Debt(link.guid(), link.kind(), link.lane(), true, State.PENDING, priority, null, null);
    }

    private PullPlan delete(Matter m) {
        if (m.row() == null) {
            // The target's change loses: its record goes.
            return new PullPlan(
                    m.remote(),
                    agreed(m.remote(), m.link(), m.kind(), m.link().lane(), m.external(), false),
                    null,
                    debt(m, true, State.PENDING, null, null),
                    null,
                    null,
                    decisions(m));
        }
        PulledChange event = Incoming.delete(
                mapping,
                m.remote(),
                m.link().guid(),
                m.link().revision() + 1,
                Expected.row(m.row().xmin()));
        Agreed agreed = agreed(m.remote(), m.link(), m.kind(), m.link().lane(), null, true);
        return new PullPlan(m.remote(), agreed, event, null, null, null, decisions(m));
    }

    private PullPlan keep(Matter m) {
        if (m.external() == null) {
            // Gone at the target, wanted in the store: made again there.
            return new PullPlan(
                    m.remote(),
                    agreed(m.remote(), m.link(), m.kind(), m.link().lane(), null, true),
                    null,
                    debt(m, false, State.PENDING, null, null),
                    null,
                    null,
                    decisions(m));
        }
        boolean born = m.row() == null;
        Entity before = born
                ? new Entity(mapping.tenant(), m.link().guid(), 0, null, asAgreed(m))
                : m.entityRow().entity();
        ObjectNode merged = Agreements.merged(m);
        Inward inward = m.kind().inward(merged, before.doc());
        if (born) {
            List<Problem> unfit = m.kind()
                    .outward(new Entity(mapping.tenant(), before.guid(), 1, null, inward.doc()))
                    .problems();
            if (!unfit.isEmpty()) {
                return PullPlan.park(
                        m.remote(), null, "not-mappable", unfit.get(0).toString());
            }
        }
        ObjectNode base = m.link().base();
        ObjectNode agreedBase = Agreements.base(m, before, inward, base);
        Parked parked = inward.ok()
                ? null
                : PullPlan.parked(
                        m.remote(),
                        m.link().guid(),
                        "not-mappable",
                        inward.problems().get(0).toString());
        boolean nothing =
                inward.changedPaths().isEmpty() && base != null && m.shape().same(base, agreedBase);
        if (parked != null && (nothing || born)) {
            return new PullPlan(m.remote(), null, null, null, parked, null, List.of());
        }
        Verdict verdict = m.resolution().verdict();
        boolean targetDiffers = verdict == Verdict.TAKE_INTERNAL || verdict == Verdict.MERGED;
        String lane = m.kind().laneOf(m.link().guid(), inward.doc());
        // A copy is stamped anew even where it loses nothing, else it would be taken for one for ever.
        PulledChange event = inward.changedPaths().isEmpty() && !born && !m.copy()
                ? null
                : Incoming.upsert(
                        mapping,
                        m.remote(),
                        m.link().guid(),
                        inward.doc(),
                        m.link().revision() + 1,
                        before.version(),
                        born ? Expected.absent() : Expected.row(m.entityRow().xmin()));
        Debt owe = targetDiffers ? debt(m, false, State.PENDING, null, null) : null;
        return new PullPlan(
                m.remote(),
                agreed(m.remote(), m.link(), m.kind(), lane, agreedBase, false),
                event,
                owe == null && (born || m.remote().stale()) ? owe(m.link().guid(), m.kind(), lane) : owe,
                parked,
                null,
                decisions(m));
    }

    /**
     * An entity that comes back says that what its target has emptied is empty: other targets may hold it still. So it
     * begins as what was agreed on before, or without any answer where that is not known.
     */
    private ObjectNode asAgreed(Matter m) {
        ObjectNode blank = Newborn.blank(mapping, m.kind(), m.link().guid());
        if (m.link().revision() == 0) {
            return blank;
        }
        ObjectNode empty = m.kind().leftEmpty(blank);
        ObjectNode base = m.base();
        return base == null ? empty : m.kind().inward(base, empty).doc();
    }

    static Agreed agreed(
            RemoteChange remote, StoredLink link, Kind kind, String lane, @Nullable ObjectNode base, boolean deleted) {
        return new Agreed(
                link.guid(),
                kind.name(),
                link.externalId(),
                remote.version(),
                base,
                remote.stale() ? STALE : Preparing.mayBeStale(kind, link) ? link.mappingHash() : kind.hash(),
                lane,
                link.revision(),
                deleted);
    }

    /** Nothing that the hub does not know, but somebody put it there in clear, or under another key: it is sent again. */
    static PullPlan staleEcho(RemoteChange remote, StoredLink link, Kind kind, ObjectNode base) {
        return new PullPlan(
                remote,
                agreed(remote, link, kind, link.lane(), base, false),
                null,
                owe(link.guid(), kind, link.lane()),
                null,
                null,
                List.of());
    }

    static Debt owe(String guid, Kind kind, String lane) {
        return owe(guid, kind.name(), lane, Priorities.live(kind));
    }

    static Debt owe(String guid, String kind, String lane, int priority) {
        return new Debt(guid, kind, lane, false, State.PENDING, priority, null, null);
    }

    private static Debt debt(Matter m, boolean delete, State state, @Nullable String code, @Nullable String reason) {
        String lane = m.row() == null
                ? m.link().lane()
                : m.kind().laneOf(m.link().guid(), m.row().entity().doc());
        int priority = Priorities.live(m.kind());
        return new Debt(m.link().guid(), m.kind().name(), lane, delete, state, priority, code, reason);
    }

    private static List<Decision> decisions(Matter m) {
        List<Decision> rows = new ArrayList<>();
        Resolution resolution = m.resolution();
        // Without a conflict only what lost its change needs a row: an authority may overrule where nothing is
        // contested.
        boolean noConflict = resolution.kind() == ConflictKind.NONE;
        List<FieldDecision> decided = noConflict ? resolution.overruling() : resolution.decisions();
        if (decided.isEmpty()) {
            return rows;
        }
        String seenBy = Detection.of(m.situation()).seenBy().stream()
                .map(Conclusion::word)
                .collect(Collectors.joining(", "));
        Held internal = held(m.situation().internal().stamp());
        Held external = held(m.situation().external().stamp());
        decided.forEach(d -> rows.add(new Decision(
                m.link().guid(),
                m.remote().externalId(),
                word(resolution.kind()),
                d.path().toString(),
                d.rule(),
                d.reason(),
                d.state().name().toLowerCase(Locale.ROOT),
                d.base(),
                d.internal(),
                d.external(),
                d.result(),
                internal,
                external,
                seenBy)));
        return rows;
    }

    private static Held held(Stamp stamp) {
        return new Held(stamp.version(), stamp.at());
    }

    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
