package org.synchub.sync;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.Erasure;
import org.synchub.ledger.Erasure.Standing;
import org.synchub.store.Entities;

/** Takes what the hub keeps of one person out of the hub's own tables, where the values would not come back. */
public class Erasures {

    private final Erasure erasure;
    private final Entities entities;
    private final TargetRegistry targets;

    public Erasures(Erasure erasure, Entities entities, TargetRegistry targets) {
        this.erasure = erasure;
        this.entities = entities;
        this.targets = targets;
    }

    /**
     * What an erasure finds.
     *
     * @param rows by table, how many rows it touches
     * @param against why it should not be done now; empty when nothing speaks against it
     * @param remains what stays elsewhere, and may come back from there
     */
    public record Found(Map<String, Integer> rows, List<String> against, List<String> remains) {

        private Found with(Map<String, Integer> touched) {
            return new Found(touched, against, remains);
        }
    }

    /**
     * What would be erased; nothing is changed.
     *
     * @param target null for all
     * @throws UnknownTarget when no mapping describes it
     */
    public Found preview(String guid, @Nullable String target) {
        return look(guid, target).with(erasure.preview(guid, target));
    }

    private Found look(String guid, @Nullable String target) {
        if (target != null) {
            targets.get(target);
        }
        List<String> against = new ArrayList<>();
        for (String tenant : erasure.tenants(target)) {
            if (!entities.read(tenant, List.of(guid)).isEmpty()) {
                against.add("Entity " + guid + " is still in DataCollect's store (tenant " + tenant
                        + "): the next sync would bring its values back. Delete it there first");
            }
        }
        List<String> remains = new ArrayList<>();
        for (Standing at : erasure.standing(guid, target)) {
            if (at.owed() != null) {
                against.add("Target " + at.target() + " is still owed something of it (" + at.owed()
                        + "): what comes of that would bring values back, and its deletion may be among it. Run 'push "
                        + at.target() + "' first, or settle what 'record " + guid + "' shows");
            }
            if (at.externalId() != null && !at.gone()) {
                remains.add("Target " + at.target() + " holds it as " + at.externalId()
                        + ", as far as the hub knows: a change there would be pulled. Take it away there too");
            }
        }
        return new Found(Map.of(), against, remains);
    }

    /**
     * Erases it.
     *
     * @param anyway although something speaks against it
     * @return with the rows that were touched
     * @throws UnknownTarget when no mapping describes it
     * @throws IllegalArgumentException when something speaks against it
     */
    public Found erase(String guid, @Nullable String target, boolean anyway) {
        Found found = look(guid, target);
        List<String> against = found.against();
        Map<String, Integer> touched = !anyway && !against.isEmpty() ? null : erasure.erase(guid, target, anyway);
        if (touched == null) {
            throw new IllegalArgumentException("Nothing was erased. "
                    + (against.isEmpty() ? "A target has just been owed something of it" : String.join("; ", against))
                    + ". (--anyway erases what is there now)");
        }
        return found.with(touched);
    }
}
