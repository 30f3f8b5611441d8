package org.synchub.testing;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A WebSocket server (RFC 6455) on a free loopback port: says what a test lets it say, keeps what clients say, cuts off. */
public final class SocketServer implements AutoCloseable {

    private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int TEXT = 1;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;

    private final ServerSocket server;
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "socket-server");
        thread.setDaemon(true);
        return thread;
    });
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final List<String> heard = new CopyOnWriteArrayList<>();

    public SocketServer() {
        try {
            server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    public String url() {
        return "ws://127.0.0.1:" + server.getLocalPort() + "/api/ws";
    }

    /** What clients said, oldest first. */
    public List<String> heard() {
        return heard;
    }

    /** Says this to every client. */
    public void say(String message) throws IOException {
        for (Socket client : open) {
            send(client, TEXT, message.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Cuts every connection without a word. */
    public void cut() throws IOException {
        List<Socket> cut = List.copyOf(open);
        open.removeAll(cut);
        for (Socket client : cut) {
            client.close();
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                threads.execute(() -> serve(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            DataInputStream in = new DataInputStream(client.getInputStream());
            client.getOutputStream().write(welcome(in).getBytes(StandardCharsets.US_ASCII));
            open.add(client);
            boolean goesOn = true;
            while (goesOn) {
                goesOn = frame(client, in);
            }
        } catch (IOException gone) {
            // A client that is gone says nothing more.
            open.remove(client);
        }
        open.remove(client);
    }

    private static String welcome(DataInputStream in) throws IOException {
        StringBuilder request = new StringBuilder();
        while (request.indexOf("\r\n\r\n") < 0) {
            request.append((char) in.readUnsignedByte());
        }
        String key = request.toString().replaceAll("(?is).*\r\nSec-WebSocket-Key: *([^\r]+)\r\n.*", "$1");
        return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                + accepted(key) + "\r\n\r\n";
    }

    private static String accepted(String key) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-1")
                            .digest((key + MAGIC).getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Reads one frame of a client; its payload is masked. */
    private boolean frame(Socket client, DataInputStream in) throws IOException {
        int opcode = in.readUnsignedByte() & 0x0f;
        int length = in.readUnsignedByte() & 0x7f;
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            throw new IOException("longer than a test's client has to say");
        }
        byte[] mask = in.readNBytes(4);
        byte[] payload = in.readNBytes(length);
        for (int i = 0; i < payload.length; i++) {
            payload[i] ^= mask[i % 4];
        }
        if (opcode == TEXT) {
            heard.add(new String(payload, StandardCharsets.UTF_8));
        } else if (opcode == PING) {
            send(client, PONG, payload);
        }
        return opcode != CLOSE;
    }

    private static synchronized void send(Socket client, int opcode, byte[] payload) throws IOException {
        OutputStream out = client.getOutputStream();
        out.write(0x80 | opcode);
        if (payload.length < 126) {
            out.write(payload.length);
        } else {
            out.write(126);
            out.write(payload.length >> 8);
            out.write(payload.length & 0xff);
        }
        out.write(payload);
        out.flush();
    }

    @Override
    public void close() {
        try {
            server.close();
            cut();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            threads.shutdownNow();
        }
    }
}
