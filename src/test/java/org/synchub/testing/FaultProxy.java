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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a client and a web server, byte by byte, and lets chosen requests go wrong. Each connection carries one
 * request. What it knows of HTTP is where a request ends.
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
        BAD_GATEWAY_AFTERWARDS(true),
        /** The answer comes late, but within the time of any client. */
        SLOW_ANSWER(true),
        /** The server gets the request twice, one after the other, and its second answer is given on. */
        ARRIVES_TWICE(true),
        /** The connection ends, and the server gets the request when {@link #deliverLate} says so. */
        ARRIVES_LATE(false),
        /** 200 with the error of a JSON-RPC server, which has done nothing. */
        ERROR_UNDER_200(false),
        /** The server answers, and a page of somebody else's is given on with 200. */
        OTHER_PAGE_UNDER_200(true);

        private final boolean arrives;

        Fault(boolean arrives) {
            this.arrives = arrives;
        }

        /** What may happen to any server's requests whatever they ask, and needs nobody's help to end. */
        public static List<Fault> ofAnyServer() {
            return List.of(
                    CUT_BEFORE_IT_ARRIVES,
                    CUT_BEFORE_THE_ANSWER,
                    CUT_INSIDE_THE_ANSWER,
                    NO_ANSWER_IN_TIME,
                    UNAVAILABLE,
                    TOO_MANY_REQUESTS,
                    LOGIN_EXPIRED,
                    BAD_GATEWAY_AFTERWARDS);
        }

        /** Whether the server sees the request and acts on it. */
        public boolean arrives() {
            return arrives;
        }
    }

    /** Decides what goes wrong. */
    @FunctionalInterface
    public interface Plan {

        /**
         * Called for each request.
         *
         * @param place counts from 0 since the plan is followed
         * @param request as it came
         */
        @Nullable
        Fault at(int place, String request);
    }

    /** The server behind the proxy. */
    @FunctionalInterface
    public interface Server {

        /** Head and body of its answer. */
        byte[] answer() throws IOException;
    }

    /** Stands where requests reach the server: may look at them and their answers, and act around them. */
    @FunctionalInterface
    public interface Passage {

        /**
         * Lets a request through.
         *
         * @param body of the request
         * @return the answer to be given on
         */
        byte[] pass(byte[] body, Server server) throws IOException;
    }

    @FunctionalInterface
    private interface Late {

        void deliver() throws IOException;
    }

    private static final int SLOW_MILLIS = 30;

    private static final String ERROR = "{\"jsonrpc\": \"2.0\", \"id\": null, \"error\": {\"code\": 200, \"message\":"
            + " \"Odoo Server Error\", \"data\": {\"name\": \"psycopg2.errors.SerializationFailure\", \"message\":"
            + " \"could not serialize access due to concurrent update\"}}}";

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
    private final List<Late> late = new ArrayList<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private Plan plan = (place, request) -> null;
    private Passage passage = (body, server) -> server.answer();
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
    public void arm(int place, Fault fault) {
        follow((here, request) -> here == place ? fault : null);
    }

    /** Forgets what came; from now on requests go wrong by this plan. */
    public synchronized void follow(Plan newPlan) {
        calm();
        plan = newPlan;
    }

    /** Requests that come from now on, and their answers, go through this; a late one through that of its time. */
    public synchronized void through(Passage newPassage) {
        passage = newPassage;
    }

    /** What {@link Fault#ARRIVES_LATE} kept back reaches the server now. */
    public void deliverLate() {
        List<Late> kept;
        synchronized (this) {
            kept = List.copyOf(late);
            late.clear();
        }
        for (Late each : kept) {
            try {
                each.deliver();
            } catch (IOException e) {
                throw new UncheckedIOException("The server is gone", e);
            }
        }
    }

    /** Forgets what came, and lets everything pass. */
    public synchronized void calm() {
        requests.clear();
        plan = (place, request) -> null;
        struck = false;
    }

    /** Whether a request has gone wrong. */
    public synchronized boolean hasStruck() {
        return struck;
    }

    /** Each request since the last call of {@link #arm} or {@link #calm}, as it came. */
    public synchronized List<String> requests() {
        return List.copyOf(requests);
    }

    private synchronized @Nullable Fault note(String request) {
        requests.add(request);
        Fault fault = plan.at(requests.size() - 1, request);
        struck |= fault != null;
        return fault;
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
            Passage way;
            synchronized (this) {
                way = passage;
            }
            Fault now = note(text(request));
            if (now == Fault.ARRIVES_TWICE) {
                asked(request, way);
            }
            byte[] answer = now == null || now.arrives() ? asked(request, way) : new byte[0];
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
                    case ARRIVES_TWICE -> out.write(answer);
                    case SLOW_ANSWER -> {
                        if (!closing.await(SLOW_MILLIS, TimeUnit.MILLISECONDS)) {
                            out.write(answer);
                        }
                    }
                    case ARRIVES_LATE -> {
                        synchronized (this) {
                            late.add(() -> asked(request, way));
                        }
                        client.setSoLinger(true, 0);
                    }
                    case ERROR_UNDER_200 -> out.write(instead("200 OK", "application/json", ERROR));
                    case OTHER_PAGE_UNDER_200 ->
                        out.write(instead("200 OK", "text/html", "<html><body>Please sign in</body></html>"));
                }
            }
            out.flush();
        } catch (IOException gone) {
            // Client or server is gone; the other side notices by the end of its connection.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static byte[] instead(String status) {
        return instead(status, "text/plain", "no");
    }

    private static byte[] instead(String status, String type, String body) {
        return ("HTTP/1.1 " + status + "\r\nContent-Type: " + type + "\r\nContent-Length: " + body.length() + "\r\n"
                        + CLOSE + "\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** Within the body, or within the head of an answer that has none. */
    private static int inside(byte[] answer) {
        int body = text(answer).indexOf(END) + END.length();
        return body >= answer.length ? answer.length / 2 : body + (answer.length - body) / 2;
    }

    private byte[] asked(byte[] request, Passage way) throws IOException {
        return way.pass(body(request), () -> asked(request));
    }

    /** What follows the head of a request or of an answer. */
    public static byte[] body(byte[] message) {
        return Arrays.copyOfRange(message, text(message).indexOf(END) + END.length(), message.length);
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
            closing.countDown();
            threads.shutdownNow();
        }
    }
}
