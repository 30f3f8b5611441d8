package org.synchub.demo;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.synchub.demo.ExpectedRejection.Fate;

/**
 * Who captured what, when, and when it reached the server: the story behind {@link FieldData}. The same seed gives the
 * same guids and values; only the times move with {@code now}.
 */
final class FieldScript {

    /** One form and the moment at which the device that holds it gets a network. */
    record Sent(FormSubmission form, Instant arrival) {}

    private static final int HOUSEHOLDS = 260;
    private static final int LATE_HOUSEHOLDS = 4;
    private static final String ROOT = "100";
    private static final String DEVICE_USER = "admin";

    private final Random random;
    private final FieldForms forms;
    private final Instant now;
    private final Set<Instant> used = new HashSet<>();
    private final List<Sent> sent = new ArrayList<>();
    private final List<FormSubmission> late = new ArrayList<>();
    private final List<ExpectedRejection> rejections = new ArrayList<>();
    private final List<String> peopleOfLateHouseholds = new ArrayList<>();
    private int households;
    private int people;
    private int updated;
    private int libraryMembers;

    FieldScript(long seed, Instant now) {
        this.random = new Random(seed);
        this.forms = new FieldForms(random);
        this.now = now.truncatedTo(ChronoUnit.MILLIS);
        root();
        for (int i = 0; i < HOUSEHOLDS; i++) {
            household(i);
        }
        for (int i = 0; i < LATE_HOUSEHOLDS; i++) {
            lateHousehold();
        }
        libraryGroup();
        villageSurvey();
        sent.sort(
                Comparator.comparing(Sent::arrival).thenComparing(s -> s.form().timestamp()));
    }

    /** In the order in which the server takes them in. */
    List<Sent> sent() {
        return sent;
    }

    List<FormSubmission> late() {
        return late;
    }

    List<ExpectedRejection> rejections() {
        return List.copyOf(rejections);
    }

    List<String> peopleOfLateHouseholds() {
        return List.copyOf(peopleOfLateHouseholds);
    }

    FieldData.Counts counts() {
        return new FieldData.Counts(
                households, people, LATE_HOUSEHOLDS, peopleOfLateHouseholds.size(), 2, libraryMembers, 2, updated);
    }

    /** Random, but the same for the same seed. */
    private String guid() {
        return Guids.next(random);
    }

    /** The configuration's reference data, which the server loads as events like any other. */
    private void root() {
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        data.put("id", ROOT).put("name", "APG Aquatic animals").put("entityName", "apg");
        data.put("area_code", FieldData.AREA_CODES.get(0));
        Instant loaded = moment(now.minus(Duration.ofDays(45)));
        send(ROOT, "create-individual", data, loaded, loaded.plusSeconds(1), 1);
        reject(ROOT, Fate.NOT_MAPPED, "the form of the root group is mapped to nothing");
    }

    private void household(int index) {
        FieldNames names = FieldNames.any(random);
        String surname = names.surname(random);
        int members = 2 + random.nextInt(5);
        String guid = guid();
        Instant captured = capturedLastMonth();
        Instant arrival = arrivalAfter(captured);
        ObjectNode form = forms.household(surname, ROOT, members, FieldData.AREA_CODES);
        send(guid, "create-individual", form, captured, arrival, 1);
        households++;
        if (index % 26 == 3) {
            ObjectNode edit = JsonNodeFactory.instance.objectNode().put("household_size", members + 1);
            change(guid, form, edit, captured, arrival);
        }
        for (int i = 0; i < members; i++) {
            ObjectNode person = forms.person(names, surname, guid, i);
            String personGuid = guid();
            Instant seen = moment(captured.plusSeconds(60L * (i + 1) + random.nextInt(40)));
            send(personGuid, "create-individual", person, seen, arrival, 1);
            people++;
            if (i == 0 && index % 5 == 0) {
                ObjectNode edit = JsonNodeFactory.instance.objectNode().put("phone_number", forms.phoneNumber());
                change(personGuid, person, edit, seen, arrival);
            }
        }
        if (index % 16 == 8) {
            spoiled(index / 16, names, surname, guid, captured, arrival);
        }
    }

    /** One more member, with one thing wrong. */
    private void spoiled(
            int kind, FieldNames names, String surname, String household, Instant captured, Instant arrival) {
        ObjectNode form = forms.person(names, surname, household, 2);
        String guid = guid();
        int level = 1;
        switch (kind) {
            case 0, 7 -> {
                form.put("phone_number", kind == 0 ? "+8562" : "12");
                reject(guid, Fate.REFUSED, "the phone number has too few digits");
            }
            case 1, 8 -> {
                form.put("date_of_birth", (kind == 1 ? "1987-02-30" : "2001-13-05") + "T00:00:00+07:00");
                reject(guid, Fate.REFUSED, "the date of birth does not exist");
            }
            case 2, 9 -> {
                form.put("gender", kind == 2 ? "unspecified" : "7");
                reject(guid, Fate.REFUSED, "the gender is not one of the known values");
            }
            case 3, 10 -> {
                form.put("first_name", kind == 3 ? "" : "  ").put("name", surname);
                reject(guid, Fate.REFUSED, "the first name is empty");
            }
            case 4, 11 -> {
                form.putArray("document_ids").add(FieldForms.document("national_id", kind == 4 ? "abc" : "12-34"));
                reject(guid, Fate.REFUSED, "the national id does not have the form that its type asks for");
            }
            case 5, 12 -> {
                form.put("parentGuid", guid());
                reject(guid, Fate.WAITS_FOR_HOUSEHOLD, "its household never arrives");
            }
            case 6, 13 -> {
                level = 0;
                reject(guid, Fate.NOT_SYNCED, "its only event is LOCAL");
            }
            default -> {
                form.put("household_note", "joined later");
            }
        }
        send(guid, "create-individual", form, moment(captured.plusSeconds(900)), arrival, level);
        people++;
    }

    /** The members come first, from a second device; the household itself is still on the first one. */
    private void lateHousehold() {
        FieldNames names = FieldNames.any(random);
        String surname = names.surname(random);
        String guid = guid();
        Instant captured = moment(now.minus(Duration.ofDays(33)).plusSeconds(random.nextInt(80_000)));
        ObjectNode form = forms.household(surname, ROOT, 3, FieldData.AREA_CODES);
        late.add(new FormSubmission(guid(), guid, "create-individual", form, captured, DEVICE_USER, 1));
        for (int i = 0; i < 3; i++) {
            String person = guid();
            Instant seen = moment(captured.plusSeconds(120L * (i + 1)));
            ObjectNode data = forms.person(names, surname, guid, i);
            send(person, "create-individual", data, seen, arrivalAfter(seen), 1);
            people++;
            peopleOfLateHouseholds.add(person);
        }
    }

    /** Made through the library and not by the app: type group, memberIds, and members that have no events. */
    private void libraryGroup() {
        FieldNames names = FieldNames.any(random);
        String surname = names.surname(random);
        ObjectNode outer = forms.household(surname, ROOT, 3, FieldData.AREA_CODES);
        ArrayNode members = outer.putArray("members");
        libraryMember(members, names, surname);
        libraryMember(members, names, surname);
        ObjectNode inner = forms.household(surname, ROOT, 2, FieldData.AREA_CODES);
        inner.put("guid", guid()).put("type", "group");
        libraryMember(inner.putArray("members"), names, surname);
        libraryMember(inner.withArray("members"), names, surname);
        members.add(inner);
        String guid = guid();
        Instant captured = capturedLastMonth();
        Instant arrival = arrivalAfter(captured);
        send(guid, "create-group", outer, captured, arrival, 1);
        ObjectNode joined = JsonNodeFactory.instance.objectNode();
        libraryMember(joined.putArray("members"), names, surname);
        send(guid, "add-member", joined, moment(captured.plusSeconds(30)), arrival, 1);
        updated++;
    }

    private void libraryMember(ArrayNode members, FieldNames names, String surname) {
        ObjectNode member = forms.person(names, surname, "", members.size());
        // A library user nests the members, so they do not point back at the group.
        member.remove("parentGuid");
        members.add(member.put("guid", guid()).put("type", "individual"));
        libraryMembers++;
    }

    private void villageSurvey() {
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        data.put("entityName", "village_survey").put("name", "Ban Xang").put("submit", true);
        data.put("parentGuid", ROOT).put("wells", 4);
        String guid = guid();
        Instant captured = capturedLastMonth();
        send(guid, "create-individual", data, captured, arrivalAfter(captured), 1);
        reject(guid, Fate.NOT_MAPPED, "the form is mapped to nothing");
    }

    /** The app sends the whole form again, with the change in it. */
    private void change(String guid, ObjectNode form, ObjectNode edit, Instant captured, Instant arrival) {
        ObjectNode next = form.deepCopy();
        next.setAll(edit);
        Instant edited = moment(captured.plus(Duration.ofHours(5)));
        send(guid, "update-individual", next, edited, latest(arrival.plus(Duration.ofHours(9)), edited), 1);
        updated++;
    }

    private void send(String entity, String type, ObjectNode data, Instant captured, Instant arrival, int level) {
        String user = level == 0 ? "system" : DEVICE_USER;
        sent.add(new Sent(new FormSubmission(guid(), entity, type, data, captured, user, level), arrival));
    }

    private void reject(String guid, Fate fate, String why) {
        rejections.add(new ExpectedRejection(guid, fate, why));
    }

    private Instant capturedLastMonth() {
        return moment(now.minus(Duration.ofDays(35)).plusSeconds(random.nextInt(31 * 86_400)));
    }

    private Instant arrivalAfter(Instant captured) {
        return captured.plus(Duration.ofHours(1)).plusSeconds(random.nextInt(60 * 3_600));
    }

    private static Instant latest(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    /** No two devices press the button in the same millisecond here, so that pages of events stay readable in tests. */
    private Instant moment(Instant around) {
        Instant moment = around.plusMillis(random.nextInt(1_000));
        while (!used.add(moment)) {
            moment = moment.plusMillis(1);
        }
        return moment;
    }
}
