package org.synchub.testing;

import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;

/** The rows and counters of some schemas at a time, as a dump of them holds, to be brought back later. */
public final class SchemaBackup {

    private final DataSource database;
    private final List<String> tables;
    private final List<String> sequences;
    private final String keptIn;

    private SchemaBackup(DataSource database, String keptIn, List<String> tables, List<String> sequences) {
        this.database = database;
        this.keptIn = keptIn;
        this.tables = tables;
        this.sequences = sequences;
    }

    /** @param name of the backup, unlike any other's in this database */
    public static SchemaBackup of(DataSource database, String name, String... schemas) throws SQLException {
        String in = "('" + String.join("', '", schemas) + "')";
        List<String> tables = TestDatabase.rows(
                database,
                "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname IN " + in
                        + " AND tablename NOT LIKE 'qrtz%' ORDER BY 1");
        List<String> sequences = TestDatabase.rows(
                database,
                "SELECT format('SELECT setval(''%I.%I'', %s, %s)', schemaname, sequencename, coalesce(last_value, start_value),"
                        + " (last_value IS NOT NULL)::text) FROM pg_sequences WHERE schemaname IN " + in);
        SchemaBackup backup = new SchemaBackup(database, name, tables, sequences);
        StringBuilder sql = new StringBuilder("CREATE SCHEMA " + name + ";");
        tables.forEach(table -> sql.append("CREATE TABLE ")
                .append(backup.kept(table))
                .append(" AS TABLE ")
                .append(table)
                .append(';'));
        TestDatabase.run(database, sql.toString());
        return backup;
    }

    /** Brings it back; triggers see nothing of it, as of a restored dump. */
    public void restore() throws SQLException {
        StringBuilder sql = new StringBuilder("SET session_replication_role = replica; TRUNCATE ")
                .append(String.join(", ", tables))
                .append("; ");
        tables.forEach(table -> sql.append("INSERT INTO ")
                .append(table)
                .append(" OVERRIDING SYSTEM VALUE TABLE ")
                .append(kept(table))
                .append(';'));
        sequences.forEach(sequence -> sql.append(sequence).append(';'));
        sql.append("SET session_replication_role = DEFAULT");
        TestDatabase.run(database, sql.toString());
    }

    private String kept(String table) {
        return keptIn + "." + table.replace('.', '_');
    }
}
