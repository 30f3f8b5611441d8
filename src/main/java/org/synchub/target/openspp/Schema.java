package org.synchub.target.openspp;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The server's models as {@code fields_get} declares them.
 *
 * @param models fields by name, by model
 */
record Schema(Map<String, Map<String, OdooField>> models) {

    Map<String, OdooField> partner() {
        return model(OdooField.PARTNER);
    }

    /** Empty for a model that was not read. */
    Map<String, OdooField> model(String name) {
        return models.getOrDefault(name, Map.of());
    }

    @Nullable
    OdooField field(String model, String name) {
        return model(model).get(name);
    }

    /** Whether the hub may choose a registrant's unique id: then the server's database keeps creates from doubling. */
    boolean sppIdWritable() {
        OdooField field = partner().get("spp_id");
        return field != null && !field.readonly();
    }
}
