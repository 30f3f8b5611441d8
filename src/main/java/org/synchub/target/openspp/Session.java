package org.synchub.target.openspp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Instant;
import org.synchub.target.Outcome;
import org.synchub.target.openspp.odoo.OdooClient;
import org.synchub.target.openspp.record.KindPlan;
import org.synchub.target.openspp.record.RecordDiff;
import org.synchub.target.openspp.record.RemoteRecord;
import org.synchub.target.openspp.record.Values;

/** What every part of the adapter needs once the server has been read. Shared by all writers. */
record Session(OdooClient client, Prepared prepared, Vocabularies vocabularies, Clock clock, int batchSize) {

    Values values() {
        return prepared.values();
    }

    Surveyor surveyor() {
        return new Surveyor(client, prepared, vocabularies);
    }

    /** The server's present where it is known, else the hub's. */
    Instant present() {
        Instant server = client.serverTime();
        return server == null ? clock.instant() : server;
    }

    /** The present in Odoo's words: an end must not lie in the server's future. */
    String now() {
        return Values.time(present());
    }

    RecordDiff diff(KindPlan plan) {
        return new RecordDiff(plan, values(), now());
    }

    /** A conflict about a partner that was read. */
    Outcome conflict(Task task, String kind, RemoteRecord partner, String what) {
        ObjectNode external = partner.neutral(task.plan(), values());
        return new Outcome.Conflict(
                kind,
                partner.externalId(),
                partner.version(task.plan(), values()),
                external,
                "res.partner " + partner.externalId() + " " + what);
    }
}
