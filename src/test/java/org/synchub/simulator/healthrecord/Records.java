package org.synchub.simulator.healthrecord;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.http.Request;

/** Lists and single records, and the direct writes beside the queue. */
final class Records {

    private static final int MOST = 100;
    private static final Pattern PHONE = Pattern.compile("[6-9]\\d{9}");

    private final Documents documents;

    Records(Documents documents) {
        this.documents = documents;
    }

    /** Newest first, so that an insert shifts every page. */
    ObjectNode page(Kind kind, Request request) {
        int limit = Math.max(1, Math.min(MOST, request.parameter("limit", 10)));
        int page = Math.max(1, request.parameter("page", 1));
        List<ObjectNode> all = documents.newestFirst(kind);
        return Json.object(
                "data",
                all.stream().skip((long) (page - 1) * limit).limit(limit).toList(),
                "meta",
                Json.object(
                        "page",
                        page,
                        "limit",
                        limit,
                        "total",
                        all.size(),
                        "totalPages",
                        (all.size() + limit - 1) / limit));
    }

    JsonNode one(Kind kind, String id) {
        return documents.find(kind, id).orElseThrow(() -> notFound(kind));
    }

    private static ApiException notFound(Kind kind) {
        return ApiException.notFound(kind.model + " not found");
    }

    JsonNode patientByGuid(String guid) {
        return documents.find(Kind.PATIENT, "guid", guid).orElseThrow(() -> notFound(Kind.PATIENT));
    }

    /** The term is a regular expression. */
    JsonNode searchPatients(String term) {
        Pattern pattern = Pattern.compile(term, Pattern.CASE_INSENSITIVE);
        return Json.array(documents.newestFirst(Kind.PATIENT).stream()
                .filter(each -> List.of("fullName", "phone", "guid").stream()
                        .anyMatch(field ->
                                pattern.matcher(each.path(field).asText()).find()))
                .toList());
    }

    JsonNode encountersOf(String patientId) {
        return Json.array(documents.newestFirst(Kind.ENCOUNTER).stream()
                .filter(each -> each.path("patientId").asText().equals(patientId))
                .toList());
    }

    /** The dates are compared with when the record was made, never with when it was changed. */
    JsonNode searchEncounters(Request request) {
        String end = request.parameter("endDate");
        return Json.array(documents.newestFirst(Kind.ENCOUNTER).stream()
                .filter(each -> request.parameter("patientId").isEmpty()
                        || each.path("patientId").asText().equals(request.parameter("patientId")))
                .filter(each -> each.path("createdAt").asText().compareTo(request.parameter("startDate")) >= 0)
                .filter(each -> end.isEmpty() || each.path("createdAt").asText().compareTo(end) <= 0)
                .toList());
    }

    JsonNode createPatient(JsonNode body) {
        checkPatient(body, true);
        return documents.create(Kind.PATIENT, body);
    }

    JsonNode updatePatient(String id, JsonNode body) {
        checkPatient(body, false);
        return documents.update(Kind.PATIENT, id, body);
    }

    private static void checkPatient(JsonNode body, boolean whole) {
        List<String> wrong = new ArrayList<>();
        int name = body.path("fullName").asText().length();
        if ((whole || body.has("fullName")) && (name < 2 || name > 50)) {
            wrong.add("fullName must be longer than or equal to 2 and shorter than or equal to 50 characters");
        }
        if ((whole || body.has("phone"))
                && !PHONE.matcher(body.path("phone").asText()).matches()) {
            wrong.add("phone must match /^[6-9]\\d{9}$/ regular expression");
        }
        int guid = body.path("guid").asText().length();
        if ((whole || body.has("guid")) && (guid < 1 || guid > 255)) {
            wrong.add("guid must be longer than or equal to 1 and shorter than or equal to 255 characters");
        }
        if (!wrong.isEmpty()) {
            throw ApiException.badRequest(wrong);
        }
    }

    /** By a doctor, and only where the patient has given consent. */
    JsonNode createEncounter(JsonNode body) {
        requireConsent(body.path("patientId").asText());
        return documents.create(Kind.ENCOUNTER, body);
    }

    JsonNode updateEncounter(String id, JsonNode body) {
        requireConsent(one(Kind.ENCOUNTER, id).path("patientId").asText());
        return documents.update(Kind.ENCOUNTER, id, body);
    }

    private void requireConsent(String patientId) {
        boolean given = documents.all(Kind.CONSENT).stream()
                .anyMatch(each -> each.path("patientId").asText().equals(patientId)
                        && each.path("isActive").asBoolean(true)
                        && each.path("expiresAt").asText().compareTo(documents.now()) > 0);
        if (!given) {
            throw ApiException.forbidden();
        }
    }
}
