package org.synchub.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A field device whose every form reaches the DataCollect server at once: writes what the server writes, in its order,
 * each step in a transaction of its own.
 *
 * <pre>{@code
 * SampleDevice device = new SampleDevice(store, "demo", clock, 1).capturingAt(lastMonth);
 * String household = device.createHousehold("Keomany 1");
 * String person = device.createPerson(household, "Noy", "Keomany");
 * device.update(person, "phone_number", "+8562055555555");
 * }</pre>
 *
 * <p>By default every form is applied; {@link #settlingConflicts} adds the server's rule by which it drops some.
 */
public final class SampleDevice {

    /** Something to do between two steps of the server, for example what another writer does there. */
    @FunctionalInterface
    public interface Step {
        void run() throws Exception;
    }

    private final ServerTables tables;
    private final InstantSource serverClock;
    private final Random random;
    private boolean settlesConflicts;
    private @Nullable Instant nextCapture;
    private @Nullable Step beforeSaving;

    /** A device whose guids derive from {@code number}: give each its own. */
    public SampleDevice(DataSource store, String tenant, InstantSource serverClock, int number) {
        this.tables = new Steps(new StoreTables(store, tenant));
        this.serverClock = serverClock;
        this.random = new Random(number * 7_919L);
    }

    /** With the server's conflict rule: kept-local drops a change, applied-remote drops what came before it. */
    public SampleDevice settlingConflicts() {
        settlesConflicts = true;
        return this;
    }

    /** The device's clock for the next forms, each a millisecond after the one before; else it is the server's clock. */
    public SampleDevice capturingAt(Instant deviceTime) {
        nextCapture = deviceTime;
        return this;
    }

    /** Runs {@code step} once, after the server has read the entity and stored the event, before it saves the entity. */
    public SampleDevice beforeSaving(Step step) {
        beforeSaving = step;
        return this;
    }

    /** Returns the new household's guid. */
    public String createHousehold(String name) throws SQLException {
        ObjectNode form = JsonNodeFactory.instance.objectNode();
        form.put("entityName", "household")
                .put("name", name)
                .put("household_name", name)
                .put("submit", true);
        form.put("area_code", FieldData.AREA_CODES.get(0))
                .put("household_size", 1)
                .put("parentGuid", "100");
        return create(form);
    }

    /** Returns the new person's guid. */
    public String createPerson(String household, String firstName, String lastName) throws SQLException {
        ObjectNode form = JsonNodeFactory.instance.objectNode();
        form.put("entityName", "individual")
                .put("name", firstName + " " + lastName)
                .put("submit", true);
        form.put("first_name", firstName).put("last_name", lastName).put("middle_name", "");
        form.put("parentGuid", household).put("gender", "female");
        form.put("date_of_birth", "1985-04-03T00:00:00+07:00").put("relationship", "1");
        return create(form);
    }

    /** Returns the guid of the new entity that this form describes. */
    public String create(ObjectNode form) throws SQLException {
        String guid = Guids.next(random);
        submit(guid, "create-individual", form);
        return guid;
    }

    /** Sends the whole form as it stands in the store, with one field changed, as the app does. */
    public void update(String guid, String field, String value) throws SQLException {
        submit(guid, "update-individual", form(guid).put(field, value));
    }

    public void update(String guid, String field, JsonNode value) throws SQLException {
        ObjectNode form = form(guid);
        form.set(field, value);
        submit(guid, "update-individual", form);
    }

    public void moveTo(String person, String household) throws SQLException {
        update(person, "parentGuid", household);
    }

    public void delete(String guid) throws SQLException {
        submit(guid, "delete-entity", JsonNodeFactory.instance.objectNode().put("reason", "entered twice"));
    }

    /** A copy of the form as it stands in the store: what the device shows, and may send back much later. */
    public ObjectNode form(String guid) throws SQLException {
        EntityPair pair = tables.entity(guid);
        if (pair == null) {
            throw new IllegalArgumentException("No entity " + guid + " in the store");
        }
        return (ObjectNode) pair.modified().get("data").deepCopy();
    }

    /**
     * Any event of level SYNCED.
     *
     * @return the event's guid
     */
    public String submit(String entity, String type, ObjectNode data) throws SQLException {
        return submit(entity, type, data, 1);
    }

    public String submit(String entity, String type, ObjectNode data, int level) throws SQLException {
        Instant captured = nextCapture == null ? serverClock.instant() : nextCapture;
        if (nextCapture != null) {
            nextCapture = captured.plusMillis(1);
        }
        String guid = Guids.next(random);
        new SubmitForm(tables, serverClock, settlesConflicts)
                .submit(new FormSubmission(guid, entity, type, data, captured, "admin", level));
        return guid;
    }

    private final class Steps implements ServerTables {

        private final ServerTables store;

        Steps(ServerTables store) {
            this.store = store;
        }

        @Override
        public @Nullable EntityPair entity(String guid) throws SQLException {
            return store.entity(guid);
        }

        @Override
        public void insertEvent(FormSubmission form) throws SQLException {
            store.insertEvent(form);
        }

        @Override
        public void saveEntity(EntityPair pair) throws SQLException {
            runStep();
            store.saveEntity(pair);
        }

        @Override
        public void deleteEntity(String guid) throws SQLException {
            runStep();
            store.deleteEntity(guid);
        }

        @Override
        public void audit(AuditRow row) throws SQLException {
            store.audit(row);
        }

        private void runStep() {
            Step step = beforeSaving;
            beforeSaving = null;
            if (step != null) {
                try {
                    step.run();
                } catch (Exception e) {
                    throw new IllegalStateException("The step between the server's steps failed", e);
                }
            }
        }
    }
}
