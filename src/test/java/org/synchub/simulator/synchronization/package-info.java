/**
 * The Synchronization System 6.x, built from its document alone: no such server was seen. What the document leaves open is a
 * choice in {@code Choices}, and its first value is the most sensible reading; the simulator is strict where a client should
 * be tolerant. Each statement of the document, and each reading, is the name of a test: of initialize, tokens and errors in
 * {@code InitializeTest}, of upload in {@code UploadTest}, of conflicts in {@code ConflictTest}, of download in {@code
 * DownloadTest}.
 */
@NullMarked
package org.synchub.simulator.synchronization;

import org.jspecify.annotations.NullMarked;
