package org.synchub.conflict;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What happened on both sides since the base, before any policy is asked.
 *
 * @param kind the kind of conflict, or {@link ConflictKind#NONE}
 * @param internal what the store's side did
 * @param external what the target's side did
 * @param contested the places that both sides changed, and not to the same value; for two records that were never linked,
 *     the places where they differ and both are filled
 */
public record Detection(ConflictKind kind, SideChange internal, SideChange external, Set<Path> contested) {

    /** By what a side's change was noticed. */
    public enum Sign {
        /** The side's version of the record is another. */
        VERSION,
        /** The side's time of change is another. */
        TIMESTAMP,
        /** The record itself differs, or is gone. */
        CONTENT
    }

    /**
     * What one side did.
     *
     * @param delta changes from the base to what the side holds; empty when it no longer holds the record
     * @param gone the side held the record, by the base or by its own word, and does not any more
     * @param signs by what its change was noticed; a moved version or time without changed content is an echo of the
     *     hub's own write or a change to something that is not mapped
     */
    public record SideChange(Delta delta, boolean gone, Set<Sign> signs) {

        public boolean changed() {
            return gone || !delta.isEmpty();
        }

        /** Moved by version or time, but what it holds is still the base. */
        public boolean echo() {
            return !changed() && !signs.isEmpty();
        }
    }

    public Detection {
        contested = Collections.unmodifiableSet(new LinkedHashSet<>(contested));
    }

    public static Detection of(Situation situation) {
        SideChange internal = sideChange(situation, Side.INTERNAL);
        SideChange external = sideChange(situation, Side.EXTERNAL);
        Set<Path> contested = contested(situation, internal, external);
        return new Detection(kind(situation, internal, external, contested), internal, external, contested);
    }

    /** Every sign by which either side was seen to have moved. */
    public Set<Sign> seenBy() {
        Set<Sign> signs = EnumSet.noneOf(Sign.class);
        signs.addAll(internal.signs());
        signs.addAll(external.signs());
        return signs;
    }

    private static ConflictKind kind(
            Situation situation, SideChange internal, SideChange external, Set<Path> contested) {
        boolean here = situation.internal().present();
        boolean there = situation.external().present();
        if (situation.constraint() != null) {
            return ConflictKind.CONSTRAINT;
        }
        if (!here && !there) {
            return internal.gone() || external.gone() ? ConflictKind.DELETE_DELETE : ConflictKind.NONE;
        }
        if (!there) {
            return !external.gone()
                    ? ConflictKind.NONE
                    : internal.changed() ? ConflictKind.UPDATE_DELETE : ConflictKind.DELETION;
        }
        if (!here) {
            return !internal.gone()
                    ? ConflictKind.NONE
                    : external.changed() ? ConflictKind.DELETE_UPDATE : ConflictKind.DELETION;
        }
        if (situation
                .shape()
                .same(situation.internal().record(), situation.external().record())) {
            return ConflictKind.NONE;
        }
        if (situation.base() == null) {
            return ConflictKind.CREATE_CREATE;
        }
        if (situation.occasion() == Situation.Occasion.PUSH && internal.changed() && external.changed()) {
            return ConflictKind.STALE_PUSH;
        }
        return contested.isEmpty() ? ConflictKind.NONE : ConflictKind.UPDATE_UPDATE;
    }

    private static SideChange sideChange(Situation situation, Side side) {
        State state = situation.state(side);
        ObjectNode base = situation.baseRecord();
        ObjectNode record = state.record();
        Delta delta = record == null
                ? new Delta(List.of(), situation.shape())
                : Diff.between(base, record, situation.shape());
        boolean gone = record == null && (base != null || state.departure() != null);
        Set<Sign> signs = EnumSet.noneOf(Sign.class);
        Stamp then = situation.baseStamp(side);
        if (differ(then.version(), state.stamp().version())) {
            signs.add(Sign.VERSION);
        }
        if (timesDiffer(then.at(), state.stamp().at())) {
            signs.add(Sign.TIMESTAMP);
        }
        if (gone || !delta.isEmpty()) {
            signs.add(Sign.CONTENT);
        }
        return new SideChange(delta, gone, Collections.unmodifiableSet(signs));
    }

    private static boolean differ(@Nullable String then, @Nullable String now) {
        return then != null && now != null && !then.equals(now);
    }

    private static boolean timesDiffer(@Nullable Instant then, @Nullable Instant now) {
        return then != null && now != null && !Objects.equals(then, now);
    }

    /** Where a merge down to the last field would have to ask a rule. */
    private static Set<Path> contested(Situation situation, SideChange internal, SideChange external) {
        return internal.changed() && external.changed() && situation.bothPresent()
                ? RecordMerge.of(situation, Policy.careful(), new PolicyArbiter(situation))
                        .contested()
                : Set.of();
    }
}
