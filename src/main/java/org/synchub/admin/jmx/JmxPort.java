package org.synchub.admin.jmx;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.rmi.NoSuchObjectException;
import java.rmi.registry.LocateRegistry;
import java.rmi.registry.Registry;
import java.rmi.server.RMIServerSocketFactory;
import java.rmi.server.UnicastRemoteObject;
import java.util.HashMap;
import java.util.Map;
import javax.management.MBeanServer;
import javax.management.remote.JMXAuthenticator;
import javax.management.remote.JMXConnectorServer;
import javax.management.remote.JMXConnectorServerFactory;
import javax.management.remote.JMXServiceURL;
import javax.management.remote.rmi.RMIConnectorServer;
import org.jspecify.annotations.Nullable;

/**
 * The port by which other processes reach the hub's MBeans and nothing else of this JVM: no heap dumps, no loading of
 * classes. A viewer may read attributes, an operator and an admin may also call operations; the platform's own access
 * control ({@code jmx.remote.x.access.file}) tells them apart.
 */
final class JmxPort implements AutoCloseable {

    private static final String ACCESS = "viewer readonly\noperator readwrite\nadmin readwrite\n";

    private static final String HOST = "java.rmi.server.hostname";

    private final Registry registry;
    private final JMXConnectorServer server;

    private JmxPort(Registry registry, JMXConnectorServer server) {
        this.registry = registry;
        this.server = server;
    }

    /** Opens the port. */
    static JmxPort open(String address, int port, MBeanServer beans, JMXAuthenticator logins) {
        @Nullable Path access = null;
        try {
            access = Files.createTempFile("synchub-jmx", ".access");
            Files.writeString(access, ACCESS);
            InetAddress at = InetAddress.getByName(address);
            if (!at.isAnyLocalAddress() && System.getProperty(HOST) == null) {
                // Clients are told to come back to this address; without it, to whatever the machine calls itself.
                System.setProperty(HOST, address);
            }
            RMIServerSocketFactory sockets = p -> new ServerSocket(p, 50, at);
            Registry registry = LocateRegistry.createRegistry(port, null, sockets);
            Map<String, Object> environment = new HashMap<>();
            environment.put(JMXConnectorServer.AUTHENTICATOR, logins);
            environment.put("jmx.remote.x.access.file", access.toString());
            environment.put(RMIConnectorServer.RMI_SERVER_SOCKET_FACTORY_ATTRIBUTE, sockets);
            environment.put(RMIConnectorServer.CREDENTIALS_FILTER_PATTERN, "java.lang.String;!*");
            JMXServiceURL url = new JMXServiceURL(
                    "service:jmx:rmi://" + address + ":" + port + "/jndi/rmi://" + address + ":" + port + "/jmxrmi");
            JMXConnectorServer server = JMXConnectorServerFactory.newJMXConnectorServer(url, environment, beans);
            server.start();
            return new JmxPort(registry, server);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The JMX port " + address + ":" + port + " cannot be opened: " + e.getMessage()
                            + "; check synchub.jmx.port and synchub.jmx.address",
                    e);
        } finally {
            if (access != null) {
                delete(access);
            }
        }
    }

    /** The file is read once, when the server starts. */
    private static void delete(Path access) {
        try {
            Files.deleteIfExists(access);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        server.stop();
        try {
            UnicastRemoteObject.unexportObject(registry, true);
        } catch (NoSuchObjectException e) {
            throw new IOException("The JMX port was closed already", e);
        }
    }
}
