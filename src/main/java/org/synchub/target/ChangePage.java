package org.synchub.target;

import java.util.List;

/**
 * One page of a target's change feed.
 *
 * @param changes oldest first
 * @param cursor where the next page begins; opaque to the hub, stored only after every change is applied or parked
 * @param more whether another page is ready now
 */
public record ChangePage(List<RemoteChange> changes, String cursor, boolean more) {}
