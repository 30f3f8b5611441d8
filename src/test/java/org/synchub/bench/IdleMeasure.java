package org.synchub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.synchub.demo.FieldData;

/**
 * What it costs that there is nothing to do, where a million records are delivered and the triggers are installed, and
 * what the sweep costs there that finds changes without them. The ledger is filled by SQL as pushes would leave it.
 */
final class IdleMeasure implements Measure {

    private static final String TENANT = "idle";
    private static final int TIMES = 20;

    /** Triggers stay silent for this connection. */
    private static final String SILENT = "&options=-c%20session_replication_role=replica";

    @Override
    public String name() {
        return "idle";
    }

    @Override
    public void run(Bench bench) throws Exception {
        int size = bench.options().delivered();
        String database = bench.databases().create(TENANT);
        bench.say("filling a store and a ledger with " + size + " delivered records");
        FieldData.bulk(Databases.source(database), TENANT, size / 5, 4, size);
        try (Child simulator = bench.simulator()) {
            String url = simulator
                    .ask("open", Map.of("name", TENANT, "latency", 0))
                    .path("url")
                    .asText();
            try (Child hub = bench.hub(database, List.of(TENANT + "=" + TENANT + "=" + url))) {
                fill(database);
                hub.ask("sweep", Map.of("tenant", TENANT));
                hub.ask("owe", Map.of("target", TENANT));
                long before = requests(simulator);

                JsonNode idle = hub.ask("idle", Map.of("target", TENANT, "times", TIMES));
                long requests = requests(simulator) - before;
                JsonNode sweep = hub.ask("sweep", Map.of("tenant", TENANT));
                if (idle.path("worked").asBoolean() || sweep.path("found").asInt() > 0) {
                    throw new IllegalStateException("The hub found something to do: " + idle + " " + sweep);
                }
                report(bench, size, idle, requests, sweep.path("seconds").asDouble());
            }
        }
        bench.databases().drop(TENANT);
    }

    private static long requests(Child simulator) throws IOException {
        return simulator.ask("read", Map.of("name", TENANT)).path("requests").asLong();
    }

    private static void report(Bench bench, int size, JsonNode idle, long requests, double sweep) {
        List<Double> millis = new ArrayList<>();
        idle.path("millis").forEach(m -> millis.add(m.asDouble()));
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("delivered", size);
        row.put("idlePushMs", Report.rounded(Report.median(millis)));
        row.put("firstIdlePushMs", Report.rounded(millis.get(0)));
        row.put(
                "slowestIdlePushMs",
                Report.rounded(
                        millis.stream().mapToDouble(Double::doubleValue).max().orElse(0)));
        row.put("requests", requests);
        row.put("sweepSeconds", Report.rounded(sweep));
        row.put("sweepSecondsPerMillion", Report.rounded(sweep * 1e6 / size));
        bench.report().row("idle", Report.figures(row));
        bench.report().atMost("ms of a push with nothing owed", Report.median(millis), 100);
        bench.report().atMost("requests of a push with nothing owed", (double) requests, 0);
    }

    private static void fill(String database) throws SQLException {
        String lane =
                "CASE WHEN modified #>> '{data,entityName}' = 'individual' THEN modified #>> '{data,parentGuid}' ELSE guid END";
        Databases.run(database + SILENT, """
                INSERT INTO hub.entity (tenant, guid, seen, synced_event)
                    SELECT tenant_id, guid, xmin, true FROM public.entities
                    ON CONFLICT (tenant, guid) DO UPDATE SET seen = excluded.seen;
                UPDATE hub.target SET backfilled_at = hub.now();
                INSERT INTO hub.lane (target, lane)
                    SELECT tenant_id, guid FROM public.entities WHERE modified #>> '{data,entityName}' = 'household';
                INSERT INTO hub.delivery (target, guid, kind, lane, state, claimed_revision, settled_at)
                    SELECT tenant_id, guid, modified #>> '{data,entityName}', %1$s, 'delivered', 1, now()
                    FROM public.entities;
                INSERT INTO hub.delivery_count (target, kind, state, n)
                    SELECT target, kind, state, count(*) FROM hub.delivery GROUP BY 1, 2, 3;
                INSERT INTO hub.link (target, guid, kind, external_id, version, base, mapping_hash, lane)
                    SELECT tenant_id, guid, modified #>> '{data,entityName}', row_number() OVER ()::text, 'v',
                           '\\x00'::bytea || convert_to((modified #> '{data}')::text, 'UTF8'), 'hash', %1$s
                    FROM public.entities""".formatted(lane));
        Databases.run(database, "VACUUM ANALYZE");
        Databases.run(database, "CHECKPOINT");
    }
}
