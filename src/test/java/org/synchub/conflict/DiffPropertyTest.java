package org.synchub.conflict;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;

@Domain(Records.class)
@Domain(DomainContext.Global.class)
class DiffPropertyTest {

    private static final int TRIES = 2000;
    private static final String SEED = "20261120";

    @Property(tries = TRIES, seed = SEED)
    boolean a_record_does_not_differ_from_itself(@ForAll ObjectNode record, @ForAll Shape shape) {
        return Diff.between(record, record.deepCopy(), shape).isEmpty();
    }

    @Property(tries = TRIES, seed = SEED)
    void the_differences_applied_give_the_other_record(
            @ForAll ObjectNode from, @ForAll ObjectNode to, @ForAll Shape shape) {
        Delta delta = Diff.between(from, to, shape);

        ObjectNode applied = delta.apply(from);

        assertThat(shape.same(applied, to)).as("%s", applied).isTrue();
        assertThat(Diff.between(applied, to, shape).changes()).isEmpty();
        assertThat(shape.same(Diff.between(null, to, shape).apply(null), to)).isTrue();
    }

    @Property(tries = TRIES, seed = SEED)
    void no_difference_same_and_equal_canonical_text_mean_the_same(
            @ForAll ObjectNode a, @ForAll ObjectNode b, @ForAll Shape shape) {
        boolean same = shape.same(a, b);

        assertThat(shape.same(b, a)).isEqualTo(same);
        assertThat(Diff.between(a, b, shape).isEmpty()).isEqualTo(same);
        assertThat(shape.canonical(a).equals(shape.canonical(b))).isEqualTo(same);
    }

    @Property(tries = TRIES, seed = SEED)
    void canonical_text_is_json_for_the_same_record(@ForAll ObjectNode record, @ForAll Shape shape) {
        assertThat(shape.same(Json.record(shape.canonical(record)), record)).isTrue();
    }

    @Property(tries = TRIES, seed = SEED)
    void there_and_back_the_same_places_differ(@ForAll ObjectNode a, @ForAll ObjectNode b, @ForAll Shape shape) {
        assertThat(paths(Diff.between(a, b, shape))).isEqualTo(paths(Diff.between(b, a, shape)));
    }

    @Property(tries = TRIES, seed = SEED)
    void no_difference_lies_within_another(@ForAll ObjectNode a, @ForAll ObjectNode b, @ForAll Shape shape) {
        List<Path> paths =
                Diff.between(a, b, shape).changes().stream().map(Change::path).toList();

        assertThat(paths).doesNotHaveDuplicates();
        assertThat(paths)
                .allSatisfy(path -> assertThat(paths)
                        .filteredOn(other -> !other.equals(path))
                        .noneMatch(other -> other.covers(path)));
    }

    @Property(tries = TRIES, seed = SEED)
    void the_changed_part_over_the_old_record_gives_the_new_one(@ForAll ObjectNode from, @ForAll ObjectNode to) {
        Shape lenient = Shape.builder().absentIsNull().build();
        ObjectNode updated = from.deepCopy();

        updated.setAll(Diff.between(from, to, lenient).changedPart(to));

        assertThat(lenient.same(updated, to)).isTrue();
    }

    @Property(tries = TRIES, seed = SEED)
    void every_path_is_read_back(
            @ForAll @StringLength(min = 1, max = 6) String field,
            @ForAll @StringLength(min = 1, max = 6) String keyField,
            @ForAll @StringLength(max = 6) String key,
            @ForAll ObjectNode record) {
        Path path = Path.RECORD
                .field(field)
                .item(keyField, Json.MAPPER.getNodeFactory().textNode(key))
                .field(keyField);

        assertThat(Path.parse(path.text())).isEqualTo(path);
        for (JsonNode value : record) {
            Path element = Path.RECORD.field(field).element(value);
            assertThat(Path.parse(element.text())).as(element.text()).isEqualTo(element);
        }
    }

    private static Set<Path> paths(Delta delta) {
        Set<Path> paths = new HashSet<>();
        delta.changes().forEach(change -> paths.add(change.path()));
        return paths;
    }
}
