package org.synchub.target.httpjson;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.synchub.target.httpjson.spec.Operation;
import org.synchub.target.httpjson.spec.Request;
import org.synchub.target.httpjson.spec.Spec;

/**
 * The ids that the hub keeps. Where each kind has an address, or a name in requests, of its own, two kinds may use the same id; the kind is then
 * put in front: {@code household/17}.
 */
final class ExternalIds {

    private static final char BETWEEN = '/';

    private final Spec spec;
    private final boolean qualified;

    ExternalIds(Spec spec) {
        this.spec = spec;
        this.qualified = areQualified(spec);
    }

    private static boolean areQualified(Spec spec) {
        Set<String> used = new HashSet<>();
        for (Operation operation : List.of(Operation.READ, Operation.UPDATE, Operation.DELETE)) {
            Request request = spec.request(operation);
            if (request != null) {
                // Ids that are made from guids differ between kinds; numbers may not.
                boolean everywhere = !spec.record().hubMakesIds() || !spec.key().isDerived();
                (everywhere ? request.placeholders() : request.path().placeholders())
                        .stream().filter(name -> name.startsWith("kind.")).forEach(used::add);
            }
        }
        Set<List<String>> addresses = new HashSet<>();
        spec.kinds()
                .forEach((name, kind) -> addresses.add(used.stream()
                        .sorted()
                        .map(placeholder -> placeholder.equals("kind.name")
                                ? name
                                : String.valueOf(kind.values().get(placeholder.substring("kind.".length()))))
                        .toList()));
        return addresses.size() > 1;
    }

    String of(String kind, String id) {
        return qualified ? kind + BETWEEN + id : id;
    }

    /** The target's own id. */
    String plain(String externalId) {
        int between = externalId.indexOf(BETWEEN);
        boolean ours = qualified && between > 0 && spec.kinds().containsKey(externalId.substring(0, between));
        return ours ? externalId.substring(between + 1) : externalId;
    }

    /** The kinds that a record with this id may be of. */
    Collection<String> kinds(String externalId) {
        int between = externalId.indexOf(BETWEEN);
        if (qualified && between > 0 && spec.kinds().containsKey(externalId.substring(0, between))) {
            return List.of(externalId.substring(0, between));
        }
        return qualified
                ? spec.kinds().keySet()
                : List.of(spec.kinds().keySet().iterator().next());
    }

    /** An id as requests hold it. */
    JsonNode sent(String externalId) {
        String id = plain(externalId);
        boolean number = spec.record().numericIds() && id.matches("-?\\d{1,18}");
        return number ? LongNode.valueOf(Long.parseLong(id)) : TextNode.valueOf(id);
    }
}
