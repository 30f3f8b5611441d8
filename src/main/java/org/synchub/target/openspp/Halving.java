package org.synchub.target.openspp;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.synchub.target.TargetTrouble;
import org.synchub.target.openspp.odoo.OdooFault;

/**
 * Sends a request for many items. The server takes a request as a whole or not at all and does not say which item it
 * minds, so a refused one is halved until the bad items are alone and the good ones have gone through.
 */
abstract class Halving<T> {

    /** Makes one request for these items and notes that it was accepted. */
    abstract void request(List<T> part);

    /** The server refuses this item alone, or it is not there. */
    abstract void refused(T item, OdooFault fault);

    /** Another transaction was in the way of the whole request. */
    abstract void contended(List<T> part, OdooFault fault);

    /** The target got into trouble; the items may have arrived if the trouble says so. */
    abstract void cut(List<T> part, TargetTrouble trouble);

    /** Whether a refusal is dealt with in another way than by halving. */
    boolean takesBack(List<T> part, OdooFault fault) {
        return false;
    }

    /** @throws TargetTrouble as met, after {@link #cut} has seen it; what was not sent by then is untouched */
    final void send(List<T> items, int size) {
        Deque<List<T>> parts = new ArrayDeque<>(parts(items, size));
        while (!parts.isEmpty()) {
            List<T> part = parts.removeFirst();
            try {
                request(part);
            } catch (OdooFault fault) {
                if (fault.kind() == OdooFault.Kind.CONTENDED) {
                    contended(part, fault);
                } else if (!takesBack(part, fault)) {
                    halve(part, fault, parts);
                }
            } catch (TargetTrouble trouble) {
                cut(part, trouble);
                throw trouble;
            }
        }
    }

    private void halve(List<T> part, OdooFault fault, Deque<List<T>> parts) {
        if (part.size() == 1) {
            refused(part.get(0), fault);
            return;
        }
        int half = part.size() / 2;
        parts.addFirst(part.subList(half, part.size()));
        parts.addFirst(part.subList(0, half));
    }

    static <T> List<List<T>> parts(List<T> all, int size) {
        List<List<T>> parts = new ArrayList<>();
        for (int from = 0; from < all.size(); from += size) {
            parts.add(all.subList(from, Math.min(all.size(), from + size)));
        }
        return parts;
    }
}
