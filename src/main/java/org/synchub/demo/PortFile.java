package org.synchub.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;

/** Tells other processes on the same data folder where a simulated server of the demo listens. */
final class PortFile {

    private final Path file;

    PortFile(Path file) {
        this.file = file;
    }

    /** Where the server of another process listens; empty when none does. */
    OptionalInt running() throws IOException {
        if (!Files.exists(file)) {
            return OptionalInt.empty();
        }
        int port = Integer.parseInt(Files.readString(file).strip());
        return answers(port) ? OptionalInt.of(port) : OptionalInt.empty();
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
            return true;
        } catch (IOException e) {
            // Nobody listens there any more: the process that wrote the file is gone.
            return false;
        }
    }

    void write(int port) throws IOException {
        Files.writeString(file, Integer.toString(port));
    }

    void delete() throws IOException {
        Files.deleteIfExists(file);
    }
}
