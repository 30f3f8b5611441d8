package org.synchub.demo;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.LocalDate;
import java.util.List;
import java.util.Random;

/** Fills in the demo's two forms as DataCollect's mobile app submits them: every field a key of {@code data}. */
final class FieldForms {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final LocalDate OLDEST = LocalDate.of(1941, 1, 1);
    private static final int DAYS_OF_BIRTH = 84 * 365;

    private final Random random;
    private int documents = 0;
    private int phones = 0;

    FieldForms(Random random) {
        this.random = random;
    }

    /** A person's form, all values good; some optional ones are missing, as in the field. */
    ObjectNode person(FieldNames names, String surname, String parentGuid, int position) {
        boolean woman = random.nextBoolean();
        String first = names.firstName(woman, random);
        ObjectNode data = JSON.objectNode();
        data.put("entityName", "individual").put("parentGuid", parentGuid).put("submit", true);
        data.put("first_name", first).put("last_name", surname);
        data.put("middle_name", random.nextInt(6) == 0 ? names.firstName(woman, random) : "");
        data.put("name", first + " " + surname);
        if (random.nextInt(25) != 0) {
            data.put("gender", woman ? "female" : "male");
        }
        data.put("relationship", position == 0 ? "1" : position == 1 ? "2" : "3");
        int birth = random.nextInt(40);
        if (birth > 1) {
            data.put("date_of_birth", OLDEST.plusDays(random.nextInt(DAYS_OF_BIRTH)) + "T00:00:00+07:00");
        } else if (birth == 1) {
            data.putNull("date_of_birth");
        }
        int phone = random.nextInt(10);
        if (phone > 2) {
            data.put("phone_number", phoneNumber());
        } else if (phone == 2) {
            data.put("phone_number", "");
        }
        data.put("email_address", random.nextInt(3) == 0 ? "person" + phones + "@mail.test" : "");
        data.put("profession", random.nextInt(4) == 0 ? "weaver" : "farmer");
        data.put("marital_status", 1 + random.nextInt(3)).put("education_level", 1 + random.nextInt(4));
        data.put("belongs_to_ethnic_group", random.nextInt(5) == 0 ? "yes" : "no");
        ArrayNode ids = data.putArray("document_ids");
        if (random.nextInt(10) < 7) {
            ids.add(document("national_id", nationalId()));
        }
        return data;
    }

    ObjectNode household(String surname, String parentGuid, int size, List<String> areaCodes) {
        int number = ++documents;
        ObjectNode data = JSON.objectNode();
        data.put("entityName", "household").put("parentGuid", parentGuid).put("submit", true);
        data.put("household_name", surname + " " + number).put("name", surname + " " + number);
        data.put("household_size", size).put("area_code", areaCodes.get(random.nextInt(areaCodes.size())));
        data.put("belongs_to_ethnic_group", random.nextInt(5) == 0 ? "yes" : "no");
        data.put(
                "location_gps",
                "{\"coords\":{\"latitude\":%d.%05d,\"longitude\":%d.%05d}}"
                        .formatted(
                                14 + random.nextInt(8),
                                random.nextInt(100_000),
                                101 + random.nextInt(6),
                                random.nextInt(100_000)));
        data.putArray("document_ids").add(document("family_book", "FB%06d".formatted(number)));
        if (random.nextInt(3) == 0) {
            data.putArray("bank_details")
                    .addObject()
                    .put("bank_name", "1")
                    .put("account_type", "savings")
                    .put("account_number", "AC%06d".formatted(number))
                    .put("account_owner_name", surname);
        }
        return data;
    }

    static ObjectNode document(String type, String number) {
        return JSON.objectNode()
                .put("id_type", type)
                .put("id_number", number)
                .put("id_description", "")
                .put("id_issuance_date", "2020-01-02")
                .put("id_expiry_date", "2030-01-02");
    }

    /** A Lao mobile number: two digits of network, then eight that start with 2, 5, 7 or 9. */
    String phoneNumber() {
        return "+85620%c%07d".formatted("2579".charAt(random.nextInt(4)), ++phones * 37L % 10_000_000);
    }

    /** Unique in the data set, and matching {@link FieldData#NATIONAL_ID_PATTERN}. */
    private String nationalId() {
        return "%03d%09d".formatted(100 + random.nextInt(900), ++documents);
    }
}
