package org.synchub.simulator.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What was asked of a simulated system, in the order it was finished. */
public final class RequestLog {

    /**
     * A request that is over.
     *
     * @param number counts requests from 1, in the order they came
     * @param path without the query
     * @param at when it came, by the system's clock
     * @param query the query's parameters
     * @param headers the first value of each, names in lower case
     * @param text what was sent, unzipped
     * @param body the same as JSON; a missing node where that was no JSON
     * @param key what a write is about, such that two writes with one key are one write sent twice; empty for reads
     * @param applied whether the system itself saw it; false where a fault came first
     * @param status the HTTP status sent, or 0 where the connection was cut
     */
    public record Entry(
            long number,
            String method,
            String path,
            Instant at,
            Map<String, String> query,
            Map<String, String> headers,
            String text,
            JsonNode body,
            String key,
            boolean applied,
            int status) {

        /** {@code POST /people}. */
        public String line() {
            return method + " " + path;
        }

        /** A header's value, or empty. */
        public String header(String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        }
    }

    private final List<Entry> entries = new ArrayList<>();

    RequestLog() {}

    synchronized void add(Entry entry) {
        entries.add(entry);
    }

    public synchronized List<Entry> entries() {
        return List.copyOf(entries);
    }

    /** Method and path of every request. */
    public List<String> lines() {
        return entries().stream().map(Entry::line).toList();
    }

    public List<Entry> entries(Predicate<Entry> which) {
        return entries().stream().filter(which).toList();
    }

    /** Requests to exactly this path, whatever became of them. */
    public long count(String method, String path) {
        return entries(entry -> entry.method().equals(method) && entry.path().equals(path))
                .size();
    }

    /** The keys of writes that the system saw more than once, with how often. */
    public Map<String, Long> repeats() {
        Map<String, Long> times = entries(
                        entry -> entry.applied() && !entry.key().isEmpty())
                .stream()
                .collect(Collectors.groupingBy(Entry::key, TreeMap::new, Collectors.counting()));
        times.values().removeIf(count -> count == 1);
        return times;
    }

    public synchronized void clear() {
        entries.clear();
    }
}
