package org.synchub.sync;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.ClientTlsStrategyBuilder;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.synchub.mapping.Secret;
import org.synchub.mapping.Settings;

/**
 * What lies between the hub and one target: whom it trusts and as whom it presents itself (a bundle of Spring Boot's
 * {@code spring.ssl.bundle}), and a proxy. Without settings the machine's own trust store, no certificate and no proxy.
 *
 * @param tls null for what the Java platform trusts by itself
 */
record TargetNetwork(@Nullable Tls tls, @Nullable Proxy proxy) {

    private static final String IN_TUNNEL = TargetNetwork.class.getName() + ".in-tunnel";
    private static final Pattern ADDRESS = Pattern.compile("http://([^/:@?#\\s]+|\\[[0-9a-fA-F:]+\\]):(\\d{1,5})/?");

    /** A bundle as it is now: it is read again when its files change, if the bundle says so. */
    private static final class Tls {

        private volatile SslBundle bundle;
        private volatile TlsSocketStrategy sockets;

        Tls(SslBundle first) {
            bundle = first;
            sockets = strategy(first);
        }

        void replace(SslBundle next) {
            sockets = strategy(next);
            bundle = next;
        }

        private static TlsSocketStrategy strategy(SslBundle bundle) {
            return ClientTlsStrategyBuilder.create()
                    .setSslContext(bundle.createSslContext())
                    .setTlsVersions(bundle.getOptions().getEnabledProtocols())
                    .setCiphers(bundle.getOptions().getCiphers())
                    .buildClassic();
        }
    }

    /** A proxy, and who may use it. */
    private record Proxy(
            String host,
            int port,
            @Nullable String user,
            @Nullable Secret password) {}

    /**
     * Reads {@code sslBundle}, {@code proxy}, {@code proxyUser} and {@code proxyPassword} of a mapping's adapter.
     *
     * @throws org.synchub.mapping.MappingException when there is no such bundle, it cannot be read, or the proxy is no
     *     address
     */
    static TargetNetwork of(Settings adapter, SslBundles bundles) {
        return new TargetNetwork(
                adapter.has("sslBundle") ? tls(adapter, bundles) : null,
                adapter.has("proxy") ? proxy(adapter) : noProxy(adapter));
    }

    private static Tls tls(Settings adapter, SslBundles bundles) {
        String name = adapter.text("sslBundle");
        try {
            Tls tls = new Tls(bundles.getBundle(name));
            bundles.addBundleUpdateHandler(name, tls::replace);
            return tls;
        } catch (NoSuchSslBundleException e) {
            throw adapter.failure(
                    "sslBundle",
                    "there is no SSL bundle '" + name + "'",
                    bundles.getBundleNames().isEmpty()
                            ? "define it by spring.ssl.bundle.pem." + name + " or spring.ssl.bundle.jks." + name
                            : "there are " + bundles.getBundleNames());
        } catch (RuntimeException e) {
            throw adapter.failure(
                    "sslBundle",
                    "the SSL bundle '" + name + "' cannot be used: " + PushRequests.rootOf(e),
                    "check its files and passwords, spring.ssl.bundle.*." + name);
        }
    }

    private static Proxy proxy(Settings adapter) {
        var address = ADDRESS.matcher(adapter.text("proxy"));
        if (!address.matches() || Integer.parseInt(address.group(2)) > 65_535) {
            throw adapter.failure(
                    "proxy",
                    "setting 'proxy' must be http://, a host and a port, such as http://proxy.example.org:3128",
                    "a login has settings of its own, proxyUser and proxyPassword");
        }
        String user = adapter.optionalText("proxyUser").orElse(null);
        Secret password = adapter.optionalSecret("proxyPassword").orElse(null);
        if ((user == null) != (password == null)) {
            String given = user == null ? "proxyPassword" : "proxyUser";
            throw adapter.failure(given, "proxyUser and proxyPassword go together", "give both, or neither");
        }
        return new Proxy(address.group(1), Integer.parseInt(address.group(2)), user, password);
    }

    private static @Nullable Proxy noProxy(Settings adapter) {
        for (String key : new String[] {"proxyUser", "proxyPassword"}) {
            if (adapter.has(key)) {
                throw adapter.failure(key, "there is no 'proxy' that setting '" + key + "' could be for", "give it");
            }
        }
        return null;
    }

    /** Of the client that the target's route uses. */
    void apply(HttpClientBuilder client, PoolingHttpClientConnectionManagerBuilder connections) {
        Tls own = tls;
        if (own != null) {
            connections.setTlsSocketStrategy((socket, host, port, attachment, context) ->
                    own.sockets.upgrade(socket, host, port, attachment, context));
        }
        if (proxy != null) {
            HttpHost host = new HttpHost("http", proxy.host(), proxy.port());
            client.setProxy(host)
                    .addExecInterceptorBefore(ChainElement.CONNECT.name(), "before-tunnel", TargetNetwork::tunnel)
                    .addExecInterceptorAfter(ChainElement.CONNECT.name(), "in-tunnel", TargetNetwork::inTunnel);
            String user = proxy.user();
            Secret password = proxy.password();
            if (user != null && password != null) {
                AuthScope atProxy = new AuthScope(host);
                client.setDefaultCredentialsProvider((asked, context) -> atProxy.match(asked) < 0
                        ? null
                        : new UsernamePasswordCredentials(
                                user, password.reveal().toCharArray()));
            }
        }
    }

    /** An answer that did not come through the tunnel is the proxy's, and must never pass for the target's. */
    private static ClassicHttpResponse tunnel(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        scope.clientContext.removeAttribute(IN_TUNNEL);
        ClassicHttpResponse answer = chain.proceed(request, scope);
        if (scope.route.isTunnelled() && scope.clientContext.getAttribute(IN_TUNNEL) == null) {
            answer.close();
            throw new ProxyRefusedException(answer.getCode());
        }
        return answer;
    }

    private static ClassicHttpResponse inTunnel(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        scope.clientContext.setAttribute(IN_TUNNEL, true);
        return chain.proceed(request, scope);
    }

    /** The proxy made no tunnel: nothing has reached the target. */
    static final class ProxyRefusedException extends IOException {

        private static final long serialVersionUID = 1;

        private final int status;

        ProxyRefusedException(int status) {
            super("The proxy answered " + status);
            this.status = status;
        }

        int status() {
            return status;
        }
    }

    /** Of a client for WebSockets, made anew for every connection. The Java platform sends no password into a tunnel. */
    HttpClient.Builder apply(HttpClient.Builder client) {
        if (tls != null) {
            client.sslContext(tls.bundle.createSslContext());
        }
        if (proxy != null) {
            client.proxy(ProxySelector.of(new InetSocketAddress(proxy.host(), proxy.port())));
        }
        return client;
    }
}
