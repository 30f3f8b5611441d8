package org.synchub.simulator.openspp;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one model does beyond storing: defaults, computed columns, constraints and what it touches elsewhere. */
interface ModelRules {

    ModelRules NONE = new ModelRules() {};

    /** Completes and checks the columns of a new row. */
    default void beforeInsert(Tx tx, @Nullable Object[] values) {}

    default void afterInsert(Tx tx, Row row) {}

    /** Checks a write as a whole; {@code patch} holds {@link Orm#UNSET} where nothing is written. */
    default void beforeUpdate(Tx tx, List<Row> rows, @Nullable Object[] patch) {}

    /** Completes and checks one row's new columns, the patch already applied. */
    default void update(Tx tx, Row old, @Nullable Object[] values, @Nullable Object[] patch) {}

    default void afterUpdate(Tx tx, Row row, @Nullable Object[] patch) {}

    default void afterDelete(Tx tx, Row row) {}
}
