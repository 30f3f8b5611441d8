package org.synchub.ledger;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/** {@code hub.encryption_key}: ids of the keys that may have sealed something which is still in schema hub. */
public class KeysInUse implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(KeysInUse.class);
    private static final Duration EVERY = Duration.ofMinutes(1);

    /** How long ago a hub that is at work has noted its key at most. */
    static final Duration GRACE = Duration.ofMinutes(5);

    /** What an operator is told who gave no key. */
    public static final String IN_CLEAR = "People's data that the hub keeps in schema hub is kept unencrypted:"
            + " synchub.encryption.at-rest names the key to seal it with (docs/operating.md)";

    private final JdbcClient db;
    private final Vault vault;
    private final ScheduledExecutorService notes = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "encryption-key");
        thread.setDaemon(true);
        return thread;
    });

    public KeysInUse(JdbcClient db, Vault vault) {
        this.db = db;
        this.vault = vault;
    }

    /** In a sentence, whether what is written is sealed. */
    public String standing() {
        return vault.current() == null
                ? IN_CLEAR
                : "People's data that the hub keeps in schema hub is sealed with the key " + vault.current();
    }

    /** Ids of keys that the installation does not have any more, although something was sealed with them. */
    public List<String> missing() {
        Set<String> noted = new TreeSet<>(
                db.sql("SELECT id FROM hub.encryption_key").query(String.class).list());
        noted.removeAll(vault.keys());
        return List.copyOf(noted);
    }

    /** Whether something may be sealed. */
    public boolean any() {
        return db.sql("SELECT EXISTS (SELECT FROM hub.encryption_key)")
                .query(Boolean.class)
                .single();
    }

    /** Notes the key that this process seals with, before it seals anything. */
    public void note() {
        String current = vault.current();
        if (current != null) {
            db.sql("""
                            INSERT INTO hub.encryption_key AS k (id, since, noted_at)
                            SELECT :id, at.now, at.now FROM (SELECT hub.now() AS now) AS at
                            ON CONFLICT (id) DO UPDATE SET noted_at = excluded.noted_at""").param("id", current).update();
        }
    }

    /**
     * Notes it again every minute, because another process may find nothing sealed with it yet and cross it out; until
     * {@link #close}.
     */
    public void keepNoting() {
        var unused = notes.scheduleWithFixedDelay(
                () -> {
                    try {
                        note();
                    } catch (RuntimeException e) {
                        // The database is away: others tell that, and the next minute comes.
                        log.debug("The key could not be noted", e);
                    }
                },
                EVERY.toMillis(),
                EVERY.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        notes.shutdownNow();
    }

    /**
     * Crosses keys out with which nothing is sealed any more, unless a hub that seals with them has noted them within the last
     * minutes.
     *
     * @param sealing keys that something was found to be sealed with
     * @return the ids that are not needed any more
     */
    public List<String> forget(Collection<String> sealing) {
        return db.sql("""
                        DELETE FROM hub.encryption_key
                        WHERE id <> ALL (:sealing::text[]) AND id IS DISTINCT FROM :current
                          AND noted_at < hub.now() - make_interval(secs => :grace)
                        RETURNING id""")
                .param("sealing", sealing.toArray(String[]::new))
                .param("current", vault.current())
                .param("grace", Timestamps.seconds(GRACE))
                .query(String.class)
                .list();
    }
}
