package org.synchub.store;

import org.jspecify.annotations.Nullable;

/**
 * What a row of {@code public.entities} says about itself while it is locked.
 *
 * @param version {@code modified.version} as text, null when the doc has none
 */
record EntityRow(String guid, String xmin, @Nullable String version) {}
