package org.synchub.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a client and a web server, byte by byte, and lets one chosen request go wrong. Each connection carries
 * one request. What it knows of HTTP is where a request ends.
 */
public final class FaultProxy implements AutoCloseable {

    /** What goes wrong. */
    public enum Fault {
        /** The connection ends after the request; the server never sees it. */
        CUT_BEFORE_IT_ARRIVES(false),
        /** The server answers, and the connection ends without a byte of it. */
        CUT_BEFORE_THE_ANSWER(true),
        /** The connection ends in the middle of the answer. */
        CUT_INSIDE_THE_ANSWER(true),
        /** The server answers, and the answer does not come until the client gives up. */
        NO_ANSWER_IN_TIME(true),
        /** 503 instead of the server. */
        UNAVAILABLE(false),
        /** 429 with {@code Retry-After: 1} instead of the server. */
        TOO_MANY_REQUESTS(false),
        /** 401 instead of the server, as after a login that ran out. */
        LOGIN_EXPIRED(false),
        /** The server answers, and 502 is given on. */
        BAD_GATEWAY_AFTERWARDS(true);

        private final boolean arrives;

        Fault(boolean arrives) {
            this.arrives = arrives;
        }

        /** Whether the server sees the request and acts on it. */
        public boolean arrives() {
            return arrives;
        }
    }

    private static final String CLOSE = "Connection: close\r\n";
    private static final String END = "\r\n\r\n";

    private final ServerSocket listener;
    private final int upstream;
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "fault-proxy");
        thread.setDaemon(true);
        return thread;
    });
    private final List<String> requests = new ArrayList<>();
    private @Nullable Fault fault;
    private int at = -1;
    private boolean struck;

    /** In front of a server on this machine. */
    public FaultProxy(String url) {
        upstream = URI.create(url).getPort();
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    public String url() {
        return "http://127.0.0.1:" + listener.getLocalPort();
    }

    /** Forgets what came; the request of this place from now on, from 0, goes wrong. */
    public synchronized void arm(int place, Fault newFault) {
        calm();
        at = place;
        fault = newFault;
    }

    /** Forgets what came, and lets everything pass. */
    public synchronized void calm() {
        requests.clear();
        at = -1;
        fault = null;
        struck = false;
    }

    /** Whether the chosen request has come. */
    public synchronized boolean hasStruck() {
        return struck;
    }

    /** Each request since the last call of {@link #arm} or {@link #calm}, as it came. */
    public synchronized List<String> requests() {
        return List.copyOf(requests);
    }

    private synchronized @Nullable Fault note(String request) {
        requests.add(request);
        if (fault != null && requests.size() == at + 1) {
            struck = true;
            return fault;
        }
        return null;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                threads.execute(() -> serve(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            byte[] request = request(new BufferedInputStream(client.getInputStream()));
            if (request.length == 0) {
                return;
            }
            Fault now = note(text(request));
            byte[] answer = now == null || now.arrives() ? asked(request) : new byte[0];
            OutputStream out = client.getOutputStream();
            if (now == null) {
                out.write(answer);
            } else {
                switch (now) {
                    case CUT_BEFORE_IT_ARRIVES, CUT_BEFORE_THE_ANSWER -> client.setSoLinger(true, 0);
                    case CUT_INSIDE_THE_ANSWER -> out.write(answer, 0, inside(answer));
                    case NO_ANSWER_IN_TIME -> client.getInputStream().transferTo(OutputStream.nullOutputStream());
                    case UNAVAILABLE -> out.write(instead("503 Service Unavailable"));
                    case TOO_MANY_REQUESTS -> out.write(instead("429 Too Many Requests\r\nRetry-After: 1"));
                    case LOGIN_EXPIRED -> out.write(instead("401 Unauthorized"));
                    case BAD_GATEWAY_AFTERWARDS -> out.write(instead("502 Bad Gateway"));
                }
            }
            out.flush();
        } catch (IOException gone) {
            // Client or server is gone; the other side notices by the end of its connection.
            return;
        }
    }

    private static byte[] instead(String status) {
        return ("HTTP/1.1 " + status + "\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n" + CLOSE + "\r\nno")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** Within the body, or within the head of an answer that has none. */
    private static int inside(byte[] answer) {
        int body = text(answer).indexOf(END) + END.length();
        return body >= answer.length ? answer.length / 2 : body + (answer.length - body) / 2;
    }

    private byte[] asked(byte[] request) throws IOException {
        try (Socket server = new Socket(InetAddress.getLoopbackAddress(), upstream)) {
            server.getOutputStream().write(request);
            server.getOutputStream().flush();
            byte[] answer = server.getInputStream().readAllBytes();
            // The JDK's server closes the connection as asked, and does not say so.
            int status = text(answer).indexOf("\r\n") + 2;
            return joined(
                    Arrays.copyOf(answer, status),
                    CLOSE.getBytes(StandardCharsets.US_ASCII),
                    Arrays.copyOfRange(answer, status, answer.length));
        }
    }

    /** One request, asking for the connection to be closed after it; empty when the client is gone. */
    private static byte[] request(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int ending = 0;
        while (ending < END.length()) {
            int next = in.read();
            if (next < 0) {
                return new byte[0];
            }
            head.write(next);
            ending = next == END.charAt(ending) ? ending + 1 : next == END.charAt(0) ? 1 : 0;
        }
        List<String> headers = new ArrayList<>();
        int length = 0;
        boolean inChunks = false;
        for (String header :
                text(head.toByteArray()).lines().filter(line -> !line.isEmpty()).toList()) {
            String small = header.toLowerCase(Locale.ROOT);
            inChunks |= small.startsWith("transfer-encoding:");
            if (small.startsWith("content-length:")) {
                length = Integer.parseInt(
                        header.substring(header.indexOf(':') + 1).strip());
            }
            if (!small.matches("(connection|content-length|transfer-encoding):.*")) {
                headers.add(header);
            }
        }
        byte[] body = inChunks ? chunks(in) : in.readNBytes(length);
        headers.add("Content-Length: " + body.length);
        String begin = String.join("\r\n", headers) + "\r\n" + CLOSE + "\r\n";
        return joined(begin.getBytes(StandardCharsets.ISO_8859_1), body);
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            whole.writeBytes(part);
        }
        return whole.toByteArray();
    }

    private static byte[] chunks(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = chunk(in); size > 0; size = chunk(in)) {
            body.write(in.readNBytes(size));
            in.readNBytes(2);
        }
        in.readNBytes(2);
        return body.toByteArray();
    }

    /** The length of the chunk that follows. */
    private static int chunk(InputStream in) throws IOException {
        StringBuilder size = new StringBuilder();
        for (int next = in.read(); next != '\r'; next = in.read()) {
            size.append((char) next);
        }
        in.readNBytes(1);
        return Integer.parseInt(size.toString(), 16);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            threads.shutdownNow();
        }
    }
}
