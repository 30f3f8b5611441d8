package org.synchub.admin.jmx;

import java.rmi.server.RemoteServer;
import java.rmi.server.ServerNotActiveException;
import java.util.Set;
import javax.management.remote.JMXAuthenticator;
import javax.management.remote.JMXPrincipal;
import javax.security.auth.Subject;
import org.synchub.admin.security.TokenLogins;
import org.synchub.admin.security.Tokens;
import org.synchub.ledger.Audit;

/**
 * Lets programs in that send a user name of any sort and a token as its password. The principal that the platform's
 * access control sees is the role.
 */
final class JmxLogins implements JMXAuthenticator {

    private final TokenLogins logins;

    JmxLogins(TokenLogins logins) {
        this.logins = logins;
    }

    @Override
    public Subject authenticate(Object credentials) {
        if (!(credentials instanceof String[] pair) || pair.length != 2 || pair[1] == null) {
            throw new SecurityException("Send a user name and, as its password, a token of the hub's");
        }
        Tokens.Bearer bearer = logins.check(pair[1], Audit.Via.JMX, client())
                .orElseThrow(() -> new SecurityException(
                        "The token is unknown, expired or revoked, or logins from your address failed too often"));
        return new Subject(
                true,
                Set.of(new JMXPrincipal(bearer.role().word())),
                Set.of(new JmxActions.Caller(bearer.name())),
                Set.of());
    }

    private static String client() {
        try {
            return RemoteServer.getClientHost();
        } catch (ServerNotActiveException e) {
            return "local";
        }
    }
}
