package org.synchub.simulator.collectpay;

/** What PHP throws that is no exception: nothing but the outermost handler catches it. */
final class PhpError extends RuntimeException {

    PhpError(String message) {
        super(message);
    }
}
