package org.synchub.mapping;

import java.util.ArrayList;
import java.util.List;
import org.synchub.mapping.Field.Target;

/** Two fields must not write the same place on the way in: the second would undo the first. */
final class Clashes {

    private final Problems problems;

    Clashes(Problems problems) {
        this.problems = problems;
    }

    void checkEntity(List<Field> fields) {
        check(fields, DocPath.Start.ENTITY);
    }

    void checkItems(List<Field> fields) {
        check(fields, DocPath.Start.ITEM);
    }

    private void check(List<Field> fields, DocPath.Start start) {
        List<Target> seen = new ArrayList<>();
        for (Field field : fields) {
            for (Target target : field.targets()) {
                if (target.path().start() != start) {
                    continue;
                }
                seen.stream()
                        .filter(other -> other.clashesWith(target))
                        .findFirst()
                        .ifPresent(other -> problems.error(
                                target.field().line(),
                                target.field().column(),
                                "fields '" + other.field().fullName() + "' and '"
                                        + target.field().fullName() + "' would both write '" + target.path()
                                        + "' on the way in",
                                "write 'direction: out' at one of them"));
                seen.add(target);
            }
        }
    }
}
