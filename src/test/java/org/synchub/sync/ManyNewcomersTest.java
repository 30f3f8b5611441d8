package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.synchub.ledger.ConflictQueue;
import org.synchub.store.Capture;

/** Newcomers of a long pull are matched with what is in the store when their page comes, not when the pull began. */
class ManyNewcomersTest {

    private static final int PAGES = 7;
    private static final int EACH = 20;

    private PullRig rig;
    private Pull pull;
    private int type;

    @BeforeEach
    void start() throws Exception {
        rig = PullRig.alone(text -> text.replace(
                "    match: {data.entityName", "    createFromOutside: true\n    match: {data.entityName"));
        pull = rig.hub.bean(Pull.class);
        rig.pull();
        type = rig.registry().all("g2p.id.type").stream()
                .filter(t -> "National ID".equals(t.text("name")))
                .findFirst()
                .orElseThrow()
                .id();
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private int person(String given, String nationalId) {
        Map<String, Object> values = new HashMap<>(Map.of("is_registrant", true, "is_group", false));
        values.putAll(Map.of("name", "Roe, " + given, "given_name", given, "family_name", "Roe"));
        int id = rig.registry().createPartner(values);
        rig.registry().create("g2p.reg.id", Map.of("partner_id", id, "id_type", type, "value", nationalId));
        return id;
    }

    private String linkOf(int partner) throws Exception {
        List<String> links =
                rig.rows("SELECT guid FROM hub.link WHERE target = 'openspp' AND external_id = '" + partner + "'");
        return links.isEmpty() ? "" : links.get(0);
    }

    /** One page of strangers after the other, and then those records that are asked for. */
    private void page(PullRun run, int number, Integer... others) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < EACH; i++) {
            ids.add(Integer.toString(person("P" + number + "x" + i, "3%05d%06d".formatted(number, i))));
        }
        for (int other : others) {
            ids.add(Integer.toString(other));
        }
        pull.settle(run, Instant.now(), run.target().adapter().read(ids));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoever_has_written_meanwhile_and_whether_anything_counts_it_or_not(boolean triggers) throws Exception {
        if (!triggers) {
            rig.hub.bean(Capture.class).remove();
        }
        PullRun run = Objects.requireNonNull(
                rig.hub.bean(Pulls.class).begin(PullRequest.of("openspp", Cause.COMMAND, "test")));
        String before = rig.createPerson("Early", "Roe", "200000000001");
        for (int i = 1; i <= PAGES; i++) {
            page(run, i);
        }
        assertThat(rig.value("SELECT count(*) > 0 FROM hub.key_value")).isEqualTo("t");

        int early = person("Early", "200000000001");
        page(run, 100, early);
        assertThat(linkOf(early)).as("entered before the pull").isEqualTo(before);

        String meanwhile = rig.createPerson("Late", "Roe", "200000000002");
        int late = person("Late", "200000000002");
        page(run, 101, late);
        assertThat(linkOf(late)).as("entered by a device between two pages").isEqualTo(meanwhile);

        int first = person("Twin", "200000000003");
        page(run, 102, first);
        int second = person("Twin", "200000000003");
        page(run, 103, second);
        assertThat(linkOf(first)).isNotEmpty();
        assertThat(linkOf(second)).as("created by an earlier page of the pull").isEmpty();
        assertThat(rig.hub.bean(ConflictQueue.class).open("openspp", 10))
                .singleElement()
                .satisfies(c -> assertThat(c.what().candidates()).containsExactly(linkOf(first)));

        try (Connection slow = rig.store.getConnection()) {
            slow.setAutoCommit(false);
            try (Statement insert = slow.createStatement()) {
                insert.execute("INSERT INTO public.entities (id, guid, initial, modified, last_updated, tenant_id)"
                        + " SELECT 'slow', 'slow', doc, doc, now(), 't' FROM (SELECT jsonb_set(modified || '{\"id\":"
                        + "\"slow\",\"guid\":\"slow\"}', '{data,document_ids,0,id_number}', '\"200000000004\"')"
                        + " FROM public.entities WHERE guid = '" + before + "') AS of (doc)");
            }
            page(run, 105);
            slow.commit();
        }
        int met = person("Early", "200000000004");
        page(run, 106, met);
        assertThat(linkOf(met))
                .as("stored by a transaction that was open at the last look")
                .isEqualTo("slow");

        rig.device.update(before, "document_ids", rig.data(meanwhile).path("document_ids"));
        int now = person("Other", "200000000001");
        page(run, 104, now);
        assertThat(linkOf(now)).as("whose entity has another number by now").isNotEqualTo(before);

        rig.hub.bean(Pulls.class).end(run);
        assertThat(rig.value("SELECT count(*) FROM hub.key_value")).isEqualTo("0");
    }
}
