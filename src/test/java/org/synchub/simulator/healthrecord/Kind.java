package org.synchub.simulator.healthrecord;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A kind of record: its names, its fields, and what its collection demands. */
enum Kind {
    PATIENT(
            "patient",
            "patients",
            "Patient",
            "guid fullName phone gender",
            "dateOfBirth address allergies chronicDiseases bloodGroup emergencyContact hasSmartphone idCardIssued",
            "guid"),
    DOCTOR(
            "doctor",
            "doctors",
            "Doctor",
            "hospitalId fullName phone",
            "specialization licenseNumber isActive",
            "phone"),
    ENCOUNTER(
            "encounter",
            "encounters",
            "Encounter",
            "patientId doctorId hospitalId visitReason",
            "diagnosis prescriptions vitals",
            ""),
    CONSENT("consent", "consents", "Consent", "patientId scope expiresAt", "doctorId hospitalId isActive", ""),
    HEALTH_DOCUMENT("health-document", "health-documents", "HealthDocument", "patientId", "title url", ""),
    HOSPITAL("hospital", "hospitals", "Hospital", "name", "address phone", "");

    static final Map<String, Set<String>> CHOICES = Map.of("gender", Set.of("Male", "Female", "Other"));

    /** Fields that hold another record's id and are made up when a record is created without them. */
    static final Set<String> REFERENCES = Set.of("doctorId", "hospitalId");

    final String resource;
    final String path;
    final String model;
    private final String required;
    private final String optional;

    /** The field whose values are unique besides the id, or empty. */
    final String unique;

    Kind(String resource, String path, String model, String required, String optional, String unique) {
        this.resource = resource;
        this.path = path;
        this.model = model;
        this.required = required;
        this.optional = optional;
        this.unique = unique;
    }

    List<String> required() {
        return List.of(required.split(" ", -1));
    }

    boolean has(String field) {
        return required().contains(field) || List.of(optional.split(" ", -1)).contains(field);
    }

    /** What the queue calls it. */
    static Optional<Kind> ofResource(String resource) {
        return Arrays.stream(values())
                .filter(kind -> kind != HOSPITAL && kind.resource.equals(resource))
                .findFirst();
    }

    static Optional<Kind> ofPath(String path) {
        return Arrays.stream(values()).filter(kind -> kind.path.equals(path)).findFirst();
    }

    /** Whether the queue can process it; health documents can be queued and no more. */
    boolean isProcessed() {
        return this != HEALTH_DOCUMENT && this != HOSPITAL;
    }
}
