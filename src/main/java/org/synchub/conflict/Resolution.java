package org.synchub.conflict;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How two sides of a record come together.
 *
 * @param kind the kind of conflict that was met; {@link ConflictKind#NONE} when no rule was needed
 * @param verdict what to do with the record
 * @param merged the resulting record; null when it goes ({@link Verdict#DELETE}), is gone on both sides, or each side is
 *     left as it is ({@link Verdict#KEEP}). With {@link Verdict#MANUAL} it is only a proposal for showing: proposed
 *     values where approval is missing, the base's where nobody has decided
 * @param decisions one for every place in which anything was decided
 * @param unresolved the places that wait for a decision or an approval; empty unless the verdict is MANUAL
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Resolution(
        ConflictKind kind,
        Verdict verdict,
        @Nullable ObjectNode merged,
        List<FieldDecision> decisions,
        Set<Path> unresolved) {

    public Resolution {
        decisions = List.copyOf(decisions);
        unresolved = Collections.unmodifiableSet(new LinkedHashSet<>(unresolved));
        if (unresolved.isEmpty() == (verdict == Verdict.MANUAL)) {
            throw new IllegalArgumentException("a verdict is MANUAL exactly when something is unresolved");
        }
    }

    /** Decisions by which a change of one side was lost: what an audit must be able to show. */
    public List<FieldDecision> overruling() {
        return decisions.stream()
                .filter(decision -> !decision.overruled().isEmpty())
                .toList();
    }

    /**
     * What this has in common with alike conflicts: the kind and the unresolved places with the keys of list items left
     * out. Equal for conflicts that one answer could settle.
     */
    public String likeness() {
        Set<String> places = new TreeSet<>();
        unresolved.forEach(path -> places.add(path.toString()));
        return kind + (places.isEmpty() ? "" : " " + String.join(", ", places));
    }

    /** Without the record's content, so that it may be logged. */
    @Override
    public String toString() {
        return "Resolution[" + kind + ", " + verdict + ", unresolved " + unresolved + "]";
    }
}
