package org.synchub.target.httpjson;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.synchub.mapping.Kind;
import org.synchub.mapping.Mapping;
import org.synchub.target.TargetHttp;
import org.synchub.target.httpjson.spec.Key;
import org.synchub.target.httpjson.spec.Spec;
import org.synchub.target.httpjson.spec.Variables;

/** What everything that works on one target has in common. */
final class Session {

    private final Mapping mapping;
    private final Spec spec;
    private final Clock clock;
    private final ExternalIds ids;
    private final Judge judge;
    private final Credentials credentials;
    private final Client client;
    private volatile @Nullable String pulledFrom;
    private final Map<String, RecordForm> forms = new HashMap<>();

    Session(Mapping mapping, Spec spec, TargetHttp http, Clock clock) {
        this.mapping = mapping;
        this.spec = spec;
        this.clock = clock;
        this.ids = new ExternalIds(spec);
        this.judge = new Judge(spec);
        this.credentials = new Credentials(spec.auth(), http, clock, spec.where());
        this.client = new Client(spec, http, credentials, judge);
        mapping.kinds().forEach(kind -> forms.put(kind.name(), new RecordForm(kind, spec.record(), ids)));
    }

    /** From where changes were last read: the hub has taken in all that was before. Null if that is not known. */
    @Nullable
    String pulledFrom() {
        return pulledFrom;
    }

    void pulledFrom(@Nullable String cursor) {
        pulledFrom = cursor;
    }

    Mapping mapping() {
        return mapping;
    }

    Spec spec() {
        return spec;
    }

    Clock clock() {
        return clock;
    }

    ExternalIds ids() {
        return ids;
    }

    Judge judge() {
        return judge;
    }

    Credentials credentials() {
        return credentials;
    }

    Client client() {
        return client;
    }

    RecordForm form(Kind kind) {
        RecordForm form = forms.get(kind.name());
        if (form == null) {
            throw new IllegalArgumentException("the mapping has no kind '" + kind.name() + "'");
        }
        return form;
    }

    /** The hub's key of an entity, as requests hold it; null where only the ledger knows it. */
    @Nullable
    JsonNode key(String guid) {
        if (!spec.key().isDerived()) {
            return null;
        }
        String key = spec.key().of(mapping.tenant(), guid);
        return spec.key().form() == Key.Form.NUMBER ? LongNode.valueOf(Long.parseLong(key)) : TextNode.valueOf(key);
    }

    /** The placeholders that every request may use, before its own. */
    Variables variables(@Nullable String kind, Variables own) {
        return name -> {
            if (name.startsWith("constants.")) {
                return spec.constants().get(name.substring("constants.".length()));
            }
            if (name.equals("kind.name")) {
                return kind == null ? null : TextNode.valueOf(kind);
            }
            if (name.startsWith("kind.")) {
                return kind == null ? null : spec.kind(kind).values().get(name.substring("kind.".length()));
            }
            if (name.equals("random")) {
                return TextNode.valueOf(UUID.randomUUID().toString());
            }
            return name.equals("now")
                    ? TextNode.valueOf(
                            Times.write(clock.instant(), spec.record().datetime()))
                    : own.get(name);
        };
    }
}
