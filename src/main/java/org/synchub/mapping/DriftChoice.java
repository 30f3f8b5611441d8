package org.synchub.mapping;

/** What counts where an entity does not hold what its events say, because DataCollect stored some without applying them. */
enum DriftChoice {
    /** The entity as it stands. */
    ENTITY,
    /** What the events say, the later over the earlier. */
    EVENTS
}
