package org.synchub.mapping;

/**
 * A place in an outward record that points to another record of the store.
 *
 * @param field where in the record, dotted, with the position for a list: {@code individual_membership_ids.0.group}
 * @param kind the record kind pointed to
 * @param guid the guid of the entity pointed to; the record holds <code>{"$ref": "guid"}</code> there
 */
public record Reference(String field, String kind, String guid) {}
