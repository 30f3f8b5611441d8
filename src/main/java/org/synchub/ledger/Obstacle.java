package org.synchub.ledger;

/**
 * Why a record that refers to another one cannot go out. Each needs a person's attention, and each is lifted by itself
 * once the record referred to is delivered.
 */
public enum Obstacle {
    ABSENT("parent-absent", "Refers to %s, which is not in the store; it goes out by itself when that record arrives"),
    EXCLUDED(
            "parent-excluded",
            "Refers to %s, which is not sent to this target; it goes out by itself when that record does"),
    REJECTED("parent-rejected", "Waits for %s, which needs attention itself: mend that one first"),
    CYCLIC("parent-cyclic", "Waits for %s, which waits for it in turn");

    private final String code;
    private final String sentence;

    Obstacle(String code, String sentence) {
        this.code = code;
        this.sentence = sentence;
    }

    /** What {@code hub.delivery.reason_code} holds. */
    public String code() {
        return code;
    }

    /**
     * The reason in words.
     *
     * @param what the record referred to, by kind and guid
     */
    public String reason(String what) {
        return sentence.formatted(what);
    }
}
