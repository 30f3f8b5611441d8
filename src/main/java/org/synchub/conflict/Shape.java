package org.synchub.conflict;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the hub must know about a record kind's fields to compare them: which arrays are lists of items with a key, which
 * are sets, and how strict equality is. Immutable and safe to share; make one per record kind and keep it.
 *
 * <p>An array that is not declared is one value: it is compared as a whole and in order. In a keyed list and in a set the
 * order means nothing. A keyed list in which an item lacks its key, or two items share one, is compared and merged as one
 * value too (still without order), because items can then not be told apart.
 */
public final class Shape {

    /** The field that makes an object a reference; such an object is one value and never looked into. */
    public static final String REFERENCE = "$ref";

    private static final Shape PLAIN = builder().build();

    private final Node root;
    private final Sameness sameness;

    private Shape(Node root, Sameness sameness) {
        this.root = root;
        this.sameness = sameness;
    }

    /** No lists with keys, no sets, absent and null distinct, text compared as it is. */
    public static Shape plain() {
        return PLAIN;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Whether two records (or their absence, null) are equal by this shape's rules. */
    public boolean same(@Nullable JsonNode a, @Nullable JsonNode b) {
        return sameness.same(a, b, root);
    }

    /**
     * The record as one line of JSON that is equal for equal records: sorted names, plain numbers, lists and sets in a
     * fixed order. Good for hashing; contains the record's values, so never log it.
     */
    public String canonical(JsonNode record) {
        return sameness.canonical(record, root);
    }

    Node root() {
        return root;
    }

    Sameness sameness() {
        return sameness;
    }

    /** The declarations at one place of the record; a keyed list's children are the fields of its items. */
    static final class Node {
        static final Node NONE = new Node(Map.of(), List.of(), false);

        private final Map<String, Node> fields;
        private final List<String> key;
        private final boolean set;

        private Node(Map<String, Node> fields, List<String> key, boolean set) {
            this.fields = fields;
            this.key = key;
            this.set = set;
        }

        Node field(String name) {
            Node field = fields.get(name);
            return field == null ? NONE : field;
        }

        /** The fields that are an item's key, sorted; empty unless this is a keyed list. */
        List<String> key() {
            return key;
        }

        boolean isKeyed() {
            return !key.isEmpty();
        }

        boolean isSet() {
            return set;
        }
    }

    /** Collects declarations. Paths are field names joined by dots; those below a list are fields of its items. */
    public static final class Builder {
        private final Draft root = new Draft();
        private boolean absentIsNull;
        private boolean normalizeText;

        private Builder() {}

        /**
         * Declares an array of objects whose items are told apart by a field, such as {@code reg_ids} by {@code id_type},
         * or by several together, of which some but not all may be empty.
         *
         * @throws IllegalArgumentException when the path is no plain field path or is declared already
         */
        public Builder list(String path, String keyField, String... moreKeyFields) {
            List<String> key = new ArrayList<>(List.of(moreKeyFields));
            key.add(keyField);
            return list(path, key);
        }

        /** The same, with the fields of the key in a collection. */
        public Builder list(String path, Collection<String> keyFields) {
            Set<String> key = new TreeSet<>(keyFields);
            if (key.isEmpty() || key.stream().anyMatch(String::isBlank)) {
                throw new IllegalArgumentException("list \"" + path + "\" needs the name of the field that is its key");
            }
            draft(path).key = List.copyOf(key);
            return this;
        }

        /**
         * Declares an array in which neither order nor repetition means anything.
         *
         * @throws IllegalArgumentException when the path is no plain field path or is declared already
         */
        public Builder set(String path) {
            draft(path).set = true;
            return this;
        }

        /** A field that is absent and a field that is null are the same. */
        public Builder absentIsNull() {
            absentIsNull = true;
            return this;
        }

        /** Text is compared in Unicode's composed form (NFC), so that {@code é} equals {@code e} with an accent. */
        public Builder normalizeText() {
            normalizeText = true;
            return this;
        }

        public Shape build() {
            return new Shape(root.freeze(), new Sameness(absentIsNull, normalizeText));
        }

        private Draft draft(String path) {
            Draft draft = root;
            for (Path.Segment segment : Path.parse(path).segments()) {
                if (!(segment instanceof Path.Field field)) {
                    throw new IllegalArgumentException(
                            "\"" + path + "\" must be field names joined by dots, without items in brackets");
                }
                draft = draft.fields.computeIfAbsent(field.name(), name -> new Draft());
            }
            if (draft == root || !draft.key.isEmpty() || draft.set) {
                throw new IllegalArgumentException(
                        draft == root
                                ? "the record itself is neither a list nor a set"
                                : "\"" + path + "\" is declared twice");
            }
            return draft;
        }
    }

    private static final class Draft {
        private final Map<String, Draft> fields = new HashMap<>();
        private List<String> key = List.of();
        private boolean set;

        private Node freeze() {
            Map<String, Node> frozen = new HashMap<>();
            fields.forEach((name, draft) -> frozen.put(name, draft.freeze()));
            return new Node(Map.copyOf(frozen), key, set);
        }
    }
}
