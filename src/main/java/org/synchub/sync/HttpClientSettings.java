package org.synchub.sync;

import java.time.Duration;
import java.util.Locale;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.cache.CacheConfig;
import org.apache.hc.client5.http.impl.cache.CachingHttpClientBuilder;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.util.Timeout;
import org.springframework.boot.ssl.SslBundles;
import org.synchub.mapping.Settings;

/**
 * A target's own HTTP client: its own connections, so that a slow target takes none of another's, its own time-outs, and
 * no silent repeats. (Left alone, the client repeats a POST that was answered 503 and a PUT whose connection was cut.)
 *
 * <p>What a GET brought with an {@code ETag} or {@code Last-Modified} is kept, up to {@value #KEPT} answers of
 * {@value #KEPT_BYTES} bytes; the next GET asks whether it still holds ({@code If-None-Match}), and an answer 304 is
 * given on as the kept one. Nothing is ever answered without asking.
 *
 * @param connect how long to wait for a connection
 * @param read how long to wait for an answer
 * @param connections open at the same time
 * @param network what lies between
 */
record HttpClientSettings(Duration connect, Duration read, int connections, TargetNetwork network) {

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration READ = Duration.ofSeconds(130);
    private static final int KEPT = 32;
    private static final int KEPT_BYTES = 1_048_576;

    /**
     * Reads {@code connectTimeout}, {@code readTimeout} and what {@link TargetNetwork} reads of a mapping's adapter.
     *
     * @throws org.synchub.mapping.MappingException when one of them is not to be used
     */
    static HttpClientSettings of(Settings adapter, int writers, SslBundles bundles) {
        return new HttpClientSettings(
                positive(adapter, "connectTimeout", CONNECT),
                positive(adapter, "readTimeout", READ),
                writers + 2,
                TargetNetwork.of(adapter, bundles));
    }

    private static Duration positive(Settings adapter, String key, Duration otherwise) {
        Duration time = adapter.duration(key, otherwise);
        if (time.isZero() || time.isNegative()) {
            throw adapter.failure(key, "setting '" + key + "' must be longer than nothing", "such as 30s");
        }
        return time;
    }

    /** A new client; the HTTP endpoint that is given it closes it. */
    CloseableHttpClient client() {
        Timeout answer = Timeout.of(read);
        PoolingHttpClientConnectionManagerBuilder pool = PoolingHttpClientConnectionManagerBuilder.create()
                .setMaxConnTotal(connections)
                .setMaxConnPerRoute(connections)
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(Timeout.of(connect))
                        .setSocketTimeout(answer)
                        .build());
        CachingHttpClientBuilder client = CachingHttpClientBuilder.create();
        client.setCacheConfig(CacheConfig.custom()
                        .setSharedCache(false)
                        .setMaxCacheEntries(KEPT)
                        .setMaxObjectSize(KEPT_BYTES)
                        .build())
                .addResponseInterceptorLast((response, body, context) -> alwaysAsk(response))
                // Behind nginx's defaults a request with this header gets no compressed answer.
                .addRequestInterceptorLast((request, body, context) -> request.removeHeaders(HttpHeaders.VIA))
                .disableAutomaticRetries()
                .disableRedirectHandling()
                .disableCookieManagement()
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setResponseTimeout(answer)
                        .setConnectionRequestTimeout(answer)
                        .build());
        network.apply(client, pool);
        return client.setConnectionManager(pool.build()).build();
    }

    /** Whatever a server says of the freshness of its answer: it may be kept, and is asked for again. */
    private static void alwaysAsk(HttpResponse response) {
        Header told = response.getFirstHeader(HttpHeaders.CACHE_CONTROL);
        if (told == null || !told.getValue().toLowerCase(Locale.ROOT).contains("no-store")) {
            // Without the word private nothing is kept of an address with a query.
            response.setHeader(HttpHeaders.CACHE_CONTROL, "private, no-cache");
        }
    }
}
