package org.synchub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;

/** Posts to {@code /jsonrpc} with the hub's HTTP library, connections kept open where the server allows it. */
final class JsonRpcPost implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final String url;
    private final CloseableHttpClient client;

    JsonRpcPost(String url, int connections) {
        this.url = url + "/jsonrpc";
        this.client = HttpClients.custom()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setMaxConnTotal(connections)
                        .setMaxConnPerRoute(connections)
                        .build())
                .build();
    }

    byte[] send(byte[] body) throws IOException {
        HttpPost post = new HttpPost(url);
        post.setEntity(new ByteArrayEntity(body, ContentType.APPLICATION_JSON));
        return client.execute(post, answer -> EntityUtils.toByteArray(answer.getEntity()));
    }

    /** @throws IllegalStateException when the server answers with an error */
    static JsonNode result(byte[] answer) throws IOException {
        JsonNode read = JSON.readTree(answer);
        if (read.has("error")) {
            throw new IllegalStateException("The server answered "
                    + read.path("error").path("data").path("name").asText() + ": "
                    + read.path("error").path("data").path("message").asText());
        }
        return read.path("result");
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
