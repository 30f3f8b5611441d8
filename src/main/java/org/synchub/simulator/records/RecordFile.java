package org.synchub.simulator.records;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.synchub.simulator.http.Json;

/** What was written to the server, one line of JSON for each write, so that its records survive a restart. */
final class RecordFile implements AutoCloseable {

    /** Takes what a line says. */
    @FunctionalInterface
    interface Line {
        /**
         * Takes one line.
         *
         * @param record null for a deletion
         */
        void take(String type, String id, @Nullable ObjectNode record);
    }

    private final Path file;
    private final Writer writer;

    /** Reads what is there, then goes on writing behind it. A last line that was cut off by a crash is dropped. */
    RecordFile(Path file, Line reader) {
        this.file = file;
        try {
            StringBuilder whole = new StringBuilder();
            for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
                JsonNode json = Json.parse(line);
                if (json.isObject()) {
                    reader.take(
                            json.path("type").asText(),
                            json.path("id").asText(),
                            json.get("record") instanceof ObjectNode record ? record : null);
                    whole.append(line).append('\n');
                }
            }
            Files.writeString(file, whole);
            this.writer = Files.newBufferedWriter(file, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    void write(String type, String id, @Nullable ObjectNode record) {
        try {
            writer.write(Json.object("type", type, "id", id, "record", record) + "\n");
            writer.flush();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private UncheckedIOException failed(IOException e) {
        return new UncheckedIOException("The simulated system's file " + file + " cannot be read or written", e);
    }

    @Override
    public void close() {
        try {
            writer.close();
        } catch (IOException e) {
            throw failed(e);
        }
    }
}
