/**
 * A small world to try the hub in: an empty PostgreSQL made into a DataCollect store, and synthetic field data in it.
 *
 * <p>Nothing here runs against a real installation.
 */
@NullMarked
package org.synchub.demo;

import org.jspecify.annotations.NullMarked;
