package org.synchub.simulator.collectpay;

/** A statement that the database refuses, with its message as clients get to see it. */
final class SqlException extends RuntimeException {

    SqlException(String state, String message, String table) {
        super("SQLSTATE[" + state + "]: " + message + " (Connection: mysql, SQL: … `" + table + "` …)");
    }
}
