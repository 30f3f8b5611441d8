package org.synchub.admin.api;

/** An answer that tells how many records an action concerned, for the audit trail. */
interface Affecting {

    long affected();
}
