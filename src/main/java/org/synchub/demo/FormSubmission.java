package org.synchub.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/**
 * One event as a device sends it.
 *
 * @param guid the event's own guid
 * @param data the form; never empty
 * @param timestamp when the device captured it, in milliseconds; says nothing about when it arrived
 * @param syncLevel 0 LOCAL, 1 SYNCED, 2 EXTERNAL
 */
record FormSubmission(
        String guid,
        String entityGuid,
        String type,
        ObjectNode data,
        Instant timestamp,
        String userId,
        int syncLevel) {}
