package dev.weft.models.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.graph.UserException;
import java.util.List;
import org.junit.jupiter.api.Test;

class StopFilterTest {

    @Test
    void textWithoutAStopStringComesThrough() {
        StopFilter filter = new StopFilter(List.of("END"));
        assertThat(filter.accept("hello ") + filter.accept("world") + filter.finish())
                .isEqualTo("hello world");
        assertThat(filter.stopped()).isFalse();
    }

    @Test
    void aPossibleBeginningIsHeldBackUntilItIsDecided() {
        StopFilter filter = new StopFilter(List.of("END"));
        assertThat(filter.accept("the E")).isEqualTo("the ");
        assertThat(filter.accept("N")).isEmpty();
        assertThat(filter.accept("G")).isEqualTo("ENG");
        assertThat(filter.accept("EEN")).isEqualTo("E");
        assertThat(filter.finish()).isEqualTo("EN");
    }

    @Test
    void nothingComesOutAfterAStopString() {
        StopFilter filter = new StopFilter(List.of("END"));
        assertThat(filter.accept("a E")).isEqualTo("a ");
        assertThat(filter.accept("ND and more")).isEmpty();
        assertThat(filter.stopped()).isTrue();
        assertThat(filter.accept("b")).isEmpty();
        assertThat(filter.finish()).isEmpty();
    }

    @Test
    void theFirstOfSeveralStopStringsCounts() {
        StopFilter filter = new StopFilter(List.of("\n\n", "You:"));
        assertThat(filter.accept("fine. You: x\n\n")).isEqualTo("fine. ");
    }

    @Test
    void anEmptyStopStringIsRefused() {
        assertThatThrownBy(() -> new StopFilter(List.of(""))).isInstanceOf(UserException.class);
    }
}
