package org.synchub.admin;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synchub.ledger.AuditChain;
import org.synchub.ledger.AuditCheck;
import org.synchub.ledger.AuditRow;

/**
 * The audit trail as people meet it: sealed as it grows, its root published where the database's owner cannot rewrite it,
 * verified, and given away as JSON lines.
 */
public class AuditTrail {

    /** Lines of this log are roots of the trail, for whoever keeps them. */
    private static final Logger roots = LoggerFactory.getLogger("org.synchub.audit.root");

    private static final Duration PUBLISHED_EVERY = Duration.ofMinutes(5);

    private final AuditChain chain;
    private final @Nullable Path file;
    private final ObjectMapper json;
    private final Clock clock;
    private AuditChain.@Nullable Root published;
    private Instant publishedAt = Instant.EPOCH;

    /** @param file a line per published root is appended to it; null publishes to the log */
    public AuditTrail(AuditChain chain, @Nullable Path file, ObjectMapper json, Clock clock) {
        this.chain = chain;
        this.file = file;
        this.json = json;
        this.clock = clock;
    }

    /** Step of the route: seals what was committed, and publishes the root when it has changed, every five minutes at most. */
    public void seal() {
        chain.seal();
        AuditChain.Root root = chain.root();
        synchronized (this) {
            Instant now = clock.instant();
            if (root.seq() == 0 || root.equals(published) || now.isBefore(publishedAt.plus(PUBLISHED_EVERY))) {
                return;
            }
            publish(root, now);
            published = root;
            publishedAt = now;
        }
    }

    private void publish(AuditChain.Root root, Instant now) {
        if (file == null) {
            roots.info("The root of the audit trail is {}", root);
            return;
        }
        try {
            Files.writeString(
                    file,
                    now.truncatedTo(ChronoUnit.SECONDS) + " " + root + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The root of the audit trail cannot be appended to " + file + " ("
                            + e.getClass().getSimpleName() + "); check synchub.audit.root-file",
                    e);
        }
    }

    /** Seals what waits for it and tells the root. */
    public AuditChain.Root root() {
        chain.seal();
        return chain.root();
    }

    /**
     * Looks at the whole trail.
     *
     * @param kept a root that somebody kept, as {@code SEQ:HASH}; it is compared as those in the file are
     * @throws IllegalArgumentException when it, or a line of the file, is no root
     */
    public AuditCheck.Verdict verify(@Nullable String kept) {
        Map<Long, String> anchors = inFile();
        if (kept != null) {
            AuditChain.Root root = AuditChain.Root.of(kept.strip());
            anchors.put(root.seq(), root.hash());
        }
        chain.seal();
        return chain.verify(anchors);
    }

    private Map<Long, String> inFile() {
        Map<Long, String> anchors = new HashMap<>();
        if (file == null || !Files.exists(file)) {
            return anchors;
        }
        try {
            for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                AuditChain.Root root = AuditChain.Root.of(line.substring(line.indexOf(' ') + 1));
                anchors.putIfAbsent(root.seq(), root.hash());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The published roots in " + file + " cannot be read", e);
        }
        return anchors;
    }

    /** Rows, the newest first; see {@link AuditChain#page}. */
    public List<AuditRow> page(@Nullable String target, boolean open, @Nullable Long before, int most) {
        return chain.page(target, open, before, most);
    }

    /** Writes every row as a line of JSON, each with its seal, oldest first. */
    public void export(Writer to) {
        chain.seal();
        chain.export((row, root) -> {
            ObjectNode line = json.valueToTree(row);
            line.put("seal", root.seq()).put("hash", root.hash());
            try {
                to.write(json.writeValueAsString(line));
                to.write('\n');
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
