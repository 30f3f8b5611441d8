package org.synchub.admin.jmx;

import java.util.Arrays;
import java.util.Set;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanException;
import javax.management.MBeanInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.ReflectionException;

/** Another server's MBean as it may be seen from outside: its attributes can be read, and nothing can be done with it. */
final class ReadOnlyMBean implements DynamicMBean {

    private final MBeanServer server;
    private final ObjectName name;

    private ReadOnlyMBean(MBeanServer server, ObjectName name) {
        this.server = server;
        this.name = name;
    }

    /** Shows all of them that there are now. */
    static void show(MBeanServer from, ObjectName pattern, MBeanServer to) {
        Set<ObjectName> names = from.queryNames(pattern, null);
        try {
            for (ObjectName name : names) {
                to.registerMBean(new ReadOnlyMBean(from, name), name);
            }
        } catch (JMException e) {
            throw new IllegalStateException("MBeans of " + pattern + " cannot be shown on the JMX port", e);
        }
    }

    @Override
    public Object getAttribute(String attribute)
            throws AttributeNotFoundException, MBeanException, ReflectionException {
        try {
            return server.getAttribute(name, attribute);
        } catch (AttributeNotFoundException | MBeanException | ReflectionException e) {
            throw e;
        } catch (JMException e) {
            throw new MBeanException(e);
        }
    }

    @Override
    public AttributeList getAttributes(String[] attributes) {
        try {
            return server.getAttributes(name, attributes);
        } catch (JMException gone) {
            // What has ended since has none.
            return new AttributeList();
        }
    }

    @Override
    public void setAttribute(Attribute attribute) throws MBeanException {
        throw new MBeanException(new UnsupportedOperationException(name + " can be read only"));
    }

    @Override
    public AttributeList setAttributes(AttributeList attributes) {
        return new AttributeList();
    }

    @Override
    public Object invoke(String operation, Object[] arguments, String[] signature) throws MBeanException {
        throw new MBeanException(new UnsupportedOperationException(name + " can be read only"));
    }

    @Override
    public MBeanInfo getMBeanInfo() {
        try {
            MBeanInfo whole = server.getMBeanInfo(name);
            MBeanAttributeInfo[] readable = Arrays.stream(whole.getAttributes())
                    .filter(MBeanAttributeInfo::isReadable)
                    .map(a ->
                            new MBeanAttributeInfo(a.getName(), a.getType(), a.getDescription(), true, false, a.isIs()))
                    .toArray(MBeanAttributeInfo[]::new);
            return new MBeanInfo(whole.getClassName(), whole.getDescription(), readable, null, null, null);
        } catch (JMException gone) {
            return new MBeanInfo(ReadOnlyMBean.class.getName(), "It has ended", null, null, null, null);
        }
    }
}
