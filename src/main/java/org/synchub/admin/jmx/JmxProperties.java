package org.synchub.admin.jmx;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code synchub.jmx.*}.
 *
 * @param port where programs on other machines reach the hub's MBeans, by a token; 0 for nowhere
 * @param address on which it listens
 */
@ConfigurationProperties("synchub.jmx")
record JmxProperties(
        @DefaultValue("0") int port,
        @DefaultValue("127.0.0.1") String address) {

    JmxProperties {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("synchub.jmx.port is " + port + "; it is a port, or 0 for no JMX port");
        }
    }
}
