package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.dsl.diagnostic.Catalog;
import dev.weft.dsl.diagnostic.Code;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ExplainCommandTest {

    @ParameterizedTest
    @EnumSource
    void showsThePageOfEveryCode(Code code) {
        assertThat(Run.weft("explain", code.id())).isEqualTo(new Run(ExitCode.DONE, Catalog.explain(code), ""));
    }

    @Test
    void listsTheCodes() {
        assertThat(Run.weft("explain").out()).contains("W0501  sizes differ\n");
    }

    @Test
    void offersTheNearestCode() {
        Run run = Run.weft("explain", "W501");

        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(run.err()).contains("W501: is not known, did you mean W0501?");
    }
}
