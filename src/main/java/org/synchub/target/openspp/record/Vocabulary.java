package org.synchub.target.openspp.record;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The records of a model that others choose from: id types, group kinds, areas. Mappings call them by their label, the
 * server by its id.
 */
public final class Vocabulary {

    public static final String ID_TYPE = "g2p.id.type";

    /** What the records of a model are called by, where it is not {@code name}. */
    private static final Map<String, String> LABELS = Map.of("spp.area", "code", "gender.type", "value");

    private final String model;
    private final String label;
    private final Map<String, Long> ids = new LinkedHashMap<>();
    private final Map<Long, String> labels = new HashMap<>();
    private final Set<String> ambiguous = new HashSet<>();

    public Vocabulary(String model, String label, List<ObjectNode> rows) {
        this.model = model;
        this.label = label;
        for (ObjectNode row : rows) {
            String text = row.path(label).isTextual() ? row.path(label).textValue() : "";
            long id = row.path("id").longValue();
            if (text.isEmpty()) {
                continue;
            }
            labels.put(id, text);
            if (ids.putIfAbsent(text, id) != null) {
                ambiguous.add(text);
            }
        }
    }

    /** The field that labels the model's records. */
    public static String labelOf(String model, Set<String> fields) {
        String preferred = LABELS.getOrDefault(model, "name");
        return fields.contains(preferred) ? preferred : "display_name";
    }

    public String model() {
        return model;
    }

    public String label() {
        return label;
    }

    public boolean isEmpty() {
        return ids.isEmpty();
    }

    public boolean has(String text) {
        return ids.containsKey(text);
    }

    /** Null if there is no such record, or more than one. */
    @Nullable
    public Long id(String text) {
        return ambiguous.contains(text) ? null : ids.get(text);
    }

    public boolean isAmbiguous(String text) {
        return ambiguous.contains(text);
    }

    @Nullable
    public String label(long id) {
        return labels.get(id);
    }

    /** Every label, in the server's order. */
    public Collection<String> labels() {
        return ids.keySet();
    }
}
