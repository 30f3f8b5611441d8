package org.synchub.simulator.openspp;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.util.HashMap;
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
        if (tx.changes().stream().noneMatch(change -> change.table().durable)) {
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
        try (InputStream in = Files.newInputStream(file)) {
            Lines lines = new Lines(in);
            byte[] line = lines.next();
            while (line != null) {
                number++;
                long end = good + line.length + 1;
                boolean last = end >= size;
                boolean torn = end > size;
                Transaction transaction = torn ? null : parse(line, tables);
                if (transaction == null && !last) {
                    throw new IOException("Line " + number + " of the registry's journal " + file
                            + " is damaged; repair or remove the file");
                }
                if (transaction != null) {
                    rows += apply(transaction, tables);
                    good = end;
                }
                line = lines.next();
            }
        }
        channel.truncate(good);
        channel.position(good);
        return new Loaded(good, rows);
    }

    /** Reads a whole line before any of it is applied, so that a damaged one changes nothing. */
    private static @Nullable Transaction parse(byte[] line, Map<String, Table> tables) {
        Transaction transaction = new Transaction();
        try (JsonParser json = JSON.getFactory().createParser(line)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                boolean rows = json.currentName().equals("rows");
                json.nextToken();
                if (rows) {
                    while (json.nextToken() == JsonToken.START_OBJECT) {
                        transaction.changes().add(change(json, tables));
                    }
                } else {
                    while (json.nextToken() == JsonToken.FIELD_NAME) {
                        transaction.next().put(json.currentName(), json.nextIntValue(0));
                    }
                }
            }
            return json.currentToken() == JsonToken.END_OBJECT ? transaction : null;
        } catch (IOException e) {
            return null;
        }
    }

    private record Transaction(List<Change> changes, Map<String, Integer> next) {
        Transaction() {
            this(new ArrayList<>(), new HashMap<>());
        }
    }

    /** What became of a row; no table where the model is no longer known, no row where it is gone. */
    private record Change(
            @Nullable Table table, int id, @Nullable Row now) {}

    private static Change change(JsonParser json, Map<String, Table> tables) throws IOException {
        Table table = null;
        int id = 0;
        boolean gone = false;
        long[] written = new long[4];
        @Nullable Object[] values = new Object[0];
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            json.nextToken();
            switch (name) {
                case "m" -> table = tables.get(json.getText());
                case "gone" -> {
                    gone = true;
                    id = json.getIntValue();
                }
                case "id" -> id = json.getIntValue();
                case "cd" -> written[0] = json.getLongValue();
                case "cu" -> written[1] = json.getLongValue();
                case "wd" -> written[2] = json.getLongValue();
                case "wu" -> written[3] = json.getLongValue();
                default -> values = values(json, table);
            }
        }
        Row now = gone || table == null
                ? null
                : new Row(id, written[0], (int) written[1], written[2], (int) written[3], values);
        return new Change(table, id, now);
    }

    private static @Nullable Object[] values(JsonParser json, @Nullable Table table) throws IOException {
        @Nullable Object[] values = new Object[table == null ? 0 : table.model.columns];
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            Field field = table == null ? null : table.model.fields.get(json.currentName());
            json.nextToken();
            if (field == null || field.slot < 0) {
                json.skipChildren();
            } else {
                values[field.slot] = column(json, field);
            }
        }
        return values;
    }

    private static Object column(JsonParser json, Field field) throws IOException {
        return switch (field.type) {
            case BOOLEAN -> json.getBooleanValue();
            case INTEGER, MANY2ONE -> json.getIntValue();
            case DATETIME -> json.getLongValue();
            case FLOAT -> json.getDoubleValue();
            case DATE -> Times.parseDate(json.getText());
            case MANY2MANY -> JSON.readValue(json, int[].class);
            default -> json.getText();
        };
    }

    private static int apply(Transaction transaction, Map<String, Table> tables) {
        for (Change change : transaction.changes()) {
            Table table = change.table();
            if (table != null) {
                table.replace(table.get(change.id()), change.now());
                table.nextIdAtLeast(change.id() + 1);
            }
        }
        transaction.next().forEach((model, next) -> {
            Table table = tables.get(model);
            if (table != null) {
                table.nextIdAtLeast(next);
            }
        });
        return transaction.changes().size();
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

    /** Lines as bytes; the last one may lack its end. */
    private static final class Lines {
        private final InputStream in;
        private final byte[] buffer = new byte[1 << 16];
        private int at;
        private int end;

        Lines(InputStream in) {
            this.in = in;
        }

        byte @Nullable [] next() throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream(512);
            while (at < end || fill()) {
                int from = at;
                while (at < end && buffer[at] != '\n') {
                    at++;
                }
                line.write(buffer, from, at - from);
                if (at < end) {
                    at++;
                    return line.toByteArray();
                }
            }
            return line.size() == 0 ? null : line.toByteArray();
        }

        private boolean fill() throws IOException {
            at = 0;
            end = Math.max(0, in.read(buffer));
            return end > 0;
        }
    }
}
