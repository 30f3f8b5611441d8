package org.synchub.simulator.synchronization;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.http.SimulatorClient.Reply;

/** The document, and its sensible reading, on downloads: shape (12), pages (13), own changes (14), caching (15). */
class DownloadTest {

    private final Session session = new Session();
    private final Registrar registrar = session.simulator.registrar();

    @AfterEach
    void stop() {
        session.close();
    }

    private static List<String> names(Reply reply) {
        assertThat(reply.status()).isEqualTo(200);
        return reply.json().findValuesAsText("name");
    }

    @Test
    void a_download_answers_items_as_an_upload_has_them_and_the_servers_time() {
        int id = registrar.create(Session.MODEL, "name", "A");
        session.tick();

        assertThat(session.download("").json())
                .isEqualTo(Json.object(
                        "changes",
                        Json.array(Json.object(
                                "operation",
                                "create",
                                "model",
                                Session.MODEL,
                                "object_id",
                                id,
                                "data",
                                Json.object("name", "A"),
                                "timestamp",
                                "2026-11-20T15:00:00Z",
                                "device_id",
                                "server")),
                        "server_time",
                        "2026-11-20T15:00:01Z"));
    }

    @Test
    void it_may_be_a_bare_array() {
        try (Session other = new Session(Choices.defaults().bareDownloads())) {
            other.simulator.registrar().create(Session.MODEL, "name", "A");

            assertThat(other.download("").at("/0/data/name").asText()).isEqualTo("A");
        }
    }

    @Test
    void only_what_changed_strictly_later_is_answered() {
        registrar.create(Session.MODEL, "name", "A");
        session.tick();
        int id = registrar.create(Session.MODEL, "name", "B");
        session.tick();

        assertThat(names(session.download("2026-11-20T15:00:00Z"))).containsExactly("B");
        assertThat(names(session.download("2026-11-20T15:00:01Z"))).isEmpty();
        registrar.update(Session.MODEL, id, "name", "C");
        JsonNode change = session.download("2026-11-20T15:00:01Z").at("/changes/0");
        assertThat(change.path("operation").asText()).isEqualTo("update");
    }

    @Test
    void a_change_within_the_instant_of_since_is_missed_without_an_overlap() {
        String since = session.download("").at("/server_time").asText();
        registrar.create(Session.MODEL, "name", "A");

        assertThat(names(session.download(since))).isEmpty();
        assertThat(names(session.download("2026-11-20T14:59:57Z"))).containsExactly("A");
    }

    @Test
    void a_since_whose_plus_is_not_encoded_is_422() {
        Reply reply = session.client.get("/api/sync/download?since=2026-11-20T15:00:00+00:00");

        assertThat(reply.status()).isEqualTo(422);
        assertThat(session.download("2026-11-20T15:00:00+00:00").status()).isEqualTo(200);
    }

    @Test
    void deletes_are_told_without_data() {
        int id = registrar.create(Session.MODEL, "name", "A");
        session.tick();
        registrar.delete(Session.MODEL, id);

        JsonNode change = session.download("2026-11-20T15:00:00Z").at("/changes/0");
        assertThat(change.path("operation").asText()).isEqualTo("delete");
        assertThat(change.path("data")).isEqualTo(Json.object());
        assertThat(session.download("").at("/changes")).isEqualTo(Json.array());
    }

    @Test
    void own_changes_come_back_with_the_own_device() {
        session.upload(session.item("create", 7, "name", "A"));

        assertThat(session.download("").at("/changes/0/device_id").asText()).isEqualTo("hub");
    }

    @Test
    void there_are_no_pages() {
        for (int i = 0; i < 500; i++) {
            registrar.create(Session.MODEL, "name", "N");
        }

        Reply reply = session.download("");
        assertThat(reply.at("/changes")).hasSize(500);
        assertThat(reply.json().has("has_more") || reply.json().has("next")).isFalse();
    }

    @Test
    void there_may_be_pages_after_all() {
        try (Session paged = new Session(Choices.defaults().pageSize(2))) {
            for (int i = 0; i < 3; i++) {
                paged.simulator.registrar().create(Session.MODEL, "name", "N" + i);
            }

            Reply first = paged.download("");
            assertThat(first.at("/has_more").asBoolean()).isTrue();
            assertThat(names(first)).containsExactly("N0", "N1");
            Reply second = paged.client.get(first.at("/next").asText());
            assertThat(names(second)).containsExactly("N2");
            assertThat(second.at("/has_more").asBoolean(true)).isFalse();
        }
    }

    @Test
    void an_etag_that_still_fits_is_304_with_nothing() {
        registrar.create(Session.MODEL, "name", "A");
        String etag = session.download("").header("ETag");
        session.tick();

        Reply same = session.client.send("GET", "/api/sync/download", null, "If-None-Match", etag);
        assertThat(same.status()).isEqualTo(304);
        assertThat(same.text()).isEmpty();
        registrar.create(Session.MODEL, "name", "B");
        assertThat(session.client
                        .send("GET", "/api/sync/download", null, "If-None-Match", etag)
                        .status())
                .isEqualTo(200);
    }

    @Test
    void an_answer_is_zipped_for_who_accepts_it() throws Exception {
        for (int i = 0; i < 10; i++) {
            registrar.create(Session.MODEL, "name", "N");
        }
        HttpRequest request = HttpRequest.newBuilder(URI.create(session.simulator.url() + "/api/sync/download"))
                .header("Authorization", "Bearer " + session.client.token())
                .header("Accept-Encoding", "gzip")
                .build();
        HttpResponse<byte[]> response =
                HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofByteArray());

        assertThat(response.headers().firstValue("Content-Encoding")).hasValue("gzip");
        try (GZIPInputStream unzip = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
            assertThat(Json.parse(new String(unzip.readAllBytes(), StandardCharsets.UTF_8))
                            .path("changes"))
                    .hasSize(10);
        }
    }
}
