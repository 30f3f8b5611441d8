package org.synchub.target.httpjson;

import java.util.Set;
import java.util.TreeSet;
import org.synchub.target.EffectContract;
import org.synchub.target.httpjson.spec.Operation;
import org.synchub.target.httpjson.spec.Request;
import org.synchub.target.httpjson.spec.Spec;
import org.synchub.target.httpjson.spec.WriteSpec;

/** What a declared target lets the hub promise. */
final class Contract {

    private Contract() {}

    static EffectContract of(Spec spec) {
        boolean canLook = spec.request(Operation.FIND) != null
                || (spec.record().hubMakesIds() && spec.request(Operation.READ) != null);
        Set<String> update = new TreeSet<>();
        Request request = spec.request(Operation.UPDATE);
        if (request != null) {
            update.addAll(request.placeholders());
        }
        return new EffectContract(
                spec.write().repeat() != WriteSpec.Repeat.DOUBLES,
                spec.write().check() == WriteSpec.Check.SERVER,
                update.contains("changes"),
                spec.tellsChanges(),
                !spec.record().deleted().isEmpty(),
                guarantee(spec, canLook),
                spec.longestWrite());
    }

    private static String guarantee(Spec spec, boolean canLook) {
        String overtaken = switch (spec.write().check()) {
            case SERVER -> "";
            case READ, CHANGES ->
                "; a change made at the target between the hub's reading and its write is overwritten in the"
                        + " fields that the hub writes";
            case NONE -> "; a change made at the target is overwritten in the fields that the hub writes";
        };
        if (spec.write().repeat() != WriteSpec.Repeat.DOUBLES) {
            return "once" + overtaken;
        }
        return (canLook
                        ? "once, because the hub looks for the record before it repeats a create, except where the"
                                + " target applies a request after longestWrite"
                        : "may double when the answer to a create is lost: the target has no key to recognise it by")
                + overtaken;
    }
}
