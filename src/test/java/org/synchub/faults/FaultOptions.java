package org.synchub.faults;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * What to live, from the system properties.
 *
 * @param seeds each makes one history
 * @param ways in which each is lived
 * @param threads how many histories are lived in process at once
 * @param folder for {@code faults.json}
 */
record FaultOptions(List<Long> seeds, List<Way> ways, int threads, Path folder) {

    static final String HELP = """
            What Sync Hub survives: mvn -Pfaults [-D…=…]

              seeds            which histories: 1..200, or 17, or 3,17,40..45      1..200
              mode             in-process, processes, or both                      in-process
              faults.threads   histories lived in process at once                  1
              faults.folder    for faults.json                                     target
              faults.help      this text

            docs/guarantees.md explains what a history is, and what is checked at its end.""";

    /** How a history is lived. */
    enum Way {
        IN_PROCESS("in-process"),
        PROCESSES("processes");

        private final String word;

        Way(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }
    }

    static FaultOptions fromSystem() {
        return new FaultOptions(
                seeds(text("seeds", "1..200")),
                ways(text("mode", "in-process")),
                (int) number("faults.threads", text("faults.threads", "1")),
                Path.of(text("faults.folder", "target")).toAbsolutePath());
    }

    /** Where the figures go. */
    Path report() {
        return folder.resolve("faults.json");
    }

    static List<Long> seeds(String text) {
        List<Long> seeds = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            int dots = part.indexOf("..");
            long from = number("seeds", dots < 0 ? part : part.substring(0, dots));
            long to = dots < 0 ? from : number("seeds", part.substring(dots + 2));
            if (from < 1 || to < from) {
                throw new IllegalArgumentException(
                        "-Dseeds=" + text + ": " + part.strip() + " are no seeds; write for instance 1..200 or 17");
            }
            LongStream.rangeClosed(from, to).forEach(seeds::add);
        }
        return seeds;
    }

    private static List<Way> ways(String text) {
        if (text.equals("both")) {
            return List.of(Way.values());
        }
        for (Way way : Way.values()) {
            if (way.word().equals(text)) {
                return List.of(way);
            }
        }
        throw new IllegalArgumentException("-Dmode=" + text + " is not known; there is in-process, processes and both");
    }

    private static String text(String name, String otherwise) {
        String value = System.getProperty(name, "");
        return value.isBlank() ? otherwise : value.strip();
    }

    private static long number(String name, String value) {
        try {
            return Long.parseLong(value.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("-D" + name + ": " + value.strip() + " is not a number", e);
        }
    }
}
