package org.synchub.target.openspp.record;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synchub.target.openspp.odoo.OdooField;

/**
 * The server's models as {@code fields_get} declares them.
 *
 * @param models fields by name, by model
 */
public record Schema(Map<String, Map<String, OdooField>> models) {

    public Map<String, OdooField> partner() {
        return model(OdooField.PARTNER);
    }

    /** Empty for a model that was not read. */
    public Map<String, OdooField> model(String name) {
        return models.getOrDefault(name, Map.of());
    }

    @Nullable
    public OdooField field(String model, String name) {
        return model(model).get(name);
    }

    /** Whether the hub may choose a registrant's unique id: then the server's database keeps creates from doubling. */
    public boolean sppIdWritable() {
        OdooField field = partner().get("spp_id");
        return field != null && !field.readonly();
    }
}
