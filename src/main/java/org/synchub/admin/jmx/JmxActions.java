package org.synchub.admin.jmx;

import java.rmi.server.RemoteServer;
import java.rmi.server.ServerNotActiveException;
import java.security.AccessController;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import javax.security.auth.Subject;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.Audit;
import org.synchub.sync.Correlation;

/** Notes everything that somebody does by JMX, before it is done and after: with whose token, and from where. */
final class JmxActions {

    /** Who works on the hub's own machine, as the user of its process. */
    static final String LOCAL = "jmx";

    /** Whose token somebody logged in with; kept apart from principals, which decide what is allowed. */
    record Caller(String name) {}

    private final Audit audit;

    JmxActions(Audit audit) {
        this.audit = audit;
    }

    /**
     * Notes that somebody does something, does it, and notes what became of it.
     *
     * @param target null for all of them
     * @param work takes the name of who asked
     * @param affected how many records it concerned
     */
    <T> T run(String operation, @Nullable String target, Function<String, T> work, ToLongFunction<T> affected) {
        String who = caller();
        return told(() -> audit.during(
                new Audit.Intent(operation, who, Audit.Via.JMX, address(), target, null),
                () -> Correlation.during(Correlation.currentOrNew(), () -> work.apply(who)),
                result -> new Audit.Became(Audit.Outcome.DONE, null, affected.applyAsLong(result)),
                failure -> failure.getClass().getSimpleName()));
    }

    /** What fails reaches the client as a class that Java has everywhere: a client knows none of the hub's. */
    static <T> T told(Supplier<T> work) {
        try {
            return work.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(e.getMessage());
        } catch (RuntimeException e) {
            throw new IllegalStateException(e.getMessage());
        }
    }

    static @Nullable String address() {
        try {
            return RemoteServer.getClientHost();
        } catch (ServerNotActiveException e) {
            return null;
        }
    }

    /** Java 17's only way to ask who calls; later ones that have done away with it say so, and the name is left out. */
    @SuppressWarnings("removal")
    private static String caller() {
        Subject subject;
        try {
            subject = Subject.getSubject(AccessController.getContext());
        } catch (UnsupportedOperationException e) {
            return LOCAL;
        }
        Set<Caller> callers = subject == null ? Set.of() : subject.getPublicCredentials(Caller.class);
        return callers.isEmpty() ? LOCAL : callers.iterator().next().name();
    }
}
