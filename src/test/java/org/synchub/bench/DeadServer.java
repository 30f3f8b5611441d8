package org.synchub.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A port of this machine behind which nobody answers. */
final class DeadServer implements AutoCloseable {

    /** How it is dead. */
    enum Way {
        REFUSES,
        ACCEPTS_AND_IS_SILENT;

        String words() {
            return this == REFUSES ? "refuses" : "accepts, is silent";
        }
    }

    private final List<Socket> callers = new CopyOnWriteArrayList<>();
    private final Socket port;
    private final ServerSocket listener;

    DeadServer(Way way) throws IOException {
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        port = new Socket();
        listener = new ServerSocket();
        if (way == Way.REFUSES) {
            // Bound, so that nobody else gets the port, and not listening.
            port.bind(anyPort);
        } else {
            listener.bind(anyPort);
            Thread thread = new Thread(this::accept, "silent-server");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                callers.add(listener.accept());
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    String url() {
        return "http://127.0.0.1:" + (port.isBound() ? port.getLocalPort() : listener.getLocalPort());
    }

    /** How many have tried, where it accepts. */
    int callers() {
        return callers.size();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        port.close();
        for (Socket caller : callers) {
            caller.close();
        }
    }
}
