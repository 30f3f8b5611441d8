package org.synchub.testing;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.synchub.target.TargetHttp;
import org.synchub.target.TargetTrouble;

/** The road to a target without Camel: one attempt for each call, trouble as the real road reports it. */
public final class PlainHttp implements TargetHttp {

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final String url;
    private final Duration readTimeout;
    private final AtomicInteger requests = new AtomicInteger();

    public PlainHttp(String url, Duration readTimeout) {
        this.url = url;
        this.readTimeout = readTimeout;
    }

    public int requests() {
        return requests.get();
    }

    @Override
    public Answer exchange(Call call) {
        requests.incrementAndGet();
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url + call.path())).timeout(readTimeout);
        call.headers().forEach(request::header);
        byte[] body = call.body();
        request.method(
                call.method(),
                body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofByteArray(body));
        try {
            HttpResponse<byte[]> response = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            if (response.statusCode() >= 502 && response.statusCode() <= 504) {
                throw new TargetTrouble(
                        TargetTrouble.Kind.UNREACHABLE, "status " + response.statusCode(), call.write(), null);
            }
            return new Answer(response.statusCode(), response.headers().map(), response.body());
        } catch (ConnectException refused) {
            throw new TargetTrouble(TargetTrouble.Kind.UNREACHABLE, "refused; check url");
        } catch (IOException cut) {
            throw new TargetTrouble(TargetTrouble.Kind.UNREACHABLE, "no answer to " + call.label(), call.write(), null);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new TargetTrouble(TargetTrouble.Kind.UNREACHABLE, "interrupted", call.write(), null);
        }
    }
}
