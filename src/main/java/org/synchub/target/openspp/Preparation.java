package org.synchub.target.openspp;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synchub.mapping.Field;
import org.synchub.mapping.Kind;
import org.synchub.mapping.Mapping;
import org.synchub.target.ConfigurationProblem;
import org.synchub.target.TargetTrouble;
import org.synchub.target.openspp.odoo.OdooClient;
import org.synchub.target.openspp.odoo.OdooField;
import org.synchub.target.openspp.record.KindPlan;
import org.synchub.target.openspp.record.ListPlan;
import org.synchub.target.openspp.record.Schema;
import org.synchub.target.openspp.record.Values;
import org.synchub.target.openspp.record.Vocabulary;

/** Reads from the server what the mapping depends on, and checks the mapping against it. Needs a Registrar's rights only. */
final class Preparation {

    private static final Logger LOG = LoggerFactory.getLogger(Preparation.class);

    private final Mapping mapping;
    private final OpenSppSettings settings;
    private final OdooClient client;
    private final Clock clock;

    Preparation(Mapping mapping, OpenSppSettings settings, OdooClient client, Clock clock) {
        this.mapping = mapping;
        this.settings = settings;
        this.client = client;
        this.clock = clock;
    }

    Session prepare() {
        client.login();
        Schema schema = schema();
        Vocabularies vocabularies = vocabularies(schema);
        List<String> problems = new MappingCheck(mapping, schema, vocabularies::of, settings.guidIdType()).problems();
        if (!problems.isEmpty()) {
            throw new ConfigurationProblem(problems);
        }
        Long guidType = vocabularies.of(Vocabulary.ID_TYPE).id(settings.guidIdType());
        if (guidType == null) {
            throw new IllegalStateException("the check let an unknown id type pass");
        }
        Map<String, KindPlan> plans = new LinkedHashMap<>();
        for (Kind kind : mapping.kinds()) {
            plans.put(kind.name(), KindPlan.of(kind, schema));
        }
        Values values = new Values(vocabularies::of);
        Prepared prepared = new Prepared(schema, plans, values, guidType, schema.sppIdWritable());
        LOG.info(
                "target {}: {} kinds fit the server; spp_id {}",
                mapping.target(),
                plans.size(),
                prepared.once() ? "is the hub's to choose" : "is the server's");
        return new Session(client, prepared, vocabularies, clock, settings.batchSize());
    }

    private Schema schema() {
        Map<String, Map<String, OdooField>> models = new LinkedHashMap<>();
        Map<String, OdooField> partner = OdooField.all(client.fieldsGet(OdooField.PARTNER));
        if (!partner.containsKey("is_registrant")) {
            throw new TargetTrouble(
                    TargetTrouble.Kind.MISCONFIGURED,
                    "res.partner has no is_registrant: this Odoo is no OpenSPP registry; check url and database in "
                            + settings.login().where());
        }
        models.put(OdooField.PARTNER, partner);
        Set<String> lists = new LinkedHashSet<>();
        lists.add(ListPlan.REG_ID);
        for (Kind kind : mapping.kinds()) {
            for (Field field : kind.fields()) {
                OdooField odoo = partner.get(field.name());
                if (odoo != null && odoo.type().equals("one2many") && odoo.relation() != null) {
                    lists.add(odoo.relation());
                }
            }
        }
        lists.forEach(model -> models.put(model, OdooField.all(client.fieldsGet(model))));
        return new Schema(models);
    }

    private Vocabularies vocabularies(Schema schema) {
        Set<String> needed = new LinkedHashSet<>();
        needed.add(Vocabulary.ID_TYPE);
        for (Kind kind : mapping.kinds()) {
            for (Field field : kind.fields()) {
                OdooField odoo = schema.partner().get(field.name());
                if (odoo == null) {
                    continue;
                }
                addVocabulary(needed, odoo);
                if (odoo.type().equals("one2many")) {
                    Map<String, OdooField> items = schema.model(String.valueOf(odoo.relation()));
                    field.fields().forEach(inner -> addVocabulary(needed, items.get(inner.name())));
                }
            }
        }
        Vocabularies vocabularies = new Vocabularies(client, clock);
        needed.forEach(vocabularies::read);
        return vocabularies;
    }

    private static void addVocabulary(Set<String> models, @Nullable OdooField field) {
        String model = field == null ? null : field.vocabulary();
        if (model != null) {
            models.add(model);
        }
    }
}
