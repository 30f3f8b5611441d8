/**
 * The checked model of an {@code adapter: {type: http-json, …}} section: which requests a system takes, how its answers
 * are read, how it lets the hub in. Pure: no input or output, no mapping of records.
 */
@NullMarked
package org.synchub.target.httpjson.spec;

import org.jspecify.annotations.NullMarked;
