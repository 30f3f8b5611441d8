package org.synchub.testing;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.postgresql.copy.CopyManager;
import org.postgresql.core.BaseConnection;

/**
 * Everything that a database holds outside schema {@code hub}, one line per object, function line or row: definitions from
 * the catalogs, and every row as COPY writes it, with the place where it stands and the transaction that wrote it. So two
 * equal dumps say that no row was even rewritten with the same content.
 */
public final class StoreDump {

    private static final String OURS = "'hub', 'pg_catalog', 'information_schema', 'pg_toast'";

    private static final Map<String, String> DEFINITIONS = new LinkedHashMap<>();

    static {
        DEFINITIONS.put("schema", """
                SELECT nspname, nspowner::regrole, nspacl FROM pg_namespace n
                WHERE nspname NOT IN (%s) AND nspname !~ '^pg_(toast_)?temp_' ORDER BY 1""");
        DEFINITIONS.put("relation", """
                SELECT c.oid::regclass, c.relkind, c.relowner::regrole, c.relpersistence, c.relacl, c.reloptions,
                       c.relrowsecurity, c.relforcerowsecurity, c.relreplident, c.relispartition, c.relfilenode
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname NOT IN (%s) ORDER BY c.oid::regclass::text""");
        DEFINITIONS.put("column", """
                SELECT c.oid::regclass, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                       pg_get_expr(d.adbin, d.adrelid), a.attcollation::regcollation, a.attstorage, a.attcompression,
                       a.attidentity, a.attgenerated, a.attisdropped, a.attstattarget, a.attacl, a.attoptions
                FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
                LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
                WHERE n.nspname NOT IN (%s) AND a.attnum > 0 ORDER BY c.oid::regclass::text, a.attnum""");
        DEFINITIONS.put("constraint", """
                SELECT k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid)
                FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace
                WHERE n.nspname NOT IN (%s) ORDER BY k.conrelid::regclass::text, k.conname""");
        DEFINITIONS.put("index", """
                SELECT indexrelid::regclass, pg_get_indexdef(indexrelid), indisvalid, indisclustered
                FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname NOT IN (%s) ORDER BY indexrelid::regclass::text""");
        // Internal ones too: a foreign key of the hub's would leave them on a table of DataCollect's.
        DEFINITIONS.put("trigger", """
                SELECT t.tgrelid::regclass, t.tgname, t.tgenabled, pg_get_triggerdef(t.oid)
                FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname NOT IN (%s) ORDER BY t.tgrelid::regclass::text, t.tgname""");
        DEFINITIONS.put("rule", """
                SELECT r.ev_class::regclass, r.rulename, pg_get_ruledef(r.oid)
                FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname NOT IN (%s) ORDER BY r.ev_class::regclass::text, r.rulename""");
        DEFINITIONS.put("policy", """
                SELECT p.* FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
                JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname NOT IN (%s) ORDER BY p.oid""");
        DEFINITIONS.put("function", """
                SELECT p.oid::regprocedure, p.proowner::regrole, p.proacl, pg_get_functiondef(p.oid)
                FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                WHERE n.nspname NOT IN (%s) AND p.prokind IN ('f', 'p') ORDER BY 1""");
        DEFINITIONS.put("type", """
                SELECT t.oid::regtype, t.typtype, t.typacl FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
                WHERE n.nspname NOT IN (%s) ORDER BY t.oid::regtype::text""");
        DEFINITIONS.put("sequence", """
                SELECT * FROM pg_sequences WHERE schemaname NOT IN (%s) ORDER BY schemaname, sequencename""");
        DEFINITIONS.put("comment", """
                SELECT d.objoid::regclass, d.objsubid, d.description
                FROM pg_description d JOIN pg_class c ON c.oid = d.objoid AND d.classoid = 'pg_class'::regclass
                JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname NOT IN (%s) ORDER BY 1, 2""");
        DEFINITIONS.put("statistics", """
                SELECT s.stxname, pg_get_statisticsobjdef(s.oid) FROM pg_statistic_ext s
                JOIN pg_namespace n ON n.oid = s.stxnamespace WHERE n.nspname NOT IN (%s) ORDER BY 1""");
        DEFINITIONS.put("extension", "SELECT extname, extversion FROM pg_extension ORDER BY 1");
        DEFINITIONS.put("event trigger", "SELECT evtname, evtevent, evtenabled FROM pg_event_trigger ORDER BY 1");
        DEFINITIONS.put("publication", "SELECT * FROM pg_publication ORDER BY oid");
        DEFINITIONS.put(
                "setting",
                "SELECT setrole, setconfig FROM pg_db_role_setting"
                        + " WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY 1");
        DEFINITIONS.put("default privilege", "SELECT * FROM pg_default_acl ORDER BY oid");
    }

    private StoreDump() {}

    /** The dump, in an order that does not depend on chance. */
    public static List<String> of(DataSource store) throws SQLException {
        List<String> lines = new ArrayList<>();
        try (Connection connection = store.getConnection()) {
            // One snapshot, and names in full.
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            TestDatabase.rows(connection, "SELECT set_config('search_path', '', true)");
            for (Map.Entry<String, String> definition : DEFINITIONS.entrySet()) {
                for (String row :
                        TestDatabase.rows(connection, definition.getValue().formatted(OURS))) {
                    lines.add(definition.getKey() + " " + row);
                }
            }
            for (String table : TestDatabase.rows(
                    connection,
                    "SELECT c.oid::regclass FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                            + " WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN (" + OURS
                            + ") ORDER BY c.relname")) {
                rows(connection, table).forEach(row -> lines.add("row of " + table + " " + row));
            }
            connection.rollback();
        }
        return lines;
    }

    private static List<String> rows(Connection connection, String table) throws SQLException {
        StringWriter out = new StringWriter();
        try {
            new CopyManager(connection.unwrap(BaseConnection.class))
                    .copyOut("COPY (SELECT ctid, xmin, * FROM " + table + " ORDER BY ctid) TO STDOUT", out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString().lines().toList();
    }
}
