package org.synchub.target.openspp.record;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;

/**
 * What is to be written so that a partner holds what the store wants.
 *
 * @param values for Odoo's {@code write}; empty if there is nothing to do
 * @param sent the top-level fields in it
 * @param conflicts fields that both sides changed differently; if there are any, nothing is written
 * @param agreed the neutral record that both sides agree on once the values are written
 */
public record Decision(ObjectNode values, Set<String> sent, Set<String> conflicts, ObjectNode agreed) {}
