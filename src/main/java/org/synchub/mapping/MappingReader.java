package org.synchub.mapping;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.synchub.crypto.KeyRing;

/** Reads a whole mapping file, gathering every problem before it gives up. */
final class MappingReader {

    static final int FORMAT = 1;

    private static final int USUAL_PRIORITY = 5;

    static final Set<String> KEYS = Keys.of(
            Policies.KEYS,
            "version",
            "target",
            "tenant",
            "mappingVersion",
            "mappingChange",
            "maxDeletes",
            "priority",
            "polling",
            "pushing",
            "adapter",
            "kinds");
    static final Set<String> MAX_DELETES_KEYS = Keys.of("share", "number");

    private final Path file;
    private final Problems problems;
    private final Placeholders placeholders;
    private final PolicyCheck policyCheck;
    private final KeyRing keys;

    MappingReader(Path file, Outside env, PolicyCheck policyCheck, KeyRing keys, Problems problems) {
        this.keys = keys;
        this.file = file;
        this.problems = problems;
        this.policyCheck = policyCheck;
        Path parent = file.toAbsolutePath().getParent();
        this.placeholders = new Placeholders(env, parent == null ? Path.of("/") : parent, problems);
    }

    Mapping read(String yaml) {
        Node root = YamlTree.read(yaml, problems);
        MapReader map = root == null ? null : MapReader.of(root, "a mapping file", KEYS, problems);
        if (root == null || map == null) {
            problems.throwIfAny();
            throw new IllegalStateException("a file without a root has a problem");
        }
        version(map);
        String target = target(map);
        String tenant = tenant(map);
        int mappingVersion = map.has("mappingVersion") ? integer(map, "mappingVersion") : 1;
        MappingChange change = map.choice("mappingChange", MappingChange.class);
        MaxDeletes maxDeletes = maxDeletes(map);
        int priority = map.priority(USUAL_PRIORITY);
        Policies policies =
                Policies.read(map, policyCheck, PolicyCheck.Level.TARGET, target == null ? "" : target, problems);
        Node adapterNode = map.require("adapter", "such as adapter: {type: openspp, url: \"${OPENSPP_URL}\"}");
        Settings adapter = adapterNode == null ? null : new SettingsReader(placeholders, problems).read(adapterNode);
        Settings polling = settings(map, "polling");
        Settings pushing = settings(map, "pushing");
        Node kindsNode = map.require("kinds", "say which records are sent: kinds: {household: {match: …, fields: …}}");
        List<Kind> kinds = kindsNode == null ? List.of() : kinds(kindsNode, priority);
        problems.throwIfAny();
        if (target == null || tenant == null || adapter == null) {
            throw new IllegalStateException("a missing part has a problem");
        }
        return new Mapping(
                file,
                new Mapping.Head(
                        target,
                        tenant,
                        mappingVersion,
                        change == null ? MappingChange.ASK : change,
                        maxDeletes,
                        priority,
                        polling,
                        pushing,
                        policies),
                adapter,
                kinds,
                Masked.of(root, tenant, adapter),
                problems.warnings());
    }

    private @Nullable Settings settings(MapReader map, String key) {
        Node node = map.get(key);
        return node == null ? null : new SettingsReader(placeholders, problems).read(key, node);
    }

    private int integer(MapReader map, String key) {
        Node value = map.get(key);
        return value == null ? 1 : map.integer(key, value, 1, 1);
    }

    private void version(MapReader map) {
        Node node = map.require("version", "begin the file with version: " + FORMAT);
        if (node != null
                && !(node.isScalar() && node.json().isInt() && node.json().intValue() == FORMAT)) {
            problems.error(
                    node,
                    "this hub reads version " + FORMAT + " of the mapping file" + MapReader.found(node),
                    "write version: " + FORMAT + ", or use a hub that knows the other version");
        }
    }

    private @Nullable String target(MapReader map) {
        String expected = baseName();
        Node node = map.require("target", "write target: " + expected);
        String target = node == null ? null : map.text("target", node);
        if (node == null || target == null) {
            return null;
        }
        if (!KindReader.isName(target)) {
            problems.error(
                    node,
                    "'" + target + "' cannot be a target's name",
                    "use letters, digits, '-' and '_', beginning with a letter, at most 40");
        } else if (!target.equals(expected)) {
            problems.error(
                    node,
                    "target '" + target + "' does not equal the file's name '" + expected + "'",
                    "write target: " + expected + ", or rename the file to " + target + ".yaml");
        }
        return target;
    }

    private String baseName() {
        Path last = file.getFileName();
        String name = last == null ? "" : last.toString();
        int dot = name.lastIndexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }

    private @Nullable String tenant(MapReader map) {
        Node node = map.require("tenant", "name DataCollect's app config: tenant: demo");
        String text = node == null ? null : map.text("tenant", node);
        return node == null || text == null ? null : placeholders.fill(node).text();
    }

    private MaxDeletes maxDeletes(MapReader map) {
        Node node = map.get("maxDeletes");
        MapReader inner = node == null ? null : MapReader.of(node, "'maxDeletes'", MAX_DELETES_KEYS, problems);
        if (inner == null) {
            return MaxDeletes.DEFAULT;
        }
        Node share = inner.get("share");
        Node number = inner.get("number");
        return new MaxDeletes(
                share == null ? MaxDeletes.DEFAULT.share() : share(share),
                number == null ? MaxDeletes.DEFAULT.number() : inner.integer("number", number, 0, 0));
    }

    private double share(Node node) {
        BigDecimal share =
                node.isScalar() && node.json().isNumber() ? node.json().decimalValue() : null;
        if (share == null || share.signum() < 0 || share.compareTo(BigDecimal.ONE) > 0) {
            problems.error(
                    node,
                    "'share' must be a number from 0 to 1" + MapReader.found(node),
                    "0.05 stands for five of a hundred records");
            return 0;
        }
        return share.doubleValue();
    }

    private List<Kind> kinds(Node node, int priority) {
        if (!node.isMap() || node.rawEntries().isEmpty()) {
            problems.error(
                    node,
                    "'kinds' must be a map with at least one kind",
                    "such as kinds: {household: {match: {data.entityName: household}, fields: …}}");
            return List.of();
        }
        noPlaceholders(node);
        List<Kind> kinds = new ArrayList<>();
        KindReader reader = new KindReader(node.rawEntries().keySet(), priority, policyCheck, keys, problems);
        node.rawEntries().forEach((name, entry) -> {
            Kind kind = reader.read(name, entry);
            if (kind != null) {
                kinds.add(kind);
            }
        });
        KindReader.checkReach(kinds, problems, node);
        return kinds;
    }

    /** What is written into records must not differ between two hubs that run the same file. */
    private void noPlaceholders(Node node) {
        if (node.isScalar() && node.text().contains("${")) {
            problems.error(
                    node,
                    "placeholders (${…}) work below 'adapter' and in 'tenant' only",
                    "write the value itself: what a record holds must not depend on the machine");
        }
        node.entries().values().forEach(this::noPlaceholders);
        node.items().forEach(this::noPlaceholders);
    }
}
