package org.synchub.target.openspp;

import java.time.Clock;
import org.springframework.stereotype.Component;
import org.synchub.mapping.Mapping;
import org.synchub.mapping.MappingException;
import org.synchub.mapping.Problem;
import org.synchub.target.Adapter;
import org.synchub.target.AdapterFactory;
import org.synchub.target.ConfigurationProblem;
import org.synchub.target.TargetHttp;
import org.synchub.target.openspp.odoo.JsonRpcTransport;

/** Makes adapters for OpenSPP 1.3 on Odoo 17: {@code adapter: {type: openspp, …}}. */
@Component
public final class OpenSppAdapterFactory implements AdapterFactory {

    @Override
    public String type() {
        return OpenSppSettings.TYPE;
    }

    @Override
    public boolean sealsFields() {
        return true;
    }

    @Override
    public boolean writesByHttpAlone() {
        return true;
    }

    @Override
    public Adapter create(Mapping mapping, TargetHttp http, Clock clock) {
        try {
            OpenSppSettings settings = OpenSppSettings.of(mapping);
            return new OpenSppAdapter(mapping, settings, new JsonRpcTransport(http, settings.login(), clock), clock);
        } catch (MappingException wrong) {
            throw new ConfigurationProblem(
                    wrong.problems().stream().map(Problem::toString).toList());
        }
    }
}
