package org.synchub.ledger;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** All that schema hub holds, as texts in which a value can be looked for. */
public final class HubTables {

    private static final Pattern BYTES = Pattern.compile("\\\\x((?:[0-9a-f]{2})+)");

    private HubTables() {}

    /** By table, every row with every column as it lies there; bytes as what they would say if they were text. */
    public static Map<String, String> asTheyLie(DataSource store) {
        JdbcClient db = JdbcClient.create(store);
        Map<String, String> tables = new LinkedHashMap<>();
        for (String table : db.sql("SELECT table_name FROM information_schema.tables"
                        + " WHERE table_schema = 'hub' AND table_type = 'BASE TABLE' ORDER BY 1")
                .query(String.class)
                .list()) {
            String rows = String.join(
                    "\n",
                    db.sql("SELECT t::text FROM hub.\"" + table + "\" AS t")
                            .query(String.class)
                            .list());
            tables.put(
                    table,
                    BYTES.matcher(rows)
                            .replaceAll(found -> Matcher.quoteReplacement(
                                    new String(HexFormat.of().parseHex(found.group(1)), StandardCharsets.UTF_8))));
        }
        return tables;
    }

    /** By table, what a vault opens of it. */
    public static Map<String, String> opened(DataSource store, Vault vault) {
        JdbcClient db = JdbcClient.create(store);
        Map<String, String> tables = new LinkedHashMap<>();
        for (SealedTable table : SealedTable.values()) {
            List<String> records = new ArrayList<>();
            db.sql("SELECT " + table.owner() + ", " + table.record() + ", " + String.join(", ", table.columns())
                            + " FROM hub." + table.table() + " ORDER BY "
                            + table.keys().stream()
                                    .map(SealedTable.KeyColumn::column)
                                    .collect(Collectors.joining(", ")))
                    .query(row -> {
                        for (int i = 0; i < table.columns().size(); i++) {
                            ObjectNode record =
                                    vault.open(row.getBytes(3 + i), table.table(), row.getString(1), row.getString(2));
                            if (record != null) {
                                records.add(record.toString());
                            }
                        }
                    });
            tables.put(table.table(), String.join("\n", records));
        }
        return tables;
    }
}
