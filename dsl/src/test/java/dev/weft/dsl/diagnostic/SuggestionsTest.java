package dev.weft.dsl.diagnostic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionsTest {
    private static final List<String> KNOWN = List.of("width", "heads", "weight", "eps", "softmax", "true", "nn");

    @ParameterizedTest
    @CsvSource({
        "widht, width",
        "wieght, weight",
        "head, heads",
        "epsilon, eps",
        "Softmax, softmax",
        "sofmax, softmax",
        "True, true",
        "nm, nn"
    })
    void nearNamesWereMeant(String got, String meant) {
        assertThat(Suggestions.nearest(got, KNOWN)).contains(meant);
    }

    @ParameterizedTest
    @CsvSource({"x", "depth", "relu", "classes"})
    void farNamesWereNot(String got) {
        assertThat(Suggestions.nearest(got, KNOWN)).isEmpty();
    }

    @Test
    void swappedLettersAreOneEdit() {
        assertThat(Suggestions.distance("widht", "width")).isEqualTo(1);
        assertThat(Suggestions.distance("", "abc")).isEqualTo(3);
    }
}
