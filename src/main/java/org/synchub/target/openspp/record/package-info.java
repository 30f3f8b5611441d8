/**
 * What a record is at an OpenSPP server, and how it differs from the store's: values, lists and their commands, the
 * three-way comparison. Makes no request.
 */
@NullMarked
package org.synchub.target.openspp.record;

import org.jspecify.annotations.NullMarked;
