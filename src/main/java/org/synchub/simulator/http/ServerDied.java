package org.synchub.simulator.http;

/** The simulated system dies within a request: what it has done stays, and nobody is answered. */
public final class ServerDied extends RuntimeException {}
