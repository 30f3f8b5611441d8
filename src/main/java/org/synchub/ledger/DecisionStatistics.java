package org.synchub.ledger;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.synchub.ledger.RunStatistics.Range;

/** What was decided between two sides in some time, by kind of conflict and by what decided. */
public class DecisionStatistics {

    private static final String OPEN = "open";
    private static final String PROPOSED = "proposed";

    /** By how a rule of {@code hub.decision} begins, what it is called where decisions are counted. */
    private static final Map<String, String> RESOLUTIONS = Map.of(
            "operator", "person",
            "approved", "approved",
            "bean", "bean",
            "authority", "authority",
            "onDelete", "on-delete",
            "onExternalDelete", "on-delete");

    private static final Set<String> PLAIN = Set.of(
            "last-write-wins", "internal-wins", "external-wins", "merge", "one-sided", "only-filled", "agreement");

    static final String COUNTS = """
            SELECT conflict_kind, standing, split_part(rule, ':', 1), count(*)
            FROM hub.decision d
            WHERE target = ANY (:targets::text[]) AND at >= :from AND at < :to AND rule <> 'discard'
              AND (:direction::text IS NULL
                   OR EXISTS (SELECT FROM hub.run r WHERE r.id = d.run AND r.direction = :direction))
            GROUP BY 1, 2, 3""";

    private final JdbcClient db;

    public DecisionStatistics(JdbcClient db) {
        this.db = db;
    }

    /**
     * How often places of records were decided about alike.
     *
     * @param conflictKind such as {@code update-update}
     * @param resolution as {@link #resolution} says
     */
    public record Count(String conflictKind, String resolution, long decisions) {}

    /**
     * By what a place was decided, in one of a few words: the strategy's own, {@code bean}, {@code authority}, {@code one-sided},
     * {@code only-filled}, {@code agreement}, {@code on-delete}, {@code person}, {@code approved} for a rule's proposal that a person
     * let stand; {@code open} and {@code proposed} while a person has still to decide or approve.
     *
     * @param standing settled, proposed or open
     * @param rule what chose, as {@code hub.decision} has it
     */
    public static String resolution(String standing, String rule) {
        if (standing.equals(OPEN) || standing.equals(PROPOSED)) {
            return standing;
        }
        int colon = rule.indexOf(':');
        String word = colon < 0 ? rule : rule.substring(0, colon);
        return PLAIN.contains(word) ? word : RESOLUTIONS.getOrDefault(word, "other");
    }

    /** The decisions of a range, the most frequent first. Only they are read: {@code decision_at} leads past the rest. */
    public List<Count> counts(Range range) {
        Map<Count, Long> sums = new HashMap<>();
        RunStatistics.bind(db.sql(COUNTS), range).query(row -> {
            Count alike = new Count(row.getString(1), resolution(row.getString(2), row.getString(3)), 0);
            sums.merge(alike, row.getLong(4), Long::sum);
        });
        List<Count> counts = new ArrayList<>();
        sums.forEach((alike, n) -> counts.add(new Count(alike.conflictKind(), alike.resolution(), n)));
        counts.sort(Comparator.comparingLong(Count::decisions)
                .reversed()
                .thenComparing(Count::conflictKind)
                .thenComparing(Count::resolution));
        return counts;
    }
}
