package org.synchub.sync;

import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.apache.camel.CamelContext;
import org.apache.camel.test.spring.junit5.CamelSpringBootTest;
import org.apache.camel.test.spring.junit5.UseAdviceWith;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.jks.JksSslStoreBundle;
import org.springframework.boot.ssl.jks.JksSslStoreDetails;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.synchub.mapping.Mapping;
import org.synchub.mapping.MappingException;
import org.synchub.target.TargetHttp.Answer;
import org.synchub.target.TargetHttp.Call;
import org.synchub.target.TargetTrouble;
import org.synchub.testing.Certificates;
import org.synchub.testing.ForwardProxy;

/** Trust, certificates of the hub's own and proxies, each for one target, against real TLS servers and a real proxy. */
@CamelSpringBootTest
@SpringBootTest(classes = RoutesUnderTest.class, webEnvironment = WebEnvironment.NONE)
@UseAdviceWith
@DirtiesContext
class TargetNetworkTest {

    private static final System.Logger LOG = System.getLogger(TargetNetworkTest.class.getName());

    @TempDir
    private static Path folder;

    private static Certificates certificates;
    private static WireMockServer plain;
    private static WireMockServer strict;
    private static SSLServerSocket old;
    private static ExecutorService greeter;
    private static ForwardProxy proxy;

    @Autowired
    private CamelContext camel;

    @Autowired
    private RoutesUnderTest.Ways ways;

    @Autowired
    private SslBundles bundles;

    @Autowired
    private SslBundleRegistry registry;

    @BeforeAll
    static void startServers() throws Exception {
        certificates = new Certificates(folder);
        for (String name : List.of("server", "hub", "stranger")) {
            certificates.keyStore(name);
            certificates.trustStore(name);
        }
        plain = new WireMockServer(https());
        strict = new WireMockServer(https().needClientAuth(true)
                .trustStorePath(folder.resolve("hub-trusted.p12").toString())
                .trustStoreType("PKCS12")
                .trustStorePassword(Certificates.PASSWORD));
        for (WireMockServer server : List.of(plain, strict)) {
            server.start();
            server.stubFor(any(anyUrl()).willReturn(ok("fine")));
        }
        proxy = new ForwardProxy("hub:s3cret-of-the-office");
        String https = "url: https://localhost:" + plain.httpsPort();
        String wary = "url: https://localhost:" + strict.httpsPort();
        target("untrusted", https);
        target("trusted", https + "\n  sslBundle: trusts");
        target("misled", https + "\n  sslBundle: trusts-others");
        target("renewed", https + "\n  sslBundle: renewed");
        target("nobody", wary + "\n  sslBundle: trusts");
        target("hub", wary + "\n  sslBundle: known");
        target("stranger", wary + "\n  sslBundle: unknown");
        String office = "\n  proxy: " + proxy.url() + "\n  proxyUser: hub\n  proxyPassword: ";
        target(
                "proxied",
                "url: http://localhost:" + plain.port() + office + secret("password", "s3cret-of-the-office"));
        target("tunnelled", https + "\n  sslBundle: trusts" + office + secret("password", "s3cret-of-the-office"));
        target("shut-out", https + "\n  sslBundle: trusts" + office + secret("wrong", "of-another-office"));
        target("shut-out-plain", "url: http://localhost:" + plain.port() + office + secret("wrong-too", "of-nobody"));
        target("let-in-later", https + "\n  sslBundle: trusts" + office + secret("let-in-later", "of-nobody"));
        target(
                "let-in-later-plain",
                "url: http://localhost:" + plain.port() + office + secret("let-in-later-plain", "of-nobody"));
        target("outdated", "url: https://localhost:" + outdated() + "\n  sslBundle: modern");
    }

    private static String secret(String name, String text) throws IOException {
        return "${file:" + Files.writeString(folder.resolve(name), text) + "}";
    }

    private static WireMockConfiguration https() {
        return options()
                .dynamicPort()
                .dynamicHttpsPort()
                .keystorePath(folder.resolve("server.p12").toString())
                .keystoreType("PKCS12")
                .keystorePassword(Certificates.PASSWORD)
                .keyManagerPassword(Certificates.PASSWORD);
    }

    /** The port of a server that speaks TLS 1.2 at most. */
    private static int outdated() throws Exception {
        JksSslStoreDetails own = new JksSslStoreDetails(
                "PKCS12", null, folder.resolve("server.p12").toString(), Certificates.PASSWORD);
        SSLContext context = SslBundle.of(new JksSslStoreBundle(own, null)).createSslContext();
        old = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 10, InetAddress.getLoopbackAddress());
        old.setEnabledProtocols(new String[] {"TLSv1.2"});
        greeter = Executors.newSingleThreadExecutor();
        greeter.execute(() -> {
            while (!old.isClosed()) {
                try (SSLSocket client = (SSLSocket) old.accept()) {
                    client.startHandshake();
                } catch (IOException refused) {
                    LOG.log(System.Logger.Level.DEBUG, "Whoever speaks nothing older is refused", refused);
                }
            }
        });
        return old.getLocalPort();
    }

    private static void target(String name, String settings) throws IOException {
        Files.writeString(folder.resolve(name + ".yaml"), RoutesUnderTest.mapping(name, settings));
    }

    @DynamicPropertySource
    static void properties(DynamicPropertyRegistry properties) {
        properties.add("routes-under-test.mappings", folder::toString);
        bundle(properties, "trusts", null, "server");
        bundle(properties, "trusts-others", null, "stranger");
        bundle(properties, "renewed", null, "stranger");
        bundle(properties, "known", "hub", "server");
        bundle(properties, "unknown", "stranger", "server");
        bundle(properties, "modern", null, "server");
        properties.add("spring.ssl.bundle.jks.modern.options.enabled-protocols", () -> "TLSv1.3");
    }

    private static void bundle(DynamicPropertyRegistry properties, String name, String own, String trusts) {
        String prefix = "spring.ssl.bundle.jks." + name;
        if (own != null) {
            properties.add(prefix + ".keystore.location", () -> "file:" + folder.resolve(own + ".p12"));
            properties.add(prefix + ".keystore.password", () -> Certificates.PASSWORD);
            properties.add(prefix + ".keystore.type", () -> "PKCS12");
        }
        properties.add(prefix + ".truststore.location", () -> "file:" + folder.resolve(trusts + "-trusted.p12"));
        properties.add(prefix + ".truststore.password", () -> Certificates.PASSWORD);
        properties.add(prefix + ".truststore.type", () -> "PKCS12");
    }

    @AfterAll
    static void stopServers() throws IOException {
        plain.stop();
        strict.stop();
        proxy.close();
        old.close();
        greeter.shutdownNow();
    }

    @BeforeEach
    void start() throws Exception {
        if (!camel.isStarted()) {
            RouteStarts.byHand(camel);
        }
        plain.resetRequests();
    }

    private Answer ask(String target) {
        return ways.to(target)
                .exchange(new Call(
                        "POST",
                        "/people",
                        Map.of("Content-Type", "text/plain"),
                        "a person".getBytes(StandardCharsets.UTF_8),
                        false,
                        true,
                        "a test's call"));
    }

    private TargetTrouble trouble(String target) {
        return catchThrowableOfType(TargetTrouble.class, () -> ask(target));
    }

    @Test
    void a_server_is_trusted_by_the_bundle_of_its_target_and_by_no_other() {
        assertThat(ask("trusted").status()).isEqualTo(200);

        for (String target : List.of("untrusted", "misled")) {
            TargetTrouble trouble = trouble(target);
            assertThat(trouble)
                    .hasMessageContaining("offers no TLS connection that this machine trusts")
                    .hasMessageContaining("sslBundle");
            assertThat(trouble.maybeApplied()).isFalse();
        }
    }

    @Test
    void a_server_that_wants_to_know_who_comes_sees_the_hubs_certificate() {
        assertThat(ask("hub").status()).isEqualTo(200);

        for (String target : List.of("nobody", "stranger")) {
            assertThat(trouble(target).kind()).isEqualTo(TargetTrouble.Kind.UNREACHABLE);
        }
        assertThat(strict.findAll(postRequestedFor(anyUrl()))).hasSize(1);
    }

    @Test
    void a_bundle_that_was_renewed_holds_for_the_next_connection() {
        assertThat(trouble("renewed")).isNotNull();

        registry.updateBundle("renewed", bundles.getBundle("trusts"));

        assertThat(ask("renewed").status()).isEqualTo(200);
    }

    @Test
    void no_older_protocol_is_spoken_than_the_bundle_says() {
        assertThat(trouble("outdated")).hasMessageContaining("TLS");
    }

    @Test
    void requests_go_through_the_targets_proxy_with_its_login() {
        proxy.passed().clear();

        assertThat(ask("proxied").status()).isEqualTo(200);
        assertThat(proxy.passed()).containsExactly("POST http://localhost:" + plain.port() + "/people HTTP/1.1");
        plain.verify(1, postRequestedFor(urlEqualTo("/people")).withRequestBody(equalTo("a person")));
    }

    @Test
    void tls_goes_through_the_proxy_unopened() {
        proxy.passed().clear();

        assertThat(ask("tunnelled").status()).isEqualTo(200);
        assertThat(proxy.passed()).containsExactly("CONNECT localhost:" + plain.httpsPort() + " HTTP/1.1");
        plain.verify(1, postRequestedFor(urlEqualTo("/people")).withRequestBody(equalTo("a person")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"shut-out", "shut-out-plain"})
    void a_proxy_that_refuses_the_login_is_told_from_a_target_that_does(String target) {
        TargetTrouble trouble = trouble(target);

        assertThat(trouble.kind()).isEqualTo(TargetTrouble.Kind.UNREACHABLE);
        assertThat(trouble.maybeApplied()).isFalse();
        assertThat(trouble).hasMessageContaining("proxy").hasMessageContaining("407");
        plain.verify(0, postRequestedFor(anyUrl()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"let-in-later", "let-in-later-plain"})
    void a_proxys_password_that_changes_in_its_file_counts_without_a_restart(String target) throws Exception {
        assertThat(trouble(target)).hasMessageContaining("407");

        secret(target, "s3cret-of-the-office");

        assertThat(ask(target).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "sslBundle: registri; there is no SSL bundle 'registri'; known",
                "proxy: proxy.example.org; setting 'proxy' must be http://; http://proxy.example.org:3128",
                "proxy: http://hub:pw@proxy:3128; setting 'proxy' must be http://; proxyUser",
                "proxy: http://proxy:99999; setting 'proxy' must be http://; proxyUser",
                "'proxy: http://proxy:3128\n  proxyUser: hub'; proxyUser and proxyPassword go together; give both",
                "proxyUser: hub; there is no 'proxy'; give it"
            })
    void what_cannot_be_used_is_refused_with_its_line(String settings, String says, String hint) throws Exception {
        Path file = folder.resolve("refused.yml");
        Files.writeString(file, RoutesUnderTest.mapping("refused", "url: https://localhost\n  " + settings));

        assertThatThrownBy(
                        () -> TargetNetwork.of(Mapping.load(file, name -> null).adapter(), bundles))
                .isInstanceOf(MappingException.class)
                .hasMessageContaining("refused.yml:")
                .hasMessageContaining(says)
                .hasMessageContaining(hint);
    }
}
