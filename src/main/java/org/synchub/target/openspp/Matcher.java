package org.synchub.target.openspp;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.synchub.target.Link;
import org.synchub.target.Outcome;
import org.synchub.target.TargetTrouble;
import org.synchub.target.openspp.record.NaturalKey;
import org.synchub.target.openspp.record.RemoteRecord;
import org.synchub.target.openspp.record.Vocabulary;

/**
 * Decides which of the server's records a write is about: the linked one; else the one that carries the hub's key; else
 * the one that the store's record claims to be; else the one with the same natural key. Never takes a record that carries
 * another key. Pure.
 */
final class Matcher {

    private static final String CARRY_KEY = "carry the hub's key for this record";

    private final Survey survey;
    private final Session session;

    Matcher(Survey survey, Session session) {
        this.survey = survey;
        this.session = session;
    }

    /** @throws TargetTrouble when another key sits where the hub's was */
    Match match(Task task) {
        return task.isLinked() ? linked(task) : unlinked(task);
    }

    /** As {@link #match}, but without a link only a record with the hub's own key counts: for deletions. */
    Match matchOwn(Task task) {
        if (task.isLinked()) {
            return linked(task);
        }
        List<RemoteRecord> own = readable(survey.holders(task.key()));
        if (own.size() > 1) {
            return several(task, own, CARRY_KEY);
        }
        return own.isEmpty() ? new Match.New() : new Match.Found(own.get(0), false);
    }

    private Match linked(Task task) {
        RemoteRecord partner = survey.partner(task.linkedId());
        String key = task.key().registeredId();
        if (partner == null
                || (partner.key() == null && !survey.holders(task.key()).isEmpty())) {
            return moved(task);
        }
        if (partner.key() != null && !partner.key().equals(key)) {
            throw swapped(task, "carries the key of another record");
        }
        if (partner.key() == null && isYounger(partner, task)) {
            throw swapped(task, "was made after the two were last agreed on");
        }
        if (!partner.isRegistrant(task.plan().group())) {
            throw swapped(task, task.plan().group() ? "is not a group" : "is not an individual");
        }
        return new Match.Found(partner, true);
    }

    /**
     * A record that was pulled carries no key until it is first pushed. After a restore its id may be given to another
     * record, which then is younger than what was agreed on.
     */
    private static boolean isYounger(RemoteRecord partner, Task task) {
        Link link = task.write().link();
        String version = link == null ? null : link.version();
        String created = partner.row().path("create_date").asText("");
        return version != null && !created.isEmpty() && created.compareTo(RemoteRecord.timeOf(version)) > 0;
    }

    /** The registry merges duplicates by moving their registered ids, so the key may have moved on. */
    private Match moved(Task task) {
        List<RemoteRecord> holders = readable(survey.holders(task.key()));
        if (holders.size() == 1 && holders.get(0).isRegistrant(task.plan().group())) {
            return new Match.Found(holders.get(0), true);
        }
        if (holders.size() > 1) {
            return several(task, holders, CARRY_KEY);
        }
        String id = task.write().link() == null ? "" : task.write().link().externalId();
        return new Match.Settled(new Outcome.Gone(id, "res.partner " + id + " is not there any more"));
    }

    private TargetTrouble swapped(Task task, String what) {
        return new TargetTrouble(
                TargetTrouble.Kind.SWAPPED,
                "res.partner " + task.linkedId() + ", linked to " + task + ", " + what
                        + ": the server was restored or replaced; compare url and database of the target with what they"
                        + " were, and reconcile before anything is sent");
    }

    private Match unlinked(Task task) {
        List<RemoteRecord> own = readable(survey.holders(task.key()));
        RemoteRecord claimed = claimed(task);
        if (own.size() > 1) {
            return several(task, own, CARRY_KEY);
        }
        if (own.size() == 1) {
            RemoteRecord partner = own.get(0);
            if (!partner.isRegistrant(task.plan().group())) {
                return conflict(
                        task, "constraint", partner, "is of another kind, but carries the hub's key for this record");
            }
            if (claimed != null && claimed.id() != partner.id()) {
                return several(
                        task,
                        List.of(partner, claimed),
                        "claim to be this record: one carries the hub's key, the other is named by the store's externalId");
            }
            return present(task, partner);
        }
        if (claimed != null) {
            return present(task, claimed);
        }
        Match natural = natural(task);
        return natural != null ? natural : fresh(task);
    }

    /** The id that the store's record carries, if a record is there that nobody else's key is on. */
    private @Nullable RemoteRecord claimed(Task task) {
        RemoteRecord partner = survey.partner(task.claimedId());
        boolean free = partner != null
                && partner.isRegistrant(task.plan().group())
                && (partner.key() == null || partner.key().equals(task.key().registeredId()));
        return free ? partner : null;
    }

    private Match present(Task task, RemoteRecord partner) {
        return partner.isArchived() && !task.write().uncertain()
                ? conflict(task, "update-delete", partner, "is this record, but is archived")
                : new Match.Found(partner, false);
    }

    private @Nullable Match natural(Task task) {
        for (NaturalKey key : NaturalKey.of(task.plan(), task.write().record())) {
            List<RemoteRecord> free = new ArrayList<>();
            List<RemoteRecord> taken = new ArrayList<>();
            for (RemoteRecord partner : candidates(key)) {
                if (partner.isRegistrant(task.plan().group()) && key.fits(partner, session.values())) {
                    (partner.key() == null ? free : taken).add(partner);
                }
            }
            if (free.size() > 1) {
                return several(task, free, "have the natural key of this record");
            }
            if (free.size() == 1) {
                return present(task, free.get(0));
            }
            if (!taken.isEmpty()) {
                return conflict(
                        task,
                        "constraint",
                        taken.get(0),
                        "has the natural key of this record and belongs to another record of the store");
            }
        }
        return null;
    }

    private List<RemoteRecord> candidates(NaturalKey key) {
        if (key.regIds().isEmpty()) {
            return List.copyOf(survey.partners());
        }
        Set<Long> ids = null;
        for (var entry : key.regIds().entrySet()) {
            Long type = session.vocabularies().of(Vocabulary.ID_TYPE).id(entry.getKey());
            Set<Long> holders = type == null ? Set.of() : survey.holders(type, entry.getValue());
            if (ids == null) {
                ids = new LinkedHashSet<>(holders);
            } else {
                ids.retainAll(holders);
            }
        }
        return ids == null ? List.of() : readable(ids);
    }

    private Match fresh(Task task) {
        RemoteRecord holder = session.prepared().once() ? survey.bySppId(task.sppId()) : null;
        if (holder == null) {
            return new Match.New();
        }
        if (holder.key() == null) {
            return conflict(
                    task,
                    "create-create",
                    holder,
                    "has the spp_id that follows from this record's key, but not the key itself");
        }
        return new Match.IdTaken();
    }

    private List<RemoteRecord> readable(Set<Long> ids) {
        List<RemoteRecord> partners = new ArrayList<>();
        for (Long id : ids) {
            RemoteRecord partner = survey.partner(id);
            if (partner != null) {
                partners.add(partner);
            }
        }
        return partners;
    }

    private Match several(Task task, List<RemoteRecord> partners, String what) {
        List<String> ids =
                partners.stream().map(RemoteRecord::externalId).sorted().toList();
        return new Match.Settled(new Outcome.Conflict(
                "create-create",
                ids.get(0),
                null,
                partners.get(0).neutral(task.plan(), session.values()),
                "res.partner " + String.join(", ", ids) + " " + what));
    }

    private Match conflict(Task task, String kind, RemoteRecord partner, String what) {
        return new Match.Settled(session.conflict(task, kind, partner, what));
    }
}
