package org.synchub.target.openspp.record;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;

/**
 * What is to be written so that a partner holds what the store wants.
 *
 * @param values for Odoo's {@code write}; empty if there is nothing to do
 * @param sent the top-level fields in it
 * @param conflicts fields that both sides changed differently; if there are any, nothing is written
 * @param left whether the server changed something that the store did not, so that it was left alone
 * @param agreed the neutral record that both sides agree on once the values are written
 */
public record Decision(ObjectNode values, Set<String> sent, Set<String> conflicts, boolean left, ObjectNode agreed) {}
