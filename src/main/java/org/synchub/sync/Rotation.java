package org.synchub.sync;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.KeysInUse;
import org.synchub.ledger.Resealing;
import org.synchub.ledger.SealedTable;
import org.synchub.ledger.Vault;

/**
 * Has everything that schema hub keeps of people written with the current key: page by page, each in a transaction of its
 * own, beside hubs that are at work. What is done stays done: after a kill the next rotation passes by it.
 */
public class Rotation {

    private static final int ROWS_AT_ONCE = 500;

    /** So often the tables are gone through again for rows that others had in hand. */
    private static final int PASSES = 5;

    private static final int MOST_NAMED = 20;

    private final Resealing resealing;
    private final KeysInUse keys;
    private final Vault vault;

    public Rotation(Resealing resealing, KeysInUse keys, Vault vault) {
        this.resealing = resealing;
        this.keys = keys;
        this.vault = vault;
    }

    /** Is told after each page: of which table, how many rows were read, and how many of them written anew. */
    @FunctionalInterface
    public interface Progress {

        void page(SealedTable table, long read, long renewed);
    }

    /**
     * How it went.
     *
     * @param renewed rows that were written anew
     * @param left rows that others had in hand each time
     * @param unreadable how many values cannot be opened; they are as they were
     * @param named what is said of the first of them
     * @param forgotten ids of keys that nothing is sealed with any more
     */
    public record Rotated(long renewed, long left, long unreadable, List<String> named, List<String> forgotten) {}

    /** By table and id of the key, how many values are sealed with it; {@link Resealing#PLAIN} stands for those in clear. */
    public Map<SealedTable, Map<String, Long>> count() {
        return resealing.count();
    }

    /** Id of the key that everything would be sealed with; null when it would be written in clear. */
    public @Nullable String current() {
        return vault.current();
    }

    /** Writes everything anew that is not as the current key, or none, would have it. */
    public Rotated rotate(Progress progress) {
        long renewed = 0;
        Pass pass = pass(progress);
        renewed += pass.renewed;
        for (int i = 1; i < PASSES && pass.left > 0; i++) {
            pass = pass(progress);
            renewed += pass.renewed;
        }
        TreeSet<String> sealing = new TreeSet<>();
        count().values().forEach(byKey -> sealing.addAll(byKey.keySet()));
        return new Rotated(renewed, pass.left, pass.unreadable, pass.named, keys.forget(sealing));
    }

    private Pass pass(Progress progress) {
        Pass pass = new Pass();
        for (SealedTable table : SealedTable.values()) {
            long read = 0;
            long renewed = 0;
            Resealing.Page page = resealing.page(table, null, ROWS_AT_ONCE);
            while (page.last() != null) {
                read += page.rows();
                renewed += page.renewed();
                pass.add(page);
                progress.page(table, read, renewed);
                page = resealing.page(table, page.last(), ROWS_AT_ONCE);
            }
        }
        return pass;
    }

    /** Once through all tables. */
    private static final class Pass {

        private long renewed;
        private long left;
        private long unreadable;
        private final List<String> named = new ArrayList<>();

        void add(Resealing.Page page) {
            renewed += page.renewed();
            left += page.left();
            unreadable += page.unreadable().size();
            page.unreadable().stream().limit(MOST_NAMED - named.size()).forEach(named::add);
        }
    }
}
