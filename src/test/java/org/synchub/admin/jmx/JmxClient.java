package org.synchub.admin.jmx;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanException;
import javax.management.MBeanFeatureInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanServerConnection;
import javax.management.Notification;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.awaitility.Awaitility;

/** A JMX client in a process of its own. Prints what it sees, one line each. */
final class JmxClient {

    private static final ObjectName HUB = name("org.synchub:type=Hub");
    private static final ObjectName TARGET = name("org.synchub:type=Target,name=memory");

    private JmxClient() {}

    private static ObjectName name(String text) {
        try {
            return new ObjectName(text);
        } catch (javax.management.MalformedObjectNameException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    /** Arguments: the port, a viewer's token, an operator's token. */
    public static void main(String[] args) throws Exception {
        JMXServiceURL url = new JMXServiceURL("service:jmx:rmi:///jndi/rmi://127.0.0.1:" + args[0] + "/jmxrmi");
        try (JMXConnector connector = connect(url, args[2])) {
            work(connector.getMBeanServerConnection());
        }
        try (JMXConnector connector = connect(url, args[1])) {
            MBeanServerConnection viewer = connector.getMBeanServerConnection();
            System.out.println("viewer sees " + viewer.getAttribute(TARGET, "Condition"));
            refused("viewer pauses", () -> viewer.invoke(TARGET, "pause", null, null));
        }
        refused("stranger", () -> connect(url, "synchub_0123456789_wrong").close());
        refused("nobody", () -> connect(url, Map.of()).close());
    }

    private static JMXConnector connect(JMXServiceURL url, String token) throws Exception {
        return connect(url, Map.of(JMXConnector.CREDENTIALS, new String[] {"any", token}));
    }

    @SuppressWarnings("BanJNDI") // of the test's own server, on loopback
    private static JMXConnector connect(JMXServiceURL url, Map<String, ?> environment) throws Exception {
        return JMXConnectorFactory.connect(url, environment);
    }

    private interface Attempt {
        void run() throws Exception;
    }

    private static void refused(String who, Attempt attempt) throws Exception {
        try {
            attempt.run();
            System.out.println(who + ": let in");
        } catch (SecurityException e) {
            System.out.println(who + ": refused");
        }
    }

    private static void work(MBeanServerConnection hub) throws Exception {
        System.out.println("beans " + new TreeSet<>(hub.queryNames(new ObjectName("org.synchub:*"), null)));
        camel(hub);
        System.out.println("without description " + withoutDescription(hub));
        System.out.println("targets " + hub.getAttribute(HUB, "Targets"));
        System.out.println("plan " + hub.invoke(TARGET, "planResync", new Object[] {""}, signature()));
        BlockingQueue<Notification> heard = new LinkedBlockingQueue<>();
        hub.addNotificationListener(HUB, (notification, unused) -> heard.add(notification), null, null);
        System.out.println("plan of one "
                + hub.invoke(TARGET, "planResyncRecords", new Object[] {"house-1, person-9"}, signature()));
        for (String attribute : List.of("NextPush", "OldestOwed", "LastSuccess", "Lag", "InConflict", "LastRun")) {
            System.out.println(attribute + " " + form(hub.getAttribute(TARGET, attribute)));
        }
        try {
            hub.invoke(TARGET, "resync", new Object[] {"nothing"}, signature());
        } catch (MBeanException e) {
            System.out.println("refused " + e.getCause());
        }
        System.out.println("owed " + hub.invoke(TARGET, "resync", new Object[] {""}, signature()));
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> hub.getAttribute(TARGET, "ToCompare").equals(0L));
        Notification first = heard.poll(60, TimeUnit.SECONDS);
        System.out.println(first == null ? "heard nothing" : "heard " + first.getType() + ": " + first.getMessage());
        System.out.println("rate " + hub.getAttribute(HUB, "SyncRate"));
    }

    /** Times and numbers as what they are. */
    private static String form(Object value) {
        return String.valueOf(value).replaceAll("20[0-9-]+T[0-9:.]+Z", "TIME").replaceAll("[0-9]+[.][0-9]+", "SECONDS");
    }

    /** Camel's own MBeans beside the hub's: to be read, by no role to be operated. */
    private static void camel(MBeanServerConnection hub) throws Exception {
        ObjectName push = hub.queryNames(new ObjectName("org.apache.camel:type=routes,name=\"push\",*"), null)
                .iterator()
                .next();
        System.out.println("Camel's route push is " + hub.getAttribute(push, "State") + " and has "
                + hub.getMBeanInfo(push).getOperations().length + " operations");
        try {
            hub.invoke(push, "stop", null, null);
            System.out.println("it was stopped");
        } catch (MBeanException e) {
            System.out.println("it cannot be stopped");
        }
        System.out.println("domains " + new TreeSet<>(List.of(hub.getDomains())));
    }

    private static String[] signature() {
        return new String[] {String.class.getName()};
    }

    private static List<String> withoutDescription(MBeanServerConnection hub) throws Exception {
        List<String> missing = new ArrayList<>();
        for (ObjectName bean : List.of(HUB, TARGET)) {
            MBeanInfo info = hub.getMBeanInfo(bean);
            List<MBeanFeatureInfo> features = new ArrayList<>();
            for (MBeanAttributeInfo attribute : info.getAttributes()) {
                features.add(attribute);
            }
            for (MBeanOperationInfo operation : info.getOperations()) {
                features.add(operation);
                features.addAll(List.of(operation.getSignature()));
            }
            features.addAll(List.of(info.getNotifications()));
            features.stream()
                    .filter(f -> f.getDescription() == null
                            || f.getDescription().isBlank()
                            || f.getDescription().equals(f.getName()))
                    .forEach(f -> missing.add(bean + " " + f.getName()));
        }
        return missing;
    }
}
