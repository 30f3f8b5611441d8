package org.synchub.demo;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.SplittableRandom;
import org.postgresql.copy.CopyManager;
import org.postgresql.core.BaseConnection;
import org.synchub.store.IsoMillis;

/** Many good records at once, for benchmarks: text by hand instead of JSON trees, COPY instead of INSERT. */
final class BulkData {

    private static final String COPY_ENTITIES =
            "COPY public.entities (id, guid, initial, modified, last_updated, tenant_id) FROM STDIN";
    private static final String COPY_EVENTS =
            "COPY public.events (guid, tenant_id, entity_guid, type, data, \"timestamp\", user_id, sync_level) FROM STDIN";
    private static final int CHUNK_CHARS = 8_000_000;
    private static final Instant FIRST_CAPTURE = Instant.parse("2026-01-05T01:00:00Z");

    private static final String[] SURNAMES = {"Keomany", "Inthavong", "Luangrath", "O'Brien", "Núñez", "ແກ້ວມະນີ", "王"};
    private static final String[] FIRST_NAMES = {"Noy", "Thong", "Dao", "Khamla", "Renée", "ນ້ອຍ", "美玲", "Bounmy"};

    private final String tenant;
    private final int members;
    private final SplittableRandom random;
    private final StringBuilder entities = new StringBuilder();
    private final StringBuilder events = new StringBuilder();
    private long written;

    BulkData(String tenant, int membersPerHousehold, long seed) {
        if (tenant.chars().anyMatch(c -> c < ' ' || c == '\\')) {
            throw new IllegalArgumentException("Tenant \"" + tenant + "\" has a control character or backslash in it.");
        }
        this.tenant = tenant;
        this.members = membersPerHousehold;
        this.random = new SplittableRandom(seed);
    }

    long copyInto(Connection connection, int households) throws SQLException {
        CopyManager copy = new CopyManager(connection.unwrap(BaseConnection.class));
        for (int i = 0; i < households; i++) {
            String surname = SURNAMES[random.nextInt(SURNAMES.length)];
            String household = guid();
            add(household, householdData(surname, i), surname + " " + i);
            for (int m = 0; m < members; m++) {
                String first = FIRST_NAMES[random.nextInt(FIRST_NAMES.length)];
                add(guid(), personData(first, surname, household, m), first + " " + surname);
            }
            if (entities.length() > CHUNK_CHARS) {
                flush(copy);
            }
        }
        flush(copy);
        return written;
    }

    private void flush(CopyManager copy) throws SQLException {
        try {
            copy.copyIn(COPY_EVENTS, new StringReader(events.toString()));
            copy.copyIn(COPY_ENTITIES, new StringReader(entities.toString()));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot copy bulk data into tenant " + tenant, e);
        }
        events.setLength(0);
        entities.setLength(0);
    }

    private void add(String guid, String data, String name) {
        Instant captured = FIRST_CAPTURE.plusMillis(written * 20);
        String timestamp = IsoMillis.format(captured);
        String applied = IsoMillis.format(captured.plusMillis(3_600_000));
        String doc = "{\"id\":\"" + guid + "\",\"guid\":\"" + guid + "\",\"type\":\"individual\",\"name\":\"" + name
                + "\",\"version\":1,\"data\":" + data + ",\"lastUpdated\":\"" + applied + "\"}";
        entities.append(guid)
                .append('\t')
                .append(guid)
                .append('\t')
                .append(doc)
                .append('\t')
                .append(doc);
        entities.append('\t').append(applied).append('\t').append(tenant).append('\n');
        events.append(guid()).append('\t').append(tenant).append('\t').append(guid);
        events.append("\tcreate-individual\t")
                .append(data)
                .append('\t')
                .append(timestamp)
                .append("\tadmin\t1\n");
        written++;
    }

    private String householdData(String surname, int number) {
        String area = FieldData.AREA_CODES.get(number % FieldData.AREA_CODES.size());
        String name = surname + " " + number;
        // COPY takes one level of backslashes away.
        String gps = "{\\\\\"coords\\\\\":{\\\\\"latitude\\\\\":18." + (10_000 + random.nextInt(90_000))
                + ",\\\\\"longitude\\\\\":102." + (10_000 + random.nextInt(90_000)) + "}}";
        return "{\"entityName\":\"household\",\"parentGuid\":\"100\",\"submit\":true,\"household_name\":\"" + name
                + "\",\"name\":\"" + name + "\",\"household_size\":" + members + ",\"area_code\":\"" + area
                + "\",\"belongs_to_ethnic_group\":\"no\",\"location_gps\":\"" + gps + "\",\"document_ids\":["
                + document("family_book", "FB%09d".formatted(number)) + "]}";
    }

    private String personData(String first, String surname, String household, int position) {
        String born =
                "%04d-%02d-%02d".formatted(1941 + random.nextInt(84), 1 + random.nextInt(12), 1 + random.nextInt(28));
        return "{\"entityName\":\"individual\",\"parentGuid\":\"" + household + "\",\"submit\":true,\"first_name\":\""
                + first + "\",\"last_name\":\"" + surname + "\",\"middle_name\":\"\",\"name\":\"" + first + " "
                + surname
                + "\",\"gender\":\"" + (random.nextBoolean() ? "female" : "male") + "\",\"relationship\":\""
                + Math.min(position + 1, 3) + "\",\"date_of_birth\":\"" + born + "T00:00:00+07:00\",\"phone_number\":\""
                + "+856205%07d".formatted(written % 10_000_000)
                + "\",\"email_address\":\"\",\"profession\":\"farmer\",\"marital_status\":1,\"education_level\":2,"
                + "\"belongs_to_ethnic_group\":\"no\",\"document_ids\":["
                + document("national_id", "%012d".formatted(100_000_000_000L + written)) + "]}";
    }

    private static String document(String type, String number) {
        return "{\"id_type\":\"" + type + "\",\"id_number\":\"" + number
                + "\",\"id_description\":\"\",\"id_issuance_date\":\"2020-01-02\",\"id_expiry_date\":\"2030-01-02\"}";
    }

    private String guid() {
        return Guids.next(random);
    }
}
