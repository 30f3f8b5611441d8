package org.synchub.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A proxy as offices have it (RFC 9110, 9.3.6 and 11.7): tunnels, hands requests on, and may want a login. */
public final class ForwardProxy implements AutoCloseable {

    private static final String WHO = String.join(
            "\r\n",
            "HTTP/1.1 407 Proxy Authentication Required",
            "Proxy-Authenticate: Basic realm=\"office\"",
            "Content-Length: 0",
            "Connection: close",
            "",
            "");

    private final ServerSocket server;
    private final @Nullable String login;
    private final List<String> passed = new CopyOnWriteArrayList<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "forward-proxy");
        thread.setDaemon(true);
        return thread;
    });

    /** @param login user, colon, password; null for whoever comes */
    public ForwardProxy(@Nullable String login) {
        this.login = login;
        try {
            server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    public String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    /** First lines of the requests that were let through. */
    public List<String> passed() {
        return passed;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                open.add(client);
                threads.execute(() -> serve(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            InputStream in = client.getInputStream();
            OutputStream out = client.getOutputStream();
            String head = head(in);
            if (login != null && !head.contains("Proxy-Authorization: Basic " + encoded(login) + "\r\n")) {
                out.write(WHO.getBytes(StandardCharsets.US_ASCII));
                return;
            }
            String first = head.substring(0, head.indexOf("\r\n"));
            passed.add(first);
            String method = first.substring(0, first.indexOf(' '));
            String address = first.substring(first.indexOf(' ') + 1, first.lastIndexOf(' '));
            boolean tunnel = method.equals("CONNECT");
            URI to = URI.create(tunnel ? "tunnel://" + address : address);
            try (Socket other = new Socket(to.getHost(), to.getPort())) {
                open.add(other);
                if (tunnel) {
                    out.write("HTTP/1.1 200 Connection established\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                } else {
                    String own = method + " " + to.getRawPath() + " HTTP/1.1\r\nConnection: close"
                            + head.substring(head.indexOf("\r\n"))
                                    .replaceAll("(?i)\r\n(Proxy-)?Connection: [^\r]*", "");
                    other.getOutputStream().write(own.getBytes(StandardCharsets.US_ASCII));
                }
                threads.execute(() -> copy(client, other));
                copy(other, client);
            }
        } catch (IOException gone) {
            // Either side has hung up.
            open.remove(client);
        }
        open.remove(client);
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("hung up");
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException gone) {
            // The other direction notices by itself.
            return;
        }
    }

    private static String encoded(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket each : open) {
                each.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            threads.shutdownNow();
        }
    }
}
