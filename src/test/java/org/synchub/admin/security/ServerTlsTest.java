package org.synchub.admin.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synchub.testing.Certificates;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;

/** The API over TLS 1.3, by the settings that docs/operating.md gives. */
class ServerTlsTest {

    @TempDir
    private static Path folder;

    private static SSLContext trusting;
    private static TestHub hub;

    @BeforeAll
    static void start() throws Exception {
        Certificates certificates = new Certificates(folder);
        Path own = certificates.keyStore("hub");
        trusting = trusting(certificates.trustStore("hub"));
        hub = TestHub.on(TestDatabase.dataCollect())
                .memoryTarget("memory", "t")
                .set("server.port", 0)
                .set("server.ssl.bundle", "api")
                .set("spring.ssl.bundle.jks.api.keystore.location", "file:" + own)
                .set("spring.ssl.bundle.jks.api.keystore.password", Certificates.PASSWORD)
                .set("spring.ssl.bundle.jks.api.keystore.type", "PKCS12")
                .set("spring.ssl.bundle.jks.api.options.enabled-protocols", "TLSv1.3")
                .start();
    }

    private static SSLContext trusting(Path store) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            trusted.load(in, Certificates.PASSWORD.toCharArray());
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    @AfterAll
    static void stop() {
        hub.close();
    }

    private static HttpResponse<String> ask(String scheme, SSLContext trusting, String protocol)
            throws IOException, InterruptedException {
        SSLParameters parameters = new SSLParameters();
        parameters.setProtocols(new String[] {protocol});
        HttpClient client = HttpClient.newBuilder()
                .sslContext(trusting)
                .sslParameters(parameters)
                .build();
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(scheme + "://localhost:" + hub.port() + "/actuator/health"))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void whoever_trusts_its_certificate_speaks_tls_1_3_with_the_hub() throws Exception {
        HttpResponse<String> answer = ask("https", trusting, "TLSv1.3");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.sslSession().orElseThrow().getProtocol()).isEqualTo("TLSv1.3");
        assertThat(answer.headers().firstValue("Strict-Transport-Security")).isPresent();
    }

    @Test
    void an_older_protocol_a_stranger_and_clear_text_are_refused() throws Exception {
        assertThatThrownBy(() -> ask("https", trusting, "TLSv1.2")).isInstanceOf(SSLException.class);
        assertThatThrownBy(() -> ask("https", SSLContext.getDefault(), "TLSv1.3"))
                .isInstanceOf(SSLHandshakeException.class);
        assertThat(ask("http", trusting, "TLSv1.3").statusCode()).isEqualTo(400);
    }
}
