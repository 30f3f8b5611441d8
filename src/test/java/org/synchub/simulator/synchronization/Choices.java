package org.synchub.simulator.synchronization;

import java.time.Clock;
import java.time.Duration;

/**
 * What the document leaves open.
 *
 * @param clock the server's
 * @param tokenLife how long a token is good
 * @param tokenPath where a token is obtained, by POST of {@code username} and {@code password}
 * @param tokenField the field of the answer that is the token
 * @param serverTimeField the field that tells the server's time; empty: only the header Date does
 * @param uploadAnswer what an upload answers
 * @param downloadIsBare whether a download answers its changes as a bare array, without the server's time
 * @param pageSize changes of one download before {@code has_more} and {@code next}; 0 for all at once
 * @param policy what becomes of an item that is older than the server's record
 * @param ids who gives a new record its id
 * @param errorField the field of an error answer that is its text
 */
public record Choices(
        Clock clock,
        Duration tokenLife,
        String tokenPath,
        String tokenField,
        String serverTimeField,
        UploadAnswer uploadAnswer,
        boolean downloadIsBare,
        int pageSize,
        Policy policy,
        Ids ids,
        String errorField) {

    /** The shapes an upload's answer may have. */
    public enum UploadAnswer {
        /** An object with {@code results} and the server's time. */
        RESULTS,
        /** The same, but 207 instead of 200 where an item was not completed. */
        RESULTS_207,
        /** The results as a bare array. */
        BARE,
        /** 204; an item that fails is answered 422, and the items before it stay applied. */
        EMPTY
    }

    /** The policies named by the document that a client can tell apart. */
    public enum Policy {
        /** The later time wins, the server on a tie; who loses is dropped without a word. */
        LAST_WRITE_WINS,
        /** The item waits as a conflict until someone resolves it. */
        MANUAL
    }

    /** Who gives ids. */
    public enum Ids {
        /** The client's object_id is the record's. */
        CLIENT,
        /** The server gives an id of its own, told as server_id, and wants that from then on. */
        SERVER
    }

    public static Choices defaults() {
        return new Choices(
                Clock.systemUTC(),
                Duration.ofHours(1),
                "/api/auth/token",
                "token",
                "server_time",
                UploadAnswer.RESULTS,
                false,
                0,
                Policy.LAST_WRITE_WINS,
                Ids.CLIENT,
                "error");
    }

    public Choices clock(Clock newClock) {
        return new Choices(
                newClock,
                tokenLife,
                tokenPath,
                tokenField,
                serverTimeField,
                uploadAnswer,
                downloadIsBare,
                pageSize,
                policy,
                ids,
                errorField);
    }

    public Choices token(String path, String field, Duration life) {
        return new Choices(
                clock,
                life,
                path,
                field,
                serverTimeField,
                uploadAnswer,
                downloadIsBare,
                pageSize,
                policy,
                ids,
                errorField);
    }

    public Choices serverTimeField(String newField) {
        return new Choices(
                clock,
                tokenLife,
                tokenPath,
                tokenField,
                newField,
                uploadAnswer,
                downloadIsBare,
                pageSize,
                policy,
                ids,
                errorField);
    }

    public Choices uploadAnswer(UploadAnswer newAnswer) {
        return new Choices(
                clock,
                tokenLife,
                tokenPath,
                tokenField,
                serverTimeField,
                newAnswer,
                downloadIsBare,
                pageSize,
                policy,
                ids,
                errorField);
    }

    public Choices bareDownloads() {
        return new Choices(
                clock,
                tokenLife,
                tokenPath,
                tokenField,
                serverTimeField,
                uploadAnswer,
                true,
                pageSize,
                policy,
                ids,
                errorField);
    }

    public Choices pageSize(int newSize) {
        return new Choices(
                clock,
                tokenLife,
                tokenPath,
                tokenField,
                serverTimeField,
                uploadAnswer,
                downloadIsBare,
                newSize,
                policy,
                ids,
                errorField);
    }

    public Choices policy(Policy newPolicy) {
        return new Choices(
                clock,
                tokenLife,
                tokenPath,
                tokenField,
                serverTimeField,
                uploadAnswer,
                downloadIsBare,
                pageSize,
                newPolicy,
                ids,
                errorField);
    }

    public Choices ids(Ids newIds) {
        return new Choices(
                clock,
                tokenLife,
                tokenPath,
                tokenField,
                serverTimeField,
                uploadAnswer,
                downloadIsBare,
                pageSize,
                policy,
                newIds,
                errorField);
    }

    public Choices errorField(String newField) {
        return new Choices(
                clock,
                tokenLife,
                tokenPath,
                tokenField,
                serverTimeField,
                uploadAnswer,
                downloadIsBare,
                pageSize,
                policy,
                ids,
                newField);
    }
}
