package org.synchub.ledger;

import org.springframework.jdbc.core.simple.JdbcClient;

/** Signatures of webhooks that were taken, by whichever hub, for longer than any is valid. */
public class WebhookLedger {

    private final JdbcClient db;

    public WebhookLedger(JdbcClient db) {
        this.db = db;
    }

    /** Takes a signature; false when it was taken before. */
    public boolean take(String target, String signature) {
        db.sql("DELETE FROM hub.webhook_taken WHERE at < hub.now() - interval '1 hour'")
                .update();
        return db.sql("""
                                INSERT INTO hub.webhook_taken (target, signature) VALUES (:target, :signature)
                                ON CONFLICT DO NOTHING""").param("target", target).param("signature", signature).update() > 0;
    }
}
