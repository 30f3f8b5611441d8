package org.synchub.conflict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "name",
                "address.city",
                "reg_ids[id_type=National ID].value",
                "members[individual=@7c9e-guid].reg_ids[id_type=N].status",
                "members[group=@g1,start=2020-01-01].role",
                "members[\"a,b\"=1,c=\"d,e\"]",
                "tags[urgent]",
                "tags[12]",
                "tags[\"12\"]",
                "tags[true]",
                "tags[null]",
                "tags[12 Main Street]",
                "tags[\"a=b\"]",
                "tags[[1,2]]",
                "tags[{\"a\":\"]\"}]",
                "\"a.b\".c",
                "\"*\"",
                "phones[\"the number\\\"s]\"=\"+49 170\\\\\"]",
                "\u0438\u043c\u044f[\u00e9=\ud83d\ude00]",
            })
    void is_read_back_as_it_is_written(String text) {
        Path path = Path.parse(text);

        assertThat(Path.parse(path.text())).isEqualTo(path).hasSameHashCodeAs(path);
    }

    @Test
    void the_order_in_which_a_key_is_written_means_nothing() {
        assertThat(Path.parse("m[b=1,a=2]")).isEqualTo(Path.parse("m[a=2,b=1]"));
        assertThat(Path.parse("m[b=1,a=2]").text()).isEqualTo("m[a=2,b=1]");
    }

    @Test
    void keys_keep_their_type() {
        Path text = Path.RECORD.field("l").item("k", Json.value("'1'"));
        Path number = Path.RECORD.field("l").item("k", Json.value("1"));

        assertThat(text.text()).isEqualTo("l[k=\"1\"]");
        assertThat(number.text()).isEqualTo("l[k=1]");
        assertThat(text).isNotEqualTo(number);
        assertThat(number).isEqualTo(Path.RECORD.field("l").item("k", Json.value("1.0")));
        assertThat(Path.RECORD.field("l").item("k", Json.value("'@x'")).text()).isEqualTo("l[k=\"@x\"]");
        assertThat(Path.RECORD.field("l").item("k", Json.value("{$ref:'x'}")).text())
                .isEqualTo("l[k=@x]");
        assertThat(Path.RECORD
                        .field("l")
                        .element(Json.value("{$ref:'x', more:1}"))
                        .text())
                .isEqualTo("l[{\"$ref\":\"x\",\"more\":1}]");
    }

    @Test
    void its_words_for_logs_leave_out_keys_and_elements() {
        assertThat(Path.parse("phones[number=+49 170].kind")).hasToString("phones[number=\u2026].kind");
        assertThat(Path.parse("tags[secret]")).hasToString("tags[\u2026]");
        assertThat(Path.RECORD).hasToString("*");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '~',
            value = {
                "~~,a field name at character 1",
                "a..b,a field name at character 3",
                "a[,a key or an element at character 3",
                "a[],a key or an element at character 3",
                "a[b=],a key or an element at character 5",
                "a[b=c,a \"]\" at character 6",
                "~a[b=c,d]~,a \"=\" at character 8",
                "~a[b,c]~,a \"]\" at character 4",
                "a[\"b,a value as JSON at character 3",
                "a[b]c,a \".\" or \"[\" at character 5",
                "a],a \".\" or \"[\" at character 2",
            })
    void what_is_no_path_is_refused_at_its_character(String text, String expected) {
        assertThatThrownBy(() -> Path.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected " + expected);
    }

    @Test
    void covers_what_lies_within() {
        Path address = Path.parse("address");

        assertThat(address.covers(Path.parse("address.city"))).isTrue();
        assertThat(address.covers(address)).isTrue();
        assertThat(address.covers(Path.parse("addresses"))).isFalse();
        assertThat(Path.RECORD.covers(address)).isTrue();
        assertThat(Path.parse("address.city").parent()).isEqualTo(address);
        assertThat(address.parent()).isEqualTo(Path.RECORD);
    }
}
