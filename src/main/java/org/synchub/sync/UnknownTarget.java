package org.synchub.sync;

import java.util.Collection;

/** Somebody named a target that no mapping file describes. */
public final class UnknownTarget extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UnknownTarget(String name, Collection<String> known) {
        super("There is no target '" + name + "'; "
                + (known.isEmpty()
                        ? "the mappings folder is empty"
                        : "the mappings folder describes " + String.join(", ", known)));
    }
}
