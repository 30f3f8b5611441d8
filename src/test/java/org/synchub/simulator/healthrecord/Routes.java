package org.synchub.simulator.healthrecord;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.http.Request;

/** Which route a request takes, and who may take it. */
final class Routes {

    /** {@code data} goes into the envelope; there is none with 204. */
    record Result(int status, JsonNode data) {

        static Result ok(JsonNode data) {
            return new Result(200, data);
        }
    }

    private static final String SYNC = "/api/v1/sync/";
    private static final String[] QUEUEING = {"Doctor", "HospitalAdmin", "Patient"};

    private final Accounts accounts;
    private final SyncQueue queue;
    private final Records records;
    private final Documents documents;

    Routes(Accounts accounts, SyncQueue queue, Records records, Documents documents) {
        this.accounts = accounts;
        this.queue = queue;
        this.records = records;
        this.documents = documents;
    }

    /** Method and path with ":id" in place of what differs from record to record: what the throttle counts. */
    static String route(Request request) {
        String path = request.path()
                .replaceAll("(/sync/(?:process|resolve)/).+", "$1:id")
                .replaceAll("(/patients/(?:guid|search)/).+", "$1:id")
                .replaceAll("(/encounters/patient/).+", "$1:id")
                .replaceAll(
                        "(/api/v1/(?:patients|doctors|encounters|consents|health-documents|hospitals)/)[^/]+$",
                        "$1:id");
        return request.method() + " " + path;
    }

    Result answer(String route, Request request) {
        if (request.path().startsWith("/api/auth/")) {
            return auth(route, request);
        }
        if (request.path().startsWith(SYNC)) {
            return sync(route, request);
        }
        String[] parts = request.path().split("/", -1);
        if (parts.length >= 4
                && request.path().startsWith("/api/v1/")
                && Kind.ofPath(parts[3]).isPresent()) {
            return records(route, request, Kind.ofPath(parts[3]).get(), parts[parts.length - 1]);
        }
        throw noRoute(request);
    }

    private static ApiException noRoute(Request request) {
        return ApiException.notFound("Cannot " + request.method() + " " + request.path());
    }

    private Result auth(String route, Request request) {
        return switch (route) {
            case "POST /api/auth/login" -> Result.ok(accounts.login(request.body()));
            // The server reads the token wrongly, so there is none that it would take.
            case "POST /api/auth/refresh" ->
                throw ApiException.unauthorized("AUTH_1008", "Invalid or expired refresh token");
            case "POST /api/auth/logout" -> {
                accounts.require(request);
                yield Result.ok(Json.object("message", "Logged out successfully"));
            }
            default -> throw noRoute(request);
        };
    }

    private Result sync(String route, Request request) {
        String last = request.path().substring(request.path().lastIndexOf('/') + 1);
        String device = request.parameter("deviceId");
        String user = request.parameter("userId");
        switch (route) {
            case "POST /api/v1/sync/queue" -> {
                accounts.require(request, QUEUEING);
                return new Result(201, queue.add(request.body()));
            }
            case "POST /api/v1/sync/process/:id" -> {
                accounts.require(request, QUEUEING);
                return Result.ok(queue.process(last));
            }
            case "GET /api/v1/sync/pending" -> {
                accounts.require(request, QUEUEING);
                return Result.ok(queue.pending(device, user));
            }
            case "POST /api/v1/sync/retry" -> {
                accounts.require(request, QUEUEING);
                return Result.ok(queue.retry(device, user));
            }
            case "PATCH /api/v1/sync/resolve/:id" -> {
                accounts.require(request, "Doctor", "HospitalAdmin");
                return Result.ok(queue.resolve(last, request.parameter("resolution")));
            }
            case "GET /api/v1/sync/stats" -> {
                accounts.require(request, "HospitalAdmin", "SuperAdmin");
                return Result.ok(queue.stats(user));
            }
            case "DELETE /api/v1/sync/cleanup" -> {
                accounts.require(request, "SuperAdmin");
                return Result.ok(queue.cleanup(request.parameter("days", 30)));
            }
            default -> throw noRoute(request);
        }
    }

    private Result records(String route, Request request, Kind kind, String last) {
        String base = "/api/v1/" + kind.path;
        if (route.equals("GET " + base)) {
            accounts.require(
                    request, kind == Kind.ENCOUNTER ? new String[] {"HospitalAdmin", "SuperAdmin"} : new String[0]);
            return Result.ok(records.page(kind, request));
        }
        if (route.equals("GET " + base + "/:id")) {
            accounts.require(request);
            return Result.ok(records.one(kind, last));
        }
        return switch (route) {
            case "GET /api/v1/patients/guid/:id" -> {
                accounts.require(request);
                yield Result.ok(records.patientByGuid(last));
            }
            case "GET /api/v1/patients/search/:id" -> {
                accounts.require(request);
                yield Result.ok(records.searchPatients(last));
            }
            case "GET /api/v1/encounters/patient/:id" -> {
                accounts.require(request);
                yield Result.ok(records.encountersOf(last));
            }
            case "GET /api/v1/encounters/search/advanced" -> {
                accounts.require(request);
                yield Result.ok(records.searchEncounters(request));
            }
            case "POST /api/v1/patients" -> {
                accounts.require(request, "HospitalAdmin");
                yield new Result(201, records.createPatient(request.body()));
            }
            case "PATCH /api/v1/patients/:id" -> {
                accounts.require(request, "HospitalAdmin");
                yield Result.ok(records.updatePatient(last, request.body()));
            }
            case "DELETE /api/v1/patients/:id" -> {
                accounts.require(request, "SuperAdmin");
                documents.delete(Kind.PATIENT, last);
                yield new Result(204, NullNode.getInstance());
            }
            case "POST /api/v1/encounters" -> {
                accounts.require(request, "Doctor");
                yield new Result(201, records.createEncounter(request.body()));
            }
            case "PATCH /api/v1/encounters/:id" -> {
                accounts.require(request, "Doctor");
                yield Result.ok(records.updateEncounter(last, request.body()));
            }
            default -> throw noRoute(request);
        };
    }
}
