package org.synchub.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synchub.conflict.Choice;
import org.synchub.ledger.ConflictQueue.Case;
import org.synchub.target.TargetTrouble;

/** Who answers the conflicts of a history, through any of its hubs. */
final class HistoryOperator {

    private final HistoryWorld world;
    private final HistoryHubs hubs;

    HistoryOperator(HistoryWorld world, HistoryHubs hubs) {
        this.world = world;
        this.hubs = hubs;
    }

    void answerAll() {
        conflicts().forEach(this::answer);
    }

    /** Answers one open conflict, or lets deletions pass where there is none. */
    void act() {
        List<Case> open = conflicts();
        if (open.isEmpty()) {
            hubs.any("confirm deletes", hub -> world.targets().forEach(hub::confirmDeletes));
        } else {
            answer(world.pick(open));
        }
    }

    List<Case> conflicts() {
        List<Case> open = new ArrayList<>();
        world.targets().forEach(target -> open.addAll(hubs.conflicts().list(target, 100)));
        return open;
    }

    private void answer(Case open) {
        if (open.what().guid() == null) {
            world.tell("operator answers %d %s: link", open.id(), open.what());
            hubs.any(
                    "link",
                    hub -> hub.conflicts()
                            .link(open.id(), open.what().candidates().get(0), "operator"));
            return;
        }
        boolean ofPush = open.what().externalId().startsWith("push:");
        Choice merged = world.once(3) ? merged(open) : null;
        Choice choice = ofPush || world.random.nextBoolean() ? Choice.internal() : Choice.external();
        world.tell("operator answers %d %s: %s", open.id(), open.what(), merged == null ? choice : merged);
        try {
            hubs.any(
                    "resolve",
                    hub -> world.tell(
                            "  -> %s",
                            hub.conflicts()
                                    .resolve(
                                            open.id(),
                                            merged == null ? choice : merged,
                                            open.what().fingerprint(),
                                            "operator")
                                    .effect()));
        } catch (TargetTrouble later) {
            world.tell("  -> the operator is to ask again: %s", later.getMessage());
        }
    }

    /** A third value for each open field, where all of them are columns; null where another answer is due. */
    private static @Nullable Choice merged(Case open) {
        Map<String, @Nullable JsonNode> fields = new LinkedHashMap<>();
        for (String path : open.what().paths()) {
            if (!List.of("given_name", "addl_name", "occupation").contains(path)) {
                return null;
            }
            fields.put(path, TextNode.valueOf("Decided " + open.id()));
        }
        return open.what().departure() == null
                        && open.what().internal() != null
                        && open.what().external() != null
                ? Choice.merged(fields)
                : null;
    }
}
