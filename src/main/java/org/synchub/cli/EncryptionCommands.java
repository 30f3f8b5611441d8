package org.synchub.cli;

import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.synchub.ledger.KeysInUse;
import org.synchub.ledger.Resealing;
import org.synchub.sync.Rotation;
import org.synchub.sync.Rotation.Rotated;

/** {@code encryption status|rotate}. Each command returns its exit code. */
public class EncryptionCommands {

    private static final Duration BETWEEN_LINES = Duration.ofSeconds(2);

    private final Console console;
    private final Rotation rotation;
    private final KeysInUse keys;
    private final Clock clock;

    public EncryptionCommands(PrintStream out, Rotation rotation, KeysInUse keys, Clock clock) {
        this.console = new Console(out);
        this.rotation = rotation;
        this.keys = keys;
        this.clock = clock;
    }

    /** How many values of each table are in clear, and with which key the others are sealed. Reads the tables whole. */
    public int status() {
        console.line("%s", keys.standing());
        Map<String, Long> all = new TreeMap<>();
        console.line("%-18s %-34s %12s", "table", "key", "values");
        rotation.count()
                .forEach((table, byKey) -> byKey.forEach((key, n) -> {
                    all.merge(key, n, Long::sum);
                    console.line("%-18s %-34s %,12d", "hub." + table.table(), name(key), n);
                }));
        String wanted = rotation.current() == null ? Resealing.PLAIN : rotation.current();
        long others = all.entrySet().stream()
                .filter(each -> !each.getKey().equals(wanted))
                .mapToLong(Map.Entry::getValue)
                .sum();
        if (all.isEmpty()) {
            console.line("Nothing is kept of anybody yet");
        } else if (others == 0) {
            console.line("All of it %s", rotation.current() == null ? "is in clear" : "is sealed with " + wanted);
        } else {
            console.line(
                    rotation.current() == null
                            ? "%,d values are sealed although synchub.encryption.at-rest names no key; what is written next is in clear"
                            : "%,d values are not sealed with " + wanted + "; 'encryption rotate' seals them",
                    others);
        }
        return ExitCode.OK;
    }

    private static String name(String key) {
        return key.equals(Resealing.PLAIN) ? "(in clear)" : key;
    }

    /**
     * Seals everything with the current key that is in clear or sealed with another.
     *
     * @param toPlain writes it in clear instead, which needs a configuration without a current key
     * @throws IllegalArgumentException when the configuration does not fit
     */
    public int rotate(boolean toPlain) {
        if (!toPlain && rotation.current() == null) {
            throw new IllegalArgumentException(
                    "There is no key to seal with: make one with 'openssl rand -base64 32', give it to all hubs as"
                            + " synchub.encryption.keys.ID and name its ID in synchub.encryption.at-rest. (To have everything in"
                            + " clear again: encryption rotate --to-plain)");
        }
        if (toPlain && rotation.current() != null) {
            throw new IllegalArgumentException("synchub.encryption.at-rest is '" + rotation.current()
                    + "': hubs would seal again what this writes in clear. Take the setting away from all hubs first");
        }
        Instant[] said = {clock.instant()};
        Rotated rotated = rotation.rotate((table, read, renewed) -> {
            if (!clock.instant().isBefore(said[0].plus(BETWEEN_LINES))) {
                said[0] = clock.instant();
                console.line("  hub.%s: %,d rows read, %,d written anew", table.table(), read, renewed);
            }
        });
        return told(rotated);
    }

    private int told(Rotated rotated) {
        console.line(
                "%,d rows were written anew; %s",
                rotated.renewed(),
                rotation.current() == null ? "they are in clear" : "all is sealed with " + rotation.current());
        rotated.forgotten()
                .forEach(id -> console.line(
                        "Nothing is sealed with %s any more: synchub.encryption.keys.%s is needed for backups alone",
                        id, id));
        rotated.named().forEach(why -> console.line("  %s", why));
        if (rotated.unreadable() > 0) {
            console.line(
                    "except %,d values that cannot be opened and stay as they are: bring these rows back from a backup",
                    rotated.unreadable());
        }
        if (rotated.left() > 0) {
            console.line("except %,d rows that hubs had in hand each time: run it again", rotated.left());
        }
        return rotated.unreadable() + rotated.left() > 0 ? ExitCode.ATTENTION : ExitCode.OK;
    }
}
