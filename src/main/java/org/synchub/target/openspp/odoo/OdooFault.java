package org.synchub.target.openspp.odoo;

import org.jspecify.annotations.Nullable;
import org.synchub.target.Exchanged;

/** The server refuses a call for what is in it. Its transaction was rolled back: nothing was changed. */
public final class OdooFault extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public enum Kind {
        /** The server will refuse it again. */
        REFUSED,
        /** Another transaction was in the way. */
        CONTENDED,
        /** The server's own code failed, which may be the record's fault or a passing one. */
        BROKEN,
        /** A record that the call names is not there. */
        MISSING
    }

    private final Kind kind;
    private final String code;
    private final String words;
    private final transient @Nullable Exchanged exchanged;

    /**
     * @param code the server's class of error
     * @param words the server's own message; it may quote people's values, so it belongs into the ledger, not the log
     */
    public OdooFault(Kind kind, String code, String words) {
        this(kind, code, words, null);
    }

    private OdooFault(Kind kind, String code, String words, @Nullable Exchanged exchanged) {
        super(code);
        this.kind = kind;
        this.code = code;
        this.words = words;
        this.exchanged = exchanged;
    }

    /** The same, met in this exchange. */
    OdooFault in(Exchanged met) {
        return new OdooFault(kind, code, words, met);
    }

    /** The call that was refused and what came back; null where nobody kept it. */
    public @Nullable Exchanged exchanged() {
        return exchanged;
    }

    public Kind kind() {
        return kind;
    }

    public String code() {
        return code;
    }

    public String words() {
        return words;
    }

    /** Whether the words are those of a unique constraint on the client's own key. */
    public boolean saysKeyTaken() {
        return words.contains("spp_id") && words.contains("unique");
    }
}
