package org.synchub.mapping;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A file with one secret, read again when it has changed. While it is gone, empty or cannot be read, as for a moment when
 * a mounted secret is replaced, what it held last goes on to count, and who watches is told so once.
 */
public final class SecretFile {

    /** Is told what becomes of a file, once each time. */
    public interface Watcher {

        /** For whom nothing has to be told. */
        Watcher NOBODY = new Watcher() {};

        /** It holds something else now. */
        default void changed(Path file) {}

        /** It could not be read, and can again. */
        default void found(Path file) {}

        /** What it held last goes on to count, because of the reason. */
        default void lost(Path file, String why) {}
    }

    /** A file that changed less long ago may change once more without its time telling so. */
    private static final Duration TOO_FRESH = Duration.ofSeconds(2);

    /** What tells one state of the file from another. A link's own target is meant, so a link that is moved counts. */
    private record Stamp(
            FileTime changed, long size, @Nullable Object file) {

        static Stamp of(Path path) throws IOException {
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            return new Stamp(now.lastModifiedTime(), now.size(), now.fileKey());
        }

        boolean isSettled() {
            return System.currentTimeMillis() - changed.toMillis() > TOO_FRESH.toMillis();
        }
    }

    private final Path path;
    private final UnaryOperator<String> trimmed;
    private final Watcher watcher;
    private String text;
    private @Nullable Stamp read;
    private boolean lost;

    /**
     * A file that was read before.
     *
     * @param trimmed takes away what is not the secret's, such as the line break at the end
     * @param first what the file held, trimmed
     */
    public SecretFile(Path path, UnaryOperator<String> trimmed, String first, Watcher watcher) {
        this.watcher = watcher;
        this.path = path;
        this.trimmed = trimmed;
        this.text = first;
    }

    /** What counts now: for the wire only, never for a log, an error or a metric. */
    public synchronized String text() {
        try {
            Stamp now = Stamp.of(path);
            if (!now.equals(read)) {
                take(trimmed.apply(Files.readString(path)));
                read = now.isSettled() && !lost ? now : null;
            }
        } catch (IOException e) {
            lose("cannot be read (" + e.getClass().getSimpleName() + ")");
        }
        return text;
    }

    private void take(String found) {
        if (found.isBlank()) {
            lose("is empty");
            return;
        }
        if (!found.equals(text)) {
            watcher.changed(path);
        } else if (lost) {
            watcher.found(path);
        }
        lost = false;
        text = found;
    }

    private void lose(String why) {
        read = null;
        if (!lost) {
            watcher.lost(path, why);
        }
        lost = true;
    }

    /** The place only. */
    @Override
    public String toString() {
        return path.toString();
    }
}
