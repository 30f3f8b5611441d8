package org.synchub.target.openspp;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synchub.target.openspp.odoo.Domains;
import org.synchub.target.openspp.odoo.OdooClient;
import org.synchub.target.openspp.odoo.OdooField;
import org.synchub.target.openspp.record.Vocabulary;

/**
 * The server's vocabularies, read at the start and again when a record uses a word that was not there: registries add
 * areas and kinds while the hub runs.
 */
final class Vocabularies {

    private static final Logger LOG = LoggerFactory.getLogger(Vocabularies.class);
    private static final int PAGE = 5000;
    private static final Duration AT_MOST_EVERY = Duration.ofMinutes(1);

    private final OdooClient client;
    private final Clock clock;
    private final Map<String, Vocabulary> byModel = new ConcurrentHashMap<>();
    private final Map<String, Instant> readAt = new ConcurrentHashMap<>();

    Vocabularies(OdooClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    /** Fails for a model that was not read. */
    Vocabulary of(String model) {
        Vocabulary vocabulary = byModel.get(model);
        if (vocabulary == null) {
            throw new IllegalStateException("vocabulary " + model + " was not read");
        }
        return vocabulary;
    }

    void read(String model) {
        String label =
                Vocabulary.labelOf(model, OdooField.all(client.fieldsGet(model)).keySet());
        read(model, label);
    }

    /** Reads a vocabulary again unless that was done a moment ago. */
    void refresh(String model) {
        Instant last = readAt.get(model);
        Instant now = clock.instant();
        if (last == null || !now.isBefore(last.plus(AT_MOST_EVERY))) {
            read(model, of(model).label());
        }
    }

    private void read(String model, String label) {
        List<ObjectNode> rows = new ArrayList<>();
        long last = 0;
        List<ObjectNode> page;
        do {
            ArrayNode domain = JsonNodeFactory.instance.arrayNode();
            domain.add(Domains.condition("id", ">", last));
            page = client.searchRead(model, domain, List.of(label), "id", PAGE);
            rows.addAll(page);
            last = page.isEmpty() ? last : page.get(page.size() - 1).path("id").longValue();
        } while (page.size() == PAGE);
        byModel.put(model, new Vocabulary(model, label, rows));
        readAt.put(model, clock.instant());
        LOG.debug("read {} records of {}", rows.size(), model);
    }
}
