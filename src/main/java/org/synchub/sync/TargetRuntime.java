package org.synchub.sync;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.synchub.conflict.FieldRule;
import org.synchub.mapping.Mapping;
import org.synchub.target.Adapter;
import org.synchub.target.EffectContract;
import org.synchub.target.Limits;

/** One target as this hub runs it: its mapping, its adapter, and what its server said when it was last asked. */
public final class TargetRuntime {

    private static final Duration DEFAULT_SETTLE_WAIT = Duration.ofMinutes(2);

    private final Mapping mapping;
    private final Adapter adapter;
    private final HttpTraffic traffic;
    private final Traces traces;
    private final Limits limits;
    private final Load load;
    private final Load pages;
    private final Map<String, FieldRule> rules;
    private final Rehearsal.@Nullable Maker rehearsals;
    private final AtomicReference<@Nullable EffectContract> contract = new AtomicReference<>();

    TargetRuntime(
            Mapping mapping,
            Adapter adapter,
            HttpTraffic traffic,
            Traces traces,
            Limits limits,
            Map<String, FieldRule> rules,
            Rehearsal.@Nullable Maker rehearsals) {
        this.rehearsals = rehearsals;
        this.rules = rules;
        this.mapping = mapping;
        this.adapter = adapter;
        this.traffic = traffic;
        this.traces = traces;
        this.limits = limits;
        this.load = new Load(adapter::batchSize, this::writers, limits, Turns::nanosAtWork);
        this.pages = new Load(() -> Pull.PAGE, () -> 1, limits, Turns::nanosAtWork);
    }

    public String name() {
        return mapping.target();
    }

    public Mapping mapping() {
        return mapping;
    }

    public Adapter adapter() {
        return adapter;
    }

    /** Requests and bytes exchanged with the target by this hub. */
    public HttpTraffic traffic() {
        return traffic;
    }

    /** Where this hub's work for the target is traced. */
    Traces traces() {
        return traces;
    }

    /** How fast the target may be asked. */
    public Limits limits() {
        return limits;
    }

    /** Batches that this hub sends at once: no more than all hubs together may. */
    public int writers() {
        Integer most = limits.concurrency();
        return most == null ? adapter.writers() : Math.min(adapter.writers(), most);
    }

    /** How much it is given at a time now. */
    public Load load() {
        return load;
    }

    /** How many changes it is asked for at a time now, by one reader. */
    public Load pages() {
        return pages;
    }

    /** The integrator's own conflict rules by bean name. */
    Map<String, FieldRule> rules() {
        return rules;
    }

    /** A second adapter that changes nothing at the target; null where the adapter cannot be held to that. */
    @Nullable
    Rehearsal rehearsal() {
        return rehearsals == null ? null : rehearsals.make();
    }

    /** What the server allows, null until it was asked. */
    public @Nullable EffectContract contract() {
        return contract.get();
    }

    /**
     * Asks the server what the mapping depends on, once; again after {@link #forgetContract}.
     *
     * @throws org.synchub.target.TargetTrouble when it cannot be asked
     * @throws org.synchub.target.ConfigurationProblem when it cannot take the mapping
     */
    public EffectContract prepare() {
        EffectContract known = contract.get();
        if (known != null) {
            return known;
        }
        EffectContract said = adapter.prepare();
        contract.set(said);
        return said;
    }

    void forgetContract() {
        contract.set(null);
    }

    /** How long a request that the hub gave up on may still be applied. */
    Duration settleWait() {
        EffectContract said = contract.get();
        return said == null ? DEFAULT_SETTLE_WAIT : said.longestWrite();
    }
}
