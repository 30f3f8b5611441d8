package org.synchub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synchub.mapping.Entity;
import org.synchub.mapping.Mapped;
import org.synchub.mapping.Mapping;
import org.synchub.mapping.PolicyCheck;
import org.synchub.mapping.Reference;
import org.synchub.target.Adapter;
import org.synchub.target.Outcome;
import org.synchub.target.Outcome.Accepted;
import org.synchub.target.TargetHttp;
import org.synchub.target.Write;
import org.synchub.target.openspp.OpenSppAdapterFactory;

/**
 * The requests that a push makes, prepared in memory by the hub's own mapping and adapter: the adapter speaks to a
 * server that has none of the records, and what it says is written down. Ids that the real server will give are left
 * open.
 */
final class PreparedPush {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Stands for an id that is not known yet; long enough to be taken for nothing else. */
    private static final long OPEN = 900_719_900_000_000L;

    private static final int DIGITS = 15;

    /**
     * One request.
     *
     * @param pieces its body, cut where an id has to be filled in
     * @param ids places of these ids in the share's list of new ids
     * @param guids whose records it creates, empty for a look-up
     * @param bases what is to be kept of each, as the ledger would
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    record Request(byte[][] pieces, int[] ids, List<String> guids, List<byte[]> bases) {

        byte[] body(List<Long> newIds) {
            ByteArrayOutputStream body = new ByteArrayOutputStream(pieces.length * 400);
            for (int i = 0; i < pieces.length; i++) {
                body.writeBytes(pieces[i]);
                if (i < ids.length) {
                    body.writeBytes(Long.toString(newIds.get(ids[i])).getBytes(StandardCharsets.US_ASCII));
                }
            }
            return body.toByteArray();
        }
    }

    /** What one writer claims at a time: requests in order, and the entities that they are about. */
    record Share(List<String> guids, List<Request> requests) {}

    private final Mapping mapping;
    private final Adapter adapter;
    private final Recorder recorder;

    /** @param yaml the hub's mapping of a server that is there: vocabularies and fields are read from it */
    PreparedPush(String yaml, JsonRpcPost server) {
        this.mapping = Mapping.parse(Path.of("bench.yaml"), yaml, name -> null, PolicyCheck.NONE);
        this.recorder = new Recorder(server);
        this.adapter = new OpenSppAdapterFactory().create(mapping, recorder, Clock.systemUTC());
        adapter.prepare();
        recorder.recording = true;
    }

    int writers() {
        return adapter.writers();
    }

    /** @param households each with its members, the household first */
    List<Share> shares(List<List<Entity>> households, int recordsOfShare) {
        List<Share> shares = new ArrayList<>();
        List<Entity> next = new ArrayList<>();
        for (List<Entity> household : households) {
            if (!next.isEmpty() && next.size() + household.size() > recordsOfShare) {
                shares.add(share(next));
                next = new ArrayList<>();
            }
            next.addAll(household);
        }
        if (!next.isEmpty()) {
            shares.add(share(next));
        }
        return shares;
    }

    private Share share(List<Entity> entities) {
        recorder.begin();
        Map<String, Accepted> accepted = new HashMap<>();
        List<Write> parents = new ArrayList<>();
        List<Write> children = new ArrayList<>();
        Map<String, Mapped> mapped = new HashMap<>();
        for (Entity entity : entities) {
            var kind = mapping.kindOf(entity.doc()).orElseThrow();
            Mapped record = kind.outward(entity);
            mapped.put(entity.guid(), record);
            Write write = new Write(
                    entity.tenant(),
                    entity.guid(),
                    kind,
                    Write.Operation.UPSERT,
                    record.record(),
                    null,
                    false,
                    Map.of(),
                    null);
            (record.references().isEmpty() ? parents : children).add(write);
        }
        send(parents, accepted);
        List<Write> resolved = new ArrayList<>();
        for (Write child : children) {
            Map<String, String> references = new HashMap<>();
            for (Reference reference : mapped.get(child.guid()).references()) {
                references.put(reference.guid(), accepted.get(reference.guid()).externalId());
            }
            resolved.add(new Write(
                    child.tenant(),
                    child.guid(),
                    child.kind(),
                    child.operation(),
                    child.record(),
                    null,
                    false,
                    references,
                    null));
        }
        send(resolved, accepted);
        return new Share(entities.stream().map(Entity::guid).toList(), recorder.requests(accepted));
    }

    private void send(List<Write> writes, Map<String, Accepted> made) {
        for (int from = 0; from < writes.size(); from += adapter.batchSize()) {
            List<Write> batch = writes.subList(from, Math.min(writes.size(), from + adapter.batchSize()));
            List<Outcome> outcomes = adapter.send(batch);
            for (int i = 0; i < batch.size(); i++) {
                if (!(outcomes.get(i) instanceof Accepted accepted)) {
                    throw new IllegalStateException(batch.get(i).guid() + ": " + outcomes.get(i));
                }
                made.put(batch.get(i).guid(), accepted);
            }
        }
    }

    /** Passes the adapter's requests on at first, then only writes them down. */
    private static final class Recorder implements TargetHttp {

        private final JsonRpcPost server;
        private boolean recording;
        private final List<byte[]> bodies = new ArrayList<>();
        private final List<List<Long>> created = new ArrayList<>();
        private int opened;

        Recorder(JsonRpcPost server) {
            this.server = server;
        }

        void begin() {
            bodies.clear();
            created.clear();
            opened = 0;
        }

        @Override
        public Answer exchange(Call call) {
            byte[] body = call.body() == null ? new byte[0] : call.body();
            try {
                return recording ? answer(body) : new Answer(200, Map.of(), server.send(body));
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        private Answer answer(byte[] body) throws IOException {
            JsonNode request = JSON.readTree(body);
            JsonNode arguments = request.path("params").path("args");
            var answer = JSON.createObjectNode().put("jsonrpc", "2.0");
            answer.set("id", request.get("id"));
            var result = answer.putArray("result");
            List<Long> ids = new ArrayList<>();
            if (arguments.path(4).asText().equals("create")) {
                for (int i = 0; i < arguments.path(5).path(0).size(); i++) {
                    ids.add(OPEN + opened++);
                }
                ids.forEach(result::add);
            }
            bodies.add(body);
            created.add(ids);
            return new Answer(200, Map.of(), JSON.writeValueAsBytes(answer));
        }

        List<Request> requests(Map<String, Accepted> accepted) {
            Map<String, String> guids = new HashMap<>();
            accepted.forEach((guid, record) -> guids.put(record.externalId(), guid));
            List<Request> requests = new ArrayList<>();
            for (int i = 0; i < bodies.size(); i++) {
                List<String> made =
                        created.get(i).stream().map(id -> guidOf(guids, id)).toList();
                List<byte[]> bases = made.stream()
                        .map(guid -> base(accepted.get(guid).agreed()))
                        .toList();
                requests.add(request(bodies.get(i), made, bases));
            }
            return requests;
        }

        private static String guidOf(Map<String, String> guids, long id) {
            @Nullable String guid = guids.get(Long.toString(id));
            if (guid == null) {
                throw new IllegalStateException("The adapter did not say which record it created");
            }
            return guid;
        }

        private static byte[] base(JsonNode agreed) {
            return ("\0" + agreed).getBytes(StandardCharsets.UTF_8);
        }

        private static Request request(byte[] body, List<String> guids, List<byte[]> bases) {
            String text = new String(body, StandardCharsets.UTF_8);
            String open = Long.toString(OPEN).substring(0, 7);
            List<byte[]> pieces = new ArrayList<>();
            List<Integer> ids = new ArrayList<>();
            int from = 0;
            for (int at = text.indexOf(open); at >= 0; at = text.indexOf(open, from)) {
                pieces.add(text.substring(from, at).getBytes(StandardCharsets.UTF_8));
                ids.add((int) (Long.parseLong(text.substring(at, at + DIGITS)) - OPEN));
                from = at + DIGITS;
            }
            pieces.add(text.substring(from).getBytes(StandardCharsets.UTF_8));
            return new Request(
                    pieces.toArray(byte[][]::new),
                    ids.stream().mapToInt(Integer::intValue).toArray(),
                    guids,
                    bases);
        }
    }
}
