package org.synchub.target.httpjson;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.synchub.target.Exchanged;
import org.synchub.target.Outcome;
import org.synchub.target.TargetTrouble;
import org.synchub.target.Write;
import org.synchub.target.httpjson.spec.MissingValue;
import org.synchub.target.httpjson.spec.Operation;
import org.synchub.target.httpjson.spec.Request;
import org.synchub.target.httpjson.spec.Template;
import org.synchub.target.httpjson.spec.Variables;
import org.synchub.target.httpjson.spec.Verdict;

/** Sends one batch: looks first where it has to, then writes, one record or many per request. Used once. */
final class Sender {

    /** Refusals of a whole batch that may be one record's fault. */
    private static final Set<Verdict> ONE_TO_BLAME =
            EnumSet.of(Verdict.REJECTED, Verdict.EXISTS, Verdict.CONFLICT, Verdict.GONE, Verdict.RETRY);

    /** Answers after which a conflict is not open: closed now, closed before, or not known any more. */
    private static final Set<Verdict> CLOSED =
            EnumSet.of(Verdict.ACCEPTED, Verdict.UNCHANGED, Verdict.CONFLICT, Verdict.GONE);

    private final Session session;
    private final Upserts upserts;
    private final Deletes deletes;
    private final Steps steps;
    private final @Nullable Outcome[] outcomes;
    private List<Task> again = new ArrayList<>();

    Sender(Session session, List<Write> batch) {
        this.session = session;
        Ahead ahead = new Ahead(session);
        this.upserts = new Upserts(session, ahead);
        this.deletes = new Deletes(session, ahead);
        this.steps = new Steps(session);
        this.outcomes = new Outcome[batch.size()];
        for (int place = 0; place < batch.size(); place++) {
            again.add(new Task(place, batch.get(place), session));
        }
    }

    List<Outcome> send() {
        try {
            again.removeIf(task -> settle(task, () -> before(task)));
            while (!again.isEmpty()) {
                List<Task> now = again;
                again = new ArrayList<>();
                for (List<Task> together : batches(now)) {
                    request(together);
                }
            }
        } catch (TargetTrouble trouble) {
            for (int i = 0; i < outcomes.length; i++) {
                if (outcomes[i] == null) {
                    outcomes[i] = new Outcome.Unsent(trouble);
                }
            }
        }
        List<Outcome> all = new ArrayList<>();
        for (Outcome outcome : outcomes) {
            if (outcome == null) {
                throw new IllegalStateException("a write of the batch was left without an outcome");
            }
            all.add(outcome);
        }
        return all;
    }

    private @Nullable Outcome before(Task task) {
        if (task.write().uncertain()) {
            try {
                steps.finish(task);
            } catch (TargetTrouble trouble) {
                outcomes[task.place()] = new Outcome.Unknown(trouble);
                throw trouble;
            }
        }
        return isDelete(task) ? deletes.before(task) : upserts.before(task);
    }

    private static boolean isDelete(Task task) {
        return task.write().operation() == Write.Operation.DELETE;
    }

    /** Something that may end a task. */
    @FunctionalInterface
    private interface Step {
        @Nullable
        Outcome take();
    }

    /** Whether the task is at its end. */
    private boolean settle(Task task, Step step) {
        Outcome outcome;
        try {
            outcome = step.take();
        } catch (MissingValue missing) {
            outcome = new Outcome.Rejected("synchub.request", String.valueOf(missing.getMessage()), null);
        }
        outcomes[task.place()] = outcome;
        return outcome != null;
    }

    private Request request(Task task) {
        return isDelete(task) ? session.spec().need(Operation.DELETE) : upserts.request(task);
    }

    /** Tasks that can share a request, in the order of the batch. */
    private List<List<Task>> batches(List<Task> tasks) {
        List<List<Task>> batches = new ArrayList<>();
        Map<String, List<Task>> open = new LinkedHashMap<>();
        for (Task task : tasks) {
            Request request = request(task);
            String key = request.operation()
                    + (request.isForAllKinds() ? "" : "/" + task.kind().name());
            List<Task> together = open.get(key);
            if (together == null || together.size() >= request.batch()) {
                together = new ArrayList<>();
                batches.add(together);
                open.put(key, together);
            }
            together.add(task);
        }
        return batches;
    }

    private void request(List<Task> tasks) {
        Request request = request(tasks.get(0));
        Template item = request.item();
        if (item == null) {
            Task task = tasks.get(0);
            boolean settled = settle(task, () -> after(task, inSteps(request, task, tasks), null, 1));
            if (!settled) {
                again.add(task);
            }
            return;
        }
        ArrayNode items = JsonNodeFactory.instance.arrayNode();
        for (Task task : tasks) {
            JsonNode filled = item.fill(task.variables());
            items.add(filled == null ? JsonNodeFactory.instance.nullNode() : filled);
        }
        Variables first = tasks.get(0).variables();
        Client.Judged judged = ask(request, name -> name.equals("items") ? items : first.get(name), tasks);
        read(request, tasks, items, judged);
    }

    /** A write of one record, with the steps that follow the first. */
    private Client.Judged inSteps(Request request, Task task, List<Task> tasks) {
        Client.Judged first = ask(request, task.variables(), tasks);
        if (request.then() == null || first.judgement().verdict() != Verdict.ACCEPTED) {
            return first;
        }
        try {
            return steps.goOn(request, first, first.reply().body(), task);
        } catch (TargetTrouble trouble) {
            // What was begun is there, and is finished before anything is begun again.
            outcomes[task.place()] = new Outcome.Unknown(trouble);
            throw trouble;
        }
    }

    private Client.Judged ask(Request request, Variables variables, List<Task> tasks) {
        try {
            String about = request.isForAllKinds() ? "" : tasks.get(0).kind().name();
            return session.client().ask(request, variables, about);
        } catch (TargetTrouble trouble) {
            if (trouble.maybeApplied()) {
                tasks.forEach(task -> outcomes[task.place()] = new Outcome.Unknown(trouble));
            }
            throw trouble;
        }
    }

    private void read(Request request, List<Task> tasks, ArrayNode items, Client.Judged judged) {
        Judgement whole = judged.judgement();
        if (tasks.size() > 1 && ONE_TO_BLAME.contains(whole.verdict())) {
            // Which record is to blame is found by asking for fewer.
            int half = tasks.size() / 2;
            request(tasks.subList(0, half));
            request(tasks.subList(half, tasks.size()));
            return;
        }
        boolean single = whole.verdict() == Verdict.ACCEPTED && request.answer().items() != null;
        List<Judgement> judgements = single
                ? session.judge()
                        .items(
                                request,
                                judged.reply(),
                                tasks.stream().map(Sender::keys).toList())
                : null;
        TargetTrouble met = null;
        for (int i = 0; i < tasks.size(); i++) {
            Task task = tasks.get(i);
            Judgement judgement = judgements == null
                    ? Judgement.of(whole.verdict(), whole.code(), whole.message())
                    : judgements.get(i);
            JsonNode own = tasks.size() == 1 ? null : items.get(i);
            try {
                if (!settle(task, () -> after(task, judged.as(judgement), own, tasks.size()))) {
                    again.add(task);
                }
            } catch (TargetTrouble trouble) {
                // What the others were answered holds.
                outcomes[task.place()] = new Outcome.Unknown(trouble);
                met = trouble;
            }
        }
        if (met != null) {
            throw met;
        }
    }

    /** Whether the target keeps no conflict of its own (any more): what becomes of the record is the hub's to decide. */
    private boolean closes(Task task, JsonNode conflict) {
        Request resolve = session.spec().request(Operation.RESOLVE);
        if (resolve == null || Json.isNothing(conflict)) {
            return true;
        }
        Variables own = task.variables();
        Client.Judged judged = session.client()
                .ask(
                        resolve,
                        name -> name.equals("conflict") ? conflict : own.get(name),
                        task.kind().name());
        return CLOSED.contains(judged.judgement().verdict());
    }

    /** By what a result may name its record. */
    private static List<String> keys(Task task) {
        List<String> keys = new ArrayList<>(List.of(task.key().asText()));
        JsonNode id = task.variables().get("id");
        if (id != null) {
            keys.add(id.asText());
        }
        return keys;
    }

    /**
     * What an answer means for a task.
     *
     * @param own the record's part of a request for several; null where it was for it alone
     * @param of how many it was for
     */
    private @Nullable Outcome after(Task task, Client.Judged judged, @Nullable JsonNode own, int of) {
        Outcome outcome = after(task, judged.judgement());
        if (outcome instanceof Outcome.Rejected refused) {
            return new Outcome.Rejected(refused.code(), refused.message(), refused.field(), exchanged(judged, own, of));
        }
        return outcome instanceof Outcome.Retry again
                ? new Outcome.Retry(again.code(), again.message(), again.after(), exchanged(judged, own, of))
                : outcome;
    }

    private static Exchanged exchanged(Client.Judged judged, @Nullable JsonNode own, int of) {
        return own == null
                ? judged.exchanged()
                : judged.exchanged().part(own, judged.judgement().said(), of);
    }

    private @Nullable Outcome after(Task task, Judgement judgement) {
        if (judgement.verdict() == Verdict.CONFLICT && !closes(task, judgement.conflict())) {
            return new Outcome.Retry(
                    "synchub.resolve", "The target would not close the conflict that it keeps of its own", null);
        }
        return isDelete(task) ? deletes.after(task, judgement) : upserts.after(task, judgement);
    }
}
