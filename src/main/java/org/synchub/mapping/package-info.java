/**
 * From a YAML file to a checked model, and from the model to pure functions: a store entity to a target's record and
 * back. Knows no SQL, no HTTP and no Camel. The YAML is a public API, described in {@code docs/mapping.md}.
 */
@NullMarked
package org.synchub.mapping;

import org.jspecify.annotations.NullMarked;
