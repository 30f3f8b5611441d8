package org.synchub.simulator.openspp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A running OpenSPP look-alike on a loopback port. {@link #registry()} is the other side's staff and the place for
 * assertions, {@link #faults()} makes it misbehave, {@link #requests()} tells what it was asked.
 */
public final class OpenSppSimulator implements AutoCloseable {

    private final HttpFront front;
    private final Registry registry;
    private final Map<Integer, RegistryUser> users;
    private final Faults faults;
    private final RequestLog requests;
    private final String database;
    private final @Nullable Journal journal;

    private OpenSppSimulator(Builder options) {
        this.database = options.database;
        Store store = new Store(Models.build(options.models), options.clock);
        try {
            this.journal = options.journal == null ? null : Journal.open(options.journal, store.tables());
        } catch (IOException e) {
            throw new UncheckedIOException("The registry's journal " + options.journal + " cannot be opened", e);
        }
        if (journal != null) {
            store.journal(journal);
        }

        RegistryUser administrator = new RegistryUser(1, "__system__", "OdooBot", "", List.of(), Role.SETTINGS_ADMIN);
        List<RegistryUser> everyone = new ArrayList<>(options.users.values());
        everyone.add(administrator);
        everyone.add(Registry.OFFICER);
        Seeds.plantConfiguration(store, everyone, administrator);
        options.seeds.plant(store, administrator);
        options.firstIds.forEach((model, id) -> store.table(model).nextIdAtLeast(id));

        Map<String, ModelRules> rules = new HashMap<>();
        rules.put(Models.PARTNER, new PartnerRules(store, options.sppId));
        rules.put(Models.REG_ID, new RegIdRules(store));
        rules.put(Models.PHONE, new PhoneRules(store, options.countryCode));
        rules.put(Models.MEMBERSHIP, new MembershipRules(store, options.uniqueKinds));
        Orm orm = new Orm(store, rules);
        ObjectService objects = new ObjectService(store, orm);
        this.users = new ConcurrentHashMap<>(options.users);
        this.registry = new Registry(store, orm);
        this.faults = new Faults();
        this.requests = new RequestLog();
        this.front = new HttpFront(
                new HttpFront.Settings(
                        options.port, options.threads, options.latency, options.gzipAnswers, options.gzipRequests),
                store,
                objects,
                new JsonRpc(database, users, objects),
                faults,
                requests);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** For instance {@code http://127.0.0.1:8069}; the JSON-RPC endpoint is {@code /jsonrpc} below it. */
    public String url() {
        return "http://127.0.0.1:" + port();
    }

    public int port() {
        return front.port();
    }

    public String database() {
        return database;
    }

    public Registry registry() {
        return registry;
    }

    public Faults faults() {
        return faults;
    }

    public RequestLog requests() {
        return requests;
    }

    /** Answers one JSON-RPC request in this process: what would have come over the network, without faults and latency. */
    public byte[] answer(byte[] request) {
        return front.answer(request);
    }

    /** Gives the user of this login another password; what was asked with the old one is refused from now on. */
    public void password(String login, String password) {
        users.replaceAll((uid, user) -> user.login().equals(login)
                ? new RegistryUser(uid, login, user.name(), password, user.apiKeys(), user.role())
                : user);
    }

    /** Refuses connections from now on and cuts the open ones; requests under way may still be applied. */
    public void down() {
        front.down();
    }

    /** Listens again on the same port. */
    public void up() {
        front.up();
    }

    @Override
    public void close() {
        front.close();
        if (journal != null) {
            try {
                journal.close();
            } catch (IOException e) {
                throw new UncheckedIOException("The registry's journal cannot be closed", e);
            }
        }
    }

    /**
     * Options of a simulator. The defaults: a free port, database {@code openspp}, user {@code hub} (uid 7, password
     * {@code hub}, a registrar), genders male, female and other, id types "Data Collect GUID" and "National ID", kinds
     * "Household" and "Head" (unique), no areas.
     */
    public static final class Builder {

        private final Map<String, Models.Declaration> models = Models.recorded();
        private final Map<Integer, RegistryUser> users = new LinkedHashMap<>();
        private final Map<String, Integer> firstIds = new HashMap<>();
        private final Seeds seeds = new Seeds();
        private int port;
        private int threads = 8;
        private String database = "openspp";
        private Duration latency = Duration.ZERO;
        private Clock clock = Clock.systemUTC();
        private SppId sppId = SppId.WRITABLE;
        private String countryCode = "63";
        private boolean uniqueKinds;
        private boolean gzipAnswers = true;
        private boolean gzipRequests;
        private @Nullable Path journal;

        private Builder() {
            user(new RegistryUser(7, "hub", "Integration Hub", "hub", List.of(), Role.REGISTRAR));
            gender("male", "Male").gender("female", "Female").gender("other", "Other");
            idType("Data Collect GUID", "").idType("National ID", "^[0-9]{10}$");
            groupKind("Household");
            membershipKind("Head", true);
        }

        /** 0, the default, takes any free port. */
        public Builder port(int value) {
            this.port = value;
            return this;
        }

        /** How many requests are served at once, as the workers of an Odoo server; 8 unless set. */
        public Builder threads(int value) {
            this.threads = value;
            return this;
        }

        public Builder database(String value) {
            this.database = value;
            return this;
        }

        /** Adds a login, or replaces the one with this uid. */
        public Builder user(RegistryUser user) {
            if (user.uid() == Registry.OFFICER_UID || user.uid() == 1) {
                throw new IllegalArgumentException(
                        "User id " + user.uid() + " is the registry's own; take another one");
            }
            users.put(user.uid(), user);
            return this;
        }

        /** Replaces the login of the default user, a registrar. */
        public Builder login(String login, String password) {
            return user(new RegistryUser(7, login, "Integration Hub", password, List.of(), Role.REGISTRAR));
        }

        /** How long every request takes at least, waited after its transaction began. */
        public Builder latency(Duration value) {
            this.latency = value;
            return this;
        }

        public Builder clock(Clock value) {
            this.clock = value;
            return this;
        }

        /** Keeps the registry's state in this file across restarts. */
        public Builder journal(Path file) {
            this.journal = file;
            return this;
        }

        public Builder gender(String value, String label) {
            seeds.add(Models.GENDER, "value", Map.of("value", value, "code", label, "active", true));
            return this;
        }

        /** As a stock database: no gender value is known, so any is refused. */
        public Builder withoutGenders() {
            seeds.remove(Models.GENDER);
            return this;
        }

        /** A regular expression as Python's re.match applies it, or empty for any value. */
        public Builder idType(String name, String format) {
            Map<String, Object> columns = new HashMap<>(Map.of("name", name, "target_type", "both"));
            if (!format.isEmpty()) {
                columns.put("id_validation", format);
            }
            seeds.add(Models.ID_TYPE, "name", columns);
            return this;
        }

        public Builder groupKind(String name) {
            seeds.add(Models.GROUP_KIND, "name", Map.of("name", name));
            return this;
        }

        public Builder membershipKind(String name, boolean unique) {
            seeds.add(Models.MEMBERSHIP_KIND, "name", Map.of("name", name, "is_unique", unique));
            return this;
        }

        public Builder area(String code, String name) {
            seeds.add(
                    Models.AREA,
                    "code",
                    Map.of(
                            "code",
                            code,
                            "name",
                            name,
                            "draft_name",
                            name,
                            "spp_id",
                            PartnerRules.sppIdOf("LOC_", code)));
            return this;
        }

        /** Leaves out the seeded rows of a vocabulary, given by its model, so that others can be put in its place. */
        public Builder without(String vocabulary) {
            seeds.remove(vocabulary);
            return this;
        }

        /** Adds a field, for instance {@code ("res.partner", "x_cst_indv_datacollect_guid", "char", "GUID")}. */
        public Builder field(String model, String name, String type, String label) {
            declaration(model)
                    .fields()
                    .put(
                            name,
                            new LinkedHashMap<>(Map.of(
                                    "type",
                                    type,
                                    "string",
                                    label,
                                    "required",
                                    false,
                                    "readonly",
                                    false,
                                    "store",
                                    true)));
            return this;
        }

        public Builder withoutField(String model, String name) {
            declaration(model).fields().remove(name);
            return this;
        }

        public Builder sppId(SppId value) {
            this.sppId = value;
            Map<String, Map<String, Object>> fields =
                    declaration(Models.PARTNER).fields();
            if (value == SppId.ABSENT) {
                fields.remove("spp_id");
            } else {
                Map<String, Object> attributes = fields.get("spp_id");
                if (attributes == null) {
                    throw new IllegalStateException("spp_id was taken away before; build the simulator anew");
                }
                attributes.put("readonly", value == SppId.READ_ONLY);
            }
            return this;
        }

        /** Refuses a second member of a unique kind, which stock OpenSPP does only in its forms. */
        public Builder enforceUniqueKinds(boolean value) {
            this.uniqueKinds = value;
            return this;
        }

        /** What a phone number without "+" belongs to; 63 unless set. */
        public Builder countryCode(String value) {
            this.countryCode = value;
            return this;
        }

        /** Whether answers are zipped for who accepts it, as a proxy does; true unless set. */
        public Builder gzipAnswers(boolean value) {
            this.gzipAnswers = value;
            return this;
        }

        /** Whether zipped requests are understood, which stock Odoo does not; false unless set. */
        public Builder gzipRequests(boolean value) {
            this.gzipRequests = value;
            return this;
        }

        /** The first id a model hands out. */
        public Builder firstId(String model, int id) {
            firstIds.put(model, id);
            return this;
        }

        private Models.Declaration declaration(String model) {
            Models.Declaration declaration = models.get(model);
            if (declaration == null) {
                throw new IllegalArgumentException("The OpenSPP simulator has no model " + model);
            }
            return declaration;
        }

        /** Builds the registry without listening: only {@link OpenSppSimulator#answer} reaches it, until it is up. */
        public OpenSppSimulator offline() {
            return new OpenSppSimulator(this);
        }

        /** Builds the registry and listens. */
        public OpenSppSimulator start() {
            OpenSppSimulator simulator = new OpenSppSimulator(this);
            simulator.up();
            return simulator;
        }
    }
}
