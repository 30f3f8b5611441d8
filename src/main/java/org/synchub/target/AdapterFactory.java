package org.synchub.target;

import java.time.Clock;
import org.synchub.mapping.Mapping;

/**
 * A Spring bean that makes adapters of one type. A third party adds a system of its own by putting such a bean on the
 * class path; mapping files choose it with {@code adapter: {type: …}}.
 */
public interface AdapterFactory {

    /** The value of {@code adapter.type} that selects this factory. */
    String type();

    /**
     * Makes the adapter of one target. Only reads the settings: the first request is made by {@link Adapter#prepare}.
     *
     * @param http all requests to the target go through it
     * @throws ConfigurationProblem when a setting is missing or wrong; names its line
     */
    Adapter create(Mapping mapping, TargetHttp http, Clock clock);

    /**
     * Whether all that its adapters change at a target leaves through the {@code http} they are given, marked as {@link
     * TargetHttp.Call#write}. Only then can a preview show what would be sent: it hands over a way that holds writes back.
     */
    default boolean writesByHttpAlone() {
        return false;
    }

    /**
     * Whether its adapters put values into envelopes and take them out ({@link org.synchub.mapping.Field#sealed}, {@link
     * org.synchub.mapping.Field#opened}, {@link org.synchub.mapping.Field#isStale}). A mapping that encrypts fields is
     * refused otherwise: its values would leave in clear.
     */
    default boolean sealsFields() {
        return false;
    }
}
