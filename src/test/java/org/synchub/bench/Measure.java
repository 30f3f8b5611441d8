package org.synchub.bench;

/** One thing that is measured, on its own ground: databases, hubs and simulators are its own. */
interface Measure {

    /** What {@code -Dbench.only} calls it. */
    String name();

    void run(Bench bench) throws Exception;
}
