package org.synchub.conflict;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Decides contested places as the policy says. */
final class PolicyArbiter implements Arbiter {

    private static final Pattern WHOLE_NUMBER = Pattern.compile("[0-9]{1,100}");

    private final Situation situation;
    private final Optional<LastWriter> lastWriter;

    PolicyArbiter(Situation situation) {
        this.situation = situation;
        this.lastWriter = lastWriter(situation);
    }

    private record LastWriter(Side side, String reason) {}

    @Override
    public Award decide(FieldRule.Contest contest, Shape.Node at, Rule rule, @Nullable Side refused) {
        return guard(choose(contest, at, rule), contest, at, rule, refused);
    }

    @Override
    public boolean followsSettings() {
        return true;
    }

    private Award choose(FieldRule.Contest contest, Shape.Node at, Rule rule) {
        return switch (rule.strategy()) {
            case INTERNAL_WINS -> side(contest, Side.INTERNAL, rule, "the internal side wins");
            case EXTERNAL_WINS -> side(contest, Side.EXTERNAL, rule, "the external side wins");
            case LAST_WRITE_WINS -> {
                LastWriter last = lastWriter.orElseGet(() -> lastInOrder(contest, at));
                yield side(contest, last.side(), rule, last.reason());
            }
            case MANUAL -> Award.open(rule.word(), "somebody has to decide");
            case MERGE -> choose(contest, at, next(rule));
            case BEAN -> ask(contest, at, rule);
        };
    }

    private Award ask(FieldRule.Contest contest, Shape.Node at, Rule rule) {
        Rule.Bean bean = rule.bean();
        if (bean == null) {
            throw new IllegalStateException("a rule by bean without its bean");
        }
        FieldRule.Ruling ruling;
        try {
            ruling = bean.rule().decide(contest);
        } catch (RuntimeException failed) {
            throw new IllegalStateException(rule.word() + " failed to decide on " + contest.path(), failed);
        }
        if (ruling instanceof FieldRule.Take take) {
            return side(contest, take.side(), rule, take.reason());
        }
        if (ruling instanceof FieldRule.Give give) {
            JsonNode value = give.value();
            if (contest.path().isRecord() && value != null && !(value instanceof ObjectNode)) {
                throw new IllegalStateException(rule.word() + " must give the whole record as an object, not "
                        + Names.kebab(value.getNodeType()));
            }
            return Award.settled(value, rule.word(), give.reason());
        }
        if (ruling instanceof FieldRule.Ask question) {
            return Award.open(rule.word(), question.reason());
        }
        return choose(contest, at, next(rule));
    }

    private static Award side(FieldRule.Contest contest, Side side, Rule rule, String reason) {
        return Award.settled(contest.value(side), rule.word(), reason);
    }

    private static Rule next(Rule rule) {
        Rule then = rule.then();
        if (then == null) {
            throw new IllegalStateException(rule.word() + " has no next rule");
        }
        return then;
    }

    /** Holds back what must not stand: a value that is taken, or one that replaces the target's without approval. */
    private Award guard(Award award, FieldRule.Contest contest, Shape.Node at, Rule rule, @Nullable Side refused) {
        if (award.state() != FieldDecision.State.SETTLED) {
            return award;
        }
        if (refused != null && same(award.result(), contest.value(refused), at)) {
            return Award.open(
                    award.rule(),
                    "the " + refused.other().word() + " side refuses the value that the rule chose: another record"
                            + " holds it and it must be unique");
        }
        if (rule.approval() && !same(award.result(), contest.external(), at)) {
            return new Award(
                    award.result(),
                    award.rule(),
                    award.reason() + "; an admin must approve, because it replaces what the external side has",
                    FieldDecision.State.PROPOSED);
        }
        return award;
    }

    private boolean same(@Nullable JsonNode a, @Nullable JsonNode b, Shape.Node at) {
        return situation.shape().sameness().same(a, b, at);
    }

    /** The side that wrote last, where times or versions tell. */
    private static Optional<LastWriter> lastWriter(Situation situation) {
        Stamp internal = situation.correctedStamp(Side.INTERNAL);
        Stamp external = situation.correctedStamp(Side.EXTERNAL);
        Instant here = internal.at();
        Instant there = external.at();
        if (here != null && there != null) {
            Duration apart = Duration.between(here, there);
            if (apart.abs().compareTo(situation.clocks().tolerance()) > 0) {
                Side later = apart.isNegative() ? Side.INTERNAL : Side.EXTERNAL;
                return Optional.of(new LastWriter(
                        later,
                        "the " + later.word() + " side changed later (internal " + here + ", external " + there
                                + " by the store's clock)"));
            }
        }
        int versions = compareVersions(internal.version(), external.version());
        if (versions != 0) {
            Side higher = versions > 0 ? Side.INTERNAL : Side.EXTERNAL;
            return Optional.of(new LastWriter(
                    higher,
                    "times do not tell; the " + higher.word() + " side has the higher version (internal "
                            + internal.version() + ", external " + external.version() + ")"));
        }
        return Optional.empty();
    }

    /** Positive when the internal version is higher, zero when the two cannot be compared or are equal. */
    private static int compareVersions(@Nullable String internal, @Nullable String external) {
        if (internal == null
                || external == null
                || !WHOLE_NUMBER.matcher(internal).matches()
                || !WHOLE_NUMBER.matcher(external).matches()) {
            return 0;
        }
        return new BigInteger(internal).compareTo(new BigInteger(external));
    }

    /**
     * Which value comes last in an order that knows nothing of sides: absent, null, then by canonical text. Value by
     * value, so that deciding again between the outcome and either side gives the same outcome.
     */
    private LastWriter lastInOrder(FieldRule.Contest contest, Shape.Node at) {
        JsonNode here = contest.internal();
        JsonNode there = contest.external();
        int order = Integer.compare(rank(here), rank(there));
        if (order == 0 && here != null && there != null) {
            Sameness sameness = situation.shape().sameness();
            order = sameness.canonical(here, at).compareTo(sameness.canonical(there, at));
        }
        Side last = order > 0 ? Side.INTERNAL : Side.EXTERNAL;
        return new LastWriter(
                last,
                contest.path().isRecord()
                        ? "neither times nor versions tell; the record exists on the " + last.word() + " side"
                        : "neither times nor versions tell; by the fixed order of values the " + last.word()
                                + " side's comes last");
    }

    private static int rank(@Nullable JsonNode value) {
        return value == null ? 0 : value.isNull() ? 1 : 2;
    }
}
