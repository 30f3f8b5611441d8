package org.synchub.target.httpjson;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import org.synchub.target.httpjson.spec.Operation;
import org.synchub.target.httpjson.spec.Place;
import org.synchub.target.httpjson.spec.Request;
import org.synchub.target.httpjson.spec.Variables;
import org.synchub.target.httpjson.spec.Verdict;

/**
 * Writes that a target takes in several steps, such as queue and process. What one step's answer names, the next one
 * uses. Where an outcome was lost, what was begun is looked for at the target and finished, so that nothing is begun
 * twice: the target itself keeps the step's identifier, whatever became of the hub.
 */
final class Steps {

    private final Session session;

    Steps(Session session) {
        this.session = session;
    }

    /**
     * Takes the steps that follow an accepted one; what the last of them answered is what became of the write.
     *
     * @param body what the next step takes its identifiers from
     */
    Client.Judged goOn(Request request, Client.Judged first, JsonNode body, Task task) {
        Client.Judged judged = first.as(Judgement.of(Verdict.ACCEPTED, "", ""));
        Request step = request;
        JsonNode answer = body;
        Map<String, JsonNode> taken = new HashMap<>();
        Request next = step.then();
        while (next != null && judged.judgement().verdict() == Verdict.ACCEPTED) {
            if (!take(step, answer, taken)) {
                return judged.as(Judgement.of(
                        Verdict.UNKNOWN, "no-step", "The answer lacks what the next step needs; see 'take'"));
            }
            step = next;
            judged = session.client().ask(step, with(taken, task), task.kind().name());
            answer = judged.reply().body();
            next = step.then();
        }
        return judged;
    }

    /** Finishes what was begun for a record and may not have been finished. */
    void finish(Task task) {
        Request resume = session.spec().request(Operation.RESUME);
        Place itemKey = resume == null ? null : resume.answer().itemKey();
        if (resume == null || itemKey == null) {
            return;
        }
        Client.Judged judged =
                session.client().ask(resume, task.variables(), task.kind().name());
        if (judged.judgement().verdict() != Verdict.ACCEPTED) {
            return;
        }
        for (JsonNode item : resume.answer().records().in(judged.reply().body())) {
            boolean open = resume.where().stream().allMatch(condition -> condition.holds(item));
            if (open && task.key().asText().equals(itemKey.text(item))) {
                // What becomes of it is seen when the record is read.
                goOn(resume, judged, item, task);
            }
        }
    }

    private static boolean take(Request step, JsonNode body, Map<String, JsonNode> taken) {
        for (Map.Entry<String, Place> each : step.take().entrySet()) {
            JsonNode value = each.getValue().in(body);
            if (Json.isNothing(value) || !value.isValueNode()) {
                return false;
            }
            taken.put(each.getKey(), value);
        }
        return true;
    }

    private static Variables with(Map<String, JsonNode> taken, Task task) {
        Variables own = task.variables();
        return name -> taken.containsKey(name) ? taken.get(name) : own.get(name);
    }
}
