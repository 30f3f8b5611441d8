package org.synchub.simulator.openspp;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The registry's state on disk: one line of JSON per committed transaction, with the whole new state of each row it
 * touched. A line is with the operating system before the transaction is answered, so it survives the process, not a
 * power cut. Loading ignores a torn last line and rewrites a file that is mostly history.
 */
final class Journal implements Closeable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectReader LINE = JSON.readerFor(Map.class);
    private static final long COMPACT_FROM_BYTES = 8L << 20;
    private static final int ROWS_PER_LINE = 500;

    private final Path file;
    private final FileChannel channel;

    private Journal(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Opens the file, or creates it with its directory, and puts what it holds into the tables. */
    static Journal open(Path file, Map<String, Table> tables) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        Journal journal = new Journal(file, locked(file));
        try {
            Loaded loaded = journal.load(tables);
            int live = tables.values().stream()
                    .filter(table -> table.durable)
                    .mapToInt(Table::size)
                    .sum();
            if (loaded.bytes() > COMPACT_FROM_BYTES && loaded.rows() > 2L * live) {
                return journal.compacted(tables);
            }
            return journal;
        } catch (IOException | RuntimeException e) {
            journal.close();
            throw e;
        }
    }

    private static FileChannel locked(Path file) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // The same process holds it: told below like any other owner.
        }
        if (lock == null) {
            channel.close();
            throw new IOException("The registry's journal " + file + " is in use by another simulator; stop that one");
        }
        return channel;
    }

    void append(Tx tx) throws IOException {
        if (tx.changes().isEmpty()) {
            return;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(4096);
        try (JsonGenerator json = JSON.getFactory().createGenerator(bytes)) {
            Set<Table> touched = new HashSet<>();
            Set<Long> written = new HashSet<>();
            json.writeStartObject();
            json.writeArrayFieldStart("rows");
            for (Tx.Change change : tx.changes()) {
                Table table = change.table();
                Row any = change.now() == null ? change.old() : change.now();
                if (!table.durable || any == null) {
                    continue;
                }
                touched.add(table);
                if (written.add(System.identityHashCode(table) * 4_294_967_296L + any.id)) {
                    Row row = table.get(any.id);
                    if (row == null) {
                        writeGone(json, table, any.id);
                    } else {
                        writeRow(json, table, row);
                    }
                }
            }
            json.writeEndArray();
            writeSequences(json, touched);
            json.writeEndObject();
        }
        bytes.write('\n');
        write(channel, bytes.toByteArray());
    }

    private static void write(FileChannel channel, byte[] bytes) throws IOException {
        long start = channel.position();
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        try {
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } catch (IOException e) {
            channel.truncate(start);
            throw e;
        }
    }

    private static void writeRow(JsonGenerator json, Table table, Row row) throws IOException {
        json.writeStartObject();
        json.writeStringField("m", table.model.name);
        json.writeNumberField("id", row.id);
        json.writeNumberField("cd", row.createDate);
        json.writeNumberField("cu", row.createUid);
        json.writeNumberField("wd", row.writeDate);
        json.writeNumberField("wu", row.writeUid);
        json.writeObjectFieldStart("v");
        for (Field field : table.model.fields.values()) {
            Object value = row.get(field.slot);
            if (value == null) {
                continue;
            }
            json.writeFieldName(field.name);
            if (value instanceof int[] ids) {
                json.writeArray(ids, 0, ids.length);
            } else {
                json.writePOJO(value);
            }
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void writeGone(JsonGenerator json, Table table, int id) throws IOException {
        json.writeStartObject();
        json.writeStringField("m", table.model.name);
        json.writeNumberField("gone", id);
        json.writeEndObject();
    }

    private static void writeSequences(JsonGenerator json, Iterable<Table> tables) throws IOException {
        json.writeObjectFieldStart("next");
        for (Table table : tables) {
            json.writeNumberField(table.model.name, table.nextId());
        }
        json.writeEndObject();
    }

    private record Loaded(long bytes, long rows) {}

    private Loaded load(Map<String, Table> tables) throws IOException {
        long good = 0;
        long rows = 0;
        int number = 0;
        long size = channel.size();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            byte[] line = readLine(in);
            while (line != null) {
                number++;
                long end = good + line.length + 1;
                boolean last = end >= size;
                boolean torn = end > size;
                Map<String, Object> transaction = torn ? null : parse(line);
                if (transaction == null && !last) {
                    throw new IOException("Line " + number + " of the registry's journal " + file
                            + " is damaged; repair or remove the file");
                }
                if (transaction != null) {
                    rows += apply(transaction, tables);
                    good = end;
                }
                line = readLine(in);
            }
        }
        channel.truncate(good);
        channel.position(good);
        return new Loaded(good, rows);
    }

    private static byte @Nullable [] readLine(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(512);
        int next = in.read();
        if (next < 0) {
            return null;
        }
        while (next >= 0 && next != '\n') {
            line.write(next);
            next = in.read();
        }
        return line.toByteArray();
    }

    private static @Nullable Map<String, Object> parse(byte[] line) {
        try {
            return Values.object(LINE.readValue(line));
        } catch (IOException e) {
            return null;
        }
    }

    private static int apply(Map<String, Object> transaction, Map<String, Table> tables) {
        List<?> rows = (List<?>) transaction.getOrDefault("rows", List.of());
        for (Object each : rows) {
            Map<String, Object> row = Values.object(each);
            Table table = tables.get(String.valueOf(row.get("m")));
            if (table == null) {
                continue;
            }
            if (row.get("gone") instanceof Integer gone) {
                Row old = table.get(gone);
                if (old != null) {
                    table.replace(old, null);
                }
            } else {
                Row now = row(table, row);
                table.replace(table.get(now.id), now);
                table.nextIdAtLeast(now.id + 1);
            }
        }
        Values.object(transaction.getOrDefault("next", Map.of())).forEach((model, next) -> {
            Table table = tables.get(model);
            if (table != null && next instanceof Integer id) {
                table.nextIdAtLeast(id);
            }
        });
        return rows.size();
    }

    private static Row row(Table table, Map<String, Object> json) {
        @Nullable Object[] values = new Object[table.model.columns];
        Values.object(json.get("v")).forEach((name, value) -> {
            Field field = table.model.fields.get(name);
            if (field != null && field.slot >= 0) {
                values[field.slot] = column(field, value);
            }
        });
        return new Row(
                number(json, "id").intValue(),
                number(json, "cd").longValue(),
                number(json, "cu").intValue(),
                number(json, "wd").longValue(),
                number(json, "wu").intValue(),
                values);
    }

    private static Object column(Field field, Object value) {
        return switch (field.type) {
            case DATETIME -> ((Number) value).longValue();
            case FLOAT -> ((Number) value).doubleValue();
            case MANY2MANY ->
                ((List<?>) value)
                        .stream().mapToInt(id -> ((Number) id).intValue()).toArray();
            default -> value;
        };
    }

    private static Number number(Map<String, Object> json, String name) {
        return json.get(name) instanceof Number number ? number : 0;
    }

    /** Writes the present state to a new file and puts it in the place of this one. */
    private Journal compacted(Map<String, Table> tables) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".compact");
        Files.deleteIfExists(fresh);
        FileChannel channelOfFresh = locked(fresh);
        List<Table> durable =
                tables.values().stream().filter(table -> table.durable).toList();
        for (Table table : durable) {
            List<Row> pending = new ArrayList<>();
            for (int id = 1; id <= table.highestId(); id++) {
                Row row = table.get(id);
                if (row != null) {
                    pending.add(row);
                }
                if (pending.size() == ROWS_PER_LINE) {
                    writeSnapshot(channelOfFresh, table, pending);
                    pending.clear();
                }
            }
            writeSnapshot(channelOfFresh, table, pending);
        }
        channelOfFresh.force(false);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        channel.close();
        return new Journal(file, channelOfFresh);
    }

    private static void writeSnapshot(FileChannel channel, Table table, List<Row> rows) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 16);
        try (JsonGenerator json = JSON.getFactory().createGenerator(bytes)) {
            json.writeStartObject();
            json.writeArrayFieldStart("rows");
            for (Row row : rows) {
                writeRow(json, table, row);
            }
            json.writeEndArray();
            writeSequences(json, List.of(table));
            json.writeEndObject();
        }
        bytes.write('\n');
        write(channel, bytes.toByteArray());
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
