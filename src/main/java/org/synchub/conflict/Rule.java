package org.synchub.conflict;

import org.jspecify.annotations.Nullable;

/**
 * A strategy with all that belongs to it, as one place of the settings gives it.
 *
 * @param strategy how to choose
 * @param bean the integrator's rule; there exactly with {@link Strategy#BEAN}
 * @param then what decides when this rule does not: there exactly with {@link Strategy#MERGE} and {@link Strategy#BEAN},
 *     and never a merge itself
 * @param approval whether an admin must approve before the rule may replace what the target changed
 */
public record Rule(
        Strategy strategy, @Nullable Bean bean, @Nullable Rule then, boolean approval) {

    /** An integrator's rule and the name it is known by. */
    public record Bean(String name, FieldRule rule) {}

    public Rule {
        if ((strategy == Strategy.BEAN) != (bean != null)) {
            throw new IllegalArgumentException("a bean belongs to the strategy bean:NAME and to no other");
        }
        if (hasNext(strategy) != (then != null)) {
            throw new IllegalArgumentException(
                    "\"then\" belongs to the strategies merge and bean:NAME and to no other");
        }
        if (then != null && then.strategy == Strategy.MERGE) {
            throw new IllegalArgumentException("\"then: merge\" is no next rule: what reaches it is merged already");
        }
    }

    /** A strategy that needs neither a bean nor a next rule. */
    public static Rule of(Strategy strategy) {
        return new Rule(strategy, null, null, false);
    }

    public static Rule mergeThen(Rule then) {
        return new Rule(Strategy.MERGE, null, then, false);
    }

    public static Rule bean(String name, FieldRule rule, Rule then) {
        return new Rule(Strategy.BEAN, new Bean(name, rule), then, false);
    }

    /** The same rule, and whether an admin must approve it. */
    public Rule withApproval(boolean needed) {
        return new Rule(strategy, bean, then, needed);
    }

    static boolean hasNext(Strategy strategy) {
        return strategy == Strategy.MERGE || strategy == Strategy.BEAN;
    }

    /** As decision rows name it: {@code merge}, {@code bean:name}. */
    public String word() {
        return bean == null ? strategy.word() : "bean:" + bean.name();
    }
}
