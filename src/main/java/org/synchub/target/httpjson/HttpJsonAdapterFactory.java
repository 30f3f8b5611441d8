package org.synchub.target.httpjson;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;
import org.synchub.mapping.Kind;
import org.synchub.mapping.Mapping;
import org.synchub.mapping.MappingException;
import org.synchub.mapping.OnDelete;
import org.synchub.mapping.Problem;
import org.synchub.target.Adapter;
import org.synchub.target.AdapterFactory;
import org.synchub.target.ConfigurationProblem;
import org.synchub.target.TargetHttp;
import org.synchub.target.httpjson.spec.Operation;
import org.synchub.target.httpjson.spec.Spec;

/** Makes adapters for systems that their mapping files describe: {@code adapter: {type: http-json, …}}. */
@Component
public final class HttpJsonAdapterFactory implements AdapterFactory {

    @Override
    public String type() {
        return Spec.TYPE;
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
            Spec spec = Spec.of(mapping);
            refuseUnknownDeletes(mapping, spec);
            return new HttpJsonAdapter(new Session(mapping, spec, http, clock));
        } catch (MappingException wrong) {
            throw new ConfigurationProblem(
                    wrong.problems().stream().map(Problem::toString).toList());
        }
    }

    /** What a deletion does is what the request 'delete' says; a kind can only have it or not have it. */
    private static void refuseUnknownDeletes(Mapping mapping, Spec spec) {
        List<String> problems = new ArrayList<>();
        for (Kind kind : mapping.kinds()) {
            OnDelete onDelete = kind.onDelete();
            if (onDelete == OnDelete.DISABLE || onDelete == OnDelete.END_MEMBERSHIPS) {
                problems.add(
                        mapping.file() + ":" + kind.line() + ": kind '" + kind.name()
                                + "': this adapter deletes as the request 'delete' says; write onDelete: archive, ignore or ask");
            } else if (onDelete != null && onDelete != OnDelete.IGNORE && spec.request(Operation.DELETE) == null) {
                problems.add(mapping.file() + ":" + kind.line() + ": kind '" + kind.name()
                        + "': there is no request 'delete'; describe it, or write onDelete: ignore");
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigurationProblem(problems);
        }
    }
}
