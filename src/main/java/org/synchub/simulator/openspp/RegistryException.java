package org.synchub.simulator.openspp;

/** The registry refused what a test or the demo asked of it directly. */
public final class RegistryException extends RuntimeException {

    private final String exception;

    RegistryException(OdooError cause) {
        super(cause.text(), cause);
        this.exception = cause.type();
    }

    /** Odoo's class of the error, for instance {@code odoo.exceptions.ValidationError}. */
    public String exception() {
        return exception;
    }
}
