package org.synchub.target;

import java.util.Set;
import org.synchub.conflict.Shape;
import org.synchub.mapping.Field;
import org.synchub.mapping.Kind;

/** How records of a kind are compared, by the hub and by adapters alike: lists by their key, absent and null as one. */
public final class RecordShape {

    private RecordShape() {}

    public static Shape of(Kind kind) {
        return of(kind, Set.of());
    }

    /**
     * The shape of a kind some of whose lists are opaque.
     *
     * @param whole names of lists that are compared as one value each, whatever their items say
     */
    public static Shape of(Kind kind, Set<String> whole) {
        Shape.Builder shape = Shape.builder().absentIsNull().normalizeText();
        kind.fields().stream()
                .filter(field -> !whole.contains(field.name()))
                .forEach(field -> declare(shape, "", field));
        return shape.build();
    }

    private static void declare(Shape.Builder shape, String prefix, Field field) {
        String path = prefix + field.name();
        if (field.isList() && !field.key().isEmpty()) {
            shape.list(path, field.key());
        }
        field.fields().forEach(child -> declare(shape, path + ".", child));
    }
}
