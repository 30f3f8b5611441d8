package org.synchub.target.httpjson.spec;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.synchub.mapping.Settings;
import org.synchub.mapping.Suggest;
import org.synchub.target.httpjson.spec.Spec.KindSpec;

/** Whether the parts of a section fit each other: what one of them promises, another must be able to keep. */
final class SpecCheck {

    private final Settings adapter;
    private final Checks checks;

    SpecCheck(Settings adapter, Checks checks) {
        this.adapter = adapter;
        this.checks = checks;
    }

    void check(RecordSpec record, WriteSpec write, Map<Operation, Request> requests, Map<String, KindSpec> kinds) {
        Set<Operation> there = requests.keySet();
        if (adapter.has("requests")) {
            Settings given = adapter.child("requests");
            if (!has(there, given, Operation.CREATE)) {
                problem("requests", "there is no request 'create'", "describe how a record is made");
            }
            if (given.has("changes")
                    && !has(there, given, Operation.LIST)
                    && record.changedAt() == null
                    && isFromRecords(requests)) {
                problem(
                        "record",
                        "'since: {from: records}' needs the time of a record's last change",
                        "write record: {changedAt: updatedAt}");
            }
            if (write.check() == WriteSpec.Check.READ && !has(there, given, Operation.READ)) {
                problem("write", "'check: read' needs the request 'read'", "describe it, or write check: none");
            }
            if (write.check() == WriteSpec.Check.CHANGES && !has(there, given, Operation.CHANGES)) {
                problem("write", "'check: changes' needs the request 'changes'", "describe it, or write check: none");
            }
            if (write.repeat() == WriteSpec.Repeat.REFUSED && !canLook(record, there, given)) {
                problem(
                        "write",
                        "'repeat: refused' needs a way to find the record that is there already",
                        "describe the request 'find', or 'read' with record: {ids: key}");
            }
            if (!has(there, given, Operation.UPDATE) && write.repeat() != WriteSpec.Repeat.SAFE) {
                problem(
                        "requests",
                        "there is no request 'update', and a repeated 'create' is not safe",
                        "describe 'update', or write write: {repeat: safe} if 'create' replaces what is there");
            }
        }
        tellKindsApart(requests, kinds);
    }

    /** What is reported already, where it stands or as a misspelt word, is not missing as well. */
    private static boolean has(Set<Operation> there, Settings given, Operation operation) {
        return there.contains(operation) || given.has(operation.word()) || isMisspelt(given, operation.word());
    }

    private static boolean isMisspelt(Settings given, String word) {
        List<String> words =
                Arrays.stream(Operation.values()).map(Operation::word).toList();
        return given.keys().stream().anyMatch(key -> !words.contains(key) && word.equals(Suggest.nearest(key, words)));
    }

    private static boolean canLook(RecordSpec record, Set<Operation> there, Settings given) {
        return has(there, given, Operation.FIND) || (record.hubMakesIds() && has(there, given, Operation.READ));
    }

    private static boolean isFromRecords(Map<Operation, Request> requests) {
        Request changes = requests.get(Operation.CHANGES);
        return changes != null && changes.since() != null && changes.since().from() == Since.From.RECORDS;
    }

    /** A feed that is the same for several kinds must be able to say which record is which. */
    private void tellKindsApart(Map<Operation, Request> requests, Map<String, KindSpec> kinds) {
        long open =
                kinds.values().stream().filter(kind -> kind.where().isEmpty()).count();
        for (Operation operation : new Operation[] {Operation.LIST, Operation.CHANGES}) {
            Request request = requests.get(operation);
            if (request != null && open > 1 && request.isForAllKinds()) {
                problem(
                        "requests",
                        "'" + operation.word() + "' gives records of all kinds, and nothing tells these apart",
                        "write adapter.kinds: with a 'where' for each, or use {kind.…} in the request");
            }
        }
    }

    private void problem(String key, String message, String hint) {
        checks.run(() -> {
            throw adapter.failure(key, message, hint);
        });
    }
}
