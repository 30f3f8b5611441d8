package org.synchub.conflict;

/** Shapes that several tests use. */
final class Shapes {

    /** A person: ids and phones told apart by a key, tags without order. */
    static final Shape PERSON = Shape.builder()
            .list("reg_ids", "id_type")
            .list("phones", "number")
            .set("tags")
            .build();

    /** A household whose members carry lists of their own. */
    static final Shape HOUSEHOLD = Shape.builder()
            .list("members", "individual")
            .list("members.reg_ids", "id_type")
            .set("members.roles")
            .build();

    private Shapes() {}
}
