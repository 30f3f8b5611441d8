package org.synchub.simulator.openspp;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The models and fields of a recorded OpenSPP 17.0.1.3, from {@code models.json}. */
final class Models {

    static final String PARTNER = "res.partner";
    static final String REG_ID = "g2p.reg.id";
    static final String PHONE = "g2p.phone.number";
    static final String MEMBERSHIP = "g2p.group.membership";
    static final String ID_TYPE = "g2p.id.type";
    static final String GROUP_KIND = "g2p.group.kind";
    static final String MEMBERSHIP_KIND = "g2p.group.membership.kind";
    static final String GENDER = "gender.type";
    static final String AREA = "spp.area";
    static final String USERS = "res.users";
    static final String FIELDS = "ir.model.fields";

    private Models() {}

    /** A model as it is declared, before options add and remove fields. */
    record Declaration(String description, String order, Map<String, Map<String, Object>> fields) {}

    static Map<String, Declaration> recorded() {
        try (InputStream json = Models.class.getResourceAsStream("models.json")) {
            if (json == null) {
                throw new IllegalStateException("models.json is missing beside " + Models.class.getName());
            }
            return new ObjectMapper().readValue(json, new TypeReference<LinkedHashMap<String, Declaration>>() {});
        } catch (IOException e) {
            throw new UncheckedIOException("models.json cannot be read", e);
        }
    }

    static Map<String, Model> build(Map<String, Declaration> declarations) {
        Map<String, Model> models = new LinkedHashMap<>();
        declarations.forEach((name, declared) ->
                models.put(name, new Model(name, declared.description(), declared.order(), declared.fields())));
        return models;
    }

    /** Whether a model's rows come from the simulator's options at every start. */
    static boolean isConfiguration(String model) {
        return model.equals(USERS) || model.equals(FIELDS);
    }
}
