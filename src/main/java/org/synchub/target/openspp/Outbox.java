package org.synchub.target.openspp;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.synchub.target.Exchanged;
import org.synchub.target.Outcome;
import org.synchub.target.TargetTrouble;
import org.synchub.target.openspp.odoo.OdooFault;
import org.synchub.target.openspp.record.ListPlan;
import org.synchub.target.openspp.record.UnknownName;

/** The outcomes of a batch as they come in, by the writes' places. */
final class Outbox {

    /** {@code Wrong value for res.partner.gender: …} and {@code Field: Phone Number (phone_no)}. */
    private static final Pattern FIELD = Pattern.compile("\\bres\\.partner\\.(\\w+)|\\nField: .*\\((\\w+)\\)");

    private final @Nullable Outcome[] outcomes;

    Outbox(int size) {
        this.outcomes = new Outcome[size];
    }

    void settle(Task task, Outcome outcome) {
        outcomes[task.place()] = outcome;
    }

    boolean isSettled(Task task) {
        return outcomes[task.place()] != null;
    }

    /** A refusal stands; where the server's own code broke, a later try may show whether the record is at fault. */
    void rejected(Task task, OdooFault fault) {
        if (fault.kind() == OdooFault.Kind.BROKEN) {
            contended(task, fault);
        } else {
            settle(
                    task,
                    new Outcome.Rejected(fault.code(), fault.words(), fieldIn(fault.words(), task), fault.exchanged()));
        }
    }

    /** The mapped field that the server's words name, if they do. */
    private static @Nullable String fieldIn(String words, Task task) {
        Matcher named = FIELD.matcher(words);
        while (named.find()) {
            String field = named.group(1) == null ? named.group(2) : named.group(1);
            boolean mapped = task.plan().columns().stream()
                    .anyMatch(column -> column.name().equals(field));
            if (mapped) {
                return field;
            }
            for (ListPlan list : task.plan().lists()) {
                if (list.columns().stream().anyMatch(column -> column.name().equals(field))) {
                    return list.name();
                }
            }
        }
        return null;
    }

    void rejected(Task task, UnknownName unknown) {
        settle(task, new Outcome.Rejected("synchub.vocabulary", String.valueOf(unknown.getMessage()), unknown.field()));
    }

    void contended(Task task, OdooFault fault) {
        contended(task, fault, fault.exchanged());
    }

    /** @param exchanged what of the exchange is about this task */
    void contended(Task task, OdooFault fault, @Nullable Exchanged exchanged) {
        settle(task, new Outcome.Retry(fault.code(), fault.words(), null, exchanged));
    }

    /** A request was sent for these when the trouble came: it may have been applied or not. */
    void cut(Collection<Task> sent, TargetTrouble trouble) {
        if (trouble.maybeApplied()) {
            sent.forEach(task -> settle(task, new Outcome.Unknown(trouble)));
        }
    }

    /** Nothing was sent for what is still open. */
    void unsent(TargetTrouble trouble) {
        for (int i = 0; i < outcomes.length; i++) {
            if (outcomes[i] == null) {
                outcomes[i] = new Outcome.Unsent(trouble);
            }
        }
    }

    List<Outcome> outcomes() {
        List<Outcome> all = new ArrayList<>(outcomes.length);
        for (Outcome outcome : outcomes) {
            if (outcome == null) {
                throw new IllegalStateException("a write of the batch was left without an outcome");
            }
            all.add(outcome);
        }
        return all;
    }
}
