package org.synchub.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.synchub.crypto.Hmac;

/** What all hubs of one database share: who they are together, and the key by which they sign. */
public class Installation {

    private final JdbcClient db;

    public Installation(JdbcClient db) {
        this.db = db;
    }

    /** A name and a key; never shows the key. */
    public record Identity(UUID id, SecretKeySpec loginKey) {

        /** The id alone. */
        @Override
        public String toString() {
            return "Identity[" + id + "]";
        }
    }

    public UUID id() {
        return db.sql("SELECT id FROM hub.installation").query(UUID.class).single();
    }

    /**
     * Who this installation is, and its own key.
     *
     * @param fresh random bytes that become the key unless there is one
     */
    public Identity withKey(byte[] fresh) {
        db.sql("UPDATE hub.installation SET login_key = :fresh WHERE login_key IS NULL")
                .param("fresh", fresh)
                .update();
        return db.sql("SELECT id, login_key FROM hub.installation")
                .query(Installation::read)
                .single();
    }

    private static Identity read(ResultSet row, int n) throws SQLException {
        return new Identity(row.getObject("id", UUID.class), Hmac.key(row.getBytes("login_key")));
    }
}
