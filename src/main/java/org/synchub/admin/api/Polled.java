package org.synchub.admin.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks what clients ask for again and again: its answer has an {@code ETag}, and one that the client has already is not sent
 * again (304). What such an answer holds may be kept by whoever asked: keys and counts, never what a record holds.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface Polled {}
