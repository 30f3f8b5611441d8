package org.synchub.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The hash tells whether a mapping makes other records than before. */
class MappingHashTest {

    private static String hash(String yaml) {
        return Mapping.parse(Path.of("test.yaml"), yaml, name -> "x", PolicyCheck.NONE)
                .hash();
    }

    private static final String GOOD = BrokenMappingTest.GOOD;

    @Test
    void it_is_the_same_for_the_same_meaning() {
        String rewritten = """
                # comments, order, quotes and line breaks
                target: test
                tenant: other
                version: 1
                kinds:
                  person:
                    fields:
                      ids:
                        fields:
                          no: {required: true, "path": 'no'}
                          type: {values: {"nid": "National ID"}, path: type}
                        key: [type]
                        where: {type: [nid]}
                        list: data.ids
                      address:
                        fields:
                          city: {path: data.city}
                      kind: {constant: "x"}
                      home: {reference: household, path: data.parentGuid}
                      gps: {select: lat, parse: json, path: data.gps}
                      full:
                        join:
                          - data.first
                          - $.data.last
                      gender: {path: data.gender, otherwise: keep, values: {m: Male}, type: text}
                      born: {type: date, path: data.born}
                      last: {path: data.last, direction: both, conflict: newest}
                    lane: data.household
                    recordedBy: {user: data.enumerator, device: data.tablet}
                    match: {data.entityName: [person]}
                  household:
                    match: {data.entityName: household}
                    fields: {name: {required: true, path: data.name}}
                adapter: {type: other, url: elsewhere}
                """;

        assertThat(hash(rewritten)).isEqualTo(hash(GOOD)).matches("[0-9a-f]{64}");
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{path: data.last}                  | {path: data.first}",
                "{path: data.last}                  | {path: data.last, required: true}",
                "{path: data.last}                  | {path: data.last, default: x}",
                "{path: data.last}                  | {path: data.last, blank: clear}",
                "{path: data.last}                  | {path: data.last, direction: in}",
                "type: date                         | type: datetime",
                "values: {m: Male}                  | values: {m: Man}",
                "otherwise: keep                    | otherwise: omit",
                "otherwise: keep                    | otherwise: {default: Other}",
                "join: [data.first, data.last]      | join: [data.last, data.first]",
                "separator: ` `                     | separator: `, `",
                "select: lat                        | select: lon",
                "reference: household               | reference: person",
                "{constant: x}                      | {constant: y}",
                "city:                              | town:",
                "where: {type: nid}                 | where: {type: fb}",
                "key: type                          | key: no",
                "match: {data.entityName: person}   | match: {data.entityName: persons}",
            })
    void it_differs_when_records_would_differ(String find, String replace) {
        String before = find.replace('`', '"');
        assertThat(GOOD).contains(before);
        String yaml = GOOD.replace("keys: [[ids.National ID], ", "keys: [").replace(before, replace.replace('`', '"'));

        assertThat(hash(yaml)).isNotEqualTo(hash(GOOD));
    }

    @Test
    void a_kind_s_hash_changes_only_with_the_kind() {
        Mapping before = Mapping.parse(Path.of("test.yaml"), GOOD, name -> "x", PolicyCheck.NONE);
        Mapping after = Mapping.parse(
                Path.of("test.yaml"), GOOD.replace("{constant: x}", "{constant: y}"), name -> "x", PolicyCheck.NONE);

        assertThat(after.kind("household").hash())
                .isEqualTo(before.kind("household").hash());
        assertThat(after.kind("person").hash())
                .isNotEqualTo(before.kind("person").hash());
    }
}
