package org.synchub.admin.alerts;

import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.web.ServerProperties;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServerSslBundle;

/**
 * The certificates by which this hub presents itself, to targets that ask for one and to clients of its API: those of every
 * bundle below {@code spring.ssl.bundle}, and of {@code server.ssl}. They are looked at as they are in use, so that one that was
 * renewed counts when its bundle has been read again.
 */
final class OwnCertificates {

    /** Of {@code server.ssl}, which needs no bundle. */
    private static final String SERVER = "server.ssl";

    private final SslBundles bundles;
    private final @Nullable SslBundle server;

    private OwnCertificates(SslBundles bundles, @Nullable SslBundle server) {
        this.bundles = bundles;
        this.server = server;
    }

    /** @param properties of the API; null where there is none */
    static OwnCertificates of(SslBundles bundles, @Nullable ServerProperties properties) {
        Ssl ssl = properties == null ? null : properties.getSsl();
        boolean own = ssl != null
                && ssl.isEnabled()
                && ssl.getBundle() == null
                && (ssl.getKeyStore() != null || ssl.getCertificate() != null);
        return new OwnCertificates(bundles, own ? WebServerSslBundle.get(ssl) : null);
    }

    /** Those that end within a period from now, or have ended, in words, by what they are about. */
    Map<String, String> ending(Instant now, Duration within) {
        Map<String, String> ending = new TreeMap<>();
        for (String name : bundles.getBundleNames()) {
            look(name, bundles.getBundle(name), now.plus(within), ending);
        }
        if (server != null) {
            look(SERVER, server, now.plus(within), ending);
        }
        return ending;
    }

    private static void look(String name, SslBundle bundle, Instant until, Map<String, String> ending) {
        KeyStore store = bundle.getStores().getKeyStore();
        if (store == null) {
            return;
        }
        try {
            for (String alias : Collections.list(store.aliases())) {
                X509Certificate first = store.isKeyEntry(alias) ? firstToEnd(store.getCertificateChain(alias)) : null;
                if (first != null && first.getNotAfter().toInstant().isBefore(until)) {
                    ending.put(
                            "(certificate " + name + "/" + alias + ")",
                            "The certificate " + alias + " of " + (name.equals(SERVER) ? "" : "the SSL bundle ") + name
                                    + (first.equals(store.getCertificate(alias))
                                            ? ""
                                            : ", by one that it is signed with,")
                                    + " ends " + first.getNotAfter().toInstant());
                }
            }
        } catch (KeyStoreException e) {
            throw new IllegalStateException("The key store of a bundle is open", e);
        }
    }

    /** A certificate holds no longer than those that vouch for it. */
    private static @Nullable X509Certificate firstToEnd(Certificate @Nullable [] chain) {
        X509Certificate first = null;
        for (Certificate certificate : chain == null ? new Certificate[0] : chain) {
            if (certificate instanceof X509Certificate x509
                    && (first == null
                            || x509.getNotAfter()
                                    .toInstant()
                                    .isBefore(first.getNotAfter().toInstant()))) {
                first = x509;
            }
        }
        return first;
    }
}
