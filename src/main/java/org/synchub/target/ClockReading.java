package org.synchub.target;

import java.time.Duration;

/**
 * How a target's clock stands to the hub's, as last measured.
 *
 * @param ahead how far the target's clock runs ahead; negative when it is behind
 * @param tolerance how far the measurement may be off, with the coarseness of the times that the target tells
 */
public record ClockReading(Duration ahead, Duration tolerance) {}
