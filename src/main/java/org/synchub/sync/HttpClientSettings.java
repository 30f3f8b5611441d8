package org.synchub.sync;

import java.time.Duration;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.util.Timeout;
import org.synchub.mapping.Settings;

/**
 * A target's own HTTP client: its own connections, so that a slow target takes none of another's, its own time-outs, and
 * no silent repeats. (Left alone, the client repeats a POST that was answered 503 and a PUT whose connection was cut.)
 *
 * @param connect how long to wait for a connection
 * @param read how long to wait for an answer
 * @param connections open at the same time
 */
record HttpClientSettings(Duration connect, Duration read, int connections) implements HttpClientConfigurer {

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration READ = Duration.ofSeconds(130);

    /**
     * Reads {@code connectTimeout} and {@code readTimeout} of a mapping's adapter.
     *
     * @throws org.synchub.mapping.MappingException when one of them is no time at all
     */
    static HttpClientSettings of(Settings adapter, int writers) {
        return new HttpClientSettings(
                positive(adapter, "connectTimeout", CONNECT), positive(adapter, "readTimeout", READ), writers + 2);
    }

    private static Duration positive(Settings adapter, String key, Duration otherwise) {
        Duration time = adapter.duration(key, otherwise);
        if (time.isZero() || time.isNegative()) {
            throw adapter.failure(key, "setting '" + key + "' must be longer than nothing", "such as 30s");
        }
        return time;
    }

    @Override
    public void configureHttpClient(HttpClientBuilder builder) {
        Timeout answer = Timeout.of(read);
        builder.disableAutomaticRetries()
                .disableRedirectHandling()
                .disableCookieManagement()
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setResponseTimeout(answer)
                        .setConnectionRequestTimeout(answer)
                        .build())
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setMaxConnTotal(connections)
                        .setMaxConnPerRoute(connections)
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(Timeout.of(connect))
                                .setSocketTimeout(answer)
                                .build())
                        .build());
    }
}
