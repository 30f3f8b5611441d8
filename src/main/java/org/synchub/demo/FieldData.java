package org.synchub.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import javax.sql.DataSource;
import org.synchub.store.MerkleRoot;

/**
 * Synthetic field data for tenant {@value #TENANT}: households and people as teams of one project collect them, good
 * and bad, written as a DataCollect server writes what devices sync. Nobody in it exists.
 *
 * <p>The same seed gives the same guids and values; times lie in the month before the clock's now. As in real data every
 * form is of type {@code individual}: {@code data.entityName} tells households from people and {@code data.parentGuid}
 * names a person's household. One group made by a library user has {@code memberIds} instead.
 */
public final class FieldData {

    public static final String TENANT = "demo";

    /** What {@code data.area_code} of a household holds: codes of areas that the target must know. */
    public static final List<String> AREA_CODES =
            List.of("LA-0101", "LA-0102", "LA-0103", "LA-0104", "LA-0201", "LA-0202", "LA-0203", "LA-0301");

    /** Every good {@code national_id} in {@code data.document_ids[].id_number} matches this, every bad one does not. */
    public static final String NATIONAL_ID_PATTERN = "^[0-9]{12}$";

    private static final long SEED = 20_261_120L;
    private static final String CONFIG = "demo-app-config.json";

    private final Clock clock;
    private final long seed;
    private final FieldScript script;

    /** The data set that the demo shows. */
    public FieldData(Clock clock) {
        this(clock, SEED);
    }

    public FieldData(Clock clock, long seed) {
        this.clock = clock;
        this.seed = seed;
        this.script = new FieldScript(seed, clock.instant());
    }

    /**
     * How much of what there is after {@link #seed}.
     *
     * @param households households by form, without {@code lateHouseholds} and {@code libraryGroups}
     * @param people people by form, bad ones and {@code peopleOfLateHouseholds} included, {@code libraryMembers} not
     * @param lateHouseholds households that only {@link #lateArrivals} brings
     * @param peopleOfLateHouseholds people who are there from the start and wait for those
     * @param libraryGroups entities of type group; the second is a member of the first
     * @param libraryMembers people inside those groups, without events of their own
     * @param others entities of forms that no mapping knows
     * @param updated entities that were changed after they were created, so that their version is above 1
     */
    public record Counts(
            int households,
            int people,
            int lateHouseholds,
            int peopleOfLateHouseholds,
            int libraryGroups,
            int libraryMembers,
            int others,
            int updated) {

        /** Rows of {@code public.entities} after {@link #seed}. */
        public int entities() {
            return households + people + libraryGroups + libraryMembers + others;
        }
    }

    public Counts counts() {
        return script.counts();
    }

    /**
     * Every record that must not be delivered to a registry that checks what OpenSPP checks; one that checks less, such as
     * phone numbers, gets more. All others must be.
     */
    public List<ExpectedRejection> expectedRejections() {
        return script.rejections();
    }

    /** Guids of the people who wait for {@link #lateArrivals}. */
    public List<String> peopleOfLateHouseholds() {
        return script.peopleOfLateHouseholds();
    }

    /** Guids of the households that {@link #lateArrivals} brings. */
    public List<String> lateHouseholds() {
        return script.late().stream().map(FormSubmission::entityGuid).toList();
    }

    /**
     * Writes the tenant's configuration, entities, events, audit rows and Merkle root in one transaction, unless the
     * tenant has rows already.
     *
     * @return whether anything was written
     */
    public boolean seed(DataSource store) throws SQLException {
        return Transactions.inTransaction(store, connection -> {
            lock(connection);
            if (exists(connection, "SELECT 1 FROM public.entities WHERE tenant_id = ? LIMIT 1", TENANT)
                    || exists(connection, "SELECT 1 FROM public.app_configs WHERE id = ?", TENANT)) {
                return false;
            }
            insertConfig(connection);
            takeIn(connection, script.sent(), new Random(seed + 1));
            return true;
        });
    }

    /**
     * Lets the households arrive that were captured weeks ago on a device which only now finds a network. Their people
     * are there since {@link #seed}.
     *
     * @return whether anything was written; false when they have arrived before
     */
    public boolean lateArrivals(DataSource store) throws SQLException {
        return Transactions.inTransaction(store, connection -> {
            lock(connection);
            String first = script.late().get(0).guid();
            if (exists(connection, "SELECT 1 FROM public.events WHERE guid = ?", first)) {
                return false;
            }
            Instant now = clock.instant();
            takeIn(
                    connection,
                    script.late().stream()
                            .map(form -> new FieldScript.Sent(form, now))
                            .toList(),
                    new Random(seed + 2));
            return true;
        });
    }

    /**
     * Fills a tenant with good records only, by COPY: {@code households * (1 + membersPerHousehold)} entities with one
     * event each. No audit rows and no Merkle root.
     *
     * @param seed the same seed gives the same guids, so a second run into the same store fails on its keys
     * @return the number of entities written
     */
    public static long bulk(DataSource store, String tenant, int households, int membersPerHousehold, long seed)
            throws SQLException {
        return Transactions.inTransaction(
                store, connection -> new BulkData(tenant, membersPerHousehold, seed).copyInto(connection, households));
    }

    /** As the server would: one form after the other, each some milliseconds after the one before. */
    private void takeIn(Connection connection, List<FieldScript.Sent> forms, Random auditGuids) throws SQLException {
        RecordedTables tables = new RecordedTables();
        ServerClock time = new ServerClock();
        SubmitForm server = new SubmitForm(tables, time, true);
        for (FieldScript.Sent sent : forms) {
            time.moveOn(sent.arrival());
            server.submit(sent.form());
        }
        tables.insertInto(connection, TENANT, () -> Guids.next(auditGuids));
        MerkleRoot.refresh(connection, TENANT);
    }

    private static final class ServerClock implements InstantSource {

        private static final Duration PER_FORM = Duration.ofMillis(7);

        private Instant now = Instant.EPOCH;

        void moveOn(Instant to) {
            Instant next = now.plus(PER_FORM);
            now = to.isAfter(next) ? to : next;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    private void insertConfig(Connection connection) throws SQLException {
        JsonNode config = config();
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO public.app_configs (id, artifact_id, name, description, version, entity_forms, entity_data)"
                        + " VALUES (?, ?, ?, ?, ?, ?::jsonb, ?::jsonb)")) {
            insert.setString(1, TENANT);
            insert.setString(2, Guids.next(new Random(seed)).replace("-", ""));
            insert.setString(3, "Demo");
            insert.setString(4, "Synthetic field data of Sync Hub's demo");
            insert.setString(5, "1.0.0");
            insert.setString(6, config.path("forms").toString());
            insert.setString(7, config.path("data").toString());
            insert.executeUpdate();
        }
    }

    private static JsonNode config() {
        try (InputStream in = FieldData.class.getResourceAsStream(CONFIG)) {
            if (in == null) {
                throw new IllegalStateException(
                        "The resource org/synchub/demo/" + CONFIG + " is missing from the class path; build again.");
            }
            return JsonMapper.builder().build().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the resource org/synchub/demo/" + CONFIG, e);
        }
    }

    /** Two hubs may start on one empty store at once. */
    private static void lock(Connection connection) throws SQLException {
        try (PreparedStatement lock =
                connection.prepareStatement("SELECT pg_advisory_xact_lock(hashtext('org.synchub.demo.FieldData'))")) {
            lock.execute();
        }
    }

    private static boolean exists(Connection connection, String sql, String parameter) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setString(1, parameter);
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }
}
